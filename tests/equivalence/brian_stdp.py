"""Pair-based STDP in Brian2, by traces or by the times of the last spikes: what weights are compared with.

Brian2 works in floating point, with three versions of each weight at a time: exact, each change rounded to
the nearest whole unit, and the variance that a dithered rounding of the same changes has.
"""

import brian2 as b2
import numpy as np
from numpy.typing import NDArray

from allspike import STDP

DT = 1e-3
Floats = NDArray[np.float64]
Events = tuple[NDArray[np.int64], NDArray[np.int64]]
"""(steps, sources)"""

b2.prefs.codegen.target = "numpy"  # small networks: compiling takes longer than running
b2.BrianLogger.suppress_name("base")

TRACES = """
w : 1
rounded : 1
variance : 1
dx/dt = -x / tau_plus : 1 (event-driven)
dy/dt = -y / tau_minus : 1 (event-driven)
"""
TIMES = """
w : 1
rounded : 1
variance : 1
arrived : second
fired : second
"""
UPDATE = """
w = clip(w + change, low, high)
rounded = clip(rounded + whole, low, high)
variance += (change - floor(change)) * (1 - change + floor(change))
"""


def brian_statements(rule: STDP) -> tuple[str, str, str]:
    """Model, on_pre and on_post of Brian2's synapses."""
    if rule.pairing == "window":
        # Half a step keeps the comparison of times away from rounding.
        loss = "a_minus * int(t - fired < tau_minus - half)"
        gain = "a_plus * int(t - arrived < tau_plus - half)"
        model, marks = TIMES, ("arrived = t", "fired = t")
    else:
        loss, gain = "a_minus * y", "a_plus * x"
        added = "+=" if rule.pairing == "all-to-all" else "="
        model, marks = TRACES, (f"x {added} 1", f"y {added} 1")
    # A change is rounded to 1/256 unit, then to a whole unit, halves upwards; a loss before it is subtracted.
    nearest = "floor((floor(256 * ({}) + 0.5) + 128) / 256)"
    on_pre = f"change = -({loss})\nwhole = -{nearest.format(loss)}\n{UPDATE}{marks[0]}"
    gain = f"{gain} - a_plus * target"
    on_post = f"change = {gain}\nwhole = {nearest.format(gain)}\n{UPDATE}{marks[1]}"
    return model, on_pre, on_post


def brian(
    rule: STDP, pairs: NDArray[np.int64], pre: Events, post: Events, delay: NDArray[np.int64], initial: float
) -> tuple[Floats, Floats, Floats]:
    """Weights, nearest-rounded weights, and variance of a dither, for synapses `pairs` [2, synapses].

    `delay` [sources] is what the spikes of a source take to arrive, in steps.
    """
    b2.start_scope()
    b2.defaultclock.dt = DT * b2.second
    sources = b2.SpikeGeneratorGroup(delay.size, pre[1], pre[0] * DT * b2.second)
    targets = b2.SpikeGeneratorGroup(int(pairs[1].max()) + 1, post[1], post[0] * DT * b2.second)
    model, on_pre, on_post = brian_statements(rule)
    names = {
        "a_plus": rule.a_plus, "a_minus": rule.a_minus, "target": rule.x_target, "low": rule.w_min,
        "high": rule.w_max, "tau_plus": rule.tau_plus * b2.second, "tau_minus": rule.tau_minus * b2.second,
        "half": DT / 2 * b2.second,
    }  # fmt: skip
    synapses = b2.Synapses(sources, targets, model, on_pre=on_pre, on_post=on_post, namespace=names)
    synapses.connect(i=pairs[0], j=pairs[1])
    synapses.pre.order, synapses.post.order = 0, 1
    synapses.pre.delay = delay[pairs[0]] * DT * b2.second
    synapses.w = synapses.rounded = initial
    if rule.pairing == "window":
        synapses.arrived = synapses.fired = -1e3 * b2.second
    last = max(int(pre[0].max()) + int(delay.max()), int(post[0].max()))
    b2.Network(sources, targets, synapses).run((last + 1) * DT * b2.second)
    return np.array(synapses.w), np.array(synapses.rounded), np.array(synapses.variance)
