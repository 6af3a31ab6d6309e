"""Serial programs: what a neuron does in each clock where there is one adder and one multiplier, as data.

A program is a list of clocks. In each of them words of the neuron's record are read, or one is written,
something is added to a sum, a word is multiplied by a decay factor, and what has to be remembered is taken.
The compact core runs it (`compact.neuron`), and how many clocks a neuron takes follows from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from amaranth import Value


@dataclass(frozen=True)
class Cell:
    """A field of a neuron: of its state, otherwise of its parameters."""

    name: str
    of_state: bool

    def __str__(self) -> str:
        return f"{'state' if self.of_state else 'parameter'} {self.name}"


def param(name: str) -> Cell:
    """A parameter."""
    return Cell(name, False)


def state(name: str) -> Cell:
    """What a neuron holds."""
    return Cell(name, True)


FLAGS = param("flags")
"""Read once by every program, before the neuron can fire: then the core takes its delay and flags."""


@dataclass(frozen=True)
class Now:
    """What may decide what a clock does."""

    read: Mapping[Cell, "Value"]
    """The fields of the words that were read in the clock before."""
    taken: Mapping[str, "Value"]
    """What was taken in earlier clocks."""
    fired: "Value"
    """The neuron fires: from the clock after the one that decides."""
    below: "Value"
    """The sum is below 0."""
    crossed: "Value"
    """The sum has another sign than a clock before."""
    ends_below: "Value"
    """The sum with what is added in this clock is below 0."""
    step_zeros: "Value"
    """Zero bits at the low end of t, at most 31."""


Expression: TypeAlias = Callable[[Now], "Value"]
Condition: TypeAlias = bool | Expression


class Operand(Enum):
    """What is added."""

    READ = "read"
    """The potential or magnitude that was read in the clock before."""
    DECAYED = "decayed"
    """The product of the clock before, rounded as a decay."""
    ACCUMULATED = "accumulated"
    """`acc << weight_shift`; in clock 3 or later."""


@dataclass(frozen=True)
class Add:
    """Something is added to the sum."""

    operand: Operand
    minus: Condition = False
    """READ alone: it is subtracted."""
    anew: Condition = False
    """The sum was 0."""
    when: Condition = True
    """Otherwise the sum stays."""
    saturates: bool = False
    """The sum is saturated first."""


@dataclass(frozen=True)
class Write:
    """The saturated sum is written, or a value."""

    cell: Cell
    value: Expression | None = None
    fired: Expression | None = None
    """The value of a neuron that fires, where it is another."""
    when: Condition = True
    exact: Condition = False
    """The sum is a word that was read, not saturated: any bits of it are kept."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What happens in one clock, all at once."""

    reads: tuple[Cell, ...] = ()
    """At most one of each side of the record (`compact.layout`), and none of a side that is written."""
    decays: Expression | None = None
    """The factor by which what was read in the clock before is multiplied; see `fabric.decay.Decay`."""
    adds: Add | None = None
    writes: Write | None = None
    takes: Mapping[str, Expression] = field(default_factory=dict)
    """What is remembered, by name, to the end of the program."""
    fires: Expression | None = None
    """Whether the neuron fires. In one clock of a program, and not the last."""


@dataclass(frozen=True)
class Program:
    """What each neuron does, and after it those that fire."""

    always: tuple[Clock, ...]
    fired: tuple[Clock, ...] = ()

    @cached_property
    def all(self) -> tuple[Clock, ...]:
        """All clocks."""
        return self.always + self.fired

    @property
    def clocks(self) -> int:
        """Clocks of a neuron that does not fire."""
        return len(self.always)

    @property
    def clocks_fired(self) -> int:
        """Clocks of a neuron that fires."""
        return len(self.all)

    @cached_property
    def decides(self) -> int:
        """The clock at whose end it is known whether the neuron fires."""
        (clock,) = (k for k, each in enumerate(self.always[:-1]) if each.fires is not None)
        return clock

    @cached_property
    def flags_at(self) -> int:
        """The clock in which the neuron's flags are at hand."""
        (clock,) = (k for k, each in enumerate(self.always[: self.decides + 1], 1) if FLAGS in each.reads)
        return clock
