"""Phase 3: the sweep over all neurons, by their model, and what the machine around it does."""

from typing import Any

from .arithmetic import set_bytes
from .core import N_FIRINGS, STEP, inlined
from .sweep import Sweep


def phase(sweep: Sweep) -> Any:
    """Phase 3 of a model, for the kernel."""
    update, after = sweep.update, sweep.after

    @inlined
    def neurons(core, settings, held):
        """Phase 3: the sweep; the neurons that fired, ascending in `core.active`; their number."""
        total = update(core, settings, held)
        if total:
            set_bytes(core.fired_words, 0, core.active, 0)
            step = core.reg[STEP]
            slots = core.delayed.shape[0]
            for k in range(total):
                j = core.active[k]
                after(core, settings, j)
                core.delayed[(step + core.delay[j]) & (slots - 1), j] = 1
        core.reg[N_FIRINGS] += total
        return total

    return neurons
