"""What someone is doing: a Legendre memory unit of spiking populations tells four activities apart.

BasicMotions (UEA archive, A. Bagnall et al. 2018): accelerometer and gyroscope on a wrist, 6 channels of 100
samples at 10 Hz, 40 records to learn, 40 to answer. As in the L2MU (V. Fra et al., arXiv:2407.04076, 2024)
each part of the Legendre memory unit (A. Voelker et al., NeurIPS 2019) is a population of current-based LIF
neurons. The memory holds the past 10 s of a channel as Legendre coefficients, each in a neuron that fires the
more and one that fires the less the larger it is. From there all weights are trained.

    python docs/examples/motions.py [--short]     writes docs/pictures/motions.png
"""

import sys
from pathlib import Path

import numpy as np
from scipy.linalg import expm
from sktime.datasets import load_basic_motions

import allspike as asp
from allspike import training
from allspike.units import ms

CHANNELS, CODE, ORDER, HIDDEN, WINDOW, CURRENT, TONIC = 6, 8, 4, 32, 100, 5, 0.4
INPUT, OUTPUT, BUILD = "sensors", "activity", "core96"
PICTURE = Path(__file__).parents[1] / "pictures" / "motions.png"


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Records [samples, 100, 6], and the activities, 0 to 3."""
    array, activities = load_basic_motions(split=split, return_type="numpy3D")
    return array.swapaxes(1, 2), np.unique(activities, return_inverse=True)[1]


LEARN, LEARN_CLASS = load("train")
TEST, TEST_CLASS = load("test")
LOW, HIGH = np.quantile(LEARN, (0.02, 0.98), axis=(0, 1))


def encode(records: np.ndarray) -> np.ndarray:
    """Spikes [samples, steps, inputs]."""
    return training.population_code(records, LOW, HIGH, CODE)


def disturbed(rng: np.random.Generator) -> np.ndarray:
    """The records to learn from, begun anywhere and a little noisy."""
    moved = np.stack([np.roll(record, rng.integers(100), axis=0) for record in LEARN])
    return encode(moved + 0.1 * LEARN.std(axis=(0, 1)) * rng.normal(size=LEARN.shape))


def memory() -> tuple[np.ndarray, np.ndarray]:
    """What takes Legendre coefficients of a window, [pre, post], and the newest value on by a step."""
    i, j = np.indices((ORDER, ORDER))
    rates = np.where(i < j, -1.0, (-1.0) ** (i - j + 1)) * (2 * i + 1) / WINDOW
    drive = ((-1.0) ** np.arange(ORDER) * (2 * np.arange(ORDER) + 1) / WINDOW)[:, None]
    step = expm(np.block([[rates, drive], [np.zeros((1, ORDER + 1))]]))
    alpha = np.exp(-1 / CURRENT)  # the synaptic current does part of it
    return (step[:-1, :-1] - alpha * np.eye(ORDER)).T / (1 - alpha), step[None, :-1, -1] / (1 - alpha)


def lif(tau_m: float, tau_syn: float, tonic: float = 0.0) -> asp.LIF:
    """Time constants in steps; a spike brings in all as many thresholds as its weight says."""
    return asp.LIF(
        tau_m=tau_m * ms, tau_syn=tau_syn * ms, c_m=tau_syn * ms, v_rest=0, v_reset=0, v_thresh=1,
        v_drift=tonic / ms, reset="subtract",
    )  # fmt: skip


def train(seed: int, epochs: int = 100, bits: int | None = None) -> asp.Network:
    """The network after learning."""
    rng, net = np.random.default_rng(seed), asp.Network(dt=1 * ms)
    sensors, value = net.inputs(CHANNELS * CODE, INPUT), net.neurons(2 * CHANNELS, lif(40, 2, TONIC), "value")
    past = net.neurons(2 * CHANNELS * ORDER, lif(40, CURRENT, TONIC), "memory")
    hidden = net.neurons(HIDDEN, lif(10, 5), "hidden")
    activity = net.neurons(4, training.readout(), OUTPUT)
    signs, (kept, taken) = np.array([[1, -1], [-1, 1]]), memory()
    each = np.eye(CHANNELS)
    net.connect(sensors, value, np.kron(each, np.outer(np.linspace(-0.35, 0.35, CODE), signs[0])))
    net.connect(value, past, np.kron(each, np.kron(taken, signs)))
    net.connect(past, past, np.kron(each, np.kron(kept, signs / 2)))
    net.connect(past, hidden, np.kron(rng.normal(0, 0.7, (past.size // 2, HIDDEN)), signs[:, :1]))
    for pre, post, spread in (
        (sensors, hidden, 1.0), (hidden, hidden, 0.07), (hidden, value, 0.01), (hidden, activity, 0.015),
    ):  # fmt: skip
        net.connect(pre, post, weight=rng.normal(0, spread, (pre.size, post.size)))
    return training.fit(
        net, disturbed, LEARN_CLASS, epochs=epochs, batch=20, rate=3e-3, scale=0.2, bits=bits, seed=seed
    )


if __name__ == "__main__":
    net, spikes = train(0, 30 if "--short" in sys.argv else 100), encode(TEST)
    with training.calibrate(net, {INPUT: encode(LEARN)}, BUILD).simulation() as simulation:
        answers = training.answers(simulation, {INPUT: spikes}, OUTPUT)
        simulation.reset()
        result = simulation.run_steps(spikes.shape[1], {INPUT: spikes[-1]}, record_v=OUTPUT)
    right = np.mean(training.answers(net, {INPUT: spikes}, OUTPUT) == TEST_CLASS)
    print(f"{right:.1%} right in float64, {np.mean(answers == TEST_CLASS):.1%} in 8 bits")
    figure, axes = asp.plot.figure(asp.plot.PAGE, 2.8, 1, 2)
    asp.plot.raster(result, ["memory", "hidden"], axes=axes[0])
    asp.plot.membrane(result, OUTPUT, axes=axes[1])
    asp.plot.save(figure, PICTURE)
    print(f"wrote {PICTURE}")
