"""The records of a device that are not of one neuron or input: control, learning, status, counters."""

from typing import TYPE_CHECKING, Final

from .constants import GAIN_ONE, STEP_BITS
from .flags import ControlFlag, LearnFlag, State
from .record import Field, Record

if TYPE_CHECKING:
    from .config import Config


def _trace(config: "Config") -> int:
    return config.trace_bits


def _weight(config: "Config") -> int:
    return config.weight_bits


CONTROL_RECORD: Final = Record(
    (
        Field("epoch", "u4", "a value other than the present one resets state, time, rings and counters"),
        Field("event_head", "u4", "byte offset up to which events are valid"),
        Field("run_until", "u8", "the core runs while its step is below this", STEP_BITS),
        Field("spike_ack", "u4", "byte offset up to which the host has read spikes"),
        Field("seed", "u4", "seed of both generators, taken at a reset"),
        Field("pace", "u4", "clocks a step in real time; 0: as fast as it can"),
        Field("weight_shift", "u1", "left shift of the accumulated weights, 0 to 15", 4),
        Field("flags", "u1", "see ControlFlag", lambda c: 1 if c.poisson else 0, ControlFlag),
        Field("reserved", "u2", "0", 0),
    )
)

LEARNING_RECORD: Final = Record(
    (
        Field(
            "gain", "i1", f"scale of all weight changes in 1/{GAIN_ONE}; 0: no learning; below 0: reversed"
        ),
        Field("flags", "u1", "see LearnFlag", flags=LearnFlag),
        Field("x_kind", "u1", "TraceKind of the pre traces", 2),
        Field("y_kind", "u1", "TraceKind of the post traces", 2),
        Field("plus_shift", "u1", "right shift of the change at a firing, 0 to 31", 5),
        Field("minus_shift", "u1", "right shift of the change at an arrival, 0 to 31", 5),
        Field("x_window", "u1", "steps of the pre window, 0 to 127", 7),
        Field("y_window", "u1", "steps of the post window, 0 to 127", 7),
        Field("x_increment", "u2", "what a pre spike adds, sets or, in a window, contributes", _trace),
        Field("y_increment", "u2", "what a post spike adds, sets or, in a window, contributes", _trace),
        Field("x_decay", "u2", "decay factor of the pre traces"),
        Field("y_decay", "u2", "decay factor of the post traces"),
        Field("x_target", "u2", "subtracted from the pre trace at a firing", _trace),
        Field("w_min", "i1", "lower bound of plastic weights", _weight),
        Field("w_max", "i1", "upper bound of plastic weights", _weight),
    )
)

STATUS_RECORD: Final = Record(
    (
        Field("epoch", "u4", "the epoch the device is in"),
        Field("state", "u4", "see State", flags=State),
        Field("step", "u8", "steps done since the reset"),
        Field("marker", "u8", "1 plus the step of the last marker in the spike ring; 0: none yet"),
        Field("event_tail", "u4", "byte offset up to which events were taken"),
        Field("spike_head", "u4", "byte offset up to which spikes are valid"),
    )
)

COUNTERS_RECORD: Final = Record(
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
