"""Images recognised by a spiking network: the network of trained weights, its runs, what it answered."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import plot
from ..describe.lif import delta_lif
from ..device.device import Progress
from ..doors.network import Network
from ..errors import ParameterError
from ..simulate.simulation import Simulation
from ..stimulus import RateCode
from .image_training import CLASSES, Recipe, Weights


@dataclass(frozen=True)
class Split:
    """Images of 0 to 1, [images, pixels], and their digits, to train and to test."""

    train_images: NDArray[np.float64]
    train_digits: NDArray[np.int64]
    test_images: NDArray[np.float64]
    test_digits: NDArray[np.int64]

    def checked(self, images: int | None) -> int:
        """A number of test images; all by default.

        Raises
        ------
        ParameterError
            If there are not so many.
        """
        available = len(self.test_images)
        if images is None:
            return available
        if not 1 <= images <= available:
            raise ParameterError(f"images = {images}: there are 1 to {available} test images.")
        return images


def network(weights: Weights) -> Network:
    """The spiking network of trained weights: pixels, a hidden population, one neuron a digit.

    Neurons integrate without leak and lose their threshold when they fire, so that their rate is a clipped
    ReLU of their input; a bias is a constant drift.
    """
    net = Network(dt=1e-3)
    pixels = net.inputs(weights.w_hidden.shape[0], "pixels")
    populations = []
    for name, bias in (("hidden", weights.b_hidden), ("digits", weights.b_output)):
        model = delta_lif(tau_m=np.inf, v_drift=bias / net.dt, reset="subtract")
        populations.append(net.neurons(bias.size, model, name))
    hidden, digits = populations
    net.connect(pixels, hidden, weight=weights.w_hidden)
    net.connect(hidden, digits, weight=weights.w_output)
    return net


@dataclass(frozen=True)
class Outcome:
    """What the network answered."""

    images: NDArray[np.float64]
    digits: NDArray[np.int64]
    answers: NDArray[np.int64]
    counts: NDArray[np.int64] | NDArray[np.float64]
    """Spikes of each digit's neuron, or votes for it, [images, 10]."""
    seconds: float
    """Time of all runs, stimuli and read-out included."""
    operations: int
    """Synaptic operations: synapses that spikes went through."""
    steps: int
    """Steps an image took."""

    @property
    def correct(self) -> int:
        """Images answered right."""
        return int(np.count_nonzero(self.answers == self.digits))

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Counts [digit, answer]."""
        matrix = np.zeros((CLASSES, CLASSES), np.int64)
        np.add.at(matrix, (self.digits, self.answers), 1)
        return matrix

    def summary(self) -> dict[str, float]:
        """The figures as plain data."""
        steps = self.steps * len(self.digits)
        return {
            "correct": self.correct,
            "images": len(self.digits),
            "accuracy": self.correct / len(self.digits),
            "steps_per_second": steps / self.seconds,
            "synaptic_operations_per_second": self.operations / self.seconds,
            "ties": int(np.count_nonzero((self.counts == self.counts.max(1, keepdims=True)).sum(1) > 1)),
        }


def present(
    simulation: Simulation,
    recipe: Recipe,
    images: NDArray[np.float64],
    digits: NDArray[np.int64],
    progress: Progress | None = None,
) -> Outcome:
    """Show each image from rest; the digit whose neuron fires most often is the answer.

    Where two neurons fire equally often, the one whose membrane potential has come further decides.
    """
    answers = np.zeros(len(images), np.int64)
    counts = np.zeros((len(images), CLASSES), np.int64)
    operations = 0
    began = time.perf_counter()
    for k, image in enumerate(images):
        simulation.reset()
        result = simulation.run_steps(recipe.steps, {"pixels": _coded(recipe, image)})
        counts[k] = result.counts("digits")
        potential = simulation.state("digits", "v")
        answers[k] = np.lexsort((potential, counts[k]))[-1]
        operations += result.counters["events"] * recipe.hidden
        operations += result.spikes["hidden"][0].size * CLASSES
        if progress is not None:
            progress(k + 1, len(images))
    seconds = time.perf_counter() - began
    return Outcome(images, digits, answers, counts, seconds, operations, recipe.steps)


def _coded(recipe: Recipe, image: NDArray[np.float64]) -> RateCode:
    return RateCode(image, recipe.steps, phase=recipe.phases)


def draw(simulation: Simulation, recipe: Recipe, outcome: Outcome, directory: Path, name: str) -> list[Path]:
    """Write `NAME-raster.png`, `NAME-examples.png` and `NAME-confusion.png`; the paths."""
    paths = [directory / f"{name}-{what}.png" for what in ("raster", "examples", "confusion")]
    simulation.reset()
    result = simulation.run_steps(recipe.steps, {"pixels": _coded(recipe, outcome.images[0])})
    axes = plot.raster(result)
    axes.set_title(f"a {outcome.digits[0]}, answered {outcome.answers[0]}", loc="left")
    plot.save(axes.figure, paths[0])
    plot.save(_examples(outcome), paths[1])
    axes = plot.confusion(outcome.confusion, [str(digit) for digit in range(CLASSES)])
    axes.set_ylabel("digit")
    axes.set_title(f"{outcome.correct:,} of {len(outcome.digits):,} right", loc="left")
    plot.save(axes.figure, paths[2])
    return paths


def _examples(outcome: Outcome) -> object:
    """Some digits, the mistaken ones first, above the spike counts of the ten answers."""
    wrong = np.flatnonzero(outcome.answers != outcome.digits)[:4]
    right = np.flatnonzero(outcome.answers == outcome.digits)[: 8 - wrong.size]
    chosen = np.concatenate((wrong, right))
    figure, axes = plot.figure(1.1 * len(chosen) + 0.4, 2.4, 2, len(chosen), squeeze=False)
    side = int(np.sqrt(outcome.images.shape[1]))
    for column, k in enumerate(chosen):
        picture, bars = axes[:, column]
        picture.imshow(outcome.images[k].reshape(side, side), cmap="Greys")
        picture.set_axis_off()
        picture.set_title(f"{outcome.digits[k]}", loc="center")
        colours = [plot.COLOURS[0]] * CLASSES
        colours[outcome.answers[k]] = plot.COLOURS[1 if outcome.answers[k] != outcome.digits[k] else 2]
        bars.bar(range(CLASSES), outcome.counts[k], color=colours)
        bars.set_xticks(range(CLASSES), [str(d) for d in range(CLASSES)], fontsize=5)
        bars.set_ylim(0, outcome.steps)
        if column:
            bars.set_yticks([])
    axes[1, 0].set_ylabel("spikes")
    return figure
