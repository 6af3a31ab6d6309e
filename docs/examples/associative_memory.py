"""A memory that recalls whole patterns from their upper halves, and how many it holds.

The weights are Hopfield's (PNAS 79, 1982): the sum over the patterns, +1 where a neuron is on and -1 where it
is off, of the product of both neurons' values. They are whole numbers, so 8 bits hold up to 127 patterns
exactly. Neurons without memory fire in a step if more of their synapses vote for it than against; a half of a
pattern is made to fire once, and the network completes it and holds it.

    python docs/examples/associative_memory.py [--short]     writes docs/pictures/associative_memory.png
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import allspike as asp

SIDE = 16
SIZE = SIDE * SIDE
STEPS = 12
RECALLED = 0.95
"""Share of the neurons that must agree, less those that do not."""
LOADS = (4, 8, 12, 16, 20, 24, 28, 32, 36, 40)
PICTURE = Path(__file__).parents[1] / "pictures" / "associative_memory.png"


def patterns(count: int, seed: int = 0) -> NDArray[np.int64]:
    """Random patterns of +1 and -1, as many of either, [patterns, neurons]."""
    half = np.repeat([1, -1], SIZE // 2)
    return np.random.default_rng(seed).permuted(np.tile(half, (count, 1)), axis=1)


def recall(stored: NDArray[np.int64], cues: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Spikes after each cue, [cues, steps, neurons]; of the cue's +1 the upper half fires in step 0."""
    net = asp.Network(dt=1e-3)
    eye = net.inputs(SIZE, "eye")
    cells = net.neurons(SIZE, asp.delta_lif(tau_m=0.0), "cells")
    net.connect(eye, cells, asp.OneToOne(), weight=1.0)
    net.connect(cells, cells, (stored.T @ stored) * (1.0 - np.eye(SIZE)))
    spikes = []
    with asp.Simulation(net, config="core256", weight_unit=1.0, weight_shift=0) as simulation:
        for cue in cues:
            simulation.reset()
            seen = np.flatnonzero(cue[: SIZE // 2] > 0)
            shown = asp.SpikeList(np.zeros(seen.size, int), seen)
            spikes.append(simulation.run_steps(STEPS, {"eye": shown}).array("cells"))
    return np.array(spikes)


def overlaps(count: int, seed: int) -> NDArray[np.float64]:
    """How well each of `count` stored patterns is recalled: 1 is perfect, 0 is chance, [patterns]."""
    stored = patterns(count, seed)
    return np.mean(np.where(recall(stored, stored)[:, -1], 1, -1) * stored, axis=1)


def draw(seeds: int = 5) -> None:
    """A recall step by step, and recall against the number of patterns."""
    figure, axes = asp.plot.figure(9.0, 2.6, 1, 5, width_ratios=(1, 1, 1, 1, 2.4))
    stored = patterns(16)
    spikes = recall(stored, stored[:1])[0]
    frames = (stored[0] > 0, spikes[0], spikes[1], spikes[-1])
    for axis, frame, title in zip(axes, frames, ("stored", "step 0", "step 1", "step 11"), strict=False):
        axis.imshow(frame.reshape(SIDE, SIDE), cmap="Greys", vmin=0, vmax=1)
        axis.set(title=title, xticks=[], yticks=[])
        axis.spines[:].set_visible(True)
    found = [np.concatenate([overlaps(load, seed) for seed in range(seeds)]) for load in LOADS]
    axes[4].plot(LOADS, [o.mean() for o in found], "o-", color=asp.plot.COLOURS[0], label="mean overlap")
    shares = [np.mean(o > RECALLED) for o in found]
    axes[4].plot(LOADS, shares, "s-", color=asp.plot.COLOURS[1], label=f"share above {RECALLED}")
    axes[4].set(xlabel=f"patterns in {SIZE} neurons", ylim=(0, 1.05), title="recalled from halves")
    axes[4].legend(loc="lower left")
    asp.plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw(1 if "--short" in sys.argv else 5)
    print(f"wrote {PICTURE}")
