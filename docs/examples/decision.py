"""A decision: two pools hear noisy evidence, excite themselves and inhibit each other, and one wins.

Dots move on a screen, a share of them to one side, the others at random: what says "left" and what says
"right" differ by that share, the coherence. Each pool gathers what speaks for its side until it silences the
other (Wang, Neuron 36, 2002). Without coherence one of them wins by chance; the more there is, the surer.

    python docs/examples/decision.py [--short]     writes docs/pictures/decision.png
"""

import sys
from pathlib import Path

import numpy as np

import allspike as asp
from allspike.units import Hz, ms, nA

POOL, EVIDENCE = 40, 40
COHERENCES = (-0.2, -0.1, -0.05, -0.025, 0.0, 0.025, 0.05, 0.1, 0.2)
PICTURE = Path(__file__).parents[1] / "pictures" / "decision.png"


def network() -> asp.Network:
    """Two pools, each with its inputs and inhibition of the other."""
    net = asp.Network(dt=1 * ms)
    slow = asp.LIF(tau_m=20 * ms, tau_syn=80 * ms, t_ref=2 * ms)
    left, right = net.neurons(POOL, slow, "left"), net.neurons(POOL, slow, "right")
    for pool, other in ((left, right), (right, left)):
        evidence = net.inputs(EVIDENCE, f"evidence {pool.name}")
        net.connect(evidence, pool, asp.FixedProbability(0.5, seed=1), weight=0.028 * nA)
        net.connect(pool, pool, asp.AllToAll(self_connections=False), weight=0.004 * nA)
        net.connect(pool, other, weight=-0.006 * nA)
    return net


def trial(simulation: asp.Simulation, coherence: float, seed: int, duration: float = 1.0) -> asp.Result:
    """Evidence for the left at 20 Hz times 1 + coherence, for the right times 1 - coherence."""
    simulation.reset(seed)
    rates = {"left": 20 * Hz * (1 + coherence), "right": 20 * Hz * (1 - coherence)}
    return simulation.run(duration, {f"evidence {side}": asp.Poisson(rate) for side, rate in rates.items()})


def chose_left(result: asp.Result) -> bool:
    """Whether the left pool fired more in the last fifth of the trial."""
    late = 0.8 * result.steps * result.dt
    return bool((result.times("left") > late).sum() > (result.times("right") > late).sum())


def share_left(simulation: asp.Simulation, coherence: float, trials: int) -> float:
    """How often of so many trials the left pool wins."""
    return float(np.mean([chose_left(trial(simulation, coherence, seed)) for seed in range(trials)]))


def draw(trials: int) -> None:
    """Two trials without coherence that end otherwise, and how often the left wins against coherence."""
    figure, axes = asp.plot.figure(asp.plot.PAGE, 2.6, 1, 3, width_ratios=(1, 1, 1.2))
    with asp.Simulation(network(), config="core96") as simulation:
        winners = {chose_left(trial(simulation, 0.0, seed)): seed for seed in range(20)}
        for axis, (left, seed) in zip(axes, sorted(winners.items()), strict=False):
            asp.plot.rates(trial(simulation, 0.0, seed), axes=axis, width=20 * ms)
            axis.set_title(f"chance says {'left' if left else 'right'}")
        axes[0].get_legend().remove()
        shares = [100 * share_left(simulation, coherence, trials) for coherence in COHERENCES]
    axes[2].plot(100 * np.array(COHERENCES), shares, "o-", color=asp.plot.COLOURS[0])
    axes[2].set(xlabel="coherence to the left (%)", ylabel="left wins (%)", ylim=(-3, 103))
    asp.plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw(20 if "--short" in sys.argv else 200)
    print(f"wrote {PICTURE}")
