"""A balanced random network: excitation and inhibition cancel, and spikes are irregular.

Each of 500 neurons hears a tenth of the 400 excitatory and of the 100 inhibitory ones, and its own input.
Where inhibition is weak, the network fires as fast and as regularly as it can; where it outweighs excitation,
neurons fire seldom and irregularly, driven by what is left of two large currents (Brunel, Journal of
Computational Neuroscience 8, 2000).

    python docs/examples/balanced.py     writes docs/pictures/balanced.png
"""

from pathlib import Path

import numpy as np

import allspike as asp
from allspike.units import Hz, ms, mV

EXCITATORY, INHIBITORY = 400, 100
STRENGTH = 1.0 * mV
BALANCES = {"g = 2": 2.0, "g = 8": 8.0}
"""How many times as strong as an excitatory synapse an inhibitory one is; 4 would be as much of both."""
PICTURE = Path(__file__).parents[1] / "pictures" / "balanced.png"


def network(balance: float) -> asp.Network:
    """Delta synapses, whose weights are volts; a spike arrives 1.5 ms later."""
    net = asp.Network(dt=0.1 * ms)
    model = asp.LIF(tau_m=20 * ms, tau_syn=0, v_rest=0, v_reset=10 * mV, v_thresh=20 * mV, t_ref=2 * ms,
                    delay=1.5 * ms)  # fmt: skip
    noise = net.inputs(EXCITATORY + INHIBITORY, "noise")
    cells = net.neurons(EXCITATORY + INHIBITORY, model, "cells")
    excite, inhibit = cells[:EXCITATORY], cells[EXCITATORY:]
    net.connect(noise, cells, asp.OneToOne(), weight=STRENGTH)
    net.connect(excite, cells, asp.FixedProbability(0.1, seed=1), weight=STRENGTH, name="excitation")
    net.connect(
        inhibit, cells, asp.FixedProbability(0.1, seed=2), weight=-balance * STRENGTH, name="inhibition"
    )
    return net


def run(balance: float, duration: float = 0.6) -> asp.Result:
    """A run in which each neuron's own input brings 1,600 spikes a second."""
    net = network(balance)
    return asp.Simulation(net, seed=1).run(duration, {"noise": asp.Poisson(1600 * Hz)})


def irregularity(result: asp.Result) -> float:
    """Mean over neurons of how the intervals between spikes vary: 1 for a Poisson process, 0 for a clock."""
    when, who = result.times("cells"), result.spikes["cells"][1]
    intervals = [np.diff(when[who == k]) for k in range(result.sizes["cells"])]
    return float(np.mean([each.std() / each.mean() for each in intervals if each.size > 2]))


def draw() -> None:
    """Spikes and rates of both networks."""
    figure, axes = asp.plot.figure(asp.plot.PAGE, 4.0, 2, 2, height_ratios=(2.2, 1), sharex=True)
    for column, (name, balance) in zip(axes.T, BALANCES.items(), strict=True):
        result = run(balance)
        asp.plot.raster(result, network(balance)["cells"][:100], column[0], window=(0.2, 0.35))
        asp.plot.rates(result, "cells", column[1], width=1 * ms, window=(0.2, 0.35))
        column[0].set(title=f"{name}: irregularity {irregularity(result):.2f}", xlabel="")
    asp.plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw()
    print(f"wrote {PICTURE}")
