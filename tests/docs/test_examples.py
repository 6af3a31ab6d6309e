"""The examples of the docs: short, and what they claim is so. Their pictures are theirs to write."""

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest
from matplotlib import pyplot as plt

from allspike import Simulation

from . import front_picture

FOLDER = Path(__file__).parents[2] / "docs" / "examples"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
TRAINED = {"vowels": 0.85, "motions": 0.9}
"""The share that is answered right after a short training, in float64 and, but for 0.03, in 8 bits."""


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


def example(name: str) -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(FOLDER / f"{name}.py")))


def test_the_path_length_of_a_small_world_shows_in_its_spikes() -> None:
    script = example("small_world")
    lengths, clusters = {}, {}
    for p in (0.0, 0.1):
        net = script.world(p)
        found = script.distances(net)
        graph = nx.from_numpy_array(net["ring"].matrix(), create_using=nx.DiGraph)
        # Not on average alone: the step of every spike is the distance of its neuron.
        for start, ways in nx.all_pairs_shortest_path_length(graph):
            assert all(found[start, end] == distance for end, distance in ways.items())
        lengths[p], clusters[p] = script.path_length(found), script.clustering(net)
    assert lengths[0.1] < lengths[0.0] / 2
    assert clusters[0.1] > 0.75 * clusters[0.0]


def test_halves_recall_patterns_up_to_the_capacity() -> None:
    script = example("associative_memory")
    stored = script.patterns(16)
    spikes = script.recall(stored, stored)
    shown = spikes[:, 0]
    assert not shown[:, script.SIZE // 2 :].any()
    assert np.array_equal(shown[:, : script.SIZE // 2], stored[:, : script.SIZE // 2] > 0)
    assert np.mean(script.overlaps(16, 0) > script.RECALLED) == 1
    assert np.mean(script.overlaps(22, 1) > script.RECALLED) > 0.9
    assert np.mean(script.overlaps(40, 0) > script.RECALLED) < 0.5


def test_the_modulator_changes_the_rhythm_and_not_the_order() -> None:
    script = example("pattern_generator")
    periods = []
    for rate in (0.0, 100.0, 250.0):
        result = script.run(np.full(2000, rate))
        when, leg = script.steps_of(result)
        steady = leg[when > script.SETTLING]
        assert np.array_equal(np.diff(steady) % script.LEGS, np.ones(steady.size - 1))
        periods.append(script.period(result))
    assert periods[0] > 1.2 * periods[1] > 1.2 * 1.2 * periods[2]


def test_reward_is_what_makes_it_learn() -> None:
    learn = example("reward").learn
    right = {paid: np.mean([learn(seed, paid)[-80:] for seed in range(2)]) for paid in (True, False)}
    assert right[True] > 0.9
    assert 0.3 < right[False] < 0.7


def test_inhibition_that_outweighs_excitation_makes_spikes_irregular() -> None:
    script = example("balanced")
    regular, balanced = (script.run(balance, 0.4) for balance in script.BALANCES.values())
    assert script.irregularity(regular) < 0.3
    assert script.irregularity(balanced) > 0.7
    assert balanced.rates("cells").mean() < regular.rates("cells").mean() / 5


def test_the_detector_that_fires_tells_the_lag() -> None:
    script = example("delay_lines")
    with Simulation(script.network(), config="core96") as simulation:
        fired = script.tuning(simulation)
    assert np.array_equal(fired, np.eye(script.DETECTORS, dtype=int))
    assert script.LAGS.tolist() == list(range(-20, 21, 2))


def test_coherence_decides_and_without_it_chance() -> None:
    script = example("decision")
    with Simulation(script.network(), config="core96") as simulation:
        shares = [script.share_left(simulation, coherence, 60) for coherence in (-0.2, -0.05, 0.0, 0.05, 0.2)]
        trial = script.trial(simulation, 0.2, seed=0)
    assert shares[0] < 0.05 < shares[1] < 0.4 < shares[2] + 0.1
    assert shares[2] - 0.1 < 0.6 < shares[3] < 0.95 < shares[4]
    assert trial.rates("right").mean() < trial.rates("left").mean() / 20  # the winner takes all


def test_measured_windows_are_those_of_the_rules() -> None:
    script = example("stdp_window")
    for name in script.RULES:
        window = script.measure(name, repeats=32)
        slack = 5 * window.error + 0.5 * window.unit  # of the rate's own rounding
        assert (abs(window.measured - window.theory) < slack).all(), name
        assert abs(window.measured).max() > 2 * slack.max()


def test_neurons_fire_at_the_currents_of_the_formula() -> None:
    script = example("current_injection")
    rates, expected = script.measured(), script.formula()
    assert np.array_equal(rates == 0, expected == 0)
    assert np.allclose(rates, expected, rtol=0.02, atol=1)
    stairs = script.staircase()
    levels = np.histogram(stairs.times("cells"), np.arange(6) * 0.1)[0]
    assert levels.tolist() == [0, 0, 2, 7, 0]
    # 0.6 nA in 20 MOhm is 12 mV above rest, where the first step ends up but for exp(-5).
    assert np.isclose(stairs.v["cells"][1999, 0], -65e-3 + 12e-3 * (1 - np.exp(-5)), atol=0.05e-3)


def test_a_checkpoint_goes_on_as_if_it_had_never_been_stopped(tmp_path: Path) -> None:
    script = example("checkpoint")
    whole, halves = script.uninterrupted(), script.interrupted(tmp_path / "half.npz")
    assert whole.counts("cells").sum() > 100
    for one, other in zip(whole.spikes["cells"], halves.spikes["cells"], strict=True):
        assert np.array_equal(one, other)
    assert np.array_equal(whole.weight_history["learning"], halves.weight_history["learning"])


def test_the_picture_of_the_readme_is_drawn_by_the_readme(tmp_path: Path) -> None:
    front_picture.draw(tmp_path / "raster.png")
    assert (tmp_path / "raster.png").stat().st_size > 10_000


@pytest.mark.parametrize("name", NAMES)
def test_each_is_short_and_draws_its_picture(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = FOLDER / f"{name}.py"
    assert len(path.read_text().splitlines()) <= 105
    copy = tmp_path / "docs" / "examples" / path.name  # it writes beside itself: not over what is committed
    copy.parent.mkdir(parents=True)
    (tmp_path / "docs" / "pictures").mkdir()
    copy.write_text(path.read_text())
    monkeypatch.setattr(sys, "argv", [str(copy), "--short"])
    made = SimpleNamespace(**runpy.run_path(str(copy), run_name="__main__"))
    assert (tmp_path / "docs" / "pictures" / f"{name}.png").stat().st_size > 10_000
    assert (FOLDER.parent / "pictures" / f"{name}.png").exists()
    if (
        name in TRAINED
    ):  # a part of the training that the page's figures come from: `python -m tests.training`
        assert made.right > TRAINED[name]
        assert np.mean(made.answers == made.TEST_CLASS) > made.right - 0.03
