"""Networks of whole numbers spike as in SuperNeuroMAT, spike for spike.

What is compared: random recurrent networks (thresholds, weights in -128..127, linear leaks, memoryless
neurons, reset states, refractory periods, initial states, delays) under input spikes of random values, in
SuperNeuroMAT's own step loop (`backend = "cpu"`, float64, exact for such numbers) and here on the emulator.

SuperNeuroMAT leaks towards the reset state, Allspike towards rest, so rest is the reset state: every reset
state is representable. Left out of what it takes are fractions, weights and sizes beyond a build, negative
leaks, and its learning rule, which is another than the pair rule. A delay is the neuron's here and the
synapse's there: one test gives all synapses of a neuron one delay, another makes delays of any kind the way
SuperNeuroMAT does, by hidden neurons.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pytest
import superneuromat
from numpy.typing import NDArray

from allspike import LIF, Inputs, Network, Neurons, Simulation, SpikeList

NETWORKS = 240
SYNAPTIC_DELAY_NETWORKS = 60
STEPS = 80
SIZES = (1, 2, 5, 12, 30, 60, 96)

Spikes = set[tuple[int, int]]
"""(step, neuron)"""


@dataclass(frozen=True)
class Case:
    """A network of whole numbers and what is put into it; arrays are [neurons] unless they say otherwise."""

    threshold: NDArray[np.int64]
    leak: NDArray[np.float64]
    """Infinite: no memory."""
    reset: NDArray[np.int64]
    initial: NDArray[np.int64]
    period: NDArray[np.int64]
    waiting: NDArray[np.int64]
    """Refractory steps left at the start."""
    delay: NDArray[np.int64]
    """[pre, post]"""
    weight: NDArray[np.int64]
    """[pre, post], 0 where there is no synapse."""
    value: NDArray[np.int64]
    """[sources]: what a spike of an external source is worth."""
    target: NDArray[np.int64]
    """[sources]: the neuron that it reaches."""
    spikes: NDArray[np.bool_]
    """[STEPS, sources]"""

    @classmethod
    def draw(cls, seed: int, *, axonal: bool = True) -> Self:
        """A network that is neither silent nor saturated, as a rule; delays by axon or by synapse."""
        rng = np.random.default_rng(seed)
        size = int(rng.choice(SIZES if axonal else SIZES[1:4]))
        sources = min(2 * size, 96)
        strength = int(rng.choice((4, 30, 127)))
        reset = rng.integers(-40, 41, size) * rng.integers(0, 2)
        period = rng.integers(0, 6, size)
        weight = rng.integers(-strength - 1, strength + 1, (size, size))
        weight[rng.random((size, size)) >= rng.choice((0.05, 0.3, 1.0))] = 0
        # A delay of d steps costs SuperNeuroMAT d - 1 hidden neurons a synapse.
        longest = int(rng.choice((1, 3, 16 if axonal and size <= 30 else 6)))
        return cls(
            # A few thresholds lie below the reset state: those neurons fire whenever they may.
            threshold=reset + rng.integers(-2, 2 * strength, size),
            leak=np.where(rng.random(size) < 0.2, np.inf, rng.integers(0, 1 + strength // 4, size)),
            reset=reset,
            initial=reset + rng.integers(-strength, strength + 1, size) * rng.integers(0, 2),
            period=period,
            waiting=rng.integers(0, period + 1) * rng.integers(0, 2),
            delay=np.broadcast_to(
                rng.integers(1, longest + 1, (size, 1 if axonal else size)), (size, size)
            ).copy(),
            weight=weight,
            value=rng.integers(-strength // 4, strength + 1, sources),
            target=rng.permutation(np.arange(sources) % size),
            spikes=rng.random((STEPS, sources)) < rng.choice((0.1, 0.4)),
        )

    def superneuromat(self) -> superneuromat.SNN:
        """The network in SuperNeuroMAT; its first neurons are those of the case, hidden ones follow."""
        model = superneuromat.SNN()
        model.backend = "cpu"
        for k in range(self.threshold.size):
            model.create_neuron(
                threshold=int(self.threshold[k]),
                leak=float(self.leak[k]),
                reset_state=int(self.reset[k]),
                refractory_period=int(self.period[k]),
                refractory_state=int(self.waiting[k]),
                initial_state=int(self.initial[k]),
            )
        for pre, post in np.argwhere(self.weight).tolist():
            model.create_synapse(
                pre, post, weight=int(self.weight[pre, post]), delay=int(self.delay[pre, post])
            )
        for step, source in np.argwhere(self.spikes).tolist():
            model.add_spike(step, int(self.target[source]), int(self.value[source]), exist="add")
        return model

    def sources(self, net: Network, cells: Neurons) -> Inputs:
        """The external sources: each is an input with one synapse."""
        sources = net.inputs(self.value.size, "sources")
        weight = np.zeros((self.value.size, cells.size))
        weight[np.arange(self.value.size), self.target] = self.value
        net.connect(sources, cells, weight)
        return sources

    def allspike(self) -> Spikes:
        """Spikes of the network here, delays on the axons."""
        net = Network(dt=1.0)
        cells = net.neurons(
            self.threshold.size,
            neuron(self.threshold, self.leak, self.reset, self.period, delay=self.delay[:, 0]),
            "cells",
        )
        self.sources(net, cells)
        net.connect(cells, cells, self.weight.astype(float))
        return run(net, self, self.initial, self.waiting)


def neuron(
    threshold: NDArray[np.int64],
    leak: NDArray[np.float64],
    reset: NDArray[np.int64],
    period: NDArray[np.int64],
    **more: NDArray[np.int64],
) -> LIF:
    """SuperNeuroMAT's neuron: the mapping that docs/equivalence.md states."""
    memoryless = np.isinf(leak)
    return LIF(
        tau_m=np.where(memoryless, 0.0, np.inf),
        tau_syn=0.0,
        leak=np.where(memoryless, 0.0, leak),
        v_rest=reset,
        v_reset=reset,
        v_thresh=np.asarray(threshold) + 1,  # V > theta of whole numbers is V >= theta + 1
        t_ref=period,
        reset="to",
        refractory="integrate",
        **more,
    )


def run(net: Network, case: Case, initial: NDArray[np.int64], waiting: NDArray[np.int64]) -> Spikes:
    """Spikes of the population "cells" on the emulator."""
    with Simulation(net, weight_unit=1.0, weight_shift=0) as sim:
        assert not sim.image.report["warnings"]
        sim.set_state("cells", "v", initial)
        sim.set_state("cells", "refractory", waiting)
        result = sim.run_steps(STEPS, {"sources": SpikeList(*np.nonzero(case.spikes))})
    when, who = result.spikes["cells"]
    return set(zip(when.tolist(), who.tolist(), strict=True))


def spikes_of(model: superneuromat.SNN, size: int) -> Spikes:
    """Spikes of SuperNeuroMAT's first `size` neurons."""
    model.simulate(STEPS)
    when, who = np.nonzero(np.asarray(model.ispikes)[:, :size])
    return set(zip(when.tolist(), who.tolist(), strict=True))


def figures() -> dict[str, int]:
    """How many networks, spikes, and spikes that differ."""
    active = spikes = differing = unequal = 0
    for seed in range(NETWORKS):
        case = Case.draw(seed)
        theirs, ours = spikes_of(case.superneuromat(), case.threshold.size), case.allspike()
        active += len(theirs) > 0
        spikes += len(theirs)
        differing += len(theirs ^ ours)
        unequal += theirs != ours
    return {
        "networks": NETWORKS, "steps each": STEPS, "networks that spike": active, "spikes": spikes,
        "spikes that differ": differing, "networks that differ": unequal,
    }  # fmt: skip


def test_random_networks_spike_as_in_superneuromat() -> None:
    found = figures()
    assert found["networks that differ"] == 0 and found["spikes that differ"] == 0, found
    assert found["networks that spike"] > 0.9 * NETWORKS
    assert found["spikes"] > 100 * NETWORKS


@pytest.mark.parametrize("seed", range(SYNAPTIC_DELAY_NETWORKS))
def test_a_delay_for_each_synapse_by_hidden_neurons(seed: int) -> None:
    case = Case.draw(seed, axonal=False)
    model = case.superneuromat()
    net = Network(dt=1.0)
    cells = net.neurons(
        model.num_neurons,
        neuron(
            np.array(model.neuron_thresholds, int),
            np.array(model.neuron_leaks),
            np.array(model.neuron_reset_states, int),
            np.array(model.neuron_refractory_periods),
        ),
        "cells",
    )
    case.sources(net, cells)
    net.connect(cells, cells, model.weight_mat())
    initial = np.array(model.neuron_states, int)
    waiting = np.array(model.neuron_refractory_periods_state, int)
    assert run(net, case, initial, waiting) == spikes_of(model, model.num_neurons)


@pytest.mark.parametrize("extra", [0, 1])
def test_the_threshold_is_strict_there_and_one_higher_here(extra: int) -> None:
    case = Case(
        threshold=np.array([10]), leak=np.array([2.0]), reset=np.array([-5]), initial=np.array([-5]),
        period=np.array([0]), waiting=np.array([0]), delay=np.ones((1, 1), int),
        weight=np.zeros((1, 1), int), value=np.array([15 + extra]), target=np.array([0]),
        spikes=np.arange(STEPS)[:, None] == 3,
    )  # fmt: skip
    assert spikes_of(case.superneuromat(), 1) == case.allspike() == ({(3, 0)} if extra else set())
