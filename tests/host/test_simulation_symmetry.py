"""What must not matter to a run does not: the scale of all volts, and the order of the neurons."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import LIF, Network, Simulation, SpikeArray, delta_lif
from tests.examples import examples

from .lively import SMALL


@settings(deadline=None, max_examples=examples(15))
@given(seed=st.integers(0, 9999), current=st.booleans())
def test_a_network_a_thousand_times_larger_spikes_the_same(seed: int, current: bool) -> None:
    """All volts and weights scaled; only the host's rounding could tell, and random weights are no ties."""

    def spikes(scale: float) -> np.ndarray:
        rng = np.random.default_rng(seed)
        net = Network()
        volts = {
            "v_rest": -0.3,
            "v_reset": -0.4,
            "v_thresh": 0.7,
            "theta_plus": 0.11,
            "v_drift": 7.0,
            "leak": 3.0,
        }
        model = LIF(
            tau_syn=5e-3 if current else 0.0, c_m=1e-3, tau_theta=0.04, t_ref=2e-3,
            **{name: value * scale for name, value in volts.items()},
        )  # fmt: skip
        pre, cells = net.inputs(12, "pre"), net.neurons(10, model, "cells")
        net.connect(pre, cells, rng.normal(0.1, 0.3, (12, 10)) * scale)
        net.connect(cells, cells, rng.normal(0, 0.2, (10, 10)) * scale)
        return (
            Simulation(net, config=SMALL)
            .run_steps(80, {"pre": SpikeArray(rng.random((80, 12)) < 0.3)})
            .array("cells")
        )

    plain, large = spikes(1.0), spikes(1000.0)
    assert plain.any()
    np.testing.assert_array_equal(large, plain)


@settings(deadline=None, max_examples=examples(15))
@given(seed=st.integers(0, 9999), order=st.permutations(range(10)))
def test_renaming_static_neurons_renames_their_spikes(seed: int, order: list[int]) -> None:
    """Parameters of each neuron, its unit of weight and its delay move with it."""

    def spikes(order: list[int]) -> np.ndarray:
        rng = np.random.default_rng(seed)
        taus, thresholds, delays = (
            rng.uniform(5e-3, 40e-3, 10),
            rng.uniform(0.5, 2, 10),
            rng.integers(1, 9, 10) * 1e-3,
        )
        feed, loop = rng.normal(0.1, 0.5, (12, 10)), rng.normal(0, 0.3, (10, 10))
        stimulus = SpikeArray(rng.random((80, 12)) < 0.3)
        net = Network()
        pre = net.inputs(12, "pre")
        cells = net.neurons(
            10, delta_lif(tau_m=taus[order], v_thresh=thresholds[order], delay=delays[order]), "cells"
        )
        net.connect(pre, cells, feed[:, order])
        net.connect(cells, cells, loop[np.ix_(order, order)])
        return Simulation(net, config=SMALL).run_steps(80, {"pre": stimulus}).array("cells")

    plain = spikes(list(range(10)))
    assert plain.any()
    np.testing.assert_array_equal(spikes(order), plain[:, order])
