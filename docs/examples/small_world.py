"""Path lengths of a small world, read from spikes.

Every neuron fires once, one step after the first spike that reaches it: so the step in which a neuron fires
is its distance from where the spike began. A few rewired synapses shorten the way to everybody, while
neighbours of a neuron stay neighbours of each other (Watts and Strogatz, Nature 393, 1998).

    python docs/examples/small_world.py     writes docs/pictures/small_world.png
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import allspike as asp
from allspike.units import ms

SIZE, NEIGHBOURS = 96, 6
PROBABILITIES = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
PICTURE = Path(__file__).parents[1] / "pictures" / "small_world.png"


def world(p: float, seed: int = 1) -> asp.Network:
    """A ring whose synapses are rewired with probability p; each synapse fires its neuron, once a run."""
    net = asp.Network(dt=1 * ms)
    start = net.inputs(SIZE, "start")
    cells = net.neurons(SIZE, asp.delta_lif(tau_m=np.inf, t_ref=250 * ms), "cells")
    net.connect(start, cells, asp.OneToOne(), weight=1.0)
    net.connect(cells, cells, asp.SmallWorld(NEIGHBOURS, p, seed), weight=1.0, name="ring")
    return net


def distances(net: asp.Network, steps: int = 40) -> NDArray[np.int64]:
    """Step in which each neuron fires after a spike in each other, [start, cells]; -1 where it does not."""
    found = np.full((SIZE, SIZE), -1)
    with asp.Simulation(net, config="core96") as simulation:
        for start in range(SIZE):
            simulation.reset()
            when, who = simulation.run_steps(steps, {"start": asp.SpikeList([0], [start])}).spikes["cells"]
            found[start, who] = when
    return found


def clustering(net: asp.Network) -> float:
    """How often two neurons that a neuron reaches are joined by a synapse."""
    reaches = net["ring"].matrix() > 0
    joined = reaches | reaches.T
    return float(np.mean([joined[np.ix_(row, row)].sum() / (row.sum() * (row.sum() - 1)) for row in reaches]))


def path_length(found: NDArray[np.int64]) -> float:
    """Mean distance of two neurons."""
    return float(found[found > 0].mean())


def draw() -> None:
    """Waves from one neuron in three worlds, and what rewiring does to paths and neighbourhoods."""
    figure, axes = asp.plot.figure(9.0, 3.0, 1, 4, width_ratios=(1, 1, 1, 1.8))
    nets = {p: world(p) for p in PROBABILITIES}
    found = {p: distances(net) for p, net in nets.items()}
    for axis, p in zip(axes, (0.0, 0.03, 1.0), strict=False):
        axis.scatter(found[p][48], np.arange(SIZE), s=4, color=asp.plot.COLOURS[0])
        axis.set(title=f"p = {p:g}", xlabel="step of the spike", xlim=(-0.5, 17), ylim=(0, SIZE - 1))
    axes[0].set_ylabel("neuron")
    lengths = [path_length(found[p]) / path_length(found[0.0]) for p in PROBABILITIES]
    clusters = [clustering(nets[p]) / clustering(nets[0.0]) for p in PROBABILITIES]
    shown = [max(p, 1e-3) for p in PROBABILITIES]  # a logarithmic axis has no 0
    axes[3].semilogx(shown, lengths, "o-", color=asp.plot.COLOURS[0], label="path length, in spikes")
    axes[3].semilogx(shown, clusters, "s-", color=asp.plot.COLOURS[1], label="clustering")
    axes[3].set(xlabel="rewired share p (first point: 0)", ylim=(0, 1.05), title="relative to the ring")
    axes[3].legend(loc="lower left")
    asp.plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw()
    print(f"wrote {PICTURE}")
