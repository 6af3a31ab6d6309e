"""What the kernel works on: the memories, registers and settings of a core, and how it is compiled.

Functions of the kernel are compiled by Numba. Those that touch every neuron or synapse are plain loops over
few arrays with every intermediate cast to 32 or 16 bits, which LLVM turns into vector code. The kernel
allocates nothing, and counts no references (`_nrt=False`): otherwise every touch of an array in `Core` would
do so atomically, which takes ten times as long as the arithmetic. All is inlined into one function: handing
arrays over takes longer than a small network's work on them.
"""

from collections import namedtuple
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from ..map.flags import NeuronFlag, TraceKind
from ..map.neuron_model import NeuronModel

inlined: Any = njit(inline="always", _nrt=False)  # type: ignore[call-overload]

I8 = np.int8
I16 = np.int16
I32 = np.int32
U8 = np.uint8
U32 = np.uint32

ROW_BY_ROW = 20
"""Columns are walked row by row, all at once, when more than one in this many walks (measured)."""

WINDOW = int(TraceKind.WINDOW)
ACCUMULATE = int(TraceKind.ACCUMULATE)
PLASTIC_IN = int(NeuronFlag.PLASTIC_IN)
PLASTIC_OUT = int(NeuronFlag.PLASTIC_OUT)
SILENT = int(NeuronFlag.SILENT)

(
    STEP, RUN_UNTIL, EVENT_HEAD, EVENT_TAIL, EVENT_TIME, SPIKE_HEAD, SPIKE_ACK, MARKER, PENDING,
    N_FIRINGS, N_EVENTS, N_POISSON, N_ROWS, N_COLUMNS, N_UPDATES, N_LATE, FIRST_ROW, CHANGES_MADE, REGISTERS,
) = range(19)  # fmt: skip
"""Indices into `Core.reg`. EVENT_TIME is the step of the last event marker taken (-1: none), PENDING the
number of words of the present step that still wait for room in the spike ring, FIRST_ROW the step of the
first row of `Core.recorded`, CHANGES_MADE how many of `Core.change_step` are past."""


class Core(NamedTuple):
    """The memories and registers of a core, as the kernel works on them; N neurons, M inputs, A = M + N."""

    reg: np.ndarray  # int64 [REGISTERS]
    rng: np.ndarray  # uint32 [2]: the dither's generator, the Poisson generator
    params: Any  # the model's parameters, by name: int32 [N] each, and so the following
    prepared: Any  # what the model makes of its parameters
    state: Any  # the model's state
    potential: np.ndarray  # that of the state which is V
    drive: np.ndarray  # that of the parameters which a run may change
    delay: np.ndarray
    flags: np.ndarray
    acc: np.ndarray
    y: np.ndarray
    x: np.ndarray  # int32 [A]
    rate: np.ndarray  # int32 [M]
    axon_flags: np.ndarray  # int32 [A]
    weights: np.ndarray  # int8 [A, row_pitch(N)], of which [A, N] are synapses
    plastic: np.ndarray  # int8, of the shape of weights, 0 or 1
    plastic_columns: np.ndarray  # int8 [N, A], the same bits
    column: np.ndarray  # int8 [A]: a column while it is walked
    row_plastic: np.ndarray  # int64 [A]: plastic synapses in the row
    column_plastic: np.ndarray  # int64 [N]: plastic synapses in the column
    events: np.ndarray  # uint16 [event ring words]
    spikes: np.ndarray  # uint16 [spike ring words]
    words: np.ndarray  # uint16 [N + 2]: spike words of the present step
    arrived: np.ndarray  # uint8 [M, padded]: 1 where an input spikes in this step
    delayed: np.ndarray  # uint8 [max_delay, N, padded]: 1 where a neuron's spike arrives in that slot
    fired: np.ndarray  # uint8 [N]: 1 where a neuron fires in this step
    arrived_words: np.ndarray  # uint64: the same memories, 8 at a time
    delayed_words: np.ndarray
    fired_words: np.ndarray
    active: np.ndarray  # int32 [A]: the set bytes, ascending
    change: np.ndarray  # int16 [A]: weight changes before rounding, DITHER_BITS fractional bits
    stride: np.ndarray  # uint8 [A]: (DITHER_STRIDE * k) mod 2**DITHER_BITS
    walk: np.ndarray  # int32 [A]: the axons or neurons whose row or column learns in this step
    walking: np.ndarray  # int8 [N]: 1 for the neurons whose column learns in this step
    draws: np.ndarray  # uint8 [A]: the dither's draw of each walk
    probes: np.ndarray  # int32 [K]: neurons whose V is recorded
    recorded: np.ndarray  # int32 [steps, K]: V after each step
    change_step: np.ndarray  # int64 [changes], ascending: the step from which on
    change_neuron: np.ndarray  # int32 [changes]: this neuron
    change_bias: np.ndarray  # int32 [changes]: has this bias


class Settings(NamedTuple):
    """Run-time registers and widths, constant during a run."""

    state_max: int
    trace_max: int
    weight_shift: int
    poisson: bool
    tracing: bool
    gain: int
    nearest_rounding: bool
    plus_sign: int
    minus_sign: int
    plus_shift: int
    minus_shift: int
    x_kind: int
    y_kind: int
    x_window: int
    y_window: int
    x_increment: int
    y_increment: int
    x_decay: int
    y_decay: int
    x_target: int
    w_min: int
    w_max: int


@cache
def columns_of(model: NeuronModel) -> tuple[Any, Any]:
    """Named tuples with an array for each of the model's own parameters, and of its state.

    Kernels are kept from process to process, and with them the names of these types: so they are to be found
    in this module.
    """
    types = []
    for kind, fields in (("Params", model.params), ("State", model.state)):
        name = f"{kind}_{model.name}"
        made = namedtuple(name, [field.name for field in fields], module=__name__)  # type: ignore[misc]
        globals()[name] = made
        types.append(made)
    return types[0], types[1]


def row_pitch(neurons: int) -> int:
    """Bytes from row to row of the weights: an odd number of cache lines, so that a column is spread over all
    sets of a cache."""
    return ((neurons + 63) // 64 | 1) * 64
