"""Phase 5: the traces of plasticity."""

from .arithmetic import decayed
from .core import ACCUMULATE, I32, WINDOW, inlined


@inlined
def incremented(trace, kind, increment, window, trace_max):
    """A trace after a spike."""
    if kind == WINDOW:
        return I32(window)
    if kind == ACCUMULATE:
        return I32(min(trace + increment, trace_max))
    return I32(increment)


@inlined
def decay_traces(trace, kind, decay):
    """One step of decay: exponential, or the window counting down."""
    if kind == WINDOW:
        for k in range(trace.size):
            trace[k] = I32(trace[k] - 1 if trace[k] > 0 else 0)
    else:
        for k in range(trace.size):
            trace[k] = decayed(trace[k], decay)


@inlined
def traces(core, settings, count):
    """Phase 5: the post traces of the neurons that fired, then the decay of both kinds."""
    for k in range(count):
        j = core.active[k]
        core.y[j] = incremented(
            core.y[j], settings.y_kind, settings.y_increment, settings.y_window, settings.trace_max
        )
    decay_traces(core.x, settings.x_kind, I32(settings.x_decay))
    decay_traces(core.y, settings.y_kind, I32(settings.y_decay))
