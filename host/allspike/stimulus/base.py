"""What stimuli share: the run that they are for, and that they can be added."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ..aliases import NDArray
from ..errors import ParameterError

Events = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Steps, counted from the start of the run, and inputs, [spikes]."""
Beyond = Literal["refuse", "drop"]
"""What becomes of what lies outside the run: it is refused, or left out."""


@dataclass(frozen=True)
class Run:
    """The run that a stimulus is for."""

    steps: int
    dt: float = 1e-3
    """Seconds a step."""
    start: int = 0
    """The step at which it begins, counted from the device's reset."""
    stream: tuple[int, ...] = ()
    """Numbers that tell this stimulus from the others of the run, for draws on the host."""

    def __str__(self) -> str:
        return f"the run of {self.steps} steps ({self.steps * self.dt:g} s)"


class Addable:
    """Stimuli and currents add up: `a + b`, or a list of them, is both at once."""

    def __add__(self, other: Any) -> "Together":
        if not isinstance(other, Addable):
            return NotImplemented
        return Together((*parts_of(self), *parts_of(other)))

    def __radd__(self, other: Any) -> Any:
        return self if isinstance(other, int) and other == 0 else NotImplemented  # what `sum` starts from


@dataclass(frozen=True, eq=False)
class Together(Addable):
    """Several stimuli, or several currents, at once."""

    parts: tuple[Addable, ...]

    def __repr__(self) -> str:
        return " + ".join(map(repr, self.parts))


def shown(value: Any, unit: str) -> str:
    """A number with its unit, or how many values there are: for a repr, which fails for nothing."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        return "..."
    if array.ndim:
        return f"{list(array.shape)} values"
    return f"{array:g} {unit}" if array.dtype.kind in "iuf" else f"{value!r:.40}"


def parts_of(stimulus: Addable) -> tuple[Addable, ...]:
    """The stimuli that one consists of."""
    return stimulus.parts if isinstance(stimulus, Together) else (stimulus,)


class Stimulus(Addable, ABC):
    """What `Simulation.run` takes for a population of inputs."""

    merge: bool | None = None
    """Whether spikes of one input in one step may become one: None: with a warning."""

    @abstractmethod
    def events(self, run: Run, size: int) -> Events:
        """Spikes (steps, inputs) of `size` inputs in a run, counted from its start, in any order.

        Raises
        ------
        ParameterError
            If the stimulus does not fit the inputs or the run.
        """


@dataclass(frozen=True, eq=False)
class Within:
    """A stimulus of a certain length, which a run may be too short for."""

    beyond: Beyond = field(default="refuse", kw_only=True)
    """What becomes of spikes before or after the run: "refuse" them with an error, or "drop" them."""

    def inside(self, what: str, when: NDArray[np.int64], run: Run) -> NDArray[np.bool_]:
        """Which of these steps lie in the run.

        Raises
        ------
        ParameterError
            If one does not, and that was not asked for.
        """
        inside = (when >= 0) & (when < run.steps)
        if check_beyond(self.beyond) == "refuse" and not inside.all():
            early, late = when[when < 0], when[when >= run.steps]
            where = []
            if early.size:
                where.append(f"{early.size} before it, the first in step {early.min()}")
            if late.size:
                where.append(
                    f"{late.size} after it, the last in step {late.max()} ({late.max() * run.dt:g} s)"
                )
            raise ParameterError(
                f"{run} does not hold all {when.size} {what}: {' and '.join(where)}; run longer, or leave "
                'them out with beyond="drop".'
            )
        return inside

    def kept(self, what: str, length: int, run: Run) -> int:
        """How many of its `length` steps the run takes.

        Raises
        ------
        ParameterError
            If not all, and that was not asked for.
        """
        if check_beyond(self.beyond) == "refuse" and length > run.steps:
            raise ParameterError(
                f'{what} longer than {run}: run longer, or leave the end out with beyond="drop".'
            )
        return min(length, run.steps)


def check_beyond(beyond: Beyond) -> Beyond:
    """`beyond`, if it is one of its two words."""
    if beyond not in ("refuse", "drop"):
        raise ParameterError(f'beyond = {beyond!r}: it is "refuse" or "drop".')
    return beyond
