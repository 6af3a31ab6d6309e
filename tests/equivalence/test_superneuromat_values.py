"""Input values beyond the range of a weight are sums of several inputs: networks stay exact, spike for spike.

What is compared: random recurrent networks of whole numbers, or of quarters, whose weights fit 8 bits and
whose input values do not, in SuperNeuroMAT's own step loop and here, through `Network.from_superneuromat`.
"""

import numpy as np
import pytest
import superneuromat

import allspike as asp

from .test_superneuromat_learning import draw as learning
from .test_superneuromat_learning import here, there

STEPS = 40


def draw(
    seed: int, low: int, high: int, *, unit: float = 1.0, size: int | None = None, steps: int = STEPS
) -> superneuromat.SNN:
    """A network whose input values are `low` to `high` units."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 25)) if size is None else size
    model = superneuromat.SNN()
    model.backend = "cpu"
    for _ in range(size):
        model.create_neuron(
            threshold=unit * int(rng.integers(50, 250)), leak=float(rng.choice((np.inf, 0, unit, 7 * unit))),
            refractory_period=int(rng.integers(0, 3)),
        )  # fmt: skip
    for pre, post in np.argwhere(rng.random((size, size)) < 0.3).tolist():
        model.create_synapse(pre, post, weight=unit * int(rng.integers(-60, 100)))
    for step, neuron in np.argwhere(rng.random((steps, size)) < rng.choice((0.1, 0.3, 1.0))).tolist():
        model.add_spike(step, neuron, value=unit * int(rng.integers(low, high)))
    return model


def equal(model: superneuromat.SNN, steps: int = STEPS) -> tuple[int, int]:
    """Spikes of both, which are the same, and inputs that it took."""
    net = asp.Network.from_superneuromat(model, exact=True)
    with asp.Simulation(net) as simulation:
        net.translation.start(simulation)
        ours = simulation.run_steps(steps, net.translation.stimuli(steps)).array("neurons")
    model.simulate(steps)
    assert np.array_equal(ours, np.asarray(model.ispikes, bool))
    return int(ours.sum()), len(net.populations["spikes"])


@pytest.mark.parametrize(
    ("low", "high", "unit"), [(10, 150, 1.0), (-200, 201, 1.0), (10, 150, 0.25), (0, 400, 1.0)]
)
def test_random_networks_spike_as_in_superneuromat(low: int, high: int, unit: float) -> None:
    spikes = sum(equal(draw(seed, low, high, unit=unit))[0] for seed in range(60 if low == 10 else 20))
    assert spikes > 500


def test_networks_that_learn_do_so_as_in_superneuromat() -> None:
    compared = 0
    for seed in range(30):
        model = learning(seed, (5, 150, 300))
        ours, differences = here(model)
        theirs = there(model, asp.Network.from_superneuromat(model).translation.ids)
        if not differences:  # else a weight came to its bound, and is said to
            assert ours.spikes == theirs.spikes and np.array_equal(ours.weights, theirs.weights), seed
            compared += 1
    assert compared > 20


def test_a_value_takes_as_many_inputs_as_it_needs() -> None:
    """One neuron without memory, whose threshold tells each value from the one below."""
    for value, inputs in ((127, 1), (128, 2), (-128, 2), (254, 2), (255, 3), (12_700, 100)):
        for extra in (0, 1):
            model = superneuromat.SNN()
            model.backend = "cpu"
            model.create_neuron(threshold=float(value - extra), reset_state=float(min(0, value) - 9))
            model.create_synapse(0, 0, weight=-1.0)  # so that no value may be held as less
            model.neuron_reset_states[0] = 0.0
            model.add_spike(3, 0, float(value))
            spikes, taken = equal(model, 5)
            assert spikes >= extra and taken == inputs, value


def test_many_values_of_one_neuron_share_inputs() -> None:
    """A thousand values are sums of seven powers of two, of the largest weight, and of its negative."""
    for low, high, inputs in ((1, 128, 7), (1, 255, 8), (-127, 255, 10), (1, 1000, 14)):
        model = draw(3, low, high, size=1, steps=2000)
        for step in range(2000):
            model.add_spike(step, 0, float(low + step % (high - low)), exist="overwrite")
        assert equal(model, 2000)[1] <= inputs


def test_steps_share_an_input_that_lifts() -> None:
    """Fifty neurons with values of their own in every step: an input a step, and one for all."""
    model = draw(1, 10, 150, size=50, steps=200)
    for step, neuron in np.ndindex(200, 50):
        model.add_spike(step, neuron, float(10 + (37 * step + 11 * neuron) % 140), exist="overwrite")
    assert equal(model, 200)[1] <= 201


def test_what_the_inputs_do_not_reach_is_said_and_refused_if_told() -> None:
    huge = draw(0, 10, 150, size=3)
    huge.create_synapse(0, 0, weight=-1.0, exist="overwrite")
    huge.add_spike(1, 0, 1e6, exist="overwrite")
    many = draw(0, -900, 900, size=40, steps=200)
    for model, words in ((huge, "Input values of 1 of these"), (many, "take [0-9]+ inputs: pass a config=")):
        said = " ".join(asp.Network.from_superneuromat(model).translation.differences)
        with pytest.raises(asp.ParameterError, match=f"cannot be exact: .*{words}"):
            asp.Network.from_superneuromat(model, exact=True)
        assert "too large to be sums of this build's 256 inputs" in said
    wider = asp.Config(neurons=256, inputs=1024)
    assert not asp.Network.from_superneuromat(many, config=wider).translation.differences


def test_how_many_inputs_there_are_is_said() -> None:
    facts = " ".join(asp.Network.from_superneuromat(draw(0, 130, 150)).translation.facts)
    assert "input values beyond the range of a weight are sums of several inputs" in facts
    assert "and the build has 256." in facts


def test_a_narrow_build_splits_at_its_own_range() -> None:
    model = draw(0, 60, 150, size=4)
    model.synaptic_weights = [float(round(w / 2)) for w in model.synaptic_weights]
    net = asp.Network.from_superneuromat(model, config=asp.Config(weight_bits=7), exact=True)
    with asp.Simulation(net, config=asp.Config(weight_bits=7)) as simulation:
        ours = simulation.run_steps(STEPS, net.translation.stimuli(STEPS)).array("neurons")
    model.simulate(STEPS)
    assert np.array_equal(ours, np.asarray(model.ispikes, bool))
