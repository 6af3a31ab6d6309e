"""What a build of the core has: sizes, widths, lanes, features."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from operator import index
from typing import SupportsIndex

from ..errors import ParameterError
from ..names import WithNearest
from ..showing import call
from .constants import OFFSET_BITS
from .models import neuron_model
from .neuron_model import NeuronModel

MAX_AXONS = 1 << 15
"""Axon and neuron indices travel in 15 bits of a ring word."""

BYTE_WEIGHT_BITS = 7
"""Weights that share a byte with their plastic bit."""

SINGLE_PORT_LANES = {True: 4, False: 8}
"""Synapses a clock of the compact core, by whether it learns: two sides of 32 bits, of which one or both."""

SINGLE_PORT_INPUTS = 16
"""Inputs a neuron that its store has room for."""

MAX_WEIGHT_BITS = 8
MAX_STATE_BITS = 24
MAX_DELAY = 128

MAX_SYNAPSES = 1 << OFFSET_BITS
"""A region of the memory map spans 16 MiB and a weight takes one byte."""


class Memory(Enum):
    """How the synapse memory is built; results do not depend on it.

    Examples
    --------
    >>> Memory("single-port")
    <Memory.SINGLE_PORT: 'single-port'>
    """

    DUAL_PORT = "dual-port"
    """Block RAM with one read and one write port (ECP5, Xilinx 7, iCE40 EBR, Gowin)."""
    SINGLE_PORT = "single-port"
    """That of iCE40 UP5K. The core is another, more compact one, which holds all in one store."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Config(WithNearest):
    """One build of the core. Immutable; every limit is checked when it is made.

    Results depend on `neuron`, `neurons`, `inputs`, the three widths and `max_delay` alone: lanes, memory
    style, ring sizes and clock change how fast they come.

    Raises
    ------
    ParameterError
        If a value lies outside its range.

    Examples
    --------
    >>> config = Config(neurons=64, inputs=32, weight_bits=7)
    >>> config.synapses, config.weight_max
    (6144, 63)
    """

    neurons: int = 256
    """N, a multiple of `lanes` and of `neuron_lanes`, 1 to 32,767."""
    inputs: int = 256
    """M, 0 to 32,767; axons are the inputs followed by the neurons."""
    weight_bits: int = 8
    """Signed weight, 2 to 8 bits; 7 at most if it can learn in single-port memory."""
    state_bits: int = 24
    """Signed membrane potential, current and threshold, 12 to 24 bits."""
    trace_bits: int = 16
    """Unsigned plasticity traces, 8 to 16 bits."""
    max_delay: int = 16
    """Longest axonal delay in steps, a power of two from 1 to 128."""
    lanes: int = 8
    """Synapses handled per clock, a power of two from 1 to 64."""
    neuron_lanes: int = 1
    """Neurons updated per clock, a power of two from 1 to `lanes`."""
    memory: Memory = Memory.DUAL_PORT
    """How the synapse memory is built: see `Memory`."""
    plasticity: bool = True
    """The build can learn."""
    poisson: bool = True
    """The build can draw Poisson spikes for its inputs."""
    event_ring: int = 4096
    """Bytes of the input event ring, a power of two with room for one step in which every input fires."""
    spike_ring: int = 4096
    """Bytes of the spike ring, a power of two from 16."""
    clock_hz: int = 0
    """Clock of the core; 0 where there is none (the emulator)."""
    neuron: str = "lif"
    """The neuron model, by name."""

    def __repr__(self) -> str:
        return call("Config", {field.name: getattr(self, field.name) for field in fields(self)})

    def __post_init__(self) -> None:
        self._within("neurons", 1, MAX_AXONS - 1)
        self._within("inputs", 0, MAX_AXONS - 1)
        self._within("weight_bits", 2, MAX_WEIGHT_BITS)
        self._within("state_bits", 12, MAX_STATE_BITS)
        self._within("trace_bits", 8, 16)
        self._within("clock_hz", 0, 2**32 - 1)
        neuron_model(self.neuron)
        self._power_of_two("max_delay", 1, MAX_DELAY)
        self._power_of_two("lanes", 1, 64)
        self._power_of_two("neuron_lanes", 1, self.lanes)
        self._power_of_two("spike_ring", 16, 1 << OFFSET_BITS)
        self._power_of_two("event_ring", 16, 1 << OFFSET_BITS)
        for name in ("plasticity", "poisson"):
            if not isinstance(getattr(self, name), bool):
                raise ParameterError(f"{name} = {getattr(self, name)!r} must be True or False.")
        if not isinstance(self.memory, Memory):
            raise ParameterError(f"memory = {self.memory!r} must be one of {', '.join(map(str, Memory))}.")
        if self.memory is Memory.SINGLE_PORT and self.plasticity and self.weight_bits > BYTE_WEIGHT_BITS:
            raise ParameterError(
                f"weight_bits = {self.weight_bits} and the plastic bit do not fit into a byte of single-port "
                f"memory: use {BYTE_WEIGHT_BITS} bits, or plasticity = False."
            )
        if self.memory is Memory.SINGLE_PORT:
            self._suits_single_port()
        if self.neurons % self.lanes:
            raise ParameterError(
                f"neurons = {self.neurons} is not a multiple of lanes = {self.lanes}: "
                f"use {-(-self.neurons // self.lanes) * self.lanes} neurons or fewer lanes."
            )
        if self.synapses > MAX_SYNAPSES:
            raise ParameterError(
                f"{self.neurons} neurons and {self.inputs} inputs make {self.synapses:,} synapses; "
                f"the memory map holds {MAX_SYNAPSES:,}: use fewer neurons or inputs."
            )
        if self.event_ring < 2 * (self.inputs + 2):
            raise ParameterError(
                f"event_ring = {self.event_ring} bytes cannot hold one step of {self.inputs} inputs: "
                f"it needs at least {2 * (self.inputs + 2)}."
            )

    def _suits_single_port(self) -> None:
        """What the compact core cannot build: see docs/core.md."""
        lanes = SINGLE_PORT_LANES[self.plasticity]
        if self.lanes != lanes:
            raise ParameterError(
                f"lanes = {self.lanes}, but single-port memory gives {lanes} synapses a clock to a build "
                f"that {'learns' if self.plasticity else 'does not learn'}: use lanes = {lanes}."
            )
        if self.neuron_lanes != 1:
            raise ParameterError(
                f"neuron_lanes = {self.neuron_lanes}, but single-port memory holds neurons that are updated "
                "one after another: use neuron_lanes = 1."
            )
        least = max(SINGLE_PORT_LANES.values())
        if self.neurons < least or self.neurons & (self.neurons - 1):
            raise ParameterError(
                f"neurons = {self.neurons}, but single-port memory holds a power of two of them, {least} or "
                f"more: use {max(least, 1 << (self.neurons - 1).bit_length())}."
            )
        most = SINGLE_PORT_INPUTS * self.neurons
        if self.inputs > most:
            raise ParameterError(
                f"inputs = {self.inputs}, but single-port memory holds at most {SINGLE_PORT_INPUTS} inputs a "
                f"neuron, {most} with {self.neurons} neurons: use more neurons or fewer inputs."
            )

    def _within(self, name: str, low: int, high: int) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, SupportsIndex) or not low <= index(value) <= high:
            raise ParameterError(f"{name} = {value!r} is not a whole number from {low} to {high}.")
        object.__setattr__(self, name, index(value))

    def _power_of_two(self, name: str, low: int, high: int) -> None:
        self._within(name, low, high)
        value = getattr(self, name)
        if value & (value - 1):
            raise ParameterError(f"{name} = {value} is not a power of two.")

    @property
    def axons(self) -> int:
        """A = M + N, the number of spike sources."""
        return self.inputs + self.neurons

    @property
    def synapses(self) -> int:
        """A * N: every axon reaches every neuron."""
        return self.axons * self.neurons

    @property
    def weight_min(self) -> int:
        """Most negative weight a synapse can hold."""
        return -(1 << (self.weight_bits - 1))

    @property
    def weight_max(self) -> int:
        """Largest weight a synapse can hold."""
        return (1 << (self.weight_bits - 1)) - 1

    @property
    def model(self) -> NeuronModel:
        """The neuron model."""
        return neuron_model(self.neuron)

    @property
    def delay_bits(self) -> int:
        """Bits of a delay, of which the longest is kept as 0."""
        return (self.max_delay - 1).bit_length()

    @property
    def state_max(self) -> int:
        """Bound of V, I and the adaptive threshold; V and I saturate at plus and minus this value."""
        return (1 << (self.state_bits - 1)) - 1

    @property
    def trace_max(self) -> int:
        """Value at which a trace saturates."""
        return (1 << self.trace_bits) - 1

    def static(self) -> "Config":
        """The same build without plasticity."""
        single_port = self.memory is Memory.SINGLE_PORT
        return replace(self, plasticity=False, lanes=SINGLE_PORT_LANES[False] if single_port else self.lanes)

    def to_dict(self) -> dict[str, object]:
        """The fields as plain values, for files."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return plain | {"memory": self.memory.value}

    @classmethod
    def from_dict(cls, plain: Mapping[str, object]) -> "Config":
        """Inverse of `to_dict`.

        Raises
        ------
        ParameterError
            If a field is unknown or out of range.
        """
        unknown = set(plain) - {field.name for field in fields(cls)}
        if unknown:
            raise ParameterError(f"a configuration has no field named {sorted(unknown)[0]!r}.")
        values = dict(plain)
        if "memory" in values:
            try:
                values["memory"] = Memory(values["memory"])
            except ValueError:
                raise ParameterError(f"memory = {values['memory']!r} is not a memory style.") from None
        return cls(**values)  # type: ignore[arg-type]
