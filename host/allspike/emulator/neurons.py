"""Phase 3: the sweep over all neurons, by their model, and what the machine around it does."""

from typing import Any

from .arithmetic import set_bytes
from .core import N_FIRINGS, STEP, inlined
from .sweep import Sweep


@inlined
def send(core, count):
    """The delayed spike of each neuron that fired."""
    step = core.reg[STEP]
    slots = core.delayed.shape[0]
    for k in range(count):
        j = core.active[k]
        core.delayed[(step + core.delay[j]) & (slots - 1), j] = 1


def phase(sweep: Sweep) -> Any:
    """Phase 3 of a model, for the kernel."""
    update, after = sweep.update, sweep.after

    @inlined
    def neurons(core, settings, held):
        """Phase 3: the sweep; the neurons that fired, ascending in `core.active`; their number."""
        total = update(core, settings, held)
        if total:
            set_bytes(core.fired_words, 0, core.active, 0)
            for k in range(total):
                after(core, settings, core.active[k])
            send(core, total)
        core.reg[N_FIRINGS] += total
        return total

    return neurons
