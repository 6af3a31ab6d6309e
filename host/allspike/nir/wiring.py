"""Axonal delays and relays.

A neuron has one delay, its axon's. A spike that must come at several times goes by relays: neurons that the
axon fires in the step in which it arrives, and whose own axons are slower.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import CapacityError
from ..map.config import MAX_AXONS
from ..map.presets import PRESETS

LONGEST = max(config.max_delay for config in PRESETS.values())
"""Steps of an axonal delay that nearly every build has; longer ones go by relays."""


@dataclass(frozen=True, eq=False)
class Link:
    """Synapses from one place to another, with the axonal delay that each source needs."""

    pre: str
    post: str
    matrix: NDArray[np.float64]
    """[pre size, post size]: what a spike adds to I."""
    delay: NDArray[np.int64]
    """[pre size]: steps, 1 or more."""


@dataclass
class Wiring:
    """The network of axons. Relays are numbered in the order in which they were needed."""

    delay: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """Of each place the delay of its axons, [size]."""
    direct: dict[tuple[str, str], NDArray[np.float64]] = field(default_factory=dict)
    """By pre and post, [pre size, post size]."""
    relay_delay: list[int] = field(default_factory=list)
    relay_pre: list[tuple[str, int]] = field(default_factory=list)
    """[relays]: the place ("" for the relays themselves) and the neuron that fires each."""
    relayed: dict[str, list[tuple[int, NDArray[np.float64]]]] = field(default_factory=dict)
    """Of each post the relays that reach it, and their weights [post size]."""


def wired(sizes: Mapping[str, int], links: list[Link]) -> Wiring:
    """The fewest relays for the links.

    Parameters
    ----------
    sizes : mapping
        Neurons of each place.
    links : list of Link

    Raises
    ------
    CapacityError
        If there are more relays than any build has neurons.
    """
    wiring = Wiring()
    for pre, size in sizes.items():
        mine = [link for link in links if link.pre == pre]
        wanted = [np.where((link.matrix != 0).any(axis=1), link.delay, 0) for link in mine]
        first = np.full(size, LONGEST)
        for delay in wanted:
            first = np.where(delay > 0, np.minimum(first, delay), first)
        idle = np.all([delay == 0 for delay in wanted], axis=0) if wanted else np.ones(size, bool)
        wiring.delay[pre] = np.where(idle, 1, first)
        relays: dict[tuple[int, int], int] = {}
        for link, delay in zip(mine, wanted, strict=True):
            now = (delay == first)[:, None]
            held = wiring.direct.get((pre, link.post), 0.0)
            wiring.direct[pre, link.post] = held + np.where(now, link.matrix, 0.0)
            for neuron in np.flatnonzero(delay > first).tolist():
                relay = _relay(wiring, pre, neuron, int(first[neuron]), int(delay[neuron]), relays, wanted)
                wiring.relayed.setdefault(link.post, []).append((relay, link.matrix[neuron]))
    wiring.direct = {ends: matrix for ends, matrix in wiring.direct.items() if matrix.any()}
    return wiring


def _relay(
    wiring: Wiring,
    pre: str,
    neuron: int,
    first: int,
    delay: int,
    relays: dict[tuple[int, int], int],
    wanted: list[NDArray[np.int64]],
) -> int:
    """The relay by which a neuron's spike leaves so that it comes after `delay` steps; made if need be.

    `relays` has those that there are, by neuron and steps.
    """
    axon, at = (pre, neuron), first
    for stop in sorted({int(one[neuron]) for one in wanted if first < one[neuron] <= delay}):
        if len(wiring.relay_pre) + (stop - at) // LONGEST >= MAX_AXONS:
            raise CapacityError(
                f"spikes of {pre!r} must come {delay:,} steps late, which takes more relay neurons than the "
                f"{MAX_AXONS - 1:,} neurons that there can be: use shorter delays, or a longer dt."
            )
        while at < stop:
            step = min(stop - at, LONGEST)
            at += step
            if (neuron, at) not in relays:
                relays[neuron, at] = len(wiring.relay_pre)
                wiring.relay_pre.append(axon)
                wiring.relay_delay.append(step)
            axon = "", relays[neuron, at]
    return relays[neuron, delay]
