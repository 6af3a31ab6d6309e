"""Learning from reward alone: four cues, two actions, and a gain that is the reward.

A trial shows a cue and a few random spikes to two neurons that inhibit each other; whoever fires more is the
action. It is shown twice from the same state: first with the gain at 0, to see the action; then with the gain
at the reward, 1 for right actions and -1 for others: what was done is done more often, or less. With a gain
of 1 whatever was done, the network only strengthens its first habits, and stays at chance.

    python docs/examples/reward.py [--short]     writes docs/pictures/reward.png
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import allspike as asp
from allspike.units import ms

CUES, EACH, ACTIONS = 4, 12, 2
TRIALS, STEPS = 240, 40
PICTURE = Path(__file__).parents[1] / "pictures" / "reward.png"


def network(seed: int) -> asp.Network:
    """Cues to actions, plastic; noise that explores; actions that inhibit each other."""
    net = asp.Network(dt=1 * ms)
    cues, noise = net.inputs(CUES * EACH, "cues"), net.inputs(ACTIONS * EACH, "noise")
    actions = net.neurons(ACTIONS, asp.delta_lif(tau_m=10 * ms, t_ref=2 * ms), "actions")
    start = np.random.default_rng(seed).uniform(0.10, 0.14, (cues.size, ACTIONS))
    rule = asp.STDP(a_plus=0.004, a_minus=0.0, w_max=0.25, tau_plus=10 * ms)
    net.connect(cues, actions, weight=start, stdp=rule)
    net.connect(noise, actions, np.kron(np.eye(ACTIONS), np.full((EACH, 1), 0.2)))
    net.connect(actions, actions, asp.AllToAll(self_connections=False), weight=-0.8)
    return net


def show(simulation: asp.Simulation, trial: int, stimuli: dict[str, asp.SpikeArray], gain: float) -> NDArray:
    """Spikes of each action in a trial from rest, [actions]."""
    simulation.reset(trial)
    simulation.learning_gain = gain
    return simulation.run_steps(STEPS, stimuli).counts("actions")


def learn(seed: int, rewarded: bool = True) -> NDArray[np.bool_]:
    """Which trials were right, [trials]; without `rewarded` the gain is 1 in all of them."""
    rng = np.random.default_rng(seed)
    right = np.zeros(TRIALS, bool)
    with asp.Simulation(network(seed), config="core96", seed=seed) as simulation:
        for trial in range(TRIALS):
            cue = rng.integers(CUES)
            shown = np.repeat(np.arange(CUES) == cue, EACH)
            stimuli = {
                "cues": asp.SpikeArray((rng.random((STEPS, shown.size)) < 0.05) & shown),
                "noise": asp.SpikeArray(rng.random((STEPS, ACTIONS * EACH)) < 0.01),
            }
            counts = show(simulation, trial, stimuli, gain=0.0)
            preferred = counts + rng.random(ACTIONS) / 2  # a coin decides between equals
            right[trial] = preferred.argmax() == cue // 2
            show(simulation, trial, stimuli, gain=1.0 if right[trial] or not rewarded else -1.0)
    return right


def draw(seeds: int) -> None:
    """The share of right actions, of the last 40 trials, over trials: mean of all seeds, and range."""
    figure, axes = asp.plot.figure(5.0, 3.0)
    for rewarded, colour, label in ((True, 2, "gain = reward"), (False, 1, "gain = 1 always")):
        runs = np.array([learn(seed, rewarded) for seed in range(seeds)], float)
        curves = np.array([np.convolve(run, np.full(40, 1 / 40), "valid") for run in runs])
        time = np.arange(40, TRIALS + 1)
        axes.fill_between(time, curves.min(0), curves.max(0), color=asp.plot.COLOURS[colour], alpha=0.25)
        axes.plot(time, curves.mean(0), color=asp.plot.COLOURS[colour], label=label)
    axes.set(xlabel="trial", ylabel="right, of the last 40", ylim=(0, 1.02))
    axes.legend()
    asp.plot.save(figure, PICTURE)


if __name__ == "__main__":
    draw(1 if "--short" in sys.argv else 5)
    print(f"wrote {PICTURE}")
