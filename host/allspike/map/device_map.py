"""The memory map of a device, version 2: regions, records, fields. The one source.

The gateware takes its addresses and layouts from here, the host its codecs, the documentation its tables.
Everything is little-endian; every field lies at a multiple of its size. Depends on NumPy and `config` alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import cached_property
from math import prod
from typing import Final

import numpy as np

from .config import Config

MAGIC: Final = 0x4B505341
"""The bytes "ASPK"."""
MAP_VERSION: Final = 2
"""Version of this map."""

DECAY_BITS: Final = 15
"""A decay factor f stands for f / 2**DECAY_BITS; 2**DECAY_BITS and above stand for 1."""
DITHER_BITS: Final = 8
"""The dither of stochastic rounding takes 2**DITHER_BITS values."""
DITHER_STRIDE: Final = 159
"""Step of the dither along a walk: 2**DITHER_BITS over the golden ratio, made odd, so that it visits all."""
GAIN_ONE: Final = 64
"""The `gain` that leaves the weight changes as the rule gives them."""
SEED_LEARNING: Final = 0x9E3779B9
"""XORed with `seed` to start the generator of the dither."""
SEED_POISSON: Final = 0x7F4A7C15
"""XORed with `seed` to start the generator of the Poisson inputs."""
STEP_BITS: Final = 40
"""Emulated time is counted modulo 2**STEP_BITS steps; a run ends before it wraps."""
RATE_ONE: Final = 1 << 16
"""A Poisson rate r stands for r / RATE_ONE spikes a step."""

RING_MARKER: Final = 0x8000
"""Set in a ring word that opens a step; clear in one that names an axon (events) or a neuron (spikes)."""
RING_STEP_MASK: Final = 0x7FFF
"""The part of a marker that holds the low bits of the step; markers lie at most this plus 1 steps apart."""
RING_WORD: Final = 2
"""Bytes of a ring word."""


class Feature(IntFlag):
    """What a build has, in `identity.features`."""

    PLASTICITY = 1
    """It can learn."""
    POISSON = 2
    """It can draw Poisson spikes."""
    SINGLE_PORT = 4
    """Its synapses lie in single-port memory."""


class NeuronFlag(IntFlag):
    """`neuron_params.flags`."""

    RESET_SUBTRACT = 1
    """On firing V loses `reset` instead of going to it."""
    REFRACTORY_INTEGRATE = 2
    """A refractory neuron goes on integrating instead of holding V."""
    PLASTIC_IN = 4
    """Its firing walks its column; without it none of its incoming synapses is potentiated."""
    PLASTIC_OUT = 8
    """Its spikes depress; without it none of its outgoing synapses is."""
    SILENT = 16
    """Its spikes act in the network but are not written to the spike ring."""


class InputFlag(IntFlag):
    """`input_params.flags`."""

    PLASTIC_OUT = 8
    """As for neurons, at the same bit."""


class TraceKind(IntEnum):
    """How a trace answers spikes, and what it contributes."""

    ACCUMULATE = 0
    """Each spike adds; exponential decay: the all-to-all pair rule."""
    NEAREST = 1
    """Each spike sets; exponential decay: the nearest spike alone counts."""
    WINDOW = 2
    """Each spike opens a window of so many steps, during which the contribution is constant."""


class LearnFlag(IntFlag):
    """`learning.flags`."""

    NEAREST_ROUNDING = 1
    """Round weight changes to the nearest unit instead of stochastically."""
    PLUS_NEGATIVE = 2
    """Turn the sign of the change at a firing."""
    MINUS_NEGATIVE = 4
    """Turn the sign of the change at an arrival."""


class ControlFlag(IntFlag):
    """`control.flags`."""

    POISSON = 1
    """Draw Poisson events for the inputs at every step."""


class State(IntFlag):
    """`status.state`."""

    RUNNING = 1
    """The step is below `run_until` or not finished, or a reset is under way."""
    STALLED = 2
    """Time stands still because the spike ring is full."""


@dataclass(frozen=True)
class Field:
    """One field of a record: name, NumPy scalar type, meaning."""

    name: str
    type: str
    doc: str


@dataclass(frozen=True)
class Layout:
    """A record of fields at their natural alignment."""

    fields: tuple[Field, ...]

    @cached_property
    def dtype(self) -> np.dtype:
        """The record as a NumPy structured type.

        Raises
        ------
        ValueError
            If a field would not lie at a multiple of its size.
        """
        dtype = np.dtype([(field.name, f"<{field.type}") for field in self.fields])
        for field in self.fields:
            item, offset = dtype.fields[field.name][:2]  # type: ignore[index]
            if offset % item.base.itemsize:
                raise ValueError(f"field {field.name} lies at {offset}, not at a multiple of its size")
        return dtype

    @property
    def size(self) -> int:
        """Bytes of one record."""
        return self.dtype.itemsize

    def offset(self, name: str) -> int:
        """Bytes from the start of a record to the field `name`."""
        return self.dtype.fields[name][1]  # type: ignore[index]


@dataclass(frozen=True)
class Region:
    """A range of addresses: `shape(config)` items of `dtype`, row-major, from `base`."""

    name: str
    base: int
    dtype: np.dtype
    shape: Callable[[Config], tuple[int, ...]]
    writable: bool
    doc: str
    layout: Layout | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fields; none where the items are plain numbers."""
        return self.dtype.names or ()

    def size(self, config: Config) -> int:
        """Bytes of the region in a build."""
        return prod(self.shape(config)) * self.dtype.itemsize

    def address(self, field: str) -> int:
        """Absolute address of a field of a region that is one record."""
        assert self.layout is not None
        return self.base + self.layout.offset(field)


IDENTITY_LAYOUT: Final = Layout(
    (
        Field("magic", "u4", f"`0x{MAGIC:08X}`, the bytes ASPK"),
        Field("map_version", "u2", "version of this map; a host refuses any other"),
        Field("neurons", "u2", "N"),
        Field("inputs", "u2", "M"),
        Field("max_delay", "u2", "longest axonal delay, steps"),
        Field("weight_bits", "u1", "width of a weight"),
        Field("state_bits", "u1", "width of V and I"),
        Field("trace_bits", "u1", "width of a trace"),
        Field("lanes", "u1", "synapses a clock"),
        Field("neuron_lanes", "u1", "neurons a clock"),
        Field("reserved", "u1", "0"),
        Field("features", "u2", "see Feature"),
        Field("event_ring", "u4", "bytes of the event ring"),
        Field("spike_ring", "u4", "bytes of the spike ring"),
        Field("clock_hz", "u4", "clock of the core; 0: none"),
        Field("build", "S32", "name or hash of the build, ASCII, zero-padded"),
    )
)

CONTROL_LAYOUT: Final = Layout(
    (
        Field("epoch", "u4", "a value other than the present one resets state, time, rings and counters"),
        Field("event_head", "u4", "byte offset up to which events are valid"),
        Field("run_until", "u8", "the core runs while its step is below this"),
        Field("spike_ack", "u4", "byte offset up to which the host has read spikes"),
        Field("seed", "u4", "seed of both generators, taken at a reset"),
        Field("pace", "u4", "clocks a step in real time; 0: as fast as it can"),
        Field("weight_shift", "u1", "left shift of the accumulated weights, 0 to 15"),
        Field("flags", "u1", "see ControlFlag"),
        Field("reserved", "u2", "0"),
    )
)

LEARNING_LAYOUT: Final = Layout(
    (
        Field(
            "gain", "i1", f"scale of all weight changes in 1/{GAIN_ONE}; 0: no learning; below 0: reversed"
        ),
        Field("flags", "u1", "see LearnFlag"),
        Field("x_kind", "u1", "TraceKind of the pre traces"),
        Field("y_kind", "u1", "TraceKind of the post traces"),
        Field("plus_shift", "u1", "right shift of the change at a firing, 0 to 31"),
        Field("minus_shift", "u1", "right shift of the change at an arrival, 0 to 31"),
        Field("x_window", "u1", "steps of the pre window, 0 to 127"),
        Field("y_window", "u1", "steps of the post window, 0 to 127"),
        Field("x_increment", "u2", "what a pre spike adds, sets or, in a window, contributes"),
        Field("y_increment", "u2", "what a post spike adds, sets or, in a window, contributes"),
        Field("x_decay", "u2", "decay factor of the pre traces"),
        Field("y_decay", "u2", "decay factor of the post traces"),
        Field("x_target", "u2", "subtracted from the pre trace at a firing"),
        Field("w_min", "i1", "lower bound of plastic weights"),
        Field("w_max", "i1", "upper bound of plastic weights"),
    )
)

STATUS_LAYOUT: Final = Layout(
    (
        Field("epoch", "u4", "the epoch the device is in"),
        Field("state", "u4", "see State"),
        Field("step", "u8", "steps done since the reset"),
        Field("marker", "u8", "1 plus the step of the last marker in the spike ring; 0: none yet"),
        Field("event_tail", "u4", "byte offset up to which events were taken"),
        Field("spike_head", "u4", "byte offset up to which spikes are valid"),
    )
)

COUNTERS_LAYOUT: Final = Layout(
    (
        Field("firings", "u8", "neurons that fired"),
        Field("events", "u8", "host events taken"),
        Field("poisson", "u8", "Poisson draws that gave a spike"),
        Field("rows", "u8", "rows walked: arriving axons"),
        Field("columns", "u8", "columns walked: fired neurons that learn"),
        Field("updates", "u8", "plastic synapses visited by learning walks"),
        Field("late_events", "u8", "host events stamped before the step that took them"),
        Field("late_steps", "u8", "steps that missed their pace"),
        Field("clocks", "u8", "clocks spent running"),
        Field("clocks_sweep", "u8", "of these in the neuron sweep"),
        Field("clocks_rows", "u8", "of these in row walks"),
        Field("clocks_columns", "u8", "of these in column walks"),
        Field("clocks_stalled", "u8", "of these waiting for room in the spike ring"),
    )
)

NEURON_PARAMS_LAYOUT: Final = Layout(
    (
        Field("threshold", "i4", "theta: fires at V >= theta + a"),
        Field("reset", "i4", "V after firing; under RESET_SUBTRACT what V loses"),
        Field("bias", "i4", "added to V at every step"),
        Field("leak", "u4", "ell: linear leak, units of V a step"),
        Field("adapt_increment", "u4", "what a firing adds to the adaptive threshold"),
        Field("beta", "u2", "decay factor of V"),
        Field("alpha", "u2", "decay factor of I"),
        Field("adapt_decay", "u2", "decay factor of a"),
        Field("adapt_period", "u1", "a decays at steps that are multiples of 2**adapt_period, 0 to 31"),
        Field("refractory", "u1", "steps without firing after a spike"),
        Field("delay", "u1", "axonal delay in steps, 1 to max_delay"),
        Field("flags", "u1", "see NeuronFlag"),
        Field("reserved", "u2", "0"),
    )
)

NEURON_STATE_LAYOUT: Final = Layout(
    (
        Field("v", "i4", "membrane potential V"),
        Field("i", "i4", "synaptic current I"),
        Field("a", "u4", "adaptive part of the threshold"),
        Field("y", "u2", "post trace"),
        Field("refractory", "u1", "steps of refractoriness left"),
        Field("reserved", "u1", "0"),
    )
)

INPUT_PARAMS_LAYOUT: Final = Layout(
    (
        Field("rate", "u2", f"Poisson spikes a step in 1/{RATE_ONE}"),
        Field("flags", "u2", "see InputFlag"),
    )
)


def _record(name: str, base: int, layout: Layout, writable: bool, doc: str) -> Region:
    return Region(name, base, layout.dtype, lambda config: (1,), writable, doc, layout)


IDENTITY: Final = _record("identity", 0x00000000, IDENTITY_LAYOUT, False, "what the device is")
CONTROL: Final = _record("control", 0x01000000, CONTROL_LAYOUT, True, "run, reset, acknowledge")
LEARNING: Final = _record("learning", 0x02000000, LEARNING_LAYOUT, True, "the learning rule")
STATUS: Final = _record("status", 0x03000000, STATUS_LAYOUT, False, "where the device is")
COUNTERS: Final = _record("counters", 0x04000000, COUNTERS_LAYOUT, False, "what it did since the reset")
NEURON_PARAMS: Final = Region(
    "neuron_params", 0x10000000, NEURON_PARAMS_LAYOUT.dtype, lambda config: (config.neurons,), True,
    "parameters of each neuron", NEURON_PARAMS_LAYOUT,
)  # fmt: skip
NEURON_STATE: Final = Region(
    "neuron_state", 0x11000000, NEURON_STATE_LAYOUT.dtype, lambda config: (config.neurons,), True,
    "state of each neuron", NEURON_STATE_LAYOUT,
)  # fmt: skip
INPUT_PARAMS: Final = Region(
    "input_params", 0x12000000, INPUT_PARAMS_LAYOUT.dtype, lambda config: (config.inputs,), True,
    "parameters of each input", INPUT_PARAMS_LAYOUT,
)  # fmt: skip
TRACES: Final = Region(
    "traces", 0x13000000, np.dtype("<u2"), lambda config: (config.axons,), True,
    "pre trace x of each axon",
)  # fmt: skip
WEIGHTS: Final = Region(
    "weights", 0x20000000, np.dtype("i1"), lambda config: (config.axons, config.neurons), True,
    "weight of each synapse (axon, neuron)",
)  # fmt: skip
PLASTIC: Final = Region(
    "plastic", 0x21000000, np.dtype("u1"), lambda config: (config.axons, -(-config.neurons // 8)), True,
    "plastic bit of each synapse: bit j % 8 of byte j // 8 of the row is neuron j",
)  # fmt: skip
EVENT_RING: Final = Region(
    "event_ring", 0x30000000, np.dtype("<u2"), lambda config: (config.event_ring // RING_WORD,), True,
    "input events: the word at absolute byte offset p lies at p modulo the ring's size",
)  # fmt: skip
SPIKE_RING: Final = Region(
    "spike_ring", 0x31000000, np.dtype("<u2"), lambda config: (config.spike_ring // RING_WORD,), False,
    "spikes, in the same words",
)  # fmt: skip

REGIONS: Final = (
    IDENTITY, CONTROL, LEARNING, STATUS, COUNTERS,
    NEURON_PARAMS, NEURON_STATE, INPUT_PARAMS, TRACES, WEIGHTS, PLASTIC, EVENT_RING, SPIKE_RING,
)  # fmt: skip


def features_of(config: Config) -> Feature:
    """The feature bits of a build."""
    features = Feature(0)
    if config.plasticity:
        features |= Feature.PLASTICITY
    if config.poisson:
        features |= Feature.POISSON
    if config.memory is config.memory.SINGLE_PORT:
        features |= Feature.SINGLE_PORT
    return features


def encode_identity(config: Config, build: str = "") -> np.ndarray:
    """The identity record of a build, shape (1,)."""
    record = np.zeros(1, IDENTITY.dtype)
    record["magic"] = MAGIC
    record["map_version"] = MAP_VERSION
    record["features"] = features_of(config)
    record["build"] = build.encode("ascii")
    for name in _IDENTITY_FROM_CONFIG:
        record[name] = getattr(config, name)
    return record


def decode_identity(record: np.ndarray) -> Config:
    """The configuration that an identity record tells; magic and version are the caller's to check."""
    features = Feature(int(record["features"][0]))
    return Config(
        plasticity=Feature.PLASTICITY in features,
        poisson=Feature.POISSON in features,
        memory=_MEMORY[Feature.SINGLE_PORT in features],
        **{name: int(record[name][0]) for name in _IDENTITY_FROM_CONFIG},
    )


_MEMORY = {False: Config().memory.DUAL_PORT, True: Config().memory.SINGLE_PORT}
_IDENTITY_FROM_CONFIG = (
    "neurons", "inputs", "max_delay", "weight_bits", "state_bits", "trace_bits", "lanes", "neuron_lanes",
    "event_ring", "spike_ring", "clock_hz",
)  # fmt: skip
