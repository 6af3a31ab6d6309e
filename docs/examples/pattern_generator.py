"""Twelve neurons that walk: a central pattern generator whose rhythm a neuromodulator changes.

Three neurons drive each of four legs. A leg's neurons excite each other and inhibit those of the other legs,
the next one least. All are driven alike; the leg that leads tires, for every spike raises its neurons'
thresholds for a while, and gives way to the next. Nothing outside sets the rhythm. A modulator that excites
all neurons alike makes them tire and recover sooner: the same steps in the same order, faster.

    python docs/examples/pattern_generator.py     writes docs/pictures/pattern_generator.png
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import allspike as asp
from allspike.units import ms, mV, nA

LEGS, EACH = 4, 3
SETTLING = 500  # steps after which the rhythm is steady
PICTURE = Path(__file__).parents[1] / "pictures" / "pattern_generator.png"


def network() -> asp.Network:
    """The generator and its modulator."""
    net = asp.Network(dt=1 * ms)
    modulator = net.inputs(1, "modulator")
    model = asp.LIF(
        tau_m=20 * ms, tau_syn=10 * ms, t_ref=3 * ms, i_offset=1.2 * nA, theta_plus=1 * mV,
        tau_theta=150 * ms, v_thresh=np.linspace(-50, -49.5, LEGS * EACH) * mV,
    )  # fmt: skip
    cells = net.neurons(LEGS * EACH, model, "cells")
    leg = np.arange(LEGS * EACH) // EACH
    ahead = (leg[None, :] - leg[:, None]) % LEGS  # 0: the same leg, 1: the next
    weights = np.choose(ahead, (0.5, -0.1, -1.0, -1.0)) * (1 - np.eye(LEGS * EACH))
    net.connect(cells, cells, weights * nA)
    net.connect(modulator, cells, weight=0.25 * nA)
    return net


def run(rates: NDArray[np.float64]) -> asp.Result:
    """A run in which the modulator fires `rates[t]` times a second around step t."""
    modulator = np.diff(np.floor(np.cumsum(rates) * 1e-3), prepend=0.0) > 0
    stimulus = {"modulator": asp.SpikeArray(modulator[:, None])}
    return asp.Simulation(network(), config="core96").run_steps(rates.size, stimulus)


def steps_of(result: asp.Result) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When a leg takes the lead, and which."""
    activity = result.array("cells").reshape(result.steps, LEGS, EACH).sum(axis=2).T
    leader = np.argmax([np.convolve(spikes, np.hanning(60), "same") for spikes in activity], axis=0)
    when = np.flatnonzero(np.diff(leader)) + 1
    return when, leader[when]


def period(result: asp.Result) -> float:
    """Milliseconds from one lead of the first leg to the next, once steady."""
    when, leg = steps_of(result)
    return float(np.diff(when[(leg == 0) & (when > SETTLING)]).mean())


def draw() -> None:
    """The modulator switched on and off, and the period against its rate."""
    figure, axes = asp.plot.figure(9.0, 3.0, 1, 2, width_ratios=(2.6, 1))
    result = run(np.repeat([0.0, 250.0, 0.0], 700))
    when, who = result.spikes["cells"]
    axes[0].scatter(when * result.dt, who, s=5, color=np.array(asp.plot.COLOURS)[who // EACH])
    axes[0].axvspan(0.7, 1.4, color="0.92", zorder=0)
    axes[0].set(xlabel="time (s)", ylabel="leg", title="grey: the modulator fires 250 times a second")
    axes[0].set(yticks=range(1, LEGS * EACH, EACH), yticklabels=range(1, LEGS + 1), xlim=(0, 2.1))
    rates = np.arange(0.0, 251.0, 50.0)
    axes[1].plot(rates, [period(run(np.full(3000, r))) for r in rates], "o-", color=asp.plot.COLOURS[0])
    axes[1].set(xlabel="modulator (spikes a second)", ylabel="period (ms)", ylim=(0, 220))
    asp.plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw()
    print(f"wrote {PICTURE}")
