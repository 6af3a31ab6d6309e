"""Physics to one step's integers: propagators against integrals, units against their purpose."""

from math import exp

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from allspike import LIF, STDP, Config, Network, compile_network, delta_lif
from allspike.compiler.lif.physics import Physics, physics
from allspike.compiler.lowering import lowered
from allspike.compiler.placement import place
from allspike.compiler.scale import Units
from allspike.compiler.scaling import units

# Numbers here have no units, and need not be fine.
pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")

taus = st.floats(1e-4, 1.0) | st.just(np.inf)


def alone(dt: float = 1e-3, **parameters: object) -> Physics:
    """The physics of a single neuron."""
    net = Network(dt)
    net.neurons(1, LIF(**parameters))  # type: ignore[arg-type]
    return physics(net)


def after_a_step(tau_m: float, tau_v: float, dt: float) -> float:
    """What a leaky membrane has of a drive that fades with `tau_v`, after a step: the convolution, by Gauss's
    quadrature, exact for functions as smooth as these."""
    nodes, shares = np.polynomial.legendre.leggauss(60)
    when = (nodes + 1) * dt / 2
    return float(shares @ (np.exp(-(dt - when) / tau_m) * np.exp(-when / tau_v)) * dt / 2)


@settings(deadline=None)
@given(
    tau_m=taus, tau_syn=st.floats(1e-4, 1.0), c_m=st.floats(0.1, 10), dt=st.sampled_from([1e-5, 1e-4, 1e-3]),
    equal=st.sampled_from([0.0, 1.0, 1 + 1e-12, 1 + 1e-9, 1 + 1e-6, 1 + 1e-3]),
)  # fmt: skip
def test_a_step_of_current_is_the_exact_propagator(
    tau_m: float, tau_syn: float, c_m: float, dt: float, equal: float
) -> None:
    """Equal and nearly equal time constants too, where the textbook formula divides by nothing."""
    if equal and np.isfinite(tau_m):
        tau_syn = tau_m * equal
    cell = alone(dt, tau_m=tau_m, tau_syn=tau_syn, c_m=c_m, i_offset=3.0, v_drift=0.0)
    assert cell.charge[0] == pytest.approx(after_a_step(tau_m, tau_syn, dt) / c_m, rel=1e-6)
    assert cell.drift[0] == pytest.approx(3 * after_a_step(tau_m, np.inf, dt) / c_m, rel=1e-9)
    assert cell.beta[0] == pytest.approx(exp(-dt / tau_m), rel=1e-12)
    assert cell.alpha[0] == pytest.approx(exp(-dt / tau_syn), rel=1e-12)


@given(tau_m=st.floats(2e-3, 1.0), ratio=st.floats(1.1, 50), dt=st.sampled_from([1e-4, 1e-3]))
def test_a_step_of_current_is_the_matrix_exponential(tau_m: float, ratio: float, dt: float) -> None:
    """Of dV/dt = -V / tau_m + I, dI/dt = -I / tau_syn; SciPy's, where it is well conditioned."""
    exact = expm(np.array([[-1 / tau_m, 1], [0, -ratio / tau_m]]) * dt)
    cell = alone(dt, tau_m=tau_m, tau_syn=tau_m / ratio, c_m=1.0)
    assert cell.charge[0] == pytest.approx(exact[0, 1], rel=1e-9)


@given(tau_m=taus, c_m=st.floats(1e-12, 1e-6), v_drift=st.floats(-10, 10))
def test_delta_synapses_take_volts_and_drift_needs_no_capacitance(
    tau_m: float, c_m: float, v_drift: float
) -> None:
    cell = alone(tau_m=tau_m, tau_syn=0.0, c_m=c_m, v_drift=v_drift)
    assert cell.charge[0] == 1.0
    assert cell.alpha[0] == 0.0
    steps = 1e-3 * np.linspace(0, 1, 2001)
    integral = np.trapezoid(np.exp(-steps / tau_m), steps)
    assert cell.drift[0] == pytest.approx(v_drift * integral, rel=1e-4, abs=1e-300)


def test_the_extremes_of_the_membrane() -> None:
    """No leak, and no memory."""
    assert alone(tau_m=np.inf).beta[0] == 1.0
    assert alone(tau_m=0.0).beta[0] == 0.0
    assert alone(tau_m=0.0, tau_syn=0.0, v_drift=2.0).drift[0] == pytest.approx(2e-3)


@st.composite
def wired(draw: st.DrawFn) -> tuple[Network, Config]:
    """Static neurons whose weights span decades from neuron to neuron, and a build for them."""
    config = Config(
        neurons=16, inputs=8, weight_bits=draw(st.integers(4, 8)), state_bits=draw(st.integers(22, 24))
    )
    size = draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    net = Network()
    pre = net.inputs(8)
    scale = 10.0 ** rng.uniform(-0.5, 1, size)
    current = draw(st.booleans())
    model = LIF(c_m=1.0, v_thresh=-0.055) if current else delta_lif()
    post = net.neurons(size, model)
    net.connect(pre, post, rng.normal(size=(8, size)) * scale)
    net.connect(post, post, rng.normal(size=(size, size)) * scale * draw(st.sampled_from([0.0, 0.2, 3.0])))
    return net, config


def incoming(net: Network, size: int) -> np.ndarray:
    """Weights onto the neurons of the one population, [axons, neurons]."""
    return np.vstack([projection.matrix() for projection in net.projections.values()])


def chosen(net: Network, config: Config) -> Units:
    return units(lowered(net, place(net)), config, None, None)


@settings(deadline=None)
@given(case=wired())
def test_the_largest_weight_of_each_static_neuron_takes_the_whole_range(case: tuple[Network, Config]) -> None:
    net, config = case
    size = net.neuron_populations[0].size
    largest = np.abs(incoming(net, size)).max(axis=0)
    np.testing.assert_allclose(largest / chosen(net, config).weight, config.weight_max, rtol=1e-12)
    image = compile_network(net, config)
    whole = np.abs(image.weights[:, :size].astype(int)).max(axis=0)
    assert whole.tolist() == [config.weight_max] * size


@settings(deadline=None)
@given(case=wired())
def test_units_leave_v_room_and_waste_none(case: tuple[Network, Config]) -> None:
    """Four thresholds, and eight volleys of all weights of one sign, fit V and I; twice as much would not."""
    net, config = case
    size = net.neuron_populations[0].size
    scale, cell = chosen(net, config), physics(net)
    np.testing.assert_allclose(scale.volts, scale.weight * cell.charge / 2**scale.shift, rtol=1e-12)
    weights = incoming(net, size) / scale.weight * 2**scale.shift
    total = np.maximum(weights.clip(min=0).sum(axis=0), -weights.clip(max=0).sum(axis=0))
    threshold = 4 * (cell["v_thresh"] - cell["v_rest"]) / scale.volts
    needed = max(8 * total.max(), threshold.max())
    assert needed <= config.state_max
    assert scale.shift == 15 or 2 * needed > config.state_max


def test_plastic_neurons_share_one_unit_and_static_ones_keep_their_own() -> None:
    rule = STDP(a_plus=0.1, a_minus=0.1, w_max=2.0)
    net = Network()
    pre, learn, fixed = net.inputs(4), net.neurons(3, delta_lif()), net.neurons(2, delta_lif())
    net.connect(pre, learn, weight=0.5, stdp=rule)
    net.connect(pre, fixed, weight=np.array([0.5, 5.0])[None].repeat(4, 0))
    weight = chosen(net, Config(neurons=8, inputs=4)).weight
    # Learning may take a weight to its bound, so the bound is what takes the whole range.
    np.testing.assert_allclose(weight * 127, [2.0, 2.0, 2.0, 0.5, 5.0])
    net.connect(fixed, learn, weight=[[0.0, 7.0, 0.0]] * 2)
    weight = chosen(net, Config(neurons=8, inputs=4)).weight
    np.testing.assert_allclose(weight * 127, [7.0, 7.0, 7.0, 0.5, 5.0])


@given(share=st.floats(1e-9, 1.0), bits=st.integers(12, 24))
def test_thresholds_far_above_the_weights_still_fit(share: float, bits: int) -> None:
    net = Network()
    net.connect(net.inputs(1), net.neurons(1, delta_lif()), weight=share)
    image = compile_network(net, Config(neurons=8, inputs=1, state_bits=bits))
    threshold = int(image.neuron_params["threshold"][0])
    assert 4 * threshold <= image.config.state_max + 4
    assert threshold * image.v_unit[0] == pytest.approx(1.0, abs=image.v_unit[0] / 2)
    assert 4 * threshold >= image.config.state_max / 300


@pytest.mark.parametrize(("bits", "shift"), [(12, 0), (17, 0), (18, 4), (24, 4)])
def test_a_wide_v_keeps_four_fractional_bits_below_a_threshold_far_above_the_weights(
    bits: int, shift: int
) -> None:
    net = Network()
    net.connect(net.inputs(1), net.neurons(1, delta_lif()), weight=1e-9)
    image = compile_network(net, Config(neurons=8, inputs=1, state_bits=bits))
    assert image.weight_shift == shift
    assert int(image.neuron_params["threshold"][0]) == pytest.approx(image.config.state_max / 4, rel=0.01)


def test_options_take_the_place_of_the_choice() -> None:
    net = Network()
    net.connect(net.inputs(1), net.neurons(3, delta_lif(v_thresh=[1, 2, 3])), weight=[[1.0, 2.0, 3.0]])
    scale = units(lowered(net, place(net)), Config(neurons=8, inputs=1), np.full(3, 0.25), 3)
    assert (scale.weight.tolist(), scale.volts.tolist(), scale.shift) == ([0.25] * 3, [0.25 / 8] * 3, 3)


@settings(deadline=None)
@given(case=wired(), factor=st.integers(-20, 20))
def test_units_scale_with_what_they_measure(case: tuple[Network, Config], factor: int) -> None:
    """A power of two is exact in floating point, so the images are equal to the bit."""
    net, config = case
    by = 2.0**factor
    scaled = Network()
    model = net.neuron_populations[0].model
    volts = {name: np.asarray(getattr(model, name)) * by for name in ("v_rest", "v_reset", "v_thresh")}
    pre, post = scaled.inputs(8), scaled.neurons(len(net.neuron_populations[0]), LIF(
        tau_m=model.tau_m, tau_syn=model.tau_syn, c_m=model.c_m, **volts
    ))  # fmt: skip
    for source, projection in zip((pre, post), net.projections.values(), strict=True):
        scaled.connect(source, post, projection.matrix() * by)
    images = [compile_network(n, config) for n in (net, scaled)]
    for (region, some), (_, other) in zip(*(image.regions() for image in images), strict=True):
        np.testing.assert_array_equal(some, other, err_msg=region.name)
    assert images[0].weight_shift == images[1].weight_shift
    np.testing.assert_array_equal(images[0].v_unit[: post.size] * by, images[1].v_unit[: post.size])
    assume(factor)
    assert images[0].v_unit[0] != images[1].v_unit[0]
