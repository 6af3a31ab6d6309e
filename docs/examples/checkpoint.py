"""A run that is stopped half way, kept in a file, and goes on as if nothing had been between.

Sixteen neurons learn from random spikes. After a second the simulation is written to a file and closed;
another goes on from the file. Its spikes and weights are those of a simulation that was never stopped, to the
last bit, although spikes are random and learning rounds by chance: the generators are in the file too.

    python docs/examples/checkpoint.py     writes docs/pictures/checkpoint.png
"""

import tempfile
from pathlib import Path

import allspike as asp
from allspike.units import Hz, ms, nA, s

STOP = 1 * s
PICTURE = Path(__file__).parents[1] / "pictures" / "checkpoint.png"


def network() -> asp.Network:
    """Noise to neurons, plastic; nothing else."""
    net = asp.Network(dt=1 * ms)
    noise, cells = net.inputs(40, "noise"), net.neurons(16, asp.LIF(t_ref=3 * ms), "cells")
    rule = asp.STDP(a_plus=0.006 * nA, a_minus=0.004 * nA, tau_minus=40 * ms, w_max=0.4 * nA)
    net.connect(noise, cells, weight=0.2 * nA, stdp=rule, name="learning")
    return net


def run(simulation: asp.Simulation) -> asp.Result:
    """A second of noise, with the weights recorded on the way."""
    return simulation.run(STOP, {"noise": asp.Poisson(30 * Hz)}, record_weights=20)


def uninterrupted() -> asp.Result:
    """Both halves by one simulation."""
    with asp.Simulation(network(), seed=1) as simulation:
        return run(simulation) + run(simulation)


def interrupted(path: Path) -> asp.Result:
    """The second half by another simulation, from the file."""
    with asp.Simulation(network(), seed=1) as simulation:
        first = run(simulation)
        simulation.checkpoint(path)
    with asp.Simulation.resume(path) as simulation:
        return first + run(simulation)


def draw() -> None:
    """Spikes and weights of the run in two halves."""
    figure, axes = asp.plot.figure(asp.plot.PAGE, 4.0, 2, 1, sharex=True)
    with tempfile.TemporaryDirectory() as folder:
        result = interrupted(Path(folder) / "half.npz")
    asp.plot.raster(result, axes=axes[0])
    asp.plot.weight_history(result, axes=axes[1])
    for axis in axes:
        axis.axvline(STOP, color="0.3", linestyle="--", linewidth=1)
    axes[0].set(xlabel="", title="dashed: kept in a file, and resumed from it")
    asp.plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw()
    print(f"wrote {PICTURE}")
