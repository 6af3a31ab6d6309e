"""Training of networks that recognise images, off chip, in plain NumPy.

A network has an input a pixel, hidden neurons, and an output a class; the class is the output that spikes
most. Training has two phases. The first trains clipped ReLUs, the firing rates that integrate-and-fire
neurons approximate. The second puts the spikes in the loop: its forward pass uses the hidden neurons' real
spike counts and its backward pass the clipped ReLU's slope, so the weights absorb what the rates leave out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..device.device import Progress
from ..stimulus import rate_code
from .distortion import Distortion, Floats

CLASSES = 10

BATCH = 64
MEAN_MEMORY, SQUARE_MEMORY = 0.9, 0.99  # of Adam's two running averages
LABEL_SMOOTHING = 0.05
LOGIT_GAIN = 10.0  # softmax logits per unit of output rate, so that rates of 0..1 span confident answers


@dataclass(frozen=True)
class Recipe:
    """A network, and how it is trained."""

    hidden: int
    steps: int
    """Time steps an image is shown for."""
    rate_epochs: int
    spike_epochs: int
    rate_learning_rates: tuple[float, float]
    """First and last, linear in between."""
    spike_learning_rates: tuple[float, float]
    weight_decay: float
    """Apart from the gradient, as a fraction of the learning rate."""
    distortion: Distortion
    """Of the training images, in each epoch."""

    @property
    def inputs(self) -> int:
        """Pixels of an image."""
        return self.distortion.side**2

    @property
    def phases(self) -> NDArray[np.float64]:
        """Of the pixels' spikes, [inputs]: by the golden ratio, which keeps them from spiking in lockstep, as
        that would make the hidden currents lumpy."""
        return (np.arange(self.inputs) * 0.6180339887498949 % 1.0).astype(np.float64)


class Weights(NamedTuple):
    """Weights and per-step biases in units of the firing threshold, which is 1.0 for every neuron."""

    w_hidden: Floats  # [inputs, hidden]
    b_hidden: Floats  # [hidden]
    w_output: Floats  # [hidden, classes]
    b_output: Floats  # [classes]


def train(
    recipe: Recipe,
    images: NDArray[np.floating],
    labels: NDArray[np.int64],
    seed: int = 0,
    progress: Progress | None = None,
) -> Weights:
    """Train a network.

    Parameters
    ----------
    recipe : Recipe
    images : [images, pixels]
        Of 0 to 1, as the recipe's distortion takes them.
    labels : [images]
        Their digits.
    seed : int
        Of the initial weights, the distortions and the order of the images.
    progress : callable, optional
        Called with the epochs done and all epochs.
    """
    rng = np.random.default_rng(seed)
    pixels = images.astype(np.float32)
    targets = np.full((len(labels), CLASSES), LABEL_SMOOTHING / CLASSES, np.float32)
    targets[np.arange(len(labels)), labels] += 1 - LABEL_SMOOTHING
    weights = _initial(recipe, rng)
    means = [np.zeros_like(w) for w in weights]
    squares = [np.zeros_like(w) for w in weights]
    rates = np.concatenate(
        [
            np.linspace(*recipe.rate_learning_rates, recipe.rate_epochs),
            np.linspace(*recipe.spike_learning_rates, recipe.spike_epochs),
        ]
    )
    updates = 0
    for epoch, rate in enumerate(rates):
        distorted = recipe.distortion(pixels, rng)
        # The remainder of a batch is left out: the order is new every epoch.
        order = rng.permutation(len(labels))
        for rows in order[: len(order) // BATCH * BATCH].reshape(-1, BATCH):
            spiking = epoch >= recipe.rate_epochs
            gradients = _gradients(recipe, weights, distorted[rows], targets[rows], spiking)
            updates += 1
            # Adam's correction for averages that started from zero.
            step = np.float32(rate * np.sqrt(1 - SQUARE_MEMORY**updates) / (1 - MEAN_MEMORY**updates))
            decay = np.float32(rate * recipe.weight_decay)
            for w, gradient, mean, square in zip(weights, gradients, means, squares, strict=True):
                mean[...] += (1 - MEAN_MEMORY) * (gradient - mean)
                square[...] += (1 - SQUARE_MEMORY) * (gradient**2 - square)
                w[...] -= step * mean / (np.sqrt(square) + 1e-8) + decay * w
        if progress is not None:
            progress(epoch + 1, len(rates))
    return _fit_range(recipe, weights, recipe.distortion.undistorted(pixels))


def _initial(recipe: Recipe, rng: np.random.Generator) -> Weights:
    """Random weights whose biases start every neuron inside its firing range."""
    inputs, hidden = recipe.inputs, recipe.hidden
    return Weights(
        rng.normal(0, inputs**-0.5, (inputs, hidden)).astype(np.float32),
        np.full(hidden, 0.1, np.float32),
        rng.normal(0, hidden**-0.5, (hidden, CLASSES)).astype(np.float32),
        np.full(CLASSES, 0.3, np.float32),
    )


def _gradients(recipe: Recipe, weights: Weights, images: Floats, targets: Floats, spiking: bool) -> Weights:
    """Gradients of the mean cross-entropy of images [n, inputs] and class probabilities [n, classes]."""
    drive = images @ weights.w_hidden + weights.b_hidden
    hidden = _spike_rates(recipe, weights, images) if spiking else np.clip(drive, 0, 1)
    logits = LOGIT_GAIN * (hidden @ weights.w_output + weights.b_output)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    d_output = LOGIT_GAIN / len(images) * (odds / odds.sum(axis=1, keepdims=True) - targets)
    d_hidden = d_output @ weights.w_output.T * ((drive > 0) & (drive < 1))
    return Weights(images.T @ d_hidden, d_hidden.sum(axis=0), hidden.T @ d_output, d_output.sum(axis=0))


def _spike_rates(recipe: Recipe, weights: Weights, images: Floats) -> Floats:
    """Spikes a step [n, hidden] that reach the outputs from hidden neurons shown images [n, inputs]."""
    counts = np.zeros((len(images), recipe.hidden), np.float32)
    for fired in _hidden_spikes(recipe, weights, images):
        counts += fired
    return counts * np.float32(1 / recipe.steps)


def _hidden_spikes(recipe: Recipe, weights: Weights, images: Floats) -> Iterator[Floats]:
    """Of each step but the last, 1 for each hidden neuron that fires, [n, hidden]: what it fires in the last
    step would arrive only after the image has gone."""
    spikes = rate_code(images, recipe.steps, phase=recipe.phases).astype(np.float32)
    currents = spikes.transpose(1, 0, 2).reshape(-1, recipe.inputs) @ weights.w_hidden + weights.b_hidden
    v = np.zeros((len(images), recipe.hidden), np.float32)
    for current in currents.reshape(recipe.steps, -1, recipe.hidden)[:-1]:
        v += current
        fired = (v >= 1).astype(np.float32)
        v -= fired
        yield fired


def rate_answers(weights: Weights, images: Floats) -> NDArray[np.int64]:
    """What the network of clipped ReLUs answers to images [n, inputs], [n]."""
    hidden = np.clip(images @ weights.w_hidden + weights.b_hidden, 0, 1)
    return (hidden @ weights.w_output + weights.b_output).argmax(1)


def spike_answers(recipe: Recipe, weights: Weights, images: Floats) -> NDArray[np.int64]:
    """What the spiking network answers in floating point: as on a device, but for the rounding, [n]."""
    v = np.zeros((len(images), CLASSES), np.float32) + weights.b_output
    counts = (v >= 1).astype(np.float32)
    v -= counts
    for fired in _hidden_spikes(recipe, weights, images):
        v += fired @ weights.w_output + weights.b_output
        spikes = (v >= 1).astype(np.float32)
        v -= spikes
        counts += spikes
    return np.lexsort((v, counts), axis=1)[:, -1]


def _fit_range(recipe: Recipe, weights: Weights, images: Floats) -> Weights:
    """Scale and shift all outputs alike, which keeps every decision, to fill the 0..1 of a firing rate.

    Nearly every winner among the images [n, inputs] then spikes less than once a step, and nearly every
    runner-up spikes at all, so neither saturation nor silence makes ties.
    """
    ranked = np.sort(_spike_rates(recipe, weights, images) @ weights.w_output + weights.b_output, axis=1)
    low, high = np.quantile(ranked[:, -2], 0.01), np.quantile(ranked[:, -1], 0.99)
    gain = np.float32(0.95 / (high - low))
    b_output = (weights.b_output - np.float32(low)) * gain + np.float32(0.02)
    return weights._replace(w_output=weights.w_output * gain, b_output=b_output)
