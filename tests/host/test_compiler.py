"""Network to image: every integer of the image against the number that it stands for."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import LIF, Config, Network, compile_network, delta_lif
from allspike.errors import CapacityError, ParameterError
from allspike.image.image import Image
from allspike.map import device_map as dm

from .small_networks import RULE, SMALL, one

pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")


def mixed(seed: int, plastic: bool) -> Network:
    """Two populations that reach each other, static and plastic synapses, weights over a decade."""
    rng = np.random.default_rng(seed)
    net = Network()
    pre = net.inputs(5, "pre")
    some, other = net.neurons(4, delta_lif(), "some"), net.neurons(3, delta_lif(v_thresh=2.0), "other")
    net.connect(pre, some, rng.uniform(0, 1, (5, 4)), stdp=RULE if plastic else None)
    for source, target in ((pre, other), (some, other), (other, some), (some, some)):
        shape = (source.size, target.size)
        net.connect(source, target, rng.normal(size=shape) * (rng.random(shape) < 0.6))
    return net


def axons(net: Network, name: str, config: Config) -> int:
    """First axon of a population."""
    names = [p.name for p in net.input_populations] + [p.name for p in net.neuron_populations]
    sizes = [net[n].size if n in {p.name for p in net.input_populations} else 0 for n in names]
    if name in {p.name for p in net.input_populations}:
        return sum(sizes[: names.index(name)])
    return config.inputs + neurons(net, name)


def neurons(net: Network, name: str) -> int:
    """First neuron of a population."""
    order = [p.name for p in net.neuron_populations]
    return sum(p.size for p in net.neuron_populations[: order.index(name)])


@settings(deadline=None)
@given(seed=st.integers(0, 9999), plastic=st.booleans(), bits=st.integers(3, 8))
def test_every_weight_is_within_half_a_unit_and_every_other_place_is_empty(
    seed: int, plastic: bool, bits: int
) -> None:
    """Placed synapse by synapse, in a loop."""
    net = mixed(seed, plastic)
    config = Config(neurons=16, inputs=8, weight_bits=bits)
    image = compile_network(net, config)
    expected = np.zeros((config.axons, config.neurons))
    learns = np.zeros(expected.shape, bool)
    for projection in net.projections.values():
        row, column = axons(net, projection.pre.name, config), neurons(net, projection.post.name)
        for i, j, weight in zip(*projection.pairs, projection.weights, strict=True):
            expected[row + i, column + j] = weight
            learns[row + i, column + j] = projection.stdp is not None
    error = np.abs(image.weights * image.weight_unit - expected)
    assert (error <= image.weight_unit / 2 * (1 + 1e-9)).all()
    assert not image.weights[expected == 0].any()
    bits_set = np.unpackbits(image.plastic, axis=1, bitorder="little", count=config.neurons)
    np.testing.assert_array_equal(bits_set, learns)
    # Which axons and neurons take part in learning follows from the synapses.
    flags = image.neuron_params["flags"]
    np.testing.assert_array_equal(flags & int(dm.NeuronFlag.PLASTIC_IN) != 0, learns.any(axis=0))
    np.testing.assert_array_equal(flags & int(dm.NeuronFlag.PLASTIC_OUT) != 0, learns[8:].any(axis=1))
    inputs = image.input_params["flags"]
    np.testing.assert_array_equal(inputs & int(dm.InputFlag.PLASTIC_OUT) != 0, learns[:8].any(axis=1))
    if plastic:
        assert np.ptp(image.weight_unit[:4]) == 0


@given(
    weights=st.lists(st.integers(-128, 127), min_size=1, max_size=8), threshold=st.integers(1, 10**6),
    reset=st.integers(-500, 500), bias=st.integers(-9, 9), leak=st.integers(0, 9), rest=st.integers(-99, 99),
    increment=st.integers(0, 999),
)  # fmt: skip
@settings(deadline=None)
def test_whole_numbers_are_compiled_exactly(
    weights: list[int], threshold: int, reset: int, bias: int, leak: int, rest: int, increment: int
) -> None:
    """With `weight_unit=1, weight_shift=0` and a dt of one second; rest is 0 in the device."""
    net = Network(dt=1.0)
    model = delta_lif(
        tau_m=np.inf, v_rest=rest, v_thresh=rest + threshold, v_reset=rest + reset, v_drift=bias, leak=leak,
        theta_plus=increment, t_ref=3, delay=5,
    )  # fmt: skip
    net.connect(
        net.inputs(8), net.neurons(1, model), np.array([*weights, *[0] * (8 - len(weights))])[:, None]
    )
    image = compile_network(net, SMALL, weight_unit=1.0, weight_shift=0)
    params = image.neuron_params[0]
    found = [int(params[name]) for name in ("threshold", "reset", "bias", "leak", "adapt_increment")]
    assert found == [threshold, reset, bias, leak, increment]
    assert (int(params["refractory"]), int(params["delay"])) == (3, 5)
    assert (int(params["beta"]), int(params["alpha"])) == (2**15, 0)
    assert image.weights[: len(weights), 0].tolist() == weights
    assert (image.v_unit[0], image.weight_unit[0], image.v_rest[0], image.weight_shift) == (1, 1, rest, 0)
    assert image.report["warnings"] == []


@given(
    v_rest=st.floats(-0.08, -0.06), rise=st.floats(1e-3, 0.03), fall=st.floats(-0.02, 0.01),
    theta_plus=st.floats(1e-4, 2e-3), weight=st.floats(1e-11, 1e-8), i_offset=st.floats(-1e-9, 1e-9),
)  # fmt: skip
@settings(deadline=None)
def test_voltages_are_within_half_a_unit(
    v_rest: float, rise: float, fall: float, theta_plus: float, weight: float, i_offset: float
) -> None:
    model = LIF(
        v_rest=v_rest, v_thresh=v_rest + rise, v_reset=v_rest + fall, theta_plus=theta_plus,
        i_offset=i_offset, leak=0.1, tau_theta=0.1,
    )  # fmt: skip
    image = compile_network(one(model, weight), SMALL)
    params, unit = image.neuron_params[0], image.v_unit[0]
    drift = 20e-3 * -np.expm1(-1 / 20) * i_offset / 1e-9
    for name, volts in (
        ("threshold", rise), ("reset", fall), ("adapt_increment", theta_plus), ("leak", 0.1e-3),
        ("bias", drift),
    ):  # fmt: skip
        assert abs(int(params[name]) * unit - volts) <= unit * 0.5001, name
    assert image.v_rest[0] == v_rest


def test_modes_become_flags_and_unused_neurons_are_silent() -> None:
    net = Network()
    for reset in ("to", "subtract"):
        for refractory in ("hold", "integrate"):
            net.neurons(1, LIF(reset=reset, refractory=refractory))
    image = compile_network(net, SMALL)
    subtract, integrate = int(dm.NeuronFlag.RESET_SUBTRACT), int(dm.NeuronFlag.REFRACTORY_INTEGRATE)
    assert image.neuron_params["flags"][:4].tolist() == [0, integrate, subtract, subtract | integrate]
    rest = image.neuron_params[4:]
    assert (rest["flags"] == int(dm.NeuronFlag.SILENT)).all()
    assert (rest["threshold"] == SMALL.state_max).all()
    assert not image.weights[:, 4:].any()


def test_symbols_say_where_things_lie() -> None:
    image = compile_network(mixed(0, True), SMALL, seed=7)
    assert [(p.name, p.kind, p.start, p.size) for p in image.populations] == [
        ("pre", "inputs", 0, 5), ("some", "neurons", 0, 4), ("other", "neurons", 4, 3),
    ]  # fmt: skip
    assert [(p.name, p.pre, p.post, p.plastic) for p in image.projections[:2]] == [
        ("pre-some", "pre", "some", True), ("pre-other", "pre", "other", False),
    ]  # fmt: skip
    assert (image.seed, image.dt, image.config) == (7, 1e-3, SMALL)
    for name in ("weight_unit", "v_unit", "i_unit", "current_unit", "v_rest"):
        assert getattr(image, name).shape == (SMALL.neurons,)
    for region, values in image.regions():
        assert (values.shape, values.dtype) == (region.shape(SMALL), region.dtype(SMALL))


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        (
            {"v_thresh": 1e7},
            {"weight_unit": 1.0, "weight_shift": 0},
            "threshold neuron 0 of cell 10000000 8388607",
        ),
        (
            {"v_subtract": 1e7, "reset": "subtract"},
            {"weight_unit": 1.0, "weight_shift": 0},
            "v_subtract neuron 0 of cell 10000000 8388607",
        ),
        (
            {"v_reset": -1e4},
            {"weight_unit": 1e-3, "weight_shift": 0},
            "reset neuron 0 of cell -10000000 8388607",
        ),
        ({"v_drift": 1e10}, {"weight_unit": 1.0, "weight_shift": 0}, "bias neuron 0 of cell 8388607"),
    ],
)
def test_a_voltage_that_v_cannot_hold_says_what_it_holds(model: dict, options: dict, words: str) -> None:
    with pytest.raises(CapacityError, match=f"^.*{'.*'.join(words.split())}.*weight_unit.*\\.$"):
        compile_network(one(delta_lif(**model)), SMALL, **options)


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("weight_unit", (0.0, -1.0, np.nan, np.inf, "1")),
        ("weight_shift", (-1, 16, 0.5, 3.0, "3", np.nan)),
        ("seed", (-1, 2**32, 1.5, "1", np.nan, None)),
    ],
)
def test_options_out_of_range_are_refused(option: str, values: tuple) -> None:
    for value in values:
        with pytest.raises(ParameterError, match=rf"^{option} = {re.escape(repr(value))} must .*\.$"):
            compile_network(one(LIF()), **{option: value})


def test_options_may_be_numbers_of_numpy(tmp_path: pytest.TempPathFactory) -> None:
    options = {"weight_unit": np.float32(0.5), "weight_shift": np.int64(3), "seed": np.uint32(7)}
    image = compile_network(one(delta_lif()), SMALL, **options)
    image.save(tmp_path / "image.npz")
    loaded = Image.load(tmp_path / "image.npz")
    assert (loaded.weight_shift, loaded.seed, loaded.weight_unit[0]) == (3, 7, 0.5)
