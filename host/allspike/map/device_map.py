"""The memory map of a device, version 2: its regions, and by name all that belongs to them. The one source.

The gateware takes its addresses, layouts and widths from here, the host its codecs, the documentation its
tables. Everything is little-endian; every field lies at a multiple of its size.
"""

from typing import Final

from .config import Config
from .constants import (
    CHANGE_MAX,
    DECAY_BITS,
    DECAY_ONE,
    DITHER_BITS,
    DITHER_STRIDE,
    GAIN_ONE,
    MAGIC,
    MAP_VERSION,
    OFFSET_BITS,
    RATE_ONE,
    REGION_BITS,
    RING_MARKER,
    RING_STEP_MASK,
    RING_WORD,
    SEED_LEARNING,
    SEED_POISSON,
    STEP_BITS,
)
from .flags import ControlFlag, Feature, InputFlag, LearnFlag, NeuronFlag, State, TraceKind
from .identity import IDENTITY_RECORD, decode_identity, encode_identity, features_of
from .neuron_model import PARAMS_BYTES, STATE_BYTES, TRACE_AT, NeuronModel
from .record import Field, Record
from .region import Region
from .registers import CONTROL_RECORD, COUNTERS_RECORD, LEARNING_RECORD, STATUS_RECORD

INPUT_PARAMS_RECORD: Final = Record(
    (
        Field("rate", "u2", f"Poisson spikes a step in 1/{RATE_ONE}", lambda c: 16 if c.poisson else 0),
        Field("flags", "u2", "see InputFlag", flags=InputFlag),
    )
)
_TRACE: Final = Field("x", "u2", "pre trace", lambda c: c.trace_bits if c.plasticity else 0)
_WEIGHT: Final = Field("weight", "i1", "weight", lambda c: c.weight_bits)
_BITS: Final = Field("bits", "u1", "a bit for each of eight synapses", lambda c: 8 if c.plasticity else 0)
_WORD: Final = Field("word", "u2", "a ring word")


def _one(config: Config) -> tuple[int, ...]:
    return (1,)


IDENTITY: Final = Region("identity", 0x00000000, IDENTITY_RECORD, _one, False, "what the device is")
CONTROL: Final = Region("control", 0x01000000, CONTROL_RECORD, _one, True, "run, reset, acknowledge")
LEARNING: Final = Region("learning", 0x02000000, LEARNING_RECORD, _one, True, "the learning rule")
STATUS: Final = Region("status", 0x03000000, STATUS_RECORD, _one, False, "where the device is")
COUNTERS: Final = Region("counters", 0x04000000, COUNTERS_RECORD, _one, False, "what it did since the reset")
NEURON_PARAMS: Final = Region(
    "neuron_params", 0x10000000, lambda c: c.model.params_record, lambda c: (c.neurons,), True,
    "parameters of each neuron",
)  # fmt: skip
NEURON_STATE: Final = Region(
    "neuron_state", 0x11000000, lambda c: c.model.state_record, lambda c: (c.neurons,), True,
    "state of each neuron",
)  # fmt: skip
INPUT_PARAMS: Final = Region(
    "input_params", 0x12000000, INPUT_PARAMS_RECORD, lambda c: (c.inputs,), True, "parameters of each input",
)  # fmt: skip
TRACES: Final = Region(
    "traces", 0x13000000, _TRACE, lambda c: (c.axons,), True, "pre trace x of each axon",
)  # fmt: skip
WEIGHTS: Final = Region(
    "weights", 0x20000000, _WEIGHT, lambda c: (c.axons, c.neurons), True,
    "weight of each synapse (axon, neuron)",
)  # fmt: skip
PLASTIC: Final = Region(
    "plastic", 0x21000000, _BITS, lambda c: (c.axons, -(-c.neurons // 8)), True,
    "plastic bit of each synapse: bit j % 8 of byte j // 8 of the row is neuron j",
)  # fmt: skip
EVENT_RING: Final = Region(
    "event_ring", 0x30000000, _WORD, lambda c: (c.event_ring // RING_WORD,), True,
    "input events: the word at absolute byte offset p lies at p modulo the ring's size",
)  # fmt: skip
SPIKE_RING: Final = Region(
    "spike_ring", 0x31000000, _WORD, lambda c: (c.spike_ring // RING_WORD,), False,
    "spikes, in the same words",
)  # fmt: skip

REGIONS: Final = (
    IDENTITY, CONTROL, LEARNING, STATUS, COUNTERS,
    NEURON_PARAMS, NEURON_STATE, INPUT_PARAMS, TRACES, WEIGHTS, PLASTIC, EVENT_RING, SPIKE_RING,
)  # fmt: skip

__all__ = [
    "CHANGE_MAX",
    "CONTROL",
    "COUNTERS",
    "DECAY_BITS",
    "DECAY_ONE",
    "DITHER_BITS",
    "DITHER_STRIDE",
    "EVENT_RING",
    "GAIN_ONE",
    "IDENTITY",
    "INPUT_PARAMS",
    "LEARNING",
    "MAGIC",
    "MAP_VERSION",
    "NEURON_PARAMS",
    "NEURON_STATE",
    "OFFSET_BITS",
    "PARAMS_BYTES",
    "PLASTIC",
    "RATE_ONE",
    "REGIONS",
    "REGION_BITS",
    "RING_MARKER",
    "RING_STEP_MASK",
    "RING_WORD",
    "SEED_LEARNING",
    "SEED_POISSON",
    "SPIKE_RING",
    "STATE_BYTES",
    "STATUS",
    "STEP_BITS",
    "TRACES",
    "TRACE_AT",
    "WEIGHTS",
    "ControlFlag",
    "Feature",
    "Field",
    "InputFlag",
    "LearnFlag",
    "NeuronFlag",
    "NeuronModel",
    "Record",
    "Region",
    "State",
    "TraceKind",
    "decode_identity",
    "encode_identity",
    "features_of",
]  # fmt: skip
