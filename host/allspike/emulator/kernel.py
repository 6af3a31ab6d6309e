"""The model, step by step, in integers: docs/model.md as code.

`run` advances a core until its step reaches `run_until` or the spike ring is full. One step is the five
phases of the model, in their order; each has a module.
"""

import inspect
from functools import cache
from pathlib import Path
from typing import Any

from numba import njit

from ..map.constants import RING_MARKER, RING_STEP_MASK, RING_WORD
from ..map.neuron_model import NeuronModel, imported
from .arrivals import arrivals
from .core import MARKER, PENDING, RUN_UNTIL, SILENT, SPIKE_ACK, SPIKE_HEAD, STEP, Core, Settings, inlined
from .kernel_cache import KernelCache
from .neurons import phase
from .observing import change_biases, record
from .sweep import Sweep
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


def _compiled(sweep: Sweep, plastic: bool) -> Any:
    """The kernel, compiled at its first call: with plasticity, or without all that serves it alone."""
    begin, neurons = sweep.begin, phase(sweep)

    @njit(nogil=True, _nrt=False)  # type: ignore[call-overload]
    def run(core, settings):
        """Run until `RUN_UNTIL`, or until the spike ring has no room for a word of the present step."""
        reg = core.reg
        held = begin(core)
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
            count = neurons(core, settings, held)
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
    """A kernel, kept from process to process."""

    def __init__(self, model: NeuronModel, plastic: bool) -> None:
        kind, seconds = ("plastic", 10) if plastic else ("static", 5)
        sweep = imported(model.sweep)
        self._cache = KernelCache(
            f"{model.name}-{kind}",
            f"allspike: compiling the emulator of {kind} networks for this machine, once; "
            f"about {seconds} s ...",
            Path(inspect.getfile(sweep.update.py_func)),
        )
        self._run = _compiled(sweep, plastic)
        self._run._cache = self._cache

    def __call__(self, core: Core, settings: Settings) -> None:
        """Run until `RUN_UNTIL`, or until the spike ring has no room for a word of the present step."""
        self._run(core, settings)
        self._cache.warn_of_trouble()


class Kernels:
    """The kernels of a neuron model."""

    def __init__(self, model: NeuronModel) -> None:
        self.static, self.plastic = Kernel(model, False), Kernel(model, True)

    def run(self, core: Core, settings: Settings) -> None:
        """Run with the smaller kernel that will do."""
        (self.plastic if settings.gain or settings.tracing else self.static)(core, settings)

    def warm_up(self, core: Core, settings: Settings) -> None:
        """Have both compiled; `core` has nowhere to run to."""
        for kernel in (self.static, self.plastic):
            kernel(core, settings)


@cache
def kernels_of(model: NeuronModel) -> Kernels:
    """The kernels of a model: one pair a process."""
    return Kernels(model)
