"""State, weights and learning of a network on a device: read and changed in the user's units."""

import re
import warnings

import numpy as np
import pytest

from allspike import (
    STDP,
    Config,
    Network,
    Simulation,
    SpikeList,
    delta_lif,
)
from allspike.errors import ParameterError, QuantisationWarning

from .lively import SMALL, STEPS, lively, noise

# State and weights


@pytest.mark.parametrize("name", ["v", "i", "theta"])
def test_state_is_set_and_read_in_the_users_units(name: str) -> None:
    sim = Simulation(lively(), config=SMALL)
    image, part = sim.image, slice(9, 14)  # the neurons of "more"
    unit = (image.i_unit if name == "i" else image.v_unit)[part]
    wanted = (
        np.random.default_rng(0).uniform(-0.06, -0.055, 5) if name == "v" else np.linspace(1e-10, 1e-9, 5)
    )
    others = sim.state("some", name)
    sim.set_state("more", name, wanted)
    held = sim.state("more", name)
    assert (np.abs(held - wanted) <= unit / 2 * 1.001).all()
    np.testing.assert_array_equal(sim.state("some", name), others)
    sim.set_state("more", name, held)  # what is read can be written, and is then the same
    np.testing.assert_array_equal(sim.state("more", name), held)
    sim.set_state("more", name, float(wanted[0]))
    np.testing.assert_allclose(sim.state("more", name), wanted[0], atol=unit.max())


@pytest.mark.parametrize("name", ["trace", "refractory"])
def test_states_in_units_of_the_device_are_whole(name: str) -> None:
    sim = Simulation(lively(), config=SMALL)
    sim.set_state("more", name, [0, 1, 2, 200, 255])
    assert sim.state("more", name).tolist() == [0, 1, 2, 200, 255]
    assert not sim.state("some", name).any()


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("v", 1e6, "v of more holds up to 8388607 units"),
        ("v", np.nan, "v NaN"),
        ("v", np.inf, "v 8388607"),
        ("i", -1e6, "i of more holds up to 8388607 units"),
        ("theta", -1e-3, "0 to"),
        ("refractory", -1, "refractory 0 to 255"),
        ("refractory", 256, "refractory 0 to 255"),
        ("trace", 70000, "0 to 65535"),
        ("v", [0.0, 0.0], "v (2,) (5,)"),
        ("volts", 0.0, "'volts' v, i, theta, trace, refractory"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(name: str, values: object, words: str) -> None:
    sim = Simulation(lively(), config=SMALL)
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        sim.set_state("more", name, values)
    assert not sim.state("more", "refractory").any()


def test_a_trace_beyond_its_width_is_refused_and_not_wrapped() -> None:
    sim = Simulation(lively(), config=Config(neurons=16, inputs=16, trace_bits=8))
    sim.set_state("more", "trace", 255)
    with pytest.raises(ParameterError):
        sim.set_state("more", "trace", 300)


@pytest.mark.parametrize("name", ["learn", "on", "back"])
def test_weights_are_set_and_read_in_the_users_units(name: str) -> None:
    net = lively()
    sim = Simulation(net, config=SMALL)
    matrix = net[name].matrix()
    exists = np.zeros(matrix.shape, bool)
    exists[tuple(net[name].pairs)] = True
    start = {"some": 0, "more": 9}[net[name].post.name]
    half = sim.image.weight_unit[start : start + net[name].post.size] / 2
    assert (np.abs(sim.weights(name) - matrix) <= half * 1.001).all()
    others = {other: sim.weights(other) for other in net.projections if other != name}

    wanted = matrix * np.random.default_rng(0).uniform(0, 1, matrix.shape) + 5e-10
    sim.set_weights(name, wanted)
    held = sim.weights(name)
    assert (np.abs(held - wanted)[exists] <= np.broadcast_to(half * 1.001, held.shape)[exists]).all()
    assert not held[~exists].any()  # places without a synapse stay so
    sim.set_weights(name, held)
    np.testing.assert_array_equal(sim.weights(name), held)
    for other, weights in others.items():
        np.testing.assert_array_equal(sim.weights(other), weights)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (np.nan, "weights NaN"),
        (np.ones((9, 10)), "weights (9, 10) (10, 9)"),
        (7e-9, "7e-09 beyond 6e-09"),
        (-7e-9, "-7e-09 beyond"),
        ("strong", "weights 'strong'"),
    ],
)
def test_weights_beyond_a_synapse_are_refused(weights: object, words: str) -> None:
    sim = Simulation(lively(), config=SMALL)
    before = sim.weights("learn")
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        sim.set_weights("learn", weights)
    np.testing.assert_array_equal(sim.weights("learn"), before)


def test_the_weight_that_is_beyond_is_the_one_that_is_named() -> None:
    """Not a neighbour at the end of the range, of which the negative one is the longer."""
    sim = Simulation(lively(), config=SMALL)
    wanted = np.zeros((10, 9))
    unit = float(sim.image.weight_unit[0])
    wanted[0, 0], wanted[1, 0] = -128 * unit, 128 * unit
    with pytest.raises(ParameterError, match=rf"^a weight of {128 * unit:g} is beyond .*\.$"):
        sim.set_weights("learn", wanted)


def test_weights_that_rounding_makes_others_are_told() -> None:
    """As the compiler tells them."""
    sim = Simulation(lively(), config=SMALL)
    unit = float(sim.image.weight_unit[0])
    with pytest.warns(QuantisationWarning, match=r"^learn: 90 of 90 weights round to zero.*half a unit"):
        sim.set_weights("learn", 0.4 * unit)
    with pytest.warns(QuantisationWarning, match=r"^learn: weights are 25 % off on average.*becomes"):
        sim.set_weights("learn", 1.6 * unit)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim.set_weights("learn", 90.4 * unit)
        sim.set_weights("learn", 0.0)


@pytest.mark.parametrize(
    ("gain", "words"),
    [(0.001, "0.001 becomes 0 .100 % off.*1/64"), (-0.1, "-0.1 becomes -0.09375 .6.2 % off"), (0.5, None),
     (1.0, None), (0.7, None), (0.0, None), (-1, None)],
)  # fmt: skip
def test_a_gain_that_is_held_otherwise_is_told(gain: float, words: str | None) -> None:
    sim = Simulation(lively(), config=SMALL)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        sim.learning_gain = gain
    assert len(told) == (words is not None)
    assert words is None or re.search(words, str(told[0].message))


@pytest.mark.parametrize("read", ["weights", "set"])
def test_an_unknown_projection_is_answered_with_the_known(read: str) -> None:
    sim = Simulation(lively(), config=SMALL)
    with pytest.raises(ParameterError, match=r"^.*'nothing'.*learn, on, back, other-more\.$"):
        sim.weights("nothing") if read == "weights" else sim.set_weights("nothing", 0.0)


# Learning


def trained(gain: float, config: Config = SMALL) -> np.ndarray:
    """Change of the weights when an input always comes just before the neuron fires."""
    net = Network()
    pre, force = net.inputs(4, "pre"), net.inputs(1, "force")
    cells = net.neurons(3, delta_lif(tau_m=0.0, v_thresh=1.1), "cells")
    rule = STDP(a_plus=0.02, a_minus=0.0, w_max=0.2, rounding="nearest")
    net.connect(pre, cells, weight=0.1, stdp=rule, name="learn")
    net.connect(force, cells, weight=2.0)
    sim = Simulation(net, config=config)
    before = sim.weights("learn")
    sim.learning_gain = gain
    assert sim.learning_gain == gain
    pairs = np.arange(2) * 400
    stimuli = {
        "pre": SpikeList(np.repeat(pairs, 4), np.tile(range(4), 2)),
        "force": SpikeList(pairs + 1, [0, 0]),
    }
    assert sim.run_steps(900, stimuli).counts("cells").tolist() == [2, 2, 2]
    return sim.weights("learn") - before


def test_the_gain_stops_scales_and_reverses_learning() -> None:
    unit = 2.0 / 127
    assert not trained(0.0).any()
    once = trained(1.0)
    assert (once > 0).all()
    np.testing.assert_allclose(once, 2 * 0.02, atol=2 * unit / 2 * 1.01)
    np.testing.assert_allclose(trained(-1.0), -once, atol=1e-12)
    np.testing.assert_allclose(trained(1.75), 2 * 0.02 * 1.75, atol=2 * unit / 2 * 1.01)


@pytest.mark.parametrize("gain", [-2.001 - 1 / 64, 2.0, np.nan, np.inf, -np.inf, "more"])
def test_a_gain_beyond_its_range_is_refused(gain: object) -> None:
    sim = Simulation(lively(), config=SMALL)
    with pytest.raises(ParameterError, match=r"^learning_gain = .* -2 to 1\.98.*\.$"):
        sim.learning_gain = gain
    assert sim.learning_gain == 1.0


def test_a_snapshot_carries_the_learned_weights_into_another_simulation() -> None:
    sim = Simulation(lively(), config=SMALL)
    start = sim.image.weights.copy()
    sim.run_steps(STEPS, noise())
    snapshot = sim.snapshot()
    other = Simulation(snapshot)
    np.testing.assert_array_equal(other.weights("learn"), sim.weights("learn"))
    np.testing.assert_array_equal(sim.image.weights, start)  # the image is as it was compiled
    assert not np.array_equal(snapshot.weights, start)
    sim.reset()
    results = [s.run_steps(STEPS, noise(seed=1)) for s in (sim, other)]
    np.testing.assert_array_equal(results[0].array("some"), results[1].array("some"))
