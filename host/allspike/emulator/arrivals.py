"""Phase 1: the axons whose spike arrives now."""

import numpy as np

from ..map.constants import RING_MARKER, RING_STEP_MASK, RING_WORD
from .arithmetic import set_bytes, xorshift32
from .core import EVENT_HEAD, EVENT_TAIL, EVENT_TIME, I32, N_EVENTS, N_LATE, N_POISSON, STEP, U32, inlined


@inlined
def take_events(core):
    """Mark the inputs that the event ring names for this step or an earlier one."""
    reg = core.reg
    ring = core.events
    mask = ring.size - 1
    arrived = core.arrived
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
    arrived = core.arrived
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
    slot = core.delayed_words[reg[STEP] & (core.delayed.shape[0] - 1)]
    count = set_bytes(core.arrived_words, 0, core.active, 0)
    if count:
        core.arrived_words[:] = 0
    inputs = count
    count = set_bytes(slot, core.rate.size, core.active, count)
    if count != inputs:
        slot[:] = 0
    return count
