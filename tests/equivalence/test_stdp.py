"""The pair rule gives the window it states, and the weights that Brian2's trace-based STDP gives.

Three pairings: all to all, nearest spike, and a rectangular window. Isolated pairs at lags of -50 to 50 steps
draw the curve; Poisson trains on inputs and on neurons, with axonal delays, give weights that Brian2 computes
from the same spikes.

The conventions: an input's spike arrives in the step it is given for, a neuron's after its axonal delay (at
least one step); an arrival and a firing in the same step are a causal pair, so Brian2 runs `pre` before
`post`.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from allspike import LIF, STDP, AllToAll, Network, OneToOne, Simulation, SpikeArray, SpikeList
from allspike.describe.learning import Pairing

from .brian_stdp import DT, Floats, brian

TOP = 127
"""Bounds of the weights, in weight units and in the units of the network."""
PAIRINGS: tuple[Pairing, ...] = ("all-to-all", "nearest", "window")

# Isolated pairs

LAGS = np.arange(-50, 51)
FIRING = 60


def theory(rule: STDP) -> Floats:
    """The curve of the rule in weight units, for LAGS."""
    steps_plus, steps_minus = rule.tau_plus / DT, rule.tau_minus / DT
    if rule.pairing == "window":
        gain, loss = round(steps_plus) > LAGS, round(steps_minus) > -LAGS
    else:
        gain, loss = np.exp(-LAGS / steps_plus), np.exp(LAGS / steps_minus)
    return np.where(LAGS >= 0, rule.a_plus * gain, -rule.a_minus * loss)


def curve(rule: STDP) -> tuple[Floats, Floats]:
    """Weight changes of one pair at each of LAGS: here, and in Brian2."""
    net = Network(DT)
    forcing, sources = net.inputs(4, "forcing"), net.inputs(LAGS.size, "sources")
    cells = net.neurons(LAGS.size, memoryless(3 * TOP), "cells")
    net.connect(forcing, cells, weight=TOP)
    plastic = net.connect(sources, cells, OneToOne(), weight=0.0, stdp=rule, name="plastic")
    with Simulation(net, config="core256") as sim:
        stimuli = {
            "forcing": SpikeList([FIRING] * 4, range(4)),
            "sources": SpikeList(FIRING - LAGS, np.arange(LAGS.size)),
        }
        result = sim.run_steps(FIRING + 60, stimuli)
    assert (result.spikes["cells"][0] == FIRING).all() and result.counts("cells").tolist() == [1] * LAGS.size
    still = np.zeros(LAGS.size, np.int64)
    exact, _, _ = brian(
        rule, plastic.pairs, (FIRING - LAGS, np.arange(LAGS.size)), result.spikes["cells"], still, 0.0
    )
    return np.diag(result.weights["plastic"]), exact


def memoryless(threshold: float) -> LIF:
    """A neuron that fires where enough arrives in one step: what makes it fire is under control."""
    return LIF(tau_m=0.0, tau_syn=0.0, v_rest=0.0, v_reset=0.0, v_thresh=threshold)


def rule_of(
    pairing: Pairing, a_plus: float, a_minus: float, *, bound: int = TOP, x_target: float = 0.0
) -> STDP:
    """A rule whose time constants differ."""
    return STDP(
        a_plus=a_plus, a_minus=a_minus, w_min=-bound, w_max=bound, tau_plus=17e-3, tau_minus=23e-3,
        pairing=pairing, x_target=x_target,
    )  # fmt: skip


@pytest.mark.parametrize("signs", [(1, 1), (-1, 1), (1, -1)])
@pytest.mark.parametrize("pairing", PAIRINGS)
def test_isolated_pairs_draw_the_window(pairing: Pairing, signs: tuple[int, int]) -> None:
    rule = replace(rule_of(pairing, signs[0] * 60.0, signs[1] * 50.0), rounding="nearest")
    ours, exact = curve(rule)
    np.testing.assert_allclose(exact, theory(rule), atol=1e-9)
    assert np.abs(ours - theory(rule)).max() <= 0.5 + fineness(rule)


def fineness(rule: STDP) -> float:
    """What a pair's change may be off before it is rounded to whole units, in weight units."""
    if rule.pairing == "window":
        return 1 / 512
    # A trace has 16 bits, of which an accumulating one leaves three to further spikes, and its increment
    # fills the rest by half at least; each step of its decay cuts off less than one of its units.
    increment = 2**12 if rule.pairing == "all-to-all" else 2**15
    return (
        max(abs(rule.a_plus) * rule.tau_plus, abs(rule.a_minus) * rule.tau_minus) / DT / increment + 1 / 512
    )


# Poisson trains


@dataclass(frozen=True)
class Agreement:
    """Weights here and in Brian2, in weight units."""

    synapses: int
    moved: float
    """RMS of the exact change."""
    mean_error: float
    rms_error: float
    dither: float
    """RMS error that a dithered rounding of these changes has, by Brian2's count of their variance."""
    nearest_equal: float
    """Share of weights that equal Brian2's with each change rounded to the nearest unit."""
    nearest_largest: float
    at_bounds: float
    """Share of those weights that lie on a bound."""


def trajectories(rule: STDP, seconds: float = 3.0) -> Agreement:
    """Weights of inputs and neurons (delays 1 to 5 steps) onto neurons, all driven by Poisson trains."""
    rng = np.random.default_rng(11)
    inputs, neurons, group, steps = 60, 40, 4, round(seconds / DT)
    delay = rng.integers(1, 6, neurons)
    driven = rng.random((steps, neurons)) < 20 * DT
    trains = rng.random((steps, inputs)) < 20 * DT
    ends = []
    for rounding in ("stochastic", "nearest"):
        net = Network(DT)
        forcing, sources = net.inputs(group * neurons, "forcing"), net.inputs(inputs, "sources")
        cells = net.neurons(neurons, replace(memoryless(3 * TOP), delay=delay * DT), "cells")
        each = np.arange(group * neurons)
        net.connect(forcing, cells, TOP * (each[:, None] // group == np.arange(neurons)))
        made = replace(rule, rounding=rounding)
        projections = (
            net.connect(sources, cells, weight=0.0, stdp=made, name="in"),
            net.connect(cells, cells, AllToAll(self_connections=False), weight=0.0, stdp=made, name="rec"),
        )
        with Simulation(net, config="core256", seed=3) as sim:
            stimuli = {"forcing": SpikeArray(np.repeat(driven, group, axis=1)), "sources": SpikeArray(trains)}
            result = sim.run_steps(steps, stimuli)
        ends.append(np.concatenate([result.weights[p.name][tuple(p.pairs)] for p in projections]))
        # What arrives may make a neuron fire, or not; as a rule it is what drives it that does.
        assert abs(result.counts("cells").sum() / driven.sum() - 1) < 0.5
        when, who = result.spikes["cells"]
        fed_pairs, rec_pairs = (p.pairs for p in projections)
        fed, source = np.nonzero(trains)
        exact, rounded, variance = brian(
            rule,
            np.concatenate((fed_pairs, rec_pairs + np.array([[inputs], [0]])), axis=1),
            (np.concatenate((fed, when)), np.concatenate((source, inputs + who))),
            (when, who),
            np.concatenate((np.zeros(inputs, np.int64), delay)),
            0.0,
        )
        if rounding == "stochastic":
            error, moved, dither = ends[0] - exact, exact, variance
    off = np.abs(ends[1] - rounded)
    return Agreement(
        synapses=error.size,
        moved=float(np.sqrt(np.mean(moved**2))),
        mean_error=float(error.mean()),
        rms_error=float(np.sqrt(np.mean(error**2))),
        dither=float(np.sqrt(dither.mean())),
        nearest_equal=float(np.mean(off == 0)),
        nearest_largest=float(off.max()),
        at_bounds=float(np.mean((rounded == rule.w_min) | (rounded == rule.w_max))),
    )


POISSON_RULES = [
    rule_of("all-to-all", 0.9, 0.7),
    rule_of("nearest", 0.9, 0.7),
    rule_of("window", 0.9, 0.7),
    rule_of("all-to-all", 0.9, 0.2, x_target=0.3),
]


@pytest.mark.parametrize("rule", POISSON_RULES, ids=[*PAIRINGS, "target"])
def test_weights_under_poisson_trains_follow_brian(rule: STDP) -> None:
    found = trajectories(rule)
    assert found.moved > 2, found
    # Unbiased: four standard errors, and the traces' truncation.
    assert abs(found.mean_error) < 4 * found.dither / np.sqrt(found.synapses) + 0.1, found
    assert found.rms_error == pytest.approx(found.dither, rel=0.1), found
    assert found.nearest_equal > 0.9 and found.nearest_largest <= 3, found
    assert found.at_bounds == 0, found


def test_weights_stop_at_their_bounds_as_in_brian() -> None:
    found = trajectories(rule_of("nearest", 9.0, 8.0, bound=20))
    assert found.at_bounds > 0.1, found
    assert found.nearest_equal > 0.99, found
