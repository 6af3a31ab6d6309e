"""A network in which much happens, and what drives it."""

import numpy as np

from allspike import (
    LIF,
    STDP,
    Config,
    FixedProbability,
    Network,
    SpikeArray,
)

SMALL = Config(neurons=16, inputs=16)
STEPS = 120


def lively(plastic: bool = True) -> Network:
    """Two populations with delays, adaptation, refractoriness, and (if wanted) synapses that learn."""
    rng = np.random.default_rng(5)
    net = Network()
    pre, other = net.inputs(10, "pre"), net.inputs(4, "other")
    some = net.neurons(
        9, LIF(t_ref=2e-3, theta_plus=5e-4, tau_theta=0.05, delay=rng.integers(1, 9, 9) * 1e-3), "some"
    )
    more = net.neurons(
        5,
        LIF(
            tau_m=10e-3, refractory="integrate", reset="subtract", v_subtract=[9e-3, 15e-3, 20e-3, 0.0, 12e-3]
        ),
        "more",
    )
    rule = STDP(a_plus=3e-10, a_minus=3e-10, w_max=6e-9) if plastic else None
    net.connect(pre, some, weight=rng.uniform(1e-9, 5e-9, (10, 9)), stdp=rule, name="learn")
    net.connect(some, more, FixedProbability(0.7), weight=rng.uniform(1e-9, 8e-9, (9, 5)), name="on")
    net.connect(more, some, weight=-1e-9, name="back")
    net.connect(other, more, weight=3e-9)
    return net


def noise(steps: int = STEPS, seed: int = 0) -> dict[str, SpikeArray]:
    rng = np.random.default_rng(seed)
    return {
        "pre": SpikeArray(rng.random((steps, 10)) < 0.3),
        "other": SpikeArray(rng.random((steps, 4)) < 0.1),
    }
