"""Neuron models as data: what one keeps, and who computes it.

A build has one, which its configuration names. Its parameters and state lie in records of the memory map
whose sizes are the same for every model, next to what the machine around it keeps of each neuron: axonal
delay, flags and post trace.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, Final

from .flags import NeuronFlag
from .record import Field, Record

PARAMS_BYTES: Final = 32
"""Bytes of a neuron's parameters."""
STATE_BYTES: Final = 16
"""Bytes of a neuron's state."""
OWN_PARAMS_BYTES: Final = 28
"""Of these the model's own, the first."""
TRACE_AT: Final = 12
"""Where the post trace stands in a neuron's state; before it, and after it, is what is the model's."""

DELAY: Final = Field(
    "delay", "u1", "axonal delay in steps, 1 to max_delay; max_delay is kept as 0", lambda c: c.delay_bits
)
FLAGS: Final = Field("flags", "u1", "see NeuronFlag", flags=NeuronFlag)
TRACE: Final = Field("y", "u2", "post trace", lambda c: c.trace_bits if c.plasticity else 0)


@dataclass(frozen=True)
class NeuronModel:
    """One model of a neuron.

    Parameters
    ----------
    name : str
        As `Config.neuron` has it.
    number : int
        As `identity.neuron_model` has it, 0 to 255.
    params : tuple of Field
        Its own parameters, 28 bytes at most, in the order of the map.
    state : tuple of Field
        Its own state: 12 bytes, and, what does not fit into them, 2 more.
    potential : str
        The field of the state that is recorded as V.
    drive : str
        The parameter that a run may change from step to step (see `Observation`).
    sweep : str or object
        Its step in the emulator, `allspike.emulator.sweep.Sweep`: the object, or "module:name", which is
        imported when an emulator is made.
    gateware : str or object
        Its part of a core, in the same form: see `allspike_hdl.neurons`.

    Examples
    --------
    >>> from allspike.map.lif import LIF
    >>> LIF.params_record.offset("delay"), LIF.state_record.offset("y")
    (28, 12)
    """

    name: str
    number: int
    params: tuple[Field, ...]
    state: tuple[Field, ...]
    potential: str
    drive: str
    sweep: Any
    gateware: Any

    @cached_property
    def params_record(self) -> Record:
        """The whole record of a neuron's parameters."""
        own = _padded(self.params, OWN_PARAMS_BYTES)
        return Record(_padded((*own, DELAY, FLAGS), PARAMS_BYTES))

    @cached_property
    def state_record(self) -> Record:
        """The whole record of a neuron's state."""
        below = [field for k, field in enumerate(self.state) if _end(self.state[: k + 1]) <= TRACE_AT]
        above = self.state[len(below) :]
        return Record(_padded((*_padded(below, TRACE_AT), TRACE, *above), STATE_BYTES))


def imported(part: Any) -> Any:
    """A part of a model: itself, or what "module:name" names."""
    if not isinstance(part, str):
        return part
    module, _, name = part.partition(":")
    return getattr(import_module(module), name)


def _end(fields: Iterable[Field]) -> int:
    return sum(field.dtype.itemsize for field in fields)


def _padded(fields: Iterable[Field], size: int) -> tuple[Field, ...]:
    """The fields, and after them what is reserved up to `size` bytes."""
    padded, end = tuple(fields), _end(fields)
    if end > size:
        raise ValueError(f"{', '.join(field.name for field in padded)} take {end} bytes of {size}")
    while end < size:
        item = next(n for n in (4, 2, 1) if end % n == 0 and end + n <= size)
        named = "reserved" if not any(f.name == "reserved" for f in padded) else f"reserved_{end}"
        padded += (Field(named, f"u{item}", "0", 0),)
        end += item
    return padded
