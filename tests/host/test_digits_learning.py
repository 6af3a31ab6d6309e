"""Digits are learned on a UP5K's core; small runs here, the full figures are `make learning`'s."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt

from allspike import Image, Simulation, preset
from allspike.cli import main
from allspike.demos import competition, digits, digits_learning
from allspike.demos.competition import PROTOTYPES, REST, STEPS, Competition
from allspike.demos.digits_learning import SCHEDULES, answer, learn
from allspike.errors import ParameterError

DATA = digits.load()
FEW = {
    "unsupervised": replace(SCHEDULES["unsupervised"], epochs=2),
    "supervised": replace(SCHEDULES["supervised"], corrections=4),
}


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


def learned(way: str, images: int = 400) -> tuple[Competition, np.ndarray, np.ndarray]:
    network = Competition(DATA.train_images, w_max=FEW[way].w_max)
    names, curve = learn(network, DATA.train_images[:images], DATA.train_digits[:images], FEW[way])
    return network, names, curve


@pytest.mark.parametrize(("way", "least"), [("unsupervised", 0.85), ("supervised", 0.90)])
def test_a_third_of_the_images_learned_a_few_times_is_enough_for_most(
    way: str, least: float, tmp_path: Path
) -> None:
    network, names, curve = learned(way)
    outcome = answer(network, names, DATA.test_images[:300], DATA.test_digits[:300], FEW[way].patience)
    assert outcome.correct / 300 >= least
    assert outcome.summary()["images"] == 300
    assert names.shape == (PROTOTYPES, 10)
    assert curve.size == FEW[way].epochs + FEW[way].corrections
    # It fits the UP5K, and stays there: what was learned is frozen for the build without plasticity.
    assert network.simulation.image.config == preset("up5k")
    paths = digits_learning.draw(digits_learning.Learned(network, names, curve, outcome), tmp_path)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths[:3])
    static = Simulation(Image.load(paths[3]))
    assert static.image.config == preset("up5k-static")
    np.testing.assert_array_equal(
        static.weights("pixels-prototypes"), network.simulation.weights("pixels-prototypes")
    )


def test_the_command_prints_the_object_of_the_digits_demo(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = ["--learn", "unsupervised", "--train", "20", "--images", "10", "--json"]
    with pytest.raises(SystemExit) as stopped:
        main(["demo", "digits", *arguments, "--out", str(tmp_path)])
    assert not stopped.value.code
    found = json.loads(capsys.readouterr().out)
    assert found["images"] == 10
    assert {"correct", "accuracy", "steps_per_second"} <= found.keys()
    assert len(list(tmp_path.iterdir())) == 4


def test_labels_name_prototypes_and_do_nothing_else() -> None:
    """Unsupervised, other labels give other names to the same weights."""
    weights, names = [], []
    for labels in (DATA.train_digits[:60], np.zeros(60, np.int64)):
        network = Competition(DATA.train_images)
        names.append(learn(network, DATA.train_images[:60], labels, FEW["unsupervised"])[0])
        weights.append(network.simulation.weights("pixels-prototypes"))
    np.testing.assert_array_equal(*weights)
    assert not np.array_equal(*names)


def test_an_image_has_one_winner_of_its_class_where_a_teacher_tells_it() -> None:
    network = Competition(DATA.train_images)
    network.homeostasis(600.0, 900.0)
    network.simulation.learning_gain = 1.0
    shown = network.show(DATA.train_images[:64], taught=DATA.train_digits[:64])
    assert (competition.classes()[shown.first] == DATA.train_digits[:64]).mean() > 0.9


def test_the_rest_between_images_returns_all_to_rest() -> None:
    network, _, _ = learned("unsupervised", images=100)
    network.show(DATA.test_images[:1])
    assert network.simulation.last is not None
    assert network.simulation.last.steps == STEPS + REST
    assert not network.simulation.state("prototypes", "v").any()
    assert not network.simulation.state("prototypes", "refractory").any()


@pytest.mark.parametrize(("name", "count"), [("images", 595), ("train", 1204), ("train", 0)])
def test_counts_that_there_are_not_are_refused(name: str, count: int) -> None:
    with pytest.raises(ParameterError, match=f"{name} = {count}: there are 1 to"):
        digits_learning.run("unsupervised", **{name: count})  # type: ignore[arg-type]
