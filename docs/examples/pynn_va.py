"""A benchmark of PyNN's kind: the current-based network of Vogels and Abbott, a quarter of its size.

800 neurons excite and 200 inhibit; each hears 80 of them, as in the original of 4,000 (T. P. Vogels and
L. F. Abbott, Journal of Neuroscience 25, 2005; R. Brette et al., Journal of Computational Neuroscience 23,
2007). They rest above their threshold, so that the network keeps itself going. A neuron here has one synaptic
current: inhibition lasts 5 ms instead of 10, at twice its strength, which is as much charge.

A PyNN script, but for its import: with `import pyNN.nest as sim` it runs in NEST.

    python docs/examples/pynn_va.py     writes docs/pictures/pynn_va.png
"""

from pathlib import Path
from typing import Any

import numpy as np
from pyNN.random import NumpyRNG, RandomDistribution

import allspike.pynn as sim
from allspike import plot

CELLS, EXCITATORY, HEARD = 1000, 800, 80
CELL = {
    "tau_m": 20.0, "cm": 0.2, "v_rest": -49.0, "v_reset": -60.0, "v_thresh": -50.0, "tau_refrac": 5.0,
    "tau_syn_E": 5.0, "tau_syn_I": 5.0,
}  # fmt: skip
WEIGHTS = {"excitatory": 0.0162, "inhibitory": -0.18}
"""nA; 0.27 nS and 4.5 nS at the mean potential of -60 mV, the latter twice for the shorter time constant."""
PICTURE = Path(__file__).parents[1] / "pictures" / "pynn_va.png"


def run(simulator: Any = sim, duration: float = 1000.0, **setup: Any) -> list[np.ndarray]:
    """Times of each neuron's spikes, ms."""
    simulator.setup(timestep=0.1, min_delay=0.1, **setup)
    rng = NumpyRNG(seed=42)
    cells = simulator.Population(CELLS, simulator.IF_curr_exp(**CELL), label="cells")
    cells.initialize(v=RandomDistribution("uniform", low=-60.0, high=-50.0, rng=rng))
    wiring = simulator.FixedProbabilityConnector(HEARD / CELLS, rng=rng)
    parts = {"excitatory": cells[:EXCITATORY], "inhibitory": cells[EXCITATORY:]}
    for kind, part in parts.items():
        synapse = simulator.StaticSynapse(weight=WEIGHTS[kind], delay=0.2)
        simulator.Projection(part, cells, wiring, synapse, receptor_type=kind, label=kind)
    cells.record("spikes")
    simulator.run(duration)
    trains = [np.asarray(train) for train in cells.get_data().segments[0].spiketrains]
    simulator.end()
    return trains


def rate(trains: list[np.ndarray], duration: float = 1000.0) -> float:
    """Mean over the neurons, Hz, after the first 100 ms."""
    return float(np.mean([(train > 100.0).sum() for train in trains]) / (duration - 100.0) * 1e3)


def irregularity(trains: list[np.ndarray]) -> np.ndarray:
    """Of each neuron with intervals enough how they vary: standard deviation by mean, CV."""
    intervals = [np.diff(train[train > 100.0]) for train in trains]
    return np.array([each.std() / each.mean() for each in intervals if each.size >= 5])


def draw() -> None:
    """Spikes of some neurons, and the irregularity of all."""
    trains = run()
    figure, axes = plot.figure(plot.PAGE, 3.4, 1, 2, width_ratios=(2.4, 1))
    left, right = axes.ravel()
    left.eventplot(trains[:: CELLS // 100], colors="k", linewidths=0.8)
    left.set(title=f"{rate(trains):.1f} Hz", xlabel="time (ms)", ylabel="every tenth neuron", xlim=(0, 1000))
    values = irregularity(trains)
    right.hist(values, 20, color="0.4")
    right.set(title=f"mean CV {values.mean():.2f}", xlabel="CV of intervals", ylabel="neurons")
    plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw()
    print(f"wrote {PICTURE}")
