"""Who is speaking: nine men say "a-e", and a recurrent network of 96 neurons tells them apart.

JapaneseVowels (M. Kudo, J. Toyama, M. Shimbo, Pattern Recognition Letters 20, 1999): 12 coefficients of a
voice in 7 to 29 frames, 270 utterances to learn, 370 to answer. Each coefficient is 12 inputs, of which the
nearest to its value spikes. Of nine neurons that never fire, the one whose V is highest says who it was.

    python docs/examples/vowels.py [--short]     writes docs/pictures/vowels.png
"""

import sys
from pathlib import Path

import numpy as np
from sktime.datasets import load_japanese_vowels

import allspike as asp
from allspike import training
from allspike.units import ms

HIDDEN, CODE, REPEAT, FRAMES = 96, 12, 2, 30
NOISE = 0.3  # while it learns, as a share of a coefficient's spread: once an utterance, and once a frame
INPUT, OUTPUT, BUILD = "voice", "speaker", "core256"
PICTURE = Path(__file__).parents[1] / "pictures" / "vowels.png"


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Utterances [samples, frames, 12], NaN where they have ended, and who spoke, 0 to 8."""
    table, speakers = load_japanese_vowels(split=split, return_type="nested_univ")
    found = np.full((len(table), FRAMES, table.shape[1]), np.nan)
    for sample, channel in np.ndindex(*table.shape):
        found[sample, : len(table.iat[sample, channel]), channel] = table.iat[sample, channel]
    return found, speakers.astype(int) - 1


LEARN, LEARN_CLASS = load("train")
TEST, TEST_CLASS = load("test")
LOW, HIGH = np.nanquantile(LEARN, (0.01, 0.99), axis=(0, 1))
SPREAD = np.nanstd(LEARN, axis=(0, 1))


def encode(utterances: np.ndarray) -> np.ndarray:
    """Spikes [samples, steps, inputs]."""
    return training.population_code(utterances, LOW, HIGH, CODE, REPEAT)


def disturbed(rng: np.random.Generator) -> np.ndarray:
    """The utterances to learn from, each time a little otherwise."""
    once, each = rng.normal(size=(len(LEARN), 1, 12)), rng.normal(size=LEARN.shape)
    return encode(LEARN + NOISE * SPREAD * (once + each))


def train(seed: int, epochs: int = 120, bits: int | None = None) -> asp.Network:
    """The network after learning."""
    rng, net = np.random.default_rng(seed), asp.Network(dt=1 * ms)
    cell = asp.LIF(tau_m=10 * ms, tau_syn=5 * ms, c_m=1e-3, v_rest=0, v_reset=0, v_thresh=1, reset="subtract")
    voice, hidden = net.inputs(12 * CODE, INPUT), net.neurons(HIDDEN, cell, "hidden")
    speaker = net.neurons(9, training.readout(), OUTPUT)
    for pre, post, spread in ((voice, hidden, 0.14), (hidden, hidden, 0.02), (hidden, speaker, 0.02)):
        net.connect(pre, post, weight=rng.normal(0, spread, (pre.size, post.size)))
    return training.fit(net, disturbed, LEARN_CLASS, epochs=epochs, batch=90, bits=bits, seed=seed)


if __name__ == "__main__":
    net, spikes = train(0, 20 if "--short" in sys.argv else 120), encode(TEST)
    with training.calibrate(net, {INPUT: encode(LEARN)}, BUILD).simulation() as simulation:
        answers = training.answers(simulation, {INPUT: spikes}, OUTPUT)
        simulation.reset()
        result = simulation.run_steps(spikes.shape[1], {INPUT: spikes[0]}, record_v=OUTPUT)
    right = np.mean(training.answers(net, {INPUT: spikes}, OUTPUT) == TEST_CLASS)
    print(f"{right:.1%} right in float64, {np.mean(answers == TEST_CLASS):.1%} in 8 bits")
    figure, axes = asp.plot.figure(asp.plot.PAGE, 2.8, 1, 3)
    asp.plot.raster(result, "hidden", axes=axes[0])
    asp.plot.membrane(result, OUTPUT, axes=axes[1])
    table = np.histogram2d(TEST_CLASS, answers, bins=np.arange(10))[0].astype(int)
    asp.plot.confusion(table, [str(k) for k in range(1, 10)], axes=axes[2])
    asp.plot.save(figure, PICTURE)
    print(f"wrote {PICTURE}")
