"""What becomes of an image: it is frozen, fits other builds, and keeps its seed."""

from collections.abc import Callable

import numpy as np
import pytest

from allspike import LIF, Config, Network, Simulation, SpikeArray, compile_network, delta_lif
from allspike import open as open_device
from allspike.image.image import Image
from allspike.map import device_map as dm
from allspike.seeds import register_of

from .small_networks import RULE, SMALL

pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")


def learning() -> tuple[Network, SpikeArray]:
    """A network whose weights change, and what makes them."""
    net = Network()
    pre, cells = net.inputs(8, "pre"), net.neurons(8, delta_lif(), "cells")
    net.connect(pre, cells, weight=0.5, stdp=RULE, name="learn")
    return net, SpikeArray(np.random.default_rng(0).random((200, 8)) < 0.3)


@pytest.mark.parametrize("config", [SMALL, Config(neurons=16, inputs=8, plasticity=False)])
def test_a_frozen_image_computes_the_same_and_does_not_learn(config: Config) -> None:
    """Not even with the learning gain turned up; and it runs on a build that cannot learn."""
    net, stimulus = learning()
    sim = Simulation(net, config=SMALL)
    before = sim.weights("learn")
    sim.run_steps(200, {"pre": stimulus})
    learned = sim.weights("learn")
    assert not np.array_equal(before, learned)

    frozen = sim.snapshot().frozen()
    assert frozen.fits(config)
    assert not any(p.plastic for p in frozen.projections)
    still = Simulation(frozen, open_device("emulator", config))
    if config.plasticity:
        still.learning_gain = 1.0
    still.run_steps(200, {"pre": stimulus})
    np.testing.assert_array_equal(still.weights("learn"), learned)

    # The same spikes as the plastic network whose gain is 0.
    sim.learning_gain = 0.0
    sim.reset()
    still.reset()
    results = [s.run_steps(200, {"pre": stimulus}) for s in (sim, still)]
    np.testing.assert_array_equal(results[0].array("cells"), results[1].array("cells"))
    assert results[0].array("cells").any()


def test_freezing_leaves_the_image_that_is_frozen() -> None:
    image = compile_network(learning()[0], SMALL)
    plastic, flags = image.plastic.copy(), image.neuron_params["flags"].copy()
    image.frozen()
    np.testing.assert_array_equal(image.plastic, plastic)
    np.testing.assert_array_equal(image.neuron_params["flags"], flags)
    assert image.learning["gain"][0] == dm.GAIN_ONE


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"lanes": 4, "clock_hz": 10**6, "event_ring": 1 << 12}, True),
        ({"max_delay": 4}, True),
        ({"max_delay": 2}, False),
        ({"poisson": False}, True),
        ({"plasticity": False}, False),
        ({"weight_bits": 7}, False),
        ({"state_bits": 23}, False),
        ({"trace_bits": 15}, False),
        ({"neurons": 24}, False),
    ],
)
def test_an_image_fits_builds_that_compute_what_it_means(change: dict, fits: bool) -> None:
    net, _ = learning()
    net.neurons(1, LIF(delay=4e-3))
    image = compile_network(net, SMALL)
    assert image.fits(Config(**{"neurons": 16, "inputs": 8} | change)) is fits


@pytest.mark.parametrize("make", [lambda image: image, lambda image: image.frozen()], ids=["image", "frozen"])
def test_an_image_keeps_its_seed(make: Callable[[Image], Image]) -> None:
    """What was compiled with a seed runs with it, unless another is given."""
    image = make(compile_network(learning()[0], SMALL, seed=5))
    assert Simulation(image).image.seed == 5
    assert int(Simulation(image).device.read("seed")[0]) == register_of(5)
    assert Simulation(image, seed=6).image.seed == 6
