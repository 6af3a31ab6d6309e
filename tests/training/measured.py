"""What the networks of the documentation answer in float64 and in 8 bits, and what calibration does."""

import runpy
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

import allspike as asp
from allspike import training
from allspike.training import Loss
from tests.data import DATA

ROOT = Path(__file__).parents[2]
FOLDER = DATA
BRAILLE = {"braille_noDelay_bias_zero": "zero", "braille_noDelay_noBias_subtract": "subtract"}
"""Files, and how their neurons are reset."""


def example(name: str) -> SimpleNamespace:
    """One of docs/examples that trains."""
    return SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "examples" / f"{name}.py")))


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing is said of rounding: it is what is measured."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", asp.QuantisationWarning)
        yield


@dataclass(frozen=True)
class Shares:
    """Of the test samples the share that is answered right."""

    exact: float
    """In float64."""
    compiled: float
    """On the emulator, as the compiler rounds by itself."""
    calibrated: float
    aware: float
    """On the emulator, of a network that was trained with rounded weights."""
    before: Loss
    """Of the test samples, as compiled."""
    after: Loss
    """And calibrated."""
    seconds: float
    """That training took."""


def shares(script: SimpleNamespace, seed: int, epochs: int | None = None) -> Shares:
    """Of a network of an example."""
    options = {} if epochs is None else {"epochs": epochs}
    spikes, began = script.encode(script.TEST), time.process_time()
    net = script.train(seed, **options)
    seconds = time.process_time() - began
    calibration = training.calibrate(net, {script.INPUT: script.encode(script.LEARN)}, script.BUILD)
    before, after = calibration.evaluate({script.INPUT: spikes})

    def right(source: asp.Network | asp.Simulation) -> float:
        found = training.answers(source, {script.INPUT: spikes}, script.OUTPUT)
        return float(np.mean(found == script.TEST_CLASS))

    with (
        quiet(),
        asp.Simulation(net, config=script.BUILD) as compiled,
        calibration.simulation() as calibrated,
    ):
        aware = asp.Simulation(script.train(seed, bits=8, **options), config=script.BUILD)
        return Shares(
            right(net), right(compiled), right(calibrated), right(aware), before, after, seconds
        )  # fmt: skip


def surrogates(sample: NDArray[np.bool_], count: int, seed: int) -> list[NDArray[np.bool_]]:
    """Inputs that are not the sample but like it, [steps, inputs] each: its channels shifted in time, its
    channels exchanged, and Poisson spikes of its rates in turn."""
    rng, (steps, channels) = np.random.default_rng(seed), sample.shape
    window = np.ones(31) / 31
    rates = np.stack([np.convolve(channel, window, "same") for channel in sample.T], axis=1)
    found = []
    for k in range(count):
        if k % 3 == 0:
            made = np.stack([np.roll(channel, rng.integers(steps)) for channel in sample.T], axis=1)
        elif k % 3 == 1:
            made = np.roll(sample, rng.integers(steps), axis=0)[:, rng.permutation(channels)]
        else:
            made = rng.random(sample.shape) < rates
        found.append(made.astype(bool))
    return found


@dataclass(frozen=True)
class Braille:
    """A Braille network: entries of its hidden neurons off snnTorch's own, and what is off in new inputs."""

    hidden: int
    """Entries of the published spikes."""
    exact: int
    """Of which float64 has so many otherwise."""
    compiled: int
    calibrated: int
    calibration: training.Calibration
    before: Loss
    """Of surrogate inputs that took no part in the calibration."""
    after: Loss


def braille(name: str, seed: int, count: int = 120) -> Braille:
    """The network of a file, calibrated with surrogate inputs that are drawn from `seed`."""
    net = asp.Network.from_nir(FOLDER / "nir" / f"{name}.nir", origin="snntorch", reset=BRAILLE[name])
    sample = np.load(FOLDER / "nir_golden" / "braille_test0_input.npy") > 0
    model = name.removeprefix("braille_")
    published = np.load(FOLDER / "nir_golden" / f"snntorch_activity_{model}.npy") > 0
    translation = net.translation
    steps = translation.steps(len(sample))

    def given(arrays: list[NDArray[np.bool_]]) -> list[dict]:
        return [translation.stimuli(array) for array in arrays]

    def off(spikes: NDArray[np.bool_]) -> int:
        return int((spikes[: len(published)] != published).sum())

    def on(simulation: asp.Simulation) -> int:
        with simulation:
            translation.start(simulation)
            return off(simulation.run_steps(steps, translation.stimuli(sample)).array("lif1.lif"))

    calibration = training.calibrate(net, given(surrogates(sample, count, seed)), "core96", steps=steps)
    before, after = calibration.evaluate(given(surrogates(sample, 60, 10_000 + seed)), steps)
    exact = training.float_run(net, translation.stimuli(sample), steps)
    with quiet():
        compiled = on(asp.Simulation(net, config="core96"))
    return Braille(
        published.size, off(exact.spikes("lif1.lif")[0]), compiled, on(calibration.simulation()), calibration,
        before, after,
    )  # fmt: skip
