"""Poisson inputs: what the device draws is told, and what the host draws is exact and the same everywhere."""

import warnings

import numpy as np
import pytest

from allspike import Config, Network, OneToOne, Poisson, QuantisationWarning, Simulation, delta_lif
from allspike import open as open_device
from allspike.errors import ParameterError

SIZE = 40


def relay(size: int = SIZE, dt: float = 1e-3, **options: object) -> Simulation:
    return Simulation(network(size, dt), **options)


def network(size: int = SIZE, dt: float = 1e-3) -> Network:
    """Each neuron fires in the step in which its input does."""
    net = Network(dt)
    source, cells = net.inputs(size, "source"), net.neurons(size, delta_lif(tau_m=0.0), "cells")
    net.connect(source, cells, OneToOne(), weight=1.0)
    return net


# Drawn by the device


@pytest.mark.parametrize(("rate", "drawn", "off"), [(0.2, "0.152588", "24 %"), (1.0, "1.06812", "6.8 %")])
def test_a_rate_that_is_drawn_otherwise_is_told(rate: float, drawn: str, off: str) -> None:
    sim = relay(dt=1e-4)
    words = rf"{rate:g} Hz of 'source' is drawn as {drawn} Hz, {off} off: .* steps of 0\.153 Hz"
    with pytest.warns(QuantisationWarning, match=words):
        result = sim.run_steps(10, {"source": Poisson(rate)})
    (note,) = result.notes
    assert f"is drawn as {drawn} Hz" in note


def test_the_worst_of_many_rates_is_told_and_close_ones_are_no_warning() -> None:
    rates = np.linspace(20, 60, SIZE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (note,) = relay().run_steps(10, {"source": Poisson(rates)}).notes
    assert "no other is further off" in note
    assert relay().run_steps(10).notes == ()


def test_rates_of_several_stimuli_add_up_on_the_device() -> None:
    net = network()
    sim, cells, source = Simulation(net), net["cells"], net["source"]
    result = sim.run_steps(20_000, {source: [Poisson(30.0), Poisson(20.0)], source[:10]: Poisson(50.0)})
    for part, rate in ((cells[:10], 100.0), (cells[10:], 50.0)):
        spikes = result.counts(part).sum()
        expected = rate * 20 * part.size
        assert abs(spikes - expected) < 5 * np.sqrt(expected)
    with pytest.raises(ParameterError, match=r"^the Poisson rates of 'source' add up to 1100 Hz, .* 1000 Hz"):
        sim.run_steps(10, {source: [Poisson(600.0), Poisson(500.0)]})


def test_a_build_that_cannot_draw_and_a_rate_that_it_cannot_hold_have_a_way_out() -> None:
    sim = relay(16, config=Config(neurons=16, inputs=16, poisson=False))
    with pytest.raises(ParameterError, match=r"draws no Poisson spikes: .*seed="):
        sim.run_steps(10, {"source": Poisson(10.0)})
    assert sim.run_steps(2000, {"source": Poisson(10.0, seed=1)}).counts("cells").sum() > 0
    with pytest.raises(ParameterError, match=r"0\.001 Hz rounds to zero; .*seed="):
        relay().run_steps(10, {"source": Poisson(0.001)})


# Drawn on the host


def test_seeded_draws_have_exactly_their_rates() -> None:
    """Also where the device could not hold them; in tenths of a millisecond, within five deviations."""
    for rate, seconds in ((0.2, 100.0), (7.3, 20.0), (900.0, 1.0), (8000.0, 0.5)):
        sim = relay(dt=1e-4)
        result = sim.run(seconds, {"source": Poisson(rate, seed=5)})
        expected = rate * seconds * SIZE
        spread = np.sqrt(expected * (1 - rate * 1e-4))
        assert abs(result.counts("cells").sum() - expected) < 5 * spread
        assert result.notes == ()
        assert result.counters["poisson"] == 0


def test_seeded_draws_are_irregular_and_independent() -> None:
    spikes = relay().run(20.0, {"source": Poisson(50.0, seed=2)}).array("cells").astype(float)
    intervals = np.concatenate([np.diff(np.flatnonzero(train)) for train in spikes.T])
    # Intervals of a Bernoulli process are geometric.
    assert np.var(intervals) / intervals.mean() ** 2 == pytest.approx(1 - 0.05, abs=0.05)
    correlations = np.corrcoef(spikes.T)[np.triu_indices(SIZE, 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(len(spikes))


def test_each_input_has_its_rate() -> None:
    rates = np.concatenate((np.zeros(10), np.full(10, 5.0), np.linspace(10, 100, 20)))
    counts = relay().run(100.0, {"source": Poisson(rates, seed=3)}).counts("cells")
    assert (np.abs(counts - rates * 100) <= 5 * np.sqrt(rates * 100)).all()


@pytest.mark.parametrize("rate", [20.0, 400.0])
def test_seeded_draws_are_the_same_on_every_build_and_in_pieces(rate: float) -> None:
    """And go on from run to run, and start again at a reset, whatever the device's seed."""
    stimuli = {"source": Poisson(rate, seed=11)}
    whole = relay().run_steps(1000, stimuli).array("cells")
    assert whole.any()
    large = relay(config=Config(neurons=64, inputs=200, weight_bits=7), seed=9)
    np.testing.assert_array_equal(large.run_steps(1000, stimuli).array("cells"), whole)
    pieces = [large.run_steps(steps, stimuli) for steps in (0,)]
    large.reset(seed=4)
    pieces = [large.run_steps(steps, stimuli) for steps in (1, 255, 1, 300, 443)]
    np.testing.assert_array_equal(sum(pieces).array("cells"), whole)
    other = large.run_steps(1000, stimuli).array("cells")
    assert not np.array_equal(other, whole)
    with open_device("emulator", Config(neurons=64, inputs=64)) as device:
        np.testing.assert_array_equal(relay(device=device).run_steps(1000, stimuli).array("cells"), whole)


def test_neighbouring_seeds_and_stimuli_with_one_seed_draw_independently() -> None:
    def draw(seed: int) -> np.ndarray:
        return relay().run_steps(2000, {"source": Poisson(100.0, seed=seed)}).array("cells")

    def correlation(one: np.ndarray, other: np.ndarray) -> float:
        return abs(np.corrcoef(one.ravel(), other.ravel())[0, 1])

    first = draw(1)
    for other in (draw(0), draw(2), draw(2**40)):
        assert correlation(first, other) < 5 / np.sqrt(first.size)
    net = network()
    sim, source = Simulation(net), net["source"]
    halves = sim.run_steps(2000, {source[:20]: Poisson(100.0, seed=1), source[20:]: Poisson(100.0, seed=1)})
    array = halves.array("cells")
    assert correlation(array[:, :20], array[:, 20:]) < 5 / np.sqrt(array.size / 2)


def test_rates_may_change_from_step_to_step() -> None:
    rates = np.zeros((3000, SIZE))
    rates[1000:2000] = 200.0
    array = relay().run_steps(4000, {"source": Poisson(rates, seed=1)}).array("cells")
    assert not array[:1000].any()
    assert not array[2000:].any()
    assert abs(array.sum() - 8000) < 5 * np.sqrt(8000)
    with pytest.raises(ParameterError, match=r"change from step to step .*seed="):
        relay().run_steps(4000, {"source": Poisson(rates)})
    with pytest.raises(ParameterError, match="rates of 3000 steps are longer than the run of 100 steps"):
        relay().run_steps(100, {"source": Poisson(rates, seed=1)})


@pytest.mark.parametrize("seed", [-1, 1.5, "one", True])
def test_a_seed_is_a_whole_number(seed: object) -> None:
    with pytest.raises(ParameterError, match=r"^seed = .* whole number of at least 0\.$"):
        relay().run_steps(10, {"source": Poisson(10.0, seed=seed)})
