"""Delays: SuperNeuroMAT's chains of hidden neurons become delays of axons, and relays where those do not do.

SuperNeuroMAT delays a synapse by d steps with d - 1 hidden neurons that fire one another. Here a delay
belongs to the axon. A neuron whose synapses all have one delay gets it; one whose synapses differ gets the
shortest, and each longer delay a relay: a neuron that the axon fires in the step in which its spike arrives
and whose own axon is slower by the difference.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .description import Description


@dataclass(frozen=True)
class Synapse:
    """One synapse between neurons that are kept, with its whole delay in steps."""

    pre: int
    post: int
    weight: float
    plastic: bool
    delay: int
    number: int
    """SuperNeuroMAT's number of it; of a chain, of its last synapse."""


@dataclass(frozen=True)
class Wiring:
    """Neurons and synapses without the chains. Axons are numbered: kept neurons, then relays."""

    kept: NDArray[np.int64]
    """[neurons]: SuperNeuroMAT's number of each neuron that is kept."""
    axon_delay: NDArray[np.int64]
    """[axons]"""
    relay_pre: list[int]
    """[relays]: the axon that fires each relay."""
    relay_origin: list[int]
    """[relays]: the neuron whose spikes it passes on."""
    synapses: list[Synapse]
    """`pre` is an axon, `post` a kept neuron; the delay is that of the axons on the way."""


def unchained(description: Description) -> tuple[NDArray[np.int64], list[Synapse]]:
    """The neurons to keep, and the synapses between them, with their delays.

    A chain is taken out only if it is as `create_synapse` made it; a hidden neuron that was changed, got an
    input or another synapse is kept.
    """
    size = len(description)
    incoming: list[list[int]] = [[] for _ in range(size)]
    outgoing = np.bincount(description.pre, minlength=size)
    for k, post in enumerate(description.post.tolist()):
        incoming[post].append(k)
    driven = {neuron for values in description.inputs.values() for neuron in values}
    pristine = (
        (description.threshold == 0) & np.isinf(description.leak) & (description.reset == 0)
        & (description.state == 0) & (description.period == 0) & (description.waiting == 0) & (outgoing == 1)
    )  # fmt: skip
    plain = (description.weight == 1) & (description.delay == 1) & ~description.plastic

    def links(last: int) -> list[int] | None:
        """The synapses of the chain that ends in synapse `last`, last first; None if it is changed."""
        chain = [last]
        for _ in range(-int(description.delay[last]) - 1):
            hidden = int(description.pre[chain[-1]])
            if not pristine[hidden] or hidden in driven or len(incoming[hidden]) != 1:
                return None
            before = incoming[hidden][0]
            if not plain[before]:
                return None
            chain.append(before)
        return chain

    chains: dict[tuple[int, int, int], list[int]] = {}
    for last in np.flatnonzero(description.delay < -1).tolist():
        if chain := links(last):
            # Two chains of one length between two neurons are two synapses: the second keeps its neurons.
            ends = (int(description.pre[chain[-1]]), int(description.post[last]), len(chain))
            chains.setdefault(ends, chain)
    gone = {k for chain in chains.values() for k in chain}
    hidden = {int(description.pre[k]) for chain in chains.values() for k in chain[:-1]}
    found = [(k, int(description.pre[k]), 1) for k in range(description.pre.size) if k not in gone]
    found += [(chain[0], pre, delay) for (pre, _, delay), chain in chains.items()]
    kept = np.array([k for k in range(size) if k not in hidden], np.int64)
    place = {neuron: k for k, neuron in enumerate(kept.tolist())}
    synapses = [
        Synapse(
            place[pre], place[int(description.post[k])], float(description.weight[k]),
            bool(description.plastic[k]), delay, k,
        )
        for k, pre, delay in found
    ]  # fmt: skip
    return kept, synapses


def wired(description: Description, longest: int) -> Wiring:
    """The network with delays on its axons, none longer than `longest` steps."""
    kept, synapses = unchained(description)
    delays: list[int] = [1] * kept.size
    by_pre: dict[int, list[Synapse]] = {}
    for synapse in synapses:
        by_pre.setdefault(synapse.pre, []).append(synapse)
    relay_pre: list[int] = []
    relay_origin: list[int] = []
    placed: list[Synapse] = []
    for pre, mine in by_pre.items():
        # A spike travels axon by axon: `arrival` is when it leaves each of them, counted from the neuron.
        axon, arrival = pre, min(longest, *(s.delay for s in mine))
        delays[pre] = arrival
        at = {arrival: pre}
        for delay in sorted({s.delay for s in mine}):
            while arrival < delay:
                step = min(delay - arrival, longest)
                relay_pre.append(axon)
                relay_origin.append(pre)
                delays.append(step)
                axon, arrival = kept.size + len(relay_pre) - 1, arrival + step
                at[arrival] = axon
        placed += [replace(s, pre=at[s.delay]) for s in mine]
    return Wiring(kept, np.array(delays, np.int64), relay_pre, relay_origin, placed)
