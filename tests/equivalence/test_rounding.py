"""Stochastic rounding is unbiased: many changes far below a weight unit add up to what they should.

A change is first brought to 1/256 of a weight unit, the nearest, so each event may be off by 1/512 unit at
most; then its fraction is rounded up or down by a dither. The dither's noise averages out over synapses, and
over 256 neighbours of one walk it cancels to nothing, because they take all 256 dithers once.

The set-up: neurons whose threshold is so low that they fire whenever they are not refractory, whatever
arrives, every tenth step; inputs that fire in the same step (they gain weight) or one step later (they lose
weight); and windows so short that each firing makes one pair and its change is exact.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from allspike import LIF, STDP, Config, Network, Simulation, SpikeList
from allspike.describe.learning import Rounding

PERIOD = 10
NEIGHBOURS = 256
"""Synapses that one walk changes here, of which each has another dither."""
NEURONS = 8
TRAVEL = 60.0
"""How far weights go, in weight units: not into their bounds, some deviations of the dither included."""
CHANGES = (0.004, 0.011, 0.03, 0.1, 0.25, 0.37, 0.8, 1.4)


@dataclass(frozen=True)
class Drift:
    """What `events` changes of `change` weight units made of each weight."""

    change: float
    events: int
    weights: NDArray[np.float64]
    """[inputs, neurons], from 0."""

    @property
    def exact(self) -> float:
        return self.change * self.events

    @property
    def deviation(self) -> float:
        """Standard deviation of a weight that independent dithers would give."""
        fraction = self.change % 1
        return float(np.sqrt(self.events * fraction * (1 - fraction)))

    def bound(self, synapses: int) -> float:
        """Of the error of the mean over `synapses`: representation and five standard errors."""
        return self.events / 512 + 5 * self.deviation / np.sqrt(synapses)


def drift(
    change: float, *, rounding: Rounding = "stochastic", inputs: int = NEIGHBOURS, seed: int = 0
) -> Drift:
    """Weights after as many pairs as travel TRAVEL, 2000 at most; a change below 0 is a depression."""
    events = int(min(2000, TRAVEL / abs(change)))
    rule = STDP(
        a_plus=max(change, 0.0), a_minus=max(-change, 0.0), w_min=-127, w_max=127,
        tau_plus=1e-3, tau_minus=2e-3, pairing="window", rounding=rounding,
    )  # fmt: skip
    net = Network(dt=1e-3)
    sources = net.inputs(inputs, "sources")
    always = LIF(
        tau_m=0.0, tau_syn=0.0, v_rest=0.0, v_reset=0.0, v_thresh=-40_000.0, t_ref=(PERIOD - 1) * 1e-3
    )
    cells = net.neurons(NEURONS, always, "cells")
    net.connect(sources, cells, weight=0.0, stdp=rule, name="plastic")
    # An arrival in the step of a firing, or in the next one.
    steps = PERIOD * np.arange(events) + (change < 0)
    stimulus = SpikeList(np.repeat(steps, inputs), np.tile(np.arange(inputs), events))
    config = Config(neurons=NEURONS, inputs=NEIGHBOURS)
    with Simulation(net, config=config, seed=seed) as sim:
        result = sim.run_steps(PERIOD * events, {"sources": stimulus})
        assert result.counts("cells").tolist() == [events] * NEURONS
        assert sim.image.weight_unit[0] == 1
    return Drift(change, events, result.weights["plastic"])


def figures() -> dict[float, tuple[int, float, float]]:
    """For each change: events, error of the mean weight, its bound, in weight units."""
    found = {}
    for change in CHANGES:
        made = drift(change)
        error = float(made.weights.mean() - made.exact)
        found[change] = (made.events, error, made.bound(made.weights.size))
    return found


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("change", CHANGES)
def test_small_changes_add_up(change: float, sign: int) -> None:
    made = drift(sign * change)
    assert abs(made.weights.mean() - made.exact) <= made.bound(made.weights.size)


@pytest.mark.parametrize("change", CHANGES)
def test_256_neighbours_of_a_walk_hit_the_change_exactly(change: float) -> None:
    made = drift(change)
    held = round(change * 256) / 256
    assert (made.weights.mean(axis=0) == held * made.events).all()
    # Not because each is the same: the dither spreads them.
    assert made.change == held or made.weights.std() > 1


@pytest.mark.parametrize("sign", [1, -1])
def test_few_synapses_are_unbiased_over_seeds(sign: int) -> None:
    made = [drift(sign * 0.3, inputs=5, seed=seed) for seed in range(20)]
    weights = np.array([each.weights for each in made])
    # Neighbours share a draw, so the seeds alone count as independent.
    assert abs(weights.mean() - made[0].exact) <= made[0].bound(len(made))


@pytest.mark.parametrize("change", [0.1, 0.37])
def test_a_weight_strays_as_independent_dithers_would_let_it(change: float) -> None:
    made = [drift(change, seed=seed) for seed in range(12)]
    strayed = np.array([each.weights for each in made]) - round(change * 256) / 256 * made[0].events
    assert np.sqrt(np.mean(strayed**2)) == pytest.approx(made[0].deviation, rel=0.1)


@pytest.mark.parametrize(("change", "whole"), [(0.3, 0), (0.6, 1), (-0.3, 0), (-0.6, -1)])
def test_rounding_to_nearest_is_repeatable_and_loses_small_changes(change: float, whole: int) -> None:
    made = drift(change, rounding="nearest")
    assert (made.weights == np.clip(whole * made.events, -127, 127)).all()
