"""What a neuron is compiled to: what a spike subtracts, decays, adaptive thresholds, currents."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import LIF, Network, Simulation, compile_network, delta_lif
from allspike.errors import ParameterError

from .small_networks import SMALL, one

pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")


@given(amount=st.none() | st.integers(-500, 10**6), rest=st.integers(-99, 99))
@settings(deadline=None)
def test_what_is_subtracted_is_compiled_exactly(amount: int | None, rest: int) -> None:
    """The threshold itself unless it is given, whatever the reset potential would be."""
    model = delta_lif(
        tau_m=np.inf, v_rest=rest, v_thresh=rest + 70, v_reset=10**9, reset="subtract", v_subtract=amount
    )
    net = Network(dt=1.0)
    net.neurons(1, model)
    image = compile_network(net, SMALL, weight_unit=1.0, weight_shift=0)
    assert int(image.neuron_params["reset"][0]) == (70 if amount is None else amount)
    assert int(image.neuron_params["threshold"][0]) == 70
    assert image.report["warnings"] == []
    entry = image.report["populations"]["neurons"]
    own = amount is not None and amount not in (0, 70)
    assert entry.get("v_subtract") == ({"asked": [amount], "realised": [amount]} if own else None)


def test_v_has_room_for_what_is_subtracted() -> None:
    image = compile_network(one(delta_lif(reset="subtract", v_subtract=1000.0), 1.0), SMALL)
    assert int(image.neuron_params["reset"][0]) * image.v_unit[0] == pytest.approx(1000.0, rel=1e-3)
    assert int(image.neuron_params["reset"][0]) < SMALL.state_max // 2


def test_an_amount_without_effect_changes_nothing() -> None:
    """It is warned of in the description: see test_meant."""
    images = [compile_network(one(delta_lif(**more), 1.0), SMALL) for more in ({}, {"v_subtract": 1000.0})]
    for (region, some), (_, other) in zip(*(image.regions() for image in images), strict=True):
        np.testing.assert_array_equal(some, other, err_msg=region.name)
    assert images[0].v_unit[0] == images[1].v_unit[0]


def test_an_amount_that_becomes_nothing_is_warned_of() -> None:
    model = delta_lif(tau_m=np.inf, reset="subtract", v_subtract=0.2)
    image = compile_network(one(model, 1.0), SMALL, weight_unit=1.0, weight_shift=0)
    assert image.warnings == (
        "cell: v_subtract = 0.2 becomes 0 (100 % off): a smaller weight_unit or a larger weight_shift makes "
        "it finer.",
    )


@pytest.mark.parametrize("tau", [0.0, 0.3, 1, 7, 20, 100, 500, np.inf])
def test_time_constants_are_realised_to_a_decay_factor_of_fifteen_bits(tau: float) -> None:
    image = compile_network(one(LIF(tau_m=tau * 1e-3, tau_syn=min(tau, 500) * 1e-3), 1e-9), SMALL)
    params = image.neuron_params[0]
    expected = 2**15 * (np.exp(-1 / tau) if tau else 0.0)
    assert abs(int(params["beta"]) - expected) <= 0.5
    if np.isfinite(tau):
        assert abs(int(params["alpha"]) - expected) <= 0.5


@settings(deadline=None)
@given(exponent=st.floats(0, 7))
def test_adaptive_thresholds_decay_within_a_percent_from_one_step_to_ten_million(exponent: float) -> None:
    steps = 10.0**exponent
    image = compile_network(one(delta_lif(theta_plus=0.5, tau_theta=steps * 1e-3)), SMALL)
    params = image.neuron_params[0]
    period = 2.0 ** int(params["adapt_period"])
    realised = -period / np.log(int(params["adapt_decay"]) / 2**15)
    assert realised == pytest.approx(steps, rel=0.01)
    # The staircase is fine: a single stair loses no more than one could call gradual.
    assert period <= max(1.0, steps / 100)
    assert image.report["populations"]["cell"]["tau_theta"]["realised"] == pytest.approx(
        [steps * 1e-3], rel=0.01
    )


def test_an_adaptive_threshold_without_decay_stays() -> None:
    params = compile_network(one(delta_lif(theta_plus=0.5, tau_theta=np.inf)), SMALL).neuron_params[0]
    assert int(params["adapt_decay"]) == 2**15


@pytest.mark.parametrize("tau", [1e3, 1e5])
def test_a_device_lets_the_threshold_decay_as_asked(tau: float) -> None:
    """Through a whole time constant, on the emulator."""
    sim = Simulation(one(delta_lif(theta_plus=0.5, tau_theta=tau * 1e-3)), config=SMALL)
    sim.set_state("cell", "theta", 1.0)
    sim.run_steps(int(tau))
    assert float(sim.state("cell", "theta")[0]) == pytest.approx(np.exp(-1), rel=0.02)


@pytest.mark.parametrize("tau_m", [0.0, 5e-3, 20e-3, np.inf])
@pytest.mark.parametrize("model", [LIF, delta_lif])
def test_a_unit_of_bias_is_a_current(model: Callable[..., LIF], tau_m: float) -> None:
    """What a constant current makes of the bias; 1 for neurons that the network does not use."""
    values = {"tau_m": tau_m, "c_m": 0.5e-9, "v_rest": 0.0, "v_reset": 0.0, "v_thresh": 1.0}
    image = compile_network(one(model(**values, i_offset=2e-10), 1e-9), SMALL)
    other = compile_network(one(model(**values), 1e-9), SMALL)
    expected = 2e-10 / other.current_unit[0]
    assert int(image.neuron_params["bias"][0]) == pytest.approx(expected, abs=0.5)
    assert (image.current_unit[1:] == 1.0).all()


def test_a_refractory_period_is_at_most_255_steps() -> None:
    assert int(compile_network(one(delta_lif(t_ref=0.255))).neuron_params["refractory"][0]) == 255
    with pytest.raises(ParameterError, match=r"^t_ref = 0\.256 s is 256 steps; at most 255 .*\.$"):
        compile_network(one(delta_lif(t_ref=0.256)))
