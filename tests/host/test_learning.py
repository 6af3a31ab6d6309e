"""The learning rule's checks, its window against the formula, and against what a device does to a weight."""

import re
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allspike import STDP, Config, Network, Simulation, SpikeList, delta_lif
from allspike.errors import ParameterError

VALID = {"a_plus": 0.1, "a_minus": 0.12, "w_max": 1.0}
NUMBERS = ("a_plus", "a_minus", "w_max", "w_min", "tau_plus", "tau_minus", "x_target")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, "1", None, [1.0], np.complex64(1)], ids=repr)
def test_each_number_is_finite(value: object) -> None:
    for name in NUMBERS:
        expected = f"{name} = {value!r} is not a finite number."
        with pytest.raises(ParameterError, match=f"^{re.escape(expected)}$"):
            STDP(**VALID | {name: value})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tau_plus": 0}, "tau_plus = 0 s must be above 0."),
        ({"tau_minus": -0.02}, "tau_minus = -0.02 s must be above 0."),
        ({"w_min": 1.0}, "w_min = 1 must lie below w_max = 1."),
        ({"w_min": 2.0}, "w_min = 2 must lie below w_max = 1."),
        ({"x_target": -0.5}, "x_target = -0.5 must be 0 or more."),
        ({"pairing": "all"}, 'pairing = \'all\': it is "all-to-all", "nearest" or "window".'),
        ({"rounding": "up"}, 'rounding = \'up\': it is "stochastic" or "nearest".'),
    ],
)
def test_values_out_of_range_are_named(given: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        STDP(**VALID | given)


def pair(rule: STDP, lag: float) -> float:
    """The change of one pair, as the documentation of the rule says it."""
    if rule.pairing == "window":
        near = lag < rule.tau_plus if lag >= 0 else -lag < rule.tau_minus
        trace = 1.0 if near else 0.0
    else:
        trace = exp(-lag / rule.tau_plus) if lag >= 0 else exp(lag / rule.tau_minus)
    return rule.a_plus * (trace - rule.x_target) if lag >= 0 else -rule.a_minus * trace


@given(
    a_plus=st.floats(-2, 2), a_minus=st.floats(-2, 2), tau_plus=st.floats(1e-3, 0.2),
    tau_minus=st.floats(1e-3, 0.2), x_target=st.floats(0, 1),
    pairing=st.sampled_from(["all-to-all", "nearest", "window"]), lags=st.lists(st.floats(-0.3, 0.3)),
)  # fmt: skip
def test_window_is_its_formula(lags: list[float], **values: object) -> None:
    rule = STDP(w_max=1.0, **values)  # type: ignore[arg-type]
    window = rule.window(lags)
    assert window.shape == (len(lags),)
    np.testing.assert_allclose(window, [pair(rule, lag) for lag in lags], rtol=1e-12, atol=1e-15)
    assert rule.window(0.01).shape == ()


@pytest.mark.parametrize("pairing", ["all-to-all", "nearest", "window"])
@pytest.mark.parametrize("signs", [(1, 1), (-1, -1)], ids=["Hebbian", "anti-Hebbian"])
def test_a_device_changes_a_weight_by_the_window(pairing: str, signs: tuple[int, int]) -> None:
    """One isolated pair for each lag; what is left is the rounding to whole units, and that of the trace."""
    rule = STDP(
        a_plus=0.2 * signs[0], a_minus=0.3 * signs[1], w_max=1.0, tau_plus=6e-3, tau_minus=4e-3,
        pairing=pairing, rounding="nearest",
    )  # fmt: skip
    net = Network()
    pre, force = net.inputs(1, "pre"), net.inputs(1, "force")
    # Without memory the neuron fires when it is forced, and at no other time.
    cell = net.neurons(1, delta_lif(tau_m=0.0, v_thresh=1.2), "cell")
    synapse = net.connect(pre, cell, weight=0.5, stdp=rule, name="synapse")
    net.connect(force, cell, weight=2.0)
    sim = Simulation(net, config=Config(neurons=8, inputs=2))
    unit = float(sim.image.weight_unit[0])
    lags = np.arange(-8, 9)
    changes = []
    for lag in lags:
        sim.reset()
        sim.set_weights(synapse.name, 0.5)
        before = float(sim.weights("synapse")[0, 0])
        sim.run_steps(30, {"pre": SpikeList([10], [0]), "force": SpikeList([10 + int(lag)], [0])})
        changes.append(float(sim.weights("synapse")[0, 0]) - before)
    np.testing.assert_allclose(changes, rule.window(lags * net.dt), atol=0.51 * unit)
    assert np.ptp(changes) > 0.4
