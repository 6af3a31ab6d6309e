"""The model, step by step, in integers: docs/model.md as code.

`run` advances a core until its step reaches `run_until` or the spike ring is full. One step is the five
phases of the model, in their order; each has a module.
"""

import hashlib
from pathlib import Path
from typing import Any

from numba import njit

from ..device_map import RING_MARKER, RING_STEP_MASK, RING_WORD
from .arrivals import arrivals
from .core import MARKER, PENDING, RUN_UNTIL, SILENT, SPIKE_ACK, SPIKE_HEAD, STEP, inlined
from .neurons import neurons
from .observing import change_biases, record
from .synapses import columns, rows
from .traces import traces


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


def sources_hash() -> int:
    """A number that changes with the source of anything that is compiled into the kernel."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob("*.py")), folder.parent / "device_map.py"):
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:7], "little")


def make_run(fingerprint: int) -> Any:
    """The compiled `run`.

    Numba's cache watches the file of the cached function alone, but keys on what it closes over.
    """

    @njit(cache=True, nogil=True, _nrt=False)  # type: ignore[call-overload]
    def run(core, settings):
        """Run until `RUN_UNTIL`, or until the spike ring has no room for a word of the present step."""
        _ = fingerprint
        reg = core.reg
        learning = settings.gain != 0
        if reg[PENDING]:
            push(core, reg[PENDING])
            if reg[PENDING]:
                return
            reg[STEP] += 1
        while reg[STEP] < reg[RUN_UNTIL]:
            change_biases(core)
            count = arrivals(core, settings)
            if count:
                rows(core, settings, count)
            count = neurons(core, settings)
            record(core)
            if count and learning:
                columns(core, settings, count)
            if settings.tracing:
                traces(core, settings, count)
            report(core, count)
            if reg[PENDING]:
                return
            reg[STEP] += 1

    return run


run = make_run(sources_hash())
