"""A network description survives a file unchanged."""

from dataclasses import asdict
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import LIF, STDP, Config, FixedProbability, Network, compile_network
from tests.examples import examples

from .contents import contents
from .small_networks import three_to_two

# Numbers here have no units, and need not be fine.
pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")

SMALL = Config(neurons=32, inputs=32)


@st.composite
def descriptions(draw: st.DrawFn) -> Network:
    """Random networks: several populations, scalars and arrays, all ways to connect, a rule or none."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    net = Network(dt=draw(st.sampled_from([1e-4, 1e-3, 0.02])))
    for _ in range(draw(st.integers(0, 2))):
        net.inputs(draw(st.integers(1, 6)))
    tau_syn = draw(st.sampled_from([0.0, 5e-3]))
    unit = 1e-9 if tau_syn else 1e-3
    for k in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 6))
        values: dict = {
            "tau_m": draw(st.sampled_from([20e-3, np.inf])),
            "tau_syn": tau_syn,
            "v_thresh": draw(st.sampled_from([-0.05, rng.uniform(-0.06, -0.04, size)])),
            "t_ref": draw(st.sampled_from([0.0, rng.integers(0, 4, size) * net.dt])),
            "theta_plus": draw(st.sampled_from([0.0, 1e-4])),
            "reset": draw(st.sampled_from(["to", "subtract"])),
            "refractory": draw(st.sampled_from(["hold", "integrate"])),
        }
        if values["reset"] == "subtract":
            values["v_subtract"] = draw(st.sampled_from([None, 0.0, 0.02, rng.uniform(0, 0.03, size)]))
        net.neurons(size, LIF(**values), draw(st.sampled_from([None, f"cells {k}/å.npy"])))
    learning = st.floats(-1, 1).map(lambda a: STDP(a_plus=a * unit, a_minus=0.1 * unit, w_max=2 * unit))
    rule = draw(st.none() | learning)
    for pre, post in product(net.populations.values(), net.neuron_populations):
        p = draw(st.sampled_from([0.0, 0.5, 1.0]))
        stdp = rule if draw(st.booleans()) else None
        weights = rng.uniform(0 if stdp else -2, 2, (pre.size, post.size)) * unit
        if draw(st.booleans()):
            net.connect(pre, post, FixedProbability(p, int(rng.integers(99))), weight=weights, stdp=stdp)
    return net


def saved_and_loaded(net: Network, folder: Path) -> Network:
    net.save(folder / "network.npz")
    return Network.load(folder / "network.npz")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("networks")


@settings(deadline=None, max_examples=examples(80))
@given(net=descriptions())
def test_save_and_load_changes_nothing(net: Network, folder: Path) -> None:
    loaded = saved_and_loaded(net, folder)
    np.testing.assert_equal(contents(loaded), contents(net))
    assert repr(loaded) == repr(net)
    images = [asdict(compile_network(n, SMALL, seed=3)) for n in (net, loaded)]
    np.testing.assert_equal(images[1], images[0])


def test_a_rule_of_numpy_numbers_can_be_saved(folder: Path) -> None:
    net = three_to_two()
    rule = STDP(a_plus=np.float32(0.25), a_minus=np.float64(0.5), w_max=np.int64(1))
    net.connect(net["pixels"], net["cells"], weight=0.5, stdp=rule)
    assert saved_and_loaded(net, folder)["pixels-cells"].stdp == STDP(a_plus=0.25, a_minus=0.5, w_max=1)


def test_what_learning_left_can_be_saved_and_loaded(folder: Path) -> None:
    """A learned weight is a multiple of the device's unit, which may lie up to half a unit beyond a bound."""
    net = three_to_two()
    rule = STDP(a_plus=0.1, a_minus=0.1, w_min=0.3, w_max=1.0)
    net.connect(net["pixels"], net["cells"], weight=0.3, stdp=rule)
    image = compile_network(net, SMALL)
    least = float(image.learning["w_min"][0] * image.weight_unit[0])
    assert 0 < abs(least - rule.w_min) <= image.weight_unit[0] / 2
    learned = net.with_weights({"pixels-cells": np.full((3, 2), least)})
    loaded = saved_and_loaded(learned, folder)
    np.testing.assert_allclose(loaded["pixels-cells"].weights, least, atol=image.weight_unit[0] / 2)
    np.testing.assert_array_equal(compile_network(loaded, SMALL).weights, image.weights)
