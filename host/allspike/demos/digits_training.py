"""Training of the digits network, off chip, in plain NumPy.

The network has 64 inputs (one a pixel), 240 hidden neurons and 10 outputs; the class is the output that
spikes most. Training has two phases. The first trains clipped ReLUs, the firing rates that integrate-and-fire
neurons approximate. The second puts the spikes in the loop: its forward pass uses the hidden neurons' real
spike counts and its backward pass the clipped ReLU's slope, so the weights absorb what the rates leave out.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..device import Progress
from ..stimulus import rate_code

Floats = NDArray[np.float32]

SIDE = 8  # pixels along an edge of an image
INPUTS = SIDE * SIDE
HIDDEN = 240
CLASSES = 10
STEPS = 32  # time steps an image is shown for

BATCH = 64
RATE_EPOCHS = 300
SPIKE_EPOCHS = 100
RATE_LEARNING_RATES = (3e-3, 3e-4)  # first and last, linear in between
SPIKE_LEARNING_RATES = (1e-3, 0.0)
MEAN_MEMORY, SQUARE_MEMORY = 0.9, 0.99  # of Adam's two running averages
WEIGHT_DECAY = 0.2  # apart from the gradient, as a fraction of the learning rate
LABEL_SMOOTHING = 0.05
LOGIT_GAIN = 10.0  # softmax logits per unit of output rate, so that rates of 0..1 span confident answers

# Bounds of the random distortions of the training images.
MAX_SHIFT = 0.8  # pixels
MAX_WARP = 0.2  # of each entry of the linear map: rotates, zooms and shears

# Golden-ratio phases keep the pixels from spiking in lockstep, which would make the hidden currents lumpy.
PHASES = (np.arange(INPUTS) * 0.6180339887498949 % 1.0).astype(np.float64)


class Weights(NamedTuple):
    """Weights and per-step biases in units of the firing threshold, which is 1.0 for every neuron."""

    w_hidden: Floats  # [inputs, hidden]
    b_hidden: Floats  # [hidden]
    w_output: Floats  # [hidden, classes]
    b_output: Floats  # [classes]


def train(
    images: NDArray[np.float64], labels: NDArray[np.int64], seed: int = 0, progress: Progress | None = None
) -> Weights:
    """Train the network.

    Parameters
    ----------
    images : [images, 64]
        Pixels, 0 to 1.
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
    weights = _initial(rng)
    means = [np.zeros_like(w) for w in weights]
    squares = [np.zeros_like(w) for w in weights]
    rates = np.concatenate(
        [np.linspace(*RATE_LEARNING_RATES, RATE_EPOCHS), np.linspace(*SPIKE_LEARNING_RATES, SPIKE_EPOCHS)]
    )
    updates = 0
    for epoch, rate in enumerate(rates):
        distorted = _distort(pixels, rng)
        # The remainder of a batch is left out: the order is new every epoch.
        order = rng.permutation(len(labels))
        for rows in order[: len(order) // BATCH * BATCH].reshape(-1, BATCH):
            gradients = _gradients(weights, distorted[rows], targets[rows], epoch >= RATE_EPOCHS)
            updates += 1
            # Adam's correction for averages that started from zero.
            step = np.float32(rate * np.sqrt(1 - SQUARE_MEMORY**updates) / (1 - MEAN_MEMORY**updates))
            decay = np.float32(rate * WEIGHT_DECAY)
            for w, gradient, mean, square in zip(weights, gradients, means, squares, strict=True):
                mean[...] += (1 - MEAN_MEMORY) * (gradient - mean)
                square[...] += (1 - SQUARE_MEMORY) * (gradient**2 - square)
                w[...] -= step * mean / (np.sqrt(square) + 1e-8) + decay * w
        if progress is not None:
            progress(epoch + 1, len(rates))
    return _fit_range(weights, pixels)


def _initial(rng: np.random.Generator) -> Weights:
    """Random weights whose biases start every neuron inside its firing range."""
    return Weights(
        rng.normal(0, INPUTS**-0.5, (INPUTS, HIDDEN)).astype(np.float32),
        np.full(HIDDEN, 0.1, np.float32),
        rng.normal(0, HIDDEN**-0.5, (HIDDEN, CLASSES)).astype(np.float32),
        np.full(CLASSES, 0.3, np.float32),
    )


def _distort(images: Floats, rng: np.random.Generator) -> Floats:
    """Map each of the images [n, inputs] by its own random affine map, with bilinear interpolation."""
    n = len(images)
    linear = np.eye(2) + rng.uniform(-MAX_WARP, MAX_WARP, (n, 2, 2))
    shift = rng.uniform(-MAX_SHIFT, MAX_SHIFT, (n, 2, 1))
    centre = (SIDE - 1) / 2
    sources = linear @ (np.indices((SIDE, SIDE)).reshape(2, -1) - centre) + shift + centre
    # One pixel of margin all round stands for the blank paper outside the image.
    sources = np.clip(sources + 1, 0, SIDE + 0.999).transpose(1, 0, 2)
    row, column = corner = sources.astype(np.intp)
    down, right = (sources - corner).astype(np.float32)
    padded = np.pad(images.reshape(n, SIDE, SIDE), ((0, 0), (1, 1), (1, 1)))
    i = np.arange(n)[:, None]
    upper = padded[i, row, column] * (1 - right) + padded[i, row, column + 1] * right
    lower = padded[i, row + 1, column] * (1 - right) + padded[i, row + 1, column + 1] * right
    return upper * (1 - down) + lower * down


def _gradients(weights: Weights, images: Floats, targets: Floats, spiking: bool) -> Weights:
    """Gradients of the mean cross-entropy of images [n, inputs] and class probabilities [n, classes]."""
    drive = images @ weights.w_hidden + weights.b_hidden
    hidden = _spike_rates(weights, images) if spiking else np.clip(drive, 0, 1)
    logits = LOGIT_GAIN * (hidden @ weights.w_output + weights.b_output)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    d_output = LOGIT_GAIN / len(images) * (odds / odds.sum(axis=1, keepdims=True) - targets)
    d_hidden = d_output @ weights.w_output.T * ((drive > 0) & (drive < 1))
    return Weights(images.T @ d_hidden, d_hidden.sum(axis=0), hidden.T @ d_output, d_output.sum(axis=0))


def _spike_rates(weights: Weights, images: Floats) -> Floats:
    """Spikes a step [n, hidden] that reach the outputs from hidden neurons shown images [n, inputs]."""
    spikes = rate_code(images, STEPS, phase=PHASES).astype(np.float32)
    currents = spikes.transpose(1, 0, 2).reshape(-1, INPUTS) @ weights.w_hidden + weights.b_hidden
    v = np.zeros((len(images), HIDDEN), np.float32)
    counts = np.zeros_like(v)
    # What a hidden neuron fires in the last step would arrive only after the image has gone.
    for current in currents.reshape(STEPS, -1, HIDDEN)[:-1]:
        v += current
        fired = (v >= 1).astype(np.float32)
        v -= fired
        counts += fired
    return counts * np.float32(1 / STEPS)


def _fit_range(weights: Weights, images: Floats) -> Weights:
    """Scale and shift all outputs alike, which keeps every decision, to fill the 0..1 of a firing rate.

    Nearly every winner among the images [n, inputs] then spikes less than once a step, and nearly every
    runner-up spikes at all, so neither saturation nor silence makes ties.
    """
    ranked = np.sort(_spike_rates(weights, images) @ weights.w_output + weights.b_output, axis=1)
    low, high = np.quantile(ranked[:, -2], 0.01), np.quantile(ranked[:, -1], 0.99)
    gain = np.float32(0.95 / (high - low))
    b_output = (weights.b_output - np.float32(low)) * gain + np.float32(0.02)
    return weights._replace(w_output=weights.w_output * gain, b_output=b_output)
