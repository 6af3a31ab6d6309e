"""Networks that learn, translated from SuperNeuroMAT's objects: the same spikes, the same weights.

What is compared: random recurrent networks with delays, leaks, refractory periods, initial states, input
spikes with values and STDP whose amplitudes a trace can follow (one step, equal ones, halves, thirds and
tenths), in SuperNeuroMAT's own step loop and here, through `Network.from_superneuromat`.
"""

import warnings
from typing import NamedTuple

import numpy as np
import pytest
import superneuromat
from numpy.typing import NDArray

import allspike as asp

from ..examples import examples

NETWORKS = 240
STEPS = 40

SHAPES = (
    ("one step", lambda rng: [float(rng.integers(1, 5))]),
    ("equal", lambda rng: [float(rng.integers(1, 3))] * int(rng.integers(2, 7))),
    ("halves", lambda rng: [2.0**-k for k in range(int(rng.integers(2, 6)))]),
    ("thirds", lambda rng: [float(3**k) for k in range(int(rng.integers(1, 3)), -1, -1)]),
    ("tenths", lambda rng: [10.0, 1.0]),
)


class Learnt(NamedTuple):
    """What a run leaves."""

    spikes: set[tuple[int, int]]
    weights: NDArray[np.float64]
    """[synapses] in SuperNeuroMAT's order"""


def draw(seed: int, values: tuple[int, ...] = (5, 20, 45)) -> superneuromat.SNN:
    """A network of numbers that have a common unit, with room to grow; input values in units."""
    rng = np.random.default_rng(seed)
    shape = SHAPES[seed % len(SHAPES)]
    amplitudes = shape[1](rng)
    unit = min(amplitudes) if shape[0] == "halves" else 1.0
    # Equal amplitudes are exact where no neuron fires twice within them.
    least = len(amplitudes) - 1 if shape[0] == "equal" else 0
    size = int(rng.choice((2, 5, 12, 25)))
    model = superneuromat.SNN()
    model.backend = "cpu"
    reset = rng.integers(-4, 5) * unit
    for _ in range(size):
        model.create_neuron(
            threshold=float(reset + unit * rng.integers(4, 40) + rng.choice((0.0, 0.3))),
            leak=float(rng.choice((np.inf, 0.0, unit * rng.integers(0, 6), unit / 4))),
            reset_state=float(reset),
            refractory_period=int(rng.integers(least, least + 4)),
            refractory_state=int(rng.integers(0, 3)),
            initial_state=float(reset + unit * rng.integers(-3, 4)),
        )
    longest = int(rng.choice((1, 4, 20)))
    for pre, post in np.argwhere(rng.random((size, size)) < rng.choice((0.2, 0.5))).tolist():
        model.create_synapse(
            pre, post, weight=float(unit * rng.integers(-9, 20)), delay=int(rng.integers(1, longest + 1)),
            stdp_enabled=bool(rng.random() < 0.5),
        )  # fmt: skip
    for step, neuron in np.argwhere(rng.random((STEPS, size)) < rng.choice((0.02, 0.06))).tolist():
        model.add_spike(step, neuron, value=float(unit * rng.choice(values)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some networks have no synapse that learns
        model.stdp_setup(Apos=amplitudes, positive_update=True, negative_update=False)
    return model


def here(model: superneuromat.SNN, *, exact: bool = True) -> tuple[Learnt, list[str]]:
    """The run here, and what was not exact in it."""
    net = asp.Network.from_superneuromat(model, exact=exact)
    simulation = asp.Simulation(net)
    net.translation.start(simulation)
    result = simulation.run_steps(STEPS, net.translation.stimuli(STEPS))
    when, who = result.spikes["neurons"]
    ids = net.translation.ids
    spikes = set(zip(when.tolist(), ids[who].tolist(), strict=True))
    return Learnt(spikes, net.translation.weights(simulation)), net.translation.differences_after(simulation)


def there(model: superneuromat.SNN, ids: NDArray[np.int64]) -> Learnt:
    """The run there, of the neurons `ids`."""
    model.simulate(STEPS)
    when, who = np.nonzero(np.asarray(model.ispikes))
    kept = np.isin(who, ids)
    spikes = set(zip(when[kept].tolist(), who[kept].tolist(), strict=True))
    return Learnt(spikes, np.array(model.synaptic_weights))


def test_random_networks_learn_as_in_superneuromat() -> None:
    compared = learned = spikes = 0
    for seed in range(examples(NETWORKS)):
        model = draw(seed)
        before = np.array(model.synaptic_weights)
        ours, differences = here(model)
        ids = asp.Network.from_superneuromat(model).translation.ids
        theirs = there(model, ids)
        if differences:
            # SuperNeuroMAT's weights know no bound; here the run says that some have come to theirs.
            assert "plastic weights stand at their bound" in differences[0]
            continue
        assert ours.spikes == theirs.spikes, seed
        assert np.array_equal(ours.weights, theirs.weights), seed
        compared += 1
        learned += not np.array_equal(before, theirs.weights)
        spikes += len(theirs.spikes)
    assert compared >= 200
    assert learned > compared / 2
    assert spikes > 20 * compared


def test_a_uniform_depression_is_the_whole_difference_where_it_moves_no_spike() -> None:
    model = superneuromat.SNN()
    model.backend = "cpu"
    rng = np.random.default_rng(5)
    for _ in range(8):
        # Memoryless, and far above what weights can do: inputs alone make them fire.
        model.create_neuron(threshold=25.0)
    for neuron in range(8):
        model.create_synapse(neuron, (neuron + 3) % 8, weight=5.0, stdp_enabled=True)
    for step, neuron in np.argwhere(rng.random((20, 8)) < 0.4).tolist():
        model.add_spike(step, neuron, value=37.5)
    model.stdp_setup(Apos=[1.0, 0.5, 0.25], Aneg=[-0.25, -0.125, -0.0625])
    net = asp.Network.from_superneuromat(model)
    assert "move by -0.4375 a step" in net.translation.differences[0]
    simulation = asp.Simulation(net)
    result = simulation.run_steps(20, net.translation.stimuli(20))
    model.simulate(20)
    assert np.array_equal(result.array("neurons"), np.asarray(model.ispikes, bool))
    ours = net.translation.weights(simulation)
    assert np.allclose(ours + net.translation.drift(20), model.synaptic_weights, atol=1e-12)
    assert np.ptp(ours) > 2


@pytest.mark.parametrize("seed", range(40))
def test_weights_that_fire_a_neuron_by_themselves_need_not_be_as_large(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = superneuromat.SNN()
    model.backend = "cpu"
    for _ in range(12):
        period = int(rng.integers(0, 3))
        leaks = (0.0, np.inf, 2.0) if period == 0 else (0.0, np.inf)
        model.create_neuron(
            threshold=float(rng.integers(3, 20)), leak=float(rng.choice(leaks)), refractory_period=period
        )
    for pre, post in np.argwhere(rng.random((12, 12)) < 0.2).tolist():
        weight = float(rng.choice((1.0, 2.0, 5.0, 25.0, 33_333.3)))
        model.create_synapse(pre, post, weight=weight, stdp_enabled=bool(weight < 3))
    for step, neuron in np.argwhere(rng.random((STEPS, 12)) < 0.04).tolist():
        model.add_spike(step, neuron, value=float(rng.choice((3.0, 1e6))))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.stdp_setup(Apos=[2.0, 1.0], positive_update=True, negative_update=False)
    ours, differences = here(model)
    theirs = there(model, np.arange(12))
    assert not differences
    assert ours.spikes == theirs.spikes
    assert np.array_equal(ours.weights, theirs.weights)
