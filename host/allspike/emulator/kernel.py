"""The model, step by step, in integers: docs/model.md as code.

`run` advances a core until its step reaches `run_until` or the spike ring is full. One step is the five
phases of the model, in their order; each has a module.
"""

from typing import Any

from numba import njit

from ..map.device_map import RING_MARKER, RING_STEP_MASK, RING_WORD
from .arrivals import arrivals
from .core import MARKER, PENDING, RUN_UNTIL, SILENT, SPIKE_ACK, SPIKE_HEAD, STEP, Core, Settings, inlined
from .kernel_cache import KernelCache
from .neurons import neurons
from .observing import change_biases, record
from .synapses import columns, learn_rows, rows
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
        reg[PENDING] = pending + 1


@inlined
def push(core):
    """Move words of the present step into the spike ring as far as there is room."""
    reg = core.reg
    pending = reg[PENDING]
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


def _compiled(plastic: bool) -> Any:
    """The kernel, compiled at its first call: with plasticity, or without all that serves it alone."""

    @njit(nogil=True, _nrt=False)  # type: ignore[call-overload]
    def run(core, settings):
        """Run until `RUN_UNTIL`, or until the spike ring has no room for a word of the present step."""
        reg = core.reg
        while True:
            if reg[PENDING]:
                push(core)
                if reg[PENDING]:
                    return
                reg[STEP] += 1
            if reg[STEP] >= reg[RUN_UNTIL]:
                return
            change_biases(core)
            count = arrivals(core, settings)
            if count:
                rows(core, count)
                if plastic:
                    learn_rows(core, settings, count)
            count = neurons(core, settings)
            record(core)
            if plastic:
                if count and settings.gain != 0:
                    columns(core, settings, count)
                if settings.tracing:
                    traces(core, settings, count)
            report(core, count)
            if not reg[PENDING]:
                reg[STEP] += 1

    return run


class Kernel:
    """One of the kernels, kept from process to process."""

    def __init__(self, plastic: bool) -> None:
        name, seconds = ("plastic", 10) if plastic else ("static", 5)
        self._cache = KernelCache(
            name,
            f"allspike: compiling the emulator of {name} networks for this machine, once; "
            f"about {seconds} s ...",
        )
        self._run = _compiled(plastic)
        self._run._cache = self._cache

    def __call__(self, core: Core, settings: Settings) -> None:
        """Run until `RUN_UNTIL`, or until the spike ring has no room for a word of the present step."""
        self._run(core, settings)
        self._cache.warn_of_trouble()


_STATIC, _PLASTIC = Kernel(False), Kernel(True)


def run(core: Core, settings: Settings) -> None:
    """Run with the smaller kernel that will do."""
    (_PLASTIC if settings.gain or settings.tracing else _STATIC)(core, settings)


def warm_up(core: Core, settings: Settings) -> None:
    """Have both kernels compiled; `core` has nowhere to run to."""
    for kernel in (_STATIC, _PLASTIC):
        kernel(core, settings)
