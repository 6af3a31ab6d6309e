"""The model, step by step, in integers: docs/model.md as code.

`run` advances a core until its step reaches `run_until` or the spike ring is full. One step is the five
phases of the model, a function each, in their order. All functions are compiled by Numba; those that touch
every neuron or synapse are written as plain loops over few arrays with every intermediate cast to 32 bits,
which LLVM turns into vector code.

The kernel allocates nothing, and counts no references (`_nrt=False`): otherwise every touch of an array in
`Core` would do so atomically, which takes ten times as long as the arithmetic.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from ..device_map import (
    DECAY_BITS,
    DITHER_BITS,
    RING_MARKER,
    RING_STEP_MASK,
    RING_WORD,
    InputFlag,
    NeuronFlag,
    TraceKind,
)

compiled: Any = njit(_nrt=False)  # type: ignore[call-overload]
inlined: Any = njit(inline="always", _nrt=False)  # type: ignore[call-overload]

I8 = np.int8
I16 = np.int16
I32 = np.int32
U8 = np.uint8
U32 = np.uint32

DECAY_ONE = 1 << DECAY_BITS
CHANGE_MAX = (1 << 15) - (1 << DITHER_BITS)
"""Bound of a weight change before rounding: with any dither it stays within 16 bits."""
ROW_BY_ROW = 20
"""Columns are walked row by row, all at once, when more than one in this many walks (measured)."""

WINDOW = int(TraceKind.WINDOW)
ACCUMULATE = int(TraceKind.ACCUMULATE)
RESET_SUBTRACT = int(NeuronFlag.RESET_SUBTRACT)
REFRACTORY_INTEGRATE = int(NeuronFlag.REFRACTORY_INTEGRATE)
PLASTIC_IN = int(NeuronFlag.PLASTIC_IN)
PLASTIC_OUT = int(NeuronFlag.PLASTIC_OUT)
SILENT = int(NeuronFlag.SILENT)
assert int(InputFlag.PLASTIC_OUT) == PLASTIC_OUT

(
    STEP, RUN_UNTIL, EVENT_HEAD, EVENT_TAIL, EVENT_TIME, SPIKE_HEAD, SPIKE_ACK, MARKER, PENDING,
    N_FIRINGS, N_EVENTS, N_POISSON, N_ROWS, N_COLUMNS, N_UPDATES, N_LATE, REGISTERS,
) = range(17)  # fmt: skip
"""Indices into `Core.reg`. EVENT_TIME is the step of the last event marker taken (-1: none), PENDING the
number of words of the present step that still wait for room in the spike ring."""


class Core(NamedTuple):
    """The memories and registers of a core, as the kernel works on them; N neurons, M inputs, A = M + N."""

    reg: np.ndarray  # int64 [REGISTERS]
    rng: np.ndarray  # uint32 [2]: the dither's generator, the Poisson generator
    threshold: np.ndarray  # int32 [N], and so the following
    reset: np.ndarray
    bias: np.ndarray
    leak: np.ndarray
    adapt_increment: np.ndarray
    beta: np.ndarray
    alpha: np.ndarray
    adapt_decay: np.ndarray
    adapt_mask: np.ndarray  # 2**adapt_period - 1
    refractory: np.ndarray
    delay: np.ndarray
    flags: np.ndarray
    v: np.ndarray
    i: np.ndarray
    a: np.ndarray
    resting: np.ndarray  # refractory steps left
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
    arrived: np.ndarray  # uint64 [M / 8]: a byte an input, 1 where it spikes in this step
    delayed: np.ndarray  # uint64 [max_delay, N / 8]: a byte a neuron, 1 where its spike arrives in that slot
    fired: np.ndarray  # uint64 [N / 8]: a byte a neuron, 1 where it fires in this step
    active: np.ndarray  # int32 [A]: the set bytes, ascending
    change: np.ndarray  # int16 [A]: weight changes before rounding, DITHER_BITS fractional bits
    stride: np.ndarray  # uint8 [A]: (DITHER_STRIDE * k) mod 2**DITHER_BITS
    walk: np.ndarray  # int32 [A]: the axons or neurons whose row or column learns in this step
    walking: np.ndarray  # int8 [N]: 1 for the neurons whose column learns in this step
    draws: np.ndarray  # uint8 [A]: the dither's draw of each walk


class Settings(NamedTuple):
    """Run-time registers and widths, constant during a run."""

    state_max: int
    trace_max: int
    weight_shift: int
    poisson: bool
    tracing: bool
    adapting: bool
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


def row_pitch(neurons: int) -> int:
    """Bytes from row to row of the weights: an odd number of cache lines, so that a column is spread over all
    sets of a cache."""
    return ((neurons + 63) // 64 | 1) * 64


@inlined
def xorshift32(state):
    """Marsaglia's 32-bit generator (J. Stat. Softw. 8(14), 2003), shifts 13, 17, 5."""
    state ^= U32(state << U32(13))
    state ^= U32(state >> U32(17))
    state ^= U32(state << U32(5))
    return state


@inlined
def clip(value, low, high):
    """`value` held within [low, high]."""
    value = value if value > low else low
    return value if value < high else high


@inlined
def decayed(magnitude, factor):
    """`(magnitude * factor) >> DECAY_BITS` in 32 bits, for magnitude <= 2**23 and factor <= 2**15."""
    high = I32(I32(magnitude >> 8) * factor)
    low = I32(I32(magnitude & 255) * factor)
    return I32(I32(high + I32(low >> 8)) >> (DECAY_BITS - 8))


@compiled
def set_bytes(words, start, index, offset):
    """Append the places of the set bytes of `words`, plus `start`, to `index` from `offset`; the new end."""
    for k in range(words.size):
        word = words[k]
        if word:
            for b in range(8):
                if (word >> np.uint64(8 * b)) & np.uint64(1):
                    index[offset] = start + 8 * k + b
                    offset += 1
    return offset


@inlined
def take_events(core):
    """Mark the inputs that the event ring names for this step or an earlier one."""
    reg = core.reg
    ring = core.events
    mask = ring.size - 1
    arrived = core.arrived.view(np.uint8)
    inputs = core.rate.size
    while reg[EVENT_TAIL] != reg[EVENT_HEAD]:
        word = np.int64(ring[(reg[EVENT_TAIL] // RING_WORD) & mask])
        if word & RING_MARKER:
            last = reg[EVENT_TIME]
            time = last + 1 + ((word - last - 1) & RING_STEP_MASK)
            if time > reg[STEP]:
                return
            reg[EVENT_TIME] = time
        else:
            reg[N_EVENTS] += 1
            if reg[EVENT_TIME] < reg[STEP]:
                reg[N_LATE] += 1
            if word < inputs:
                arrived[word] = 1
        reg[EVENT_TAIL] = (reg[EVENT_TAIL] + RING_WORD) & 0xFFFFFFFF


@inlined
def draw_poisson(core):
    """Mark the inputs whose draw is below their rate; every input draws, ascending."""
    state = core.rng[1]
    rate = core.rate
    arrived = core.arrived.view(np.uint8)
    for m in range(rate.size):
        state = xorshift32(state)
        if I32(state >> U32(16)) < rate[m]:
            arrived[m] = 1
            core.reg[N_POISSON] += 1
    core.rng[1] = state


@inlined
def arrivals(core, settings):
    """Phase 1: the axons whose spike arrives now, ascending in `core.active`; their number."""
    reg = core.reg
    if reg[EVENT_TAIL] != reg[EVENT_HEAD]:
        take_events(core)
    if settings.poisson:
        draw_poisson(core)
    slot = core.delayed[reg[STEP] & (core.delayed.shape[0] - 1)]
    count = set_bytes(core.arrived, 0, core.active, 0)
    if count:
        core.arrived[:] = 0
    inputs = count
    count = set_bytes(slot, core.rate.size, core.active, count)
    if count != inputs:
        slot[:] = 0
    return count


@compiled
def weight_changes(trace, kind, increment, target, gain, shift, change):
    """q = round(((e - target) * gain) / 2**shift), saturated, in 2**-DITHER_BITS weight units; e is what the
    trace contributes."""
    half = I32((1 << shift) >> 1)
    if kind == WINDOW:
        for k in range(trace.size):
            e = I32(increment if trace[k] > 0 else 0)
            q = I32(I32(I32(I32(e - target) * gain) + half) >> shift)
            change[k] = I16(clip(q, I32(-CHANGE_MAX), I32(CHANGE_MAX)))
    else:
        for k in range(trace.size):
            q = I32(I32(I32(I32(trace[k] - target) * gain) + half) >> shift)
            change[k] = I16(clip(q, I32(-CHANGE_MAX), I32(CHANGE_MAX)))


@inlined
def rounded(change, dither):
    """R: whole weight units of a change."""
    return I16(I16(change + I16(dither)) >> DITHER_BITS)


@compiled
def add_rows(acc, weights, index, count):
    """acc_j += w_ij for the first `count` axons of `index`."""
    for k in range(count):
        axon = index[k]
        for j in range(acc.size):
            acc[j] = I32(acc[j] + weights[axon, j])


@compiled
def depress_rows(weights, plastic, index, draws, stride, count, change, w_min, w_max):
    """w -= R(change) on the plastic synapses of the first `count` axons of `index`."""
    for k in range(count):
        axon = index[k]
        draw = draws[k]
        for j in range(change.size):
            w = I16(weights[axon, j])
            r = rounded(change[j], U8(stride[j] + draw))
            new = clip(I16(w - r), w_min, w_max)
            weights[axon, j] = I8(new if (plastic[axon, j] != 0) & (r != 0) else w)


@inlined
def draw_walk(core, settings):
    """The dither's draw for a walk; for rounding to the nearest, half a unit (and `core.stride` is 0)."""
    if settings.nearest_rounding:
        return U8(1 << (DITHER_BITS - 1))
    core.rng[0] = xorshift32(core.rng[0])
    return U8(core.rng[0] >> U32(32 - DITHER_BITS))


@inlined
def rows(core, settings, count):
    """Phase 2: accumulate each arriving row, depress it where plastic, then increment its pre trace.

    A row arrives once a step, so that adding all before depressing all changes nothing.
    """
    reg = core.reg
    reg[N_ROWS] += count
    add_rows(core.acc, core.weights, core.active, count)
    if settings.gain != 0:
        walks = 0
        for k in range(count):
            axon = core.active[k]
            if core.axon_flags[axon] & PLASTIC_OUT:
                core.walk[walks] = axon
                core.draws[walks] = draw_walk(core, settings)
                walks += 1
                reg[N_UPDATES] += core.row_plastic[axon]
        if walks:
            change = core.change[: core.y.size]
            weight_changes(
                core.y, settings.y_kind, I32(settings.y_increment), I32(0),
                I32(settings.gain * settings.minus_sign), I32(settings.minus_shift), change,
            )  # fmt: skip
            depress_rows(
                core.weights, core.plastic, core.walk, core.draws, core.stride, walks, change,
                I16(settings.w_min), I16(settings.w_max),
            )  # fmt: skip
    if settings.tracing:
        for k in range(count):
            axon = core.active[k]
            core.x[axon] = incremented(
                core.x[axon], settings.x_kind, settings.x_increment, settings.x_window, settings.trace_max
            )


@inlined
def incremented(trace, kind, increment, window, trace_max):
    """A trace after a spike."""
    if kind == WINDOW:
        return I32(window)
    if kind == ACCUMULATE:
        return I32(min(trace + increment, trace_max))
    return I32(increment)


@compiled
def decay_currents(i, alpha, acc, shift, state_max):
    """I = sat(decay(I) + (acc << shift)), and acc = 0."""
    # Beyond this the sum saturates whatever I is; within it the shift stays inside 32 bits.
    bound = I32(((state_max + 1) * 2 >> shift) + 1)
    for j in range(i.size):
        now = i[j]
        magnitude = decayed(I32(-now if now < 0 else now), alpha[j])
        kept = I32(-magnitude if now < 0 else magnitude)
        i[j] = clip(I32(kept + I32(clip(acc[j], I32(-bound), bound) << shift)), I32(-state_max), state_max)
        acc[j] = 0


@compiled
def integrate(v, beta, leak, i, bias, count, flags, state_max):
    """V = sat(leak(V) + I + bias), except where a refractory neuron holds."""
    for j in range(v.size):
        now = v[j]
        magnitude = I32(decayed(I32(-now if now < 0 else now), beta[j]) - leak[j])
        magnitude = I32(magnitude if magnitude > 0 else 0)
        kept = I32(-magnitude if now < 0 else magnitude)
        new = clip(I32(I32(kept + i[j]) + bias[j]), I32(-state_max), state_max)
        hold = (count[j] != 0) & (I32(flags[j] & REFRACTORY_INTEGRATE) == 0)
        v[j] = now if hold else new


@compiled
def fire(v, threshold, a, count, fired):
    """Which neurons fire; refractory ones cannot, and count down. Returns how many fire."""
    total = 0
    for j in range(v.size):
        spike = (count[j] == 0) & (v[j] >= I32(threshold[j] + a[j]))
        fired[j] = spike
        total += spike
    for j in range(v.size):
        count[j] = I32(count[j] - 1 if count[j] > 0 else 0)
    return total


@compiled
def adapt(a, decay, mask, step):
    """Decay of the adaptive thresholds whose period divides the step."""
    for j in range(a.size):
        a[j] = decayed(a[j], decay[j]) if I32(step & mask[j]) == 0 else a[j]


@inlined
def after_firing(core, settings, count):
    """Reset, refractoriness, adaptation and the delayed spike of each neuron that fired."""
    step = core.reg[STEP]
    slots = core.delayed.shape[0]
    delayed = core.delayed.view(np.uint8)
    state_max = I32(settings.state_max)
    for k in range(count):
        j = core.active[k]
        if core.flags[j] & RESET_SUBTRACT:
            core.v[j] = clip(I32(core.v[j] - core.threshold[j]), I32(-state_max), state_max)
        else:
            core.v[j] = core.reset[j]
        core.resting[j] = core.refractory[j]
        core.a[j] = I32(min(core.a[j] + core.adapt_increment[j], state_max))
        delayed[(step + core.delay[j]) & (slots - 1), j] = 1


@inlined
def neurons(core, settings):
    """Phase 3: the sweep; the neurons that fired, ascending in `core.active`; their number."""
    state_max = I32(settings.state_max)
    fired = core.fired.view(np.uint8)[: core.v.size]
    decay_currents(core.i, core.alpha, core.acc, I32(settings.weight_shift), state_max)
    integrate(core.v, core.beta, core.leak, core.i, core.bias, core.resting, core.flags, state_max)
    total = fire(core.v, core.threshold, core.a, core.resting, fired)
    if settings.adapting:
        adapt(core.a, core.adapt_decay, core.adapt_mask, I32(core.reg[STEP] & 0x7FFFFFFF))
    if total:
        set_bytes(core.fired, 0, core.active, 0)
        after_firing(core, settings, total)
    core.reg[N_FIRINGS] += total
    return total


@compiled
def potentiate_column(weights, plastic, column, j, change, stride, draw, w_min, w_max):
    """w += R(change) on the plastic synapses of column j; `column` is scratch, so that all but the gathering
    and the scattering are vector code."""
    for i in range(change.size):
        column[i] = weights[i, j]
    for i in range(change.size):
        w = I16(column[i])
        r = rounded(change[i], U8(stride[i] + draw))
        new = clip(I16(w + r), w_min, w_max)
        column[i] = I8(new if (plastic[j, i] != 0) & (r != 0) else w)
    for i in range(change.size):
        weights[i, j] = column[i]


@compiled
def potentiate_columns(weights, plastic, walking, change, stride, draws, w_min, w_max):
    """The same for all columns that are `walking`, row by row: many times faster for many columns."""
    for i in range(weights.shape[0]):
        q = change[i]
        offset = stride[i]
        for j in range(walking.size):
            w = I16(weights[i, j])
            r = rounded(q, U8(draws[j] + offset))
            new = clip(I16(w + r), w_min, w_max)
            weights[i, j] = I8(new if (plastic[i, j] & walking[j] != 0) & (r != 0) else w)


@inlined
def columns(core, settings, count):
    """Phase 4: potentiate the column of each neuron that fired."""
    reg = core.reg
    w_min = I16(settings.w_min)
    w_max = I16(settings.w_max)
    walks = 0
    for k in range(count):
        j = core.active[k]
        if core.flags[j] & PLASTIC_IN:
            core.walk[walks] = j
            core.draws[j] = draw_walk(core, settings)
            walks += 1
            reg[N_UPDATES] += core.column_plastic[j]
    reg[N_COLUMNS] += walks
    if walks:
        weight_changes(
            core.x, settings.x_kind, I32(settings.x_increment), I32(settings.x_target),
            I32(settings.gain * settings.plus_sign), I32(settings.plus_shift), core.change,
        )  # fmt: skip
    if walks * ROW_BY_ROW > core.walking.size:
        for k in range(walks):
            core.walking[core.walk[k]] = 1
        potentiate_columns(
            core.weights, core.plastic, core.walking, core.change, core.stride, core.draws, w_min, w_max
        )
        for k in range(walks):
            core.walking[core.walk[k]] = 0
    else:
        for k in range(walks):
            j = core.walk[k]
            potentiate_column(
                core.weights, core.plastic_columns, core.column, j, core.change, core.stride, core.draws[j],
                w_min, w_max,
            )  # fmt: skip


@compiled
def decay_traces(trace, kind, decay):
    """One step of decay: exponential, or the window counting down."""
    if kind == WINDOW:
        for k in range(trace.size):
            trace[k] = I32(trace[k] - 1 if trace[k] > 0 else 0)
    else:
        for k in range(trace.size):
            trace[k] = I32(U32(U32(trace[k]) * U32(decay)) >> U32(DECAY_BITS))


@inlined
def traces(core, settings, count):
    """Phase 5: the post traces of the neurons that fired, then the decay of both kinds."""
    for k in range(count):
        j = core.active[k]
        core.y[j] = incremented(
            core.y[j], settings.y_kind, settings.y_increment, settings.y_window, settings.trace_max
        )
    decay_traces(core.x, settings.x_kind, settings.x_decay)
    decay_traces(core.y, settings.y_kind, settings.y_decay)


@inlined
def report(core, count):
    """The words of this step for the spike ring: a marker and the neurons, or a waypoint, or nothing."""
    reg = core.reg
    step = reg[STEP]
    pending = 0
    for k in range(count):
        j = core.active[k]
        if not core.flags[j] & SILENT:
            pending += 1
            core.words[pending] = j
    # MARKER is 1 + the step of the last marker, so a reset leaves it at 0.
    if pending or step + 1 - reg[MARKER] == RING_STEP_MASK + 1:
        core.words[0] = RING_MARKER | (step & RING_STEP_MASK)
        pending += 1
        push(core, pending)


@inlined
def push(core, pending):
    """Move words of the present step into the spike ring as far as there is room."""
    reg = core.reg
    ring = core.spikes
    mask = ring.size - 1
    used = ((reg[SPIKE_HEAD] - reg[SPIKE_ACK]) & 0xFFFFFFFF) // RING_WORD
    moved = min(pending, ring.size - used)
    for k in range(moved):
        if core.words[k] & RING_MARKER:
            reg[MARKER] = reg[STEP] + 1
        ring[(reg[SPIKE_HEAD] // RING_WORD) & mask] = core.words[k]
        reg[SPIKE_HEAD] = (reg[SPIKE_HEAD] + RING_WORD) & 0xFFFFFFFF
    for k in range(pending - moved):
        core.words[k] = core.words[k + moved]
    reg[PENDING] = pending - moved


@njit(cache=True, nogil=True, _nrt=False)  # type: ignore[call-overload]
def run(core, settings):
    """Run until `RUN_UNTIL`, or until the spike ring has no room for a word of the present step."""
    reg = core.reg
    learning = settings.gain != 0
    if reg[PENDING]:
        push(core, reg[PENDING])
        if reg[PENDING]:
            return
        reg[STEP] += 1
    while reg[STEP] < reg[RUN_UNTIL]:
        count = arrivals(core, settings)
        if count:
            rows(core, settings, count)
        count = neurons(core, settings)
        if count and learning:
            columns(core, settings, count)
        if settings.tracing:
            traces(core, settings, count)
        report(core, count)
        if reg[PENDING]:
            return
        reg[STEP] += 1
