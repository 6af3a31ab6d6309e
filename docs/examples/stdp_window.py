"""The window of a learning rule, measured: pairs of spikes at many lags, and what they do to a weight.

A spike arrives at a synapse, and its neuron is made to fire before or after; the weight is read before and
after. Changes smaller than a weight unit are rounded up or down by chance, so that they are right on average:
bars are two standard errors of that average.

    python docs/examples/stdp_window.py [--short]     writes docs/pictures/stdp_window.png
"""

import sys
from pathlib import Path

import allspike as asp
from allspike.units import ms, nA

RULES = {
    "Hebbian": asp.STDP(
        a_plus=0.05 * nA, a_minus=0.06 * nA, w_max=1 * nA, tau_plus=15 * ms, tau_minus=30 * ms
    ),
    "anti-Hebbian": asp.STDP(a_plus=-0.05 * nA, a_minus=-0.04 * nA, w_max=1 * nA),
    "rectangular": asp.STDP(
        a_plus=0.03 * nA,
        a_minus=0.04 * nA,
        w_max=1 * nA,
        tau_plus=30 * ms,
        tau_minus=30 * ms,
        pairing="window",
    ),
}
PICTURE = Path(__file__).parents[1] / "pictures" / "stdp_window.png"


def measure(name: str, repeats: int) -> asp.Window:
    """The window of a rule as the build for an iCE40 UP5K makes it."""
    return asp.measure_window(RULES[name], config="up5k", repeats=repeats)


def draw(repeats: int) -> None:
    """The window of each rule, beside its theory."""
    figure, axes = asp.plot.figure(asp.plot.PAGE, 2.6, 1, len(RULES), sharey=True)
    for axis, name in zip(axes, RULES, strict=True):
        asp.plot.window(measure(name, repeats), axis)
        axis.set_title(name)
    for axis in axes[1:]:
        axis.set_ylabel("")
        axis.get_legend().remove()
    asp.plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw(8 if "--short" in sys.argv else 128)
    print(f"wrote {PICTURE}")
