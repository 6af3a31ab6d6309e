"""Lags: a spike passes all layers of the other program within a step; here each hop takes one.

A layer with a lag of L steps is at step t + L where the other program is at t. A spike that acts there after
f steps (0 in the same step, 1 around a loop, more by a Delay) needs an axonal delay of f + L_post - L_pre,
which must be 1 or more: so lags grow along the layers and are equal within a loop. Inputs have no lag; what
they send is shifted by the host.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Hop:
    """A connection between cells, before lags are known."""

    pre: str
    post: str
    late: NDArray[np.int64]
    """[pre size]: steps that a Delay takes, and those after which a spike is out."""
    used: NDArray[np.bool_]
    """[pre size]: whether the neuron has a synapse here at all."""


def loops(names: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Of each place the number of its loop: places that reach each other share one (Tarjan 1972)."""
    after: dict[str, list[str]] = {name: [] for name in names}
    for pre, post in edges:
        after[pre].append(post)
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    found: dict[str, int] = {}
    waiting: list[str] = []
    for root, first in after.items():
        if root in number:
            continue
        number[root] = low[root] = len(number)
        waiting.append(root)
        path = [(root, iter(first))]
        while path:
            name, ends = path[-1]
            for end in ends:
                if end not in number:
                    number[end] = low[end] = len(number)
                    waiting.append(end)
                    path.append((end, iter(after[end])))
                    break
                if end not in found:
                    low[name] = min(low[name], number[end])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[name])
                if low[name] == number[name]:
                    while name not in found:
                        found[waiting.pop()] = number[name]
    return found


def latency(hop: Hop, loop: Mapping[str, int]) -> NDArray[np.int64]:
    """Steps after which a spike acts in the other program, [pre size]: around a loop one or more."""
    return np.maximum(hop.late, 1) if loop[hop.pre] == loop[hop.post] else hop.late


def lags(names: Iterable[str], hops: list[Hop], loop: Mapping[str, int]) -> dict[str, int]:
    """The least lag of each place.

    Parameters
    ----------
    names : places
    hops : list of Hop
    loop : mapping
        What `loops` found.
    """
    least: dict[tuple[int, int], int] = {}
    for hop in hops:
        ends = loop[hop.pre], loop[hop.post]
        if ends[0] != ends[1] and hop.used.any():
            step = 1 - int(latency(hop, loop)[hop.used].min())
            least[ends] = max(step, least.get(ends, step))
    of_loop = dict.fromkeys(loop.values(), 0)
    changed = True
    while changed:  # along the longest path, which has no loop
        changed = False
        for (pre, post), step in least.items():
            if of_loop[pre] + step > of_loop[post]:
                of_loop[post] = of_loop[pre] + step
                changed = True
    return {name: of_loop[loop[name]] for name in names}
