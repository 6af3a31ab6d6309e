"""Spike sources and noise: the processes that are drawn."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pyNN.parameters import Sequence

import allspike.pynn as sim

from .scripts import CELL, refused, trains


def test_noise_is_reproducible_and_lasts_its_interval() -> None:
    def noise(pieces: list[float], seed: int) -> np.ndarray:
        sim.setup(timestep=0.5, seed=seed)
        cells = sim.Population(1, sim.IF_curr_exp(**CELL))
        source = sim.NoisyCurrentSource(mean=0.2, stdev=0.1, start=2.0, stop=20.0, dt=1.5)
        cells.inject(source)
        source.record()
        for piece in pieces:
            sim.run(piece)
        return np.asarray(source.get_data())[:, 0]

    one = noise([30.0], 1)
    assert np.array_equal(one, noise([7.5, 10.0, 12.5], 1)) and not np.array_equal(one, noise([30.0], 2))
    assert (one[4:40].reshape(12, 3) == one[4:40:3, None]).all() and np.unique(one[4:40]).size == 12
    assert not one[:4].any() and not one[40:].any()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (lambda: sim.SpikeSourcePoisson(rate=2000.0), "rate = 2000 Hz"),
        (lambda: sim.SpikeSourcePoisson(rate=-1.0), "rate = -1 Hz"),
        (lambda: sim.SpikeSourcePoissonRefractory(rate=100.0, tau_refrac=20.0), "tau_refrac = 20 ms"),
        (lambda: sim.SpikeSourceGamma(alpha=0.0), "alpha above 0"),
        (lambda: sim.SpikeSourceInhGamma(a=Sequence([0.5])), "shapes a of 1 or more"),
        (lambda: sim.SpikeSourceInhGamma(b=Sequence([1.0, 2.0])), "have 1, 2 and 1 values"),
    ],
)
def test_processes_are_checked(source: Callable[[], Any], says: str) -> None:
    sim.setup(timestep=1.0)
    sim.Population(2, source(), label="drawn")
    with refused("population 'drawn'", says):
        sim.run(10.0)


@pytest.mark.parametrize(
    "source",
    [
        lambda: sim.SpikeSourcePoisson(rate=[20.0, 50.0], start=100.0, duration=1500.0),
        lambda: sim.SpikeSourcePoissonRefractory(
            rate=[20.0, 50.0], tau_refrac=4.0, start=100.0, duration=1500.0
        ),
        lambda: sim.SpikeSourceGamma(alpha=3.0, beta=[60.0, 150.0], start=100.0, duration=1500.0),
        lambda: sim.SpikeSourceInhGamma(
            a=Sequence([3.0, 3.0]), b=Sequence([1 / 60, 1 / 150]), tbins=Sequence([0.0, 600.0]), start=100.0,
            duration=1500.0,
        ),
    ],
)  # fmt: skip
def test_sources_in_pieces_are_sources_in_one(source: Callable[[], Any]) -> None:
    def drawn(pieces: list[float]) -> list[list[float]]:
        sim.setup(timestep=0.5, seed=2)
        population = sim.Population(2, source())
        population.record("spikes")
        for piece in pieces:
            sim.run(piece)
        return trains(population)

    one = drawn([2000.0])
    assert one == drawn([120.0, 0.5, 79.5, 800.0, 1000.0])
    assert all(train[0] >= 100.0 and train[-1] < 1600.0 for train in one)
    count = sum(map(len, one))
    assert 60 < count < 160, "20 and 50 Hz in 1.5 s"
    assert all((np.diff(train) > 0).all() for train in one)


def test_a_process_that_changes_has_the_rates_and_regularity_asked_for() -> None:
    """Shape 4 at 40 Hz, then 80 Hz: a CV of 1/2, and half the intervals."""
    sim.setup(timestep=0.1)
    bins, scales = Sequence([0.0, 10_000.0]), Sequence([1 / 160, 1 / 320])
    population = sim.Population(4, sim.SpikeSourceInhGamma(a=Sequence([4.0, 4.0]), b=scales, tbins=bins))
    population.record("spikes")
    sim.run(20_000.0)
    for low, high, hertz in ((0.0, 10_000.0, 40.0), (10_000.0, 20_000.0, 80.0)):
        for train in map(np.array, trains(population)):
            intervals = np.diff(train[(train >= low) & (train < high)])
            assert 1000 / intervals.mean() == pytest.approx(hertz, rel=0.08)
            assert intervals.std() / intervals.mean() == pytest.approx(0.5, abs=0.06)
