"""Where a sound comes from: delay lines and coincidence, as in a barn owl (Jeffress 1948).

A click reaches one ear before the other. From each ear a spike runs along a line of relays, in opposite
directions, 20 us a relay. Detector k fires if both pass it in the same step: where they meet tells how long
one ear waited for the other.

    python docs/examples/delay_lines.py     writes docs/pictures/delay_lines.png
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import allspike as asp
from allspike.units import us

DETECTORS = 21
STEP = 20 * us
LAGS = np.arange(-DETECTORS + 1, DETECTORS, 2)
"""Steps by which the left ear is first, such that the spikes meet at a relay and not between two."""
PICTURE = Path(__file__).parents[1] / "pictures" / "delay_lines.png"


def network() -> asp.Network:
    """Two ears, two lines of relays, detectors that need both."""
    net = asp.Network(dt=STEP)
    ears = net.inputs(2, "ears")
    left = net.neurons(DETECTORS, asp.delta_lif(tau_m=0.0, delay=STEP), "from left")
    right = net.neurons(DETECTORS, asp.delta_lif(tau_m=0.0, delay=STEP), "from right")
    detectors = net.neurons(DETECTORS, asp.delta_lif(tau_m=0.0, v_thresh=1.5), "detectors")
    net.connect(ears[0], left[0], weight=1.0)
    net.connect(left[:-1], left[1:], asp.OneToOne(), weight=1.0)
    net.connect(ears[1], right[-1], weight=1.0)
    net.connect(right[1:], right[:-1], asp.OneToOne(), weight=1.0)
    for line in (left, right):
        net.connect(line, detectors, asp.OneToOne(), weight=1.0)
    return net


def click(simulation: asp.Simulation, lag: int) -> asp.Result:
    """A click that the left ear hears `lag` steps before the right one; negative: after it."""
    simulation.reset()
    heard = asp.SpikeList([max(-lag, 0), max(lag, 0)], [0, 1])
    return simulation.run_steps(2 * DETECTORS, {"ears": heard})


def tuning(simulation: asp.Simulation) -> NDArray[np.int64]:
    """Spikes of each detector at each lag, [lags, detectors]."""
    return np.array([click(simulation, lag).counts("detectors") for lag in LAGS.tolist()])


def draw() -> None:
    """The spikes of one click, and which detector fires at which lag."""
    figure, axes = asp.plot.figure(asp.plot.PAGE, 3.2, 1, 2)
    with asp.Simulation(network(), config="core96") as simulation:
        asp.plot.raster(click(simulation, 8), axes=axes[0])
        fired = tuning(simulation)
    axes[0].set_title(f"left first by {8 * STEP / us:g} $\\mu$s")
    lag, detector = np.nonzero(fired)
    axes[1].plot(LAGS[lag] * STEP / us, detector, "o", color=asp.plot.COLOURS[2])
    axes[1].set(xlabel=r"left first by ($\mu$s)", ylabel="detector", yticks=range(0, DETECTORS, 5))
    axes[1].set_title("the detector that fires tells the lag")
    asp.plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw()
    print(f"wrote {PICTURE}")
