"""A frozen network spikes as the learned one did, on builds that cannot learn."""

from pathlib import Path

import numpy as np
import pytest

import allspike as asp
from allspike.errors import CapacityError, ParameterError


def learned(reset: str = "to", theta_plus: float = 0.3) -> asp.Simulation:
    """A network that has learned and adapted, on the build of the UP5K."""
    net = asp.Network()
    noise = net.inputs(40, "noise")
    model = asp.delta_lif(tau_m=20e-3, theta_plus=theta_plus, tau_theta=1.0, reset=reset)
    cells = net.neurons(30, model, "cells")
    rng = np.random.default_rng(0)
    rule = asp.STDP(a_plus=0.01, a_minus=0.008, w_max=0.5)
    net.connect(noise, cells, weight=rng.uniform(0, 0.5, (40, 30)), stdp=rule)
    net.connect(cells, cells, asp.FixedProbability(0.2, seed=1), weight=-0.2)
    sim = asp.Simulation(net, config="up5k", seed=3)
    sim.run(1.0, {"noise": asp.Poisson(40.0)})
    return sim


def spikes_of(sim: asp.Simulation) -> tuple[np.ndarray, np.ndarray]:
    sim.reset(seed=7)
    return sim.run(0.3, {"noise": asp.Poisson(40.0)}).spikes["cells"]


@pytest.mark.parametrize("build", [None, "up5k-static", "up5k"])
def test_a_frozen_network_spikes_as_the_learned_one(build: str | None, tmp_path: Path) -> None:
    sim = learned()
    frozen = sim.freeze(build)
    assert frozen.config.plasticity == (build == "up5k")
    frozen.save(tmp_path / "static.npz")
    static = asp.Simulation(asp.Image.load(tmp_path / "static.npz"))
    assert not np.array_equal(static.weights("noise-cells"), asp.Simulation(sim.image).weights("noise-cells"))
    # The learned network itself, held still: no learning, no further adaptation, thresholds as they were.
    sim.learning_gain = 0.0
    adapted = sim.device.read("neuron_state.a")
    assert adapted.any()
    sim.device.write("adapt_increment", 0)
    sim.device.write("threshold", sim.device.read("threshold") + adapted)
    expected, found = spikes_of(sim), spikes_of(static)
    assert expected[0].size > 50
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("reset", ["to", "subtract"])
@pytest.mark.parametrize("theta_plus", [0.0, 0.3])
def test_a_frozen_network_goes_on_as_the_learned_one(reset: str, theta_plus: float) -> None:
    """From where that one stands, its thresholds held at what they adapted to."""
    sim = learned(reset, theta_plus)
    sim.run(0.05)  # without input, until no spike is under way
    frozen = asp.Simulation(sim.freeze())
    sim.learning_gain = 0.0
    sim.device.write("adapt_increment", 0)
    sim.device.write("adapt_decay", 1 << 15)
    assert sim.device.read("neuron_state.a").any() == bool(theta_plus)
    for name in ("v", "i", "refractory"):
        frozen.device.write(f"neuron_state.{name}", sim.device.read(f"neuron_state.{name}"))
    drive = {"noise": asp.SpikeArray(np.random.default_rng(2).random((400, 40)) < 0.08)}
    results = [one.run_steps(400, drive) for one in (sim, frozen)]
    (when, who), (later, other) = (result.spikes["cells"] for result in results)
    assert when.size > 50
    np.testing.assert_array_equal(when - results[0].start, later)
    np.testing.assert_array_equal(who, other)
    np.testing.assert_array_equal(*(one.state("cells") for one in (sim, frozen)))


def test_a_threshold_beyond_v_is_refused() -> None:
    sim = learned()
    sim.device.write("neuron_state.a", sim.image.config.state_max, 4)
    with pytest.raises(ParameterError, match="threshold of neuron 4 is beyond the 8388607 units"):
        sim.freeze()


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (
            "core96",
            "neurons = 256 and the build to freeze it for has 96: choose one with the same, such as up5k",
        ),
        (
            asp.Config(neurons=256, inputs=128, weight_bits=6),
            "weight_bits = 7 .* has 6: choose one with more, such as up5k",
        ),
    ],
)
def test_a_build_that_it_does_not_fit_is_refused(build: str | asp.Config, words: str) -> None:
    with pytest.raises(CapacityError, match=words):
        learned().freeze(build)
