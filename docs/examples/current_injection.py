"""Currents into a neuron, as with an electrode: a staircase, and how often a neuron fires at which current.

One neuron gets a current in steps. Sixty others get one constant current each; how often they fire is
compared with the formula of a leaky integrate-and-fire neuron: a spike takes the refractory period, and the
time in which the membrane charges from reset to threshold.

    python docs/examples/current_injection.py     writes docs/pictures/current_injection.png
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import allspike as asp
from allspike.units import ms, mV, nA, nF

MODEL = asp.LIF(tau_m=20 * ms, c_m=1 * nF, v_rest=-65 * mV, v_reset=-65 * mV, v_thresh=-50 * mV, t_ref=2 * ms)
STAIRS = asp.StepCurrent(np.arange(1, 5) * 100 * ms, np.array([0.6, 0.8, 1.6, 0.0]) * nA)
CURRENTS = np.linspace(0.0, 3.0, 60) * nA
PICTURE = Path(__file__).parents[1] / "pictures" / "current_injection.png"


def network(size: int) -> asp.Network:
    """Neurons without a synapse."""
    net = asp.Network(dt=0.1 * ms)
    net.neurons(size, MODEL, "cells")
    return net


def staircase() -> asp.Result:
    """Half a second of one neuron, its potential recorded."""
    return asp.Simulation(network(1)).run(500 * ms, {"cells": STAIRS}, record_v="all")


def measured(duration: float = 2.0) -> NDArray[np.float64]:
    """Firing rate at each current, Hz."""
    simulation = asp.Simulation(network(CURRENTS.size))
    return simulation.run(duration, {"cells": asp.ConstantCurrent(CURRENTS)}).rates("cells")


def formula() -> NDArray[np.float64]:
    """The same for endless time and endlessly small steps."""
    reached = CURRENTS * MODEL.tau_m / MODEL.c_m  # where the potential would end, above rest
    needed = MODEL.v_thresh - MODEL.v_rest
    rates = np.zeros(CURRENTS.size)
    fires = reached > needed
    rates[fires] = 1 / (MODEL.t_ref + MODEL.tau_m * np.log(reached[fires] / (reached[fires] - needed)))
    return rates


def draw() -> None:
    """The staircase above the potential; rates against current."""
    figure, axes = asp.plot.figure(asp.plot.PAGE, 3.0, 1, 2, width_ratios=(1.6, 1))
    asp.plot.membrane(staircase(), network(1)["cells"], axes[0])
    for start, level in zip((100, 200, 300), ("0.6 nA", "0.8 nA", "1.6 nA"), strict=True):
        axes[0].axvspan(start, start + 100, color="0.5", alpha=0.05 + 0.1 * (start // 100), linewidth=0)
        axes[0].text(start + 50, -66.5, level, ha="center", va="top")
    axes[0].set_ylim(bottom=-68.5)
    axes[1].plot(CURRENTS / nA, formula(), color=asp.plot.COLOURS[0], label="formula")
    axes[1].plot(CURRENTS / nA, measured(), ".", color=asp.plot.COLOURS[1], label="device")
    axes[1].set(xlabel="current (nA)", ylabel="rate (Hz)")
    axes[1].legend()
    asp.plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw()
    print(f"wrote {PICTURE}")
