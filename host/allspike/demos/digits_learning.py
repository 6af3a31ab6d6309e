"""DIGITS learned on the chip: without labels, or with nothing but the label from the host.

Both ways begin with competition: the prototype that fires first learns the image, and its threshold goes up,
so that all find work. Gain and homeostasis fall from epoch to epoch.

Unsupervised, labels come last and only name the prototypes. Supervised, a teacher input a class inhibits the
prototypes of the others from the start; then images are shown without the teacher, and only those are learned
from for which a prototype of another class fired: shown again with a gain below 0, so that it moves away, and
then with the teacher and a gain above 0, so that the best prototype of the right class moves near (learning
vector quantisation, Kohonen 1990, by the reward register).
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .. import plot
from ..device.device import Device
from ..device.running import Progress
from ..errors import ParameterError
from ..map.device_map import GAIN_ONE
from .competition import CLASSES, PROTOTYPES, REST, SIDE, STEPS, Competition, Responses, classes
from .digits import load
from .recognition import Outcome

Way = Literal["unsupervised", "supervised"]


@dataclass(frozen=True)
class Schedule:
    """How learning goes from the first epoch to the last; in between geometrically."""

    epochs: int
    gain: tuple[float, float]
    adapt: tuple[float, float]
    """What a firing adds to a threshold, in weight units; its decay slows down by as much as this falls."""
    memory: float
    """Images in which thresholds decay, in the first epoch."""
    w_max: float
    """Bound of the weights, in weight units."""
    patience: float = np.inf
    """Steps in which the vote of a prototype that fired late loses half its weight."""
    ease: float = 0.0
    """How far thresholds come down when homeostasis ends."""
    corrections: int = 0
    """Epochs in which mistakes are corrected."""
    correction_gain: tuple[float, float] = (0.2, 0.03)

    def at(self, pair: tuple[float, float], epoch: int, epochs: int) -> float:
        """A value between the first and the last of a pair."""
        share = epoch / max(epochs - 1, 1)
        return float(pair[0] * (pair[1] / pair[0]) ** share)


SCHEDULES = {
    "unsupervised": Schedule(epochs=16, gain=(1.72, 1.2), adapt=(450.0, 8.0), memory=1500.0, w_max=31),
    "supervised": Schedule(
        epochs=4,
        gain=(0.2, 0.1),
        adapt=(600.0, 24.0),
        memory=900.0,
        w_max=63,
        patience=2,
        ease=300.0,
        corrections=20,
    ),
}
_AT_ONCE = 16
"""Images shown between two corrections."""
_AWAY = 0.5
"""Gain of the move away from a mistaken image, of that towards it."""


@dataclass(frozen=True)
class Learned:
    """A network that learned, and what it answered."""

    network: Competition
    names: NDArray[np.float64]
    """How far each prototype stands for each class, [prototypes, 10]; rows sum to 1, or 0 where silent."""
    curve: NDArray[np.float64]
    """Share of the training images recognised in each epoch, while it learned; of corrections, the share that
    no prototype of another class fired for; NaN where the teacher told the answers."""
    outcome: Outcome


def learn(
    network: Competition,
    images: NDArray[np.float64],
    digits: NDArray[np.int64],
    schedule: Schedule,
    progress: Progress | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Let a network learn images [images, 64]; the names of its prototypes and the learning curve.

    Without corrections the labels `digits` [images] are used for the names and the curve alone.
    """
    supervised = schedule.corrections > 0
    total = schedule.epochs + schedule.corrections
    curve = []
    for epoch in range(total):
        order = network.rng.permutation(len(images))
        if epoch < schedule.epochs:
            curve.append(_compete(network, images[order], digits[order], schedule, epoch, supervised))
        else:
            if epoch == schedule.epochs:
                network.release(schedule.ease)
            gain = schedule.at(schedule.correction_gain, epoch - schedule.epochs, schedule.corrections)
            curve.append(_correct(network, images[order], digits[order], gain))
        if progress is not None:
            progress(epoch + 1, total)
    network.simulation.learning_gain = 0.0
    if supervised:
        return np.eye(CLASSES)[classes()], np.array(curve)
    network.release(schedule.ease)
    return names_of(network.show(images), digits), np.array(curve)


def _held(gain: float) -> float:
    """The gain that the device makes of this one: a schedule need not be exact."""
    return round(gain * GAIN_ONE) / GAIN_ONE


def names_of(shown: Responses, digits: NDArray[np.int64]) -> NDArray[np.float64]:
    """For which digits each prototype fired, as shares, [prototypes, 10]."""
    fired = np.zeros((CLASSES, PROTOTYPES))
    np.add.at(fired, digits, shown.fired)
    return (fired / np.maximum(fired.sum(0), 1)).T


def votes(shown: Responses, names: NDArray[np.float64], patience: float) -> NDArray[np.float64]:
    """Votes for each digit, [images, 10], of the prototypes that fired, the earlier the heavier."""
    return np.exp2(-shown.delays / patience) @ names if np.isfinite(patience) else shown.fired @ names


def _compete(
    network: Competition,
    images: NDArray[np.float64],
    digits: NDArray[np.int64],
    schedule: Schedule,
    epoch: int,
    supervised: bool,
) -> float:
    """An epoch in which each image's winner learns it; the share whose winner's majority was of its class."""
    increment = schedule.at(schedule.adapt, epoch, schedule.epochs)
    network.homeostasis(increment, schedule.memory * schedule.adapt[0] / increment)
    network.simulation.learning_gain = _held(schedule.at(schedule.gain, epoch, schedule.epochs))
    taught = digits if supervised else None
    shown = network.show(images, network.phases(len(images)), taught)
    if supervised:
        return float("nan")  # the teacher told the answers
    answers = votes(shown, names_of(shown, digits), schedule.patience).argmax(1)
    return float(np.mean(answers == digits))


def _correct(
    network: Competition, images: NDArray[np.float64], digits: NDArray[np.int64], gain: float
) -> float:
    """An epoch in which mistakes alone are learned from; the share of images without any."""
    simulation = network.simulation
    mistakes = 0
    for start in range(0, len(images), _AT_ONCE):
        some, truth = images[start : start + _AT_ONCE], digits[start : start + _AT_ONCE]
        phases = network.phases(len(some))
        simulation.learning_gain = 0.0
        fired = network.show(some, phases).fired
        other = classes() != truth[:, None]
        wrong = (fired & other).any(axis=1) | ~fired.any(axis=1)
        mistakes += int(wrong.sum())
        if wrong.any():
            simulation.learning_gain = _held(-_AWAY * gain)
            network.show(some[wrong], phases[wrong])
            simulation.learning_gain = _held(gain)
            network.show(some[wrong], phases[wrong], truth[wrong])
    return 1 - mistakes / len(images)


def answer(
    network: Competition,
    names: NDArray[np.float64],
    images: NDArray[np.float64],
    digits: NDArray[np.int64],
    patience: float,
) -> Outcome:
    """Show images without learning; those who fired say what they stand for, and the most votes decide."""
    network.simulation.learning_gain = 0.0
    began = time.perf_counter()
    shown = network.show(images)
    cast = votes(shown, names, patience)
    seconds = time.perf_counter() - began
    return Outcome(images, digits, cast.argmax(1), cast, seconds, shown.operations, STEPS + REST)


def run(
    way: Way,
    device: str | Device = "emulator",
    images: int | None = None,
    train: int | None = None,
    seed: int = 0,
    training_progress: Progress | None = None,
) -> Learned:
    """Learn the training images, then answer the test images.

    Parameters
    ----------
    way : "unsupervised" or "supervised"
    device : str or Device
        Of the preset up5k, or one that can be any.
    images : int, optional
        Answer the first so many of the 594 test images.
    train : int, optional
        Learn the first so many of the 1,203 training images.
    seed : int
        Of the initial weights, the phases of the spikes, the order of the images and the dither.
    training_progress : callable, optional
        Called with the epochs done and all epochs.

    Raises
    ------
    ParameterError
        If there are not so many images.
    """
    data = load()
    shown = _count("images", images, len(data.test_images), "test")
    learned = _count("train", train, len(data.train_images), "training")
    schedule = SCHEDULES[way]
    network = Competition(data.train_images, device, seed, schedule.w_max)
    names, curve = learn(
        network, data.train_images[:learned], data.train_digits[:learned], schedule, training_progress
    )
    outcome = answer(network, names, data.test_images[:shown], data.test_digits[:shown], schedule.patience)
    return Learned(network, names, curve, outcome)


def _count(name: str, count: int | None, available: int, what: str) -> int:
    if count is not None and not 1 <= count <= available:
        raise ParameterError(f"{name} = {count}: there are 1 to {available} {what} images.")
    return available if count is None else count


def draw(learned: Learned, directory: Path) -> list[Path]:
    """Write `digits-curve.png`, `digits-fields.png`, `digits-confusion.png`, and the learned network, as an
    image for builds without plasticity, `digits-learned.npz`; the paths."""
    paths = [directory / f"digits-{name}.png" for name in ("curve", "fields", "confusion")]
    plot.save(_curve(learned), paths[0])
    # By class, so that the sheet can be read.
    order = np.argsort(learned.names.argmax(1), kind="stable")
    axes = plot.fields(learned.network.fields()[:, order], (SIDE, SIDE), label="weight (units)")
    axes.set_title(f"what {PROTOTYPES} neurons look for: ink minus paper", loc="left")
    plot.save(axes.figure, paths[1])
    axes = plot.confusion(learned.outcome.confusion, [str(digit) for digit in range(CLASSES)])
    axes.set_ylabel("digit")
    axes.set_title(f"{learned.outcome.correct} of {len(learned.outcome.digits)} right", loc="left")
    plot.save(axes.figure, paths[2])
    image = directory / "digits-learned.npz"
    learned.network.simulation.freeze("up5k-static").save(image)
    return [*paths, image]


def _curve(learned: Learned) -> object:
    """Training images recognised as they are learned, by epoch, beside the test images at the end."""
    figure, axes = plot.figure(4.8, 3.0)
    epochs = np.arange(1, learned.curve.size + 1)
    axes.plot(epochs, 100 * learned.curve, "o-", markersize=3, color=plot.COLOURS[0],
              label="training images, while learned")  # fmt: skip
    axes.axhline(100 * learned.outcome.correct / len(learned.outcome.digits), color=plot.COLOURS[1],
                 linewidth=1, linestyle="--", label="test images, at the end")  # fmt: skip
    told = np.count_nonzero(np.isnan(learned.curve))
    if told:
        axes.axvspan(0.5, told + 0.5, color="0.92", linewidth=0, label="a teacher tells the answers")
    axes.set(xlabel="epoch", ylabel="images recognised (%)", xlim=(0.5, epochs[-1] + 0.5))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_title("learning curve", loc="left")
    axes.legend(loc="lower right")
    return figure
