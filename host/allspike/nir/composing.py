"""From one place of spikes to the next: the linear nodes on the way, multiplied into one map an edge.

One spike of every source, a row each, is pushed through the nodes behind it; what arrives at the next places
are the matrices. Nodes in parallel add up, shared nodes are passed once, and rows go in pieces, so that no
matrix of a node between is ever made. Paths that take other times become other edges.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from .flat import Edge
from .linear import Array
from .shapes import Shaped

_PIECE = 1 << 20
"""Values of the largest node between that are worked on at a time."""
_MOST_WAYS = 64
"""Different chains of delays from one source to one node."""

_Way = tuple[str, ...]
"""The Delay nodes that a path passes."""


@dataclass(frozen=True)
class _Come:
    """What has come to a node on one way."""

    values: Array
    """[rows, values of the node]."""
    late: Array | None
    """[rows]: when; None for a bias, which comes in every step."""
    nodes: frozenset[str] = frozenset()
    """Linear nodes and delays that were passed."""

    def joined(self, other: "_Come") -> "_Come":
        """Both, which came on one way."""
        return _Come(self.values + other.values, self.late, self.nodes | other.nodes)


_Ways = dict[_Way, _Come]


def composed(shaped: Shaped) -> tuple[tuple[Edge, ...], tuple[str, ...]]:
    """The edges between places of spikes, and what is to be said of them.

    Raises
    ------
    ParameterError
        Naming a loop without a neuron, or a delay that would give one source several.
    """
    composer = _Composer(shaped)
    return composer.edges(), tuple(composer.notes)


class _Composer:
    def __init__(self, shaped: Shaped) -> None:
        self.shaped = shaped
        self.after = shaped.graph.after
        self.order = _in_order(shaped)
        self.reach: dict[str, set[str]] = {}
        for name in reversed(self.order):
            ends = self.after[name]
            self.reach[name] = {*ends}.union(*(self.reach.get(end, ()) for end in ends))
        places = shaped.graph.nodes.keys() - shaped.maps.keys()
        self.notes = [
            f"{shaped.graph.nodes[name]} leads nowhere and is left out."
            for name in self.order if not self.reach[name] & places
        ]  # fmt: skip

    def edges(self) -> tuple[Edge, ...]:
        places = [name for name in self.shaped.graph.nodes if name not in self.shaped.maps]
        edges = [edge for name in places for edge in self._from(name)]
        for name in self.order:
            self._add_bias(name, edges)
        return tuple(edges)

    def _from(self, pre: str) -> Iterator[Edge]:
        """The edges that leave a place."""
        size = prod(self.shaped.given[pre])
        behind = {*self.after[pre]}.union(*(self.reach.get(end, ()) for end in self.after[pre]))
        widest = max((prod(self.shaped.given[name]) for name in behind), default=1)
        step = max(1, _PIECE // max(widest, size))
        whole: dict[tuple[str, _Way], _Come] = {}
        for start in range(0, size, step):
            mine = slice(start, min(start + step, size))
            rows = np.zeros((mine.stop - start, size))
            np.fill_diagonal(rows[:, start:], 1.0)
            for post, ways in self._pushed(pre, {(): _Come(rows, np.zeros(len(rows)))}).items():
                for way, come in ways.items():
                    if (post, way) not in whole:
                        room = np.zeros((size, come.values.shape[1]))
                        whole[post, way] = _Come(room, np.zeros(size), come.nodes)
                    whole[post, way].values[mine] = come.values
                    whole[post, way].late[mine] = come.late  # type: ignore[index]  # it is no bias
        yield from self._merged(pre, whole)

    def _merged(self, pre: str, whole: Mapping[tuple[str, _Way], _Come]) -> Iterator[Edge]:
        """An edge for all ways to a place that take the same times."""
        alike: dict[tuple[str, bytes], list[_Come]] = {}
        for (post, _), come in whole.items():
            assert come.late is not None
            alike.setdefault((post, come.late.tobytes()), []).append(come)
        for (post, late), ways in alike.items():
            passed = frozenset().union(*(come.nodes for come in ways))
            nodes = tuple(name for name in self.order if name in passed)
            matrix = sum((come.values for come in ways[1:]), ways[0].values)
            yield Edge(pre, post, matrix, np.zeros(matrix.shape[1]), np.frombuffer(late).copy(), nodes)

    def _add_bias(self, name: str, edges: list[Edge]) -> None:
        """Add what a node adds of itself to the first edge that passes it, for each place behind it."""
        bias = self.shaped.maps[name].bias(self.shaped.given[name])
        if bias is None or not bias.any():
            return
        for post, ways in self._pushed(name, {(): _Come(bias.reshape(1, -1), None)}).items():
            edge = next(edge for edge in edges if edge.post == post and name in edge.nodes)
            for way, come in ways.items():
                edge.bias[...] += come.values[0]
                if way:
                    self.notes.append(
                        f"The bias of node {name!r} acts on {post!r} from the first step on, not from the "
                        f"delay of {way[0]!r} on."
                    )

    def _pushed(self, start: str, leaving: _Ways) -> dict[str, _Ways]:
        """What comes to each place when this leaves a node."""
        come: dict[str, _Ways] = {}
        self._hand_on(start, leaving, come)
        for name in self.order:
            if name in come:
                self._hand_on(name, self._through(start, name, come.pop(name)), come)
        return come

    def _hand_on(self, name: str, leaving: _Ways, come: dict[str, _Ways]) -> None:
        """Add what leaves a node to what has come to those behind it."""
        for end in self.after[name]:
            there = come.setdefault(end, {})
            for way, one in leaving.items():
                held = there.get(way)
                there[way] = one if held is None else held.joined(one)
            if len(there) > _MOST_WAYS:
                raise ParameterError(
                    f"node {end!r} is reached by more than {_MOST_WAYS} chains of delays: use fewer."
                )

    def _through(self, start: str, name: str, ways: _Ways) -> _Ways:
        """What leaves a linear node when this has come to it."""
        linear, shape = self.shaped.maps[name], self.shaped.taken[name]
        late = linear.late(shape)
        if late is not None:
            delays = late.reshape(-1)
            return {(*way, name): self._later(start, name, come, delays) for way, come in ways.items()}
        leaving = {}
        for way, come in ways.items():
            values = linear.apply(come.values.reshape(-1, *shape)).reshape(len(come.values), -1)
            leaving[way] = _Come(values, come.late, come.nodes | {name})
        return leaving

    def _later(self, start: str, name: str, come: _Come, late: Array) -> _Come:
        """The same later. All that one spike brings must come together."""
        if come.late is None:
            return replace(come, nodes=come.nodes | {name})
        hit: NDArray[np.bool_] = come.values != 0
        first, last = np.where(hit, late, np.inf).min(axis=1), np.where(hit, late, -np.inf).max(axis=1)
        if np.ptp(late) == 0:
            first = last = np.full(len(hit), late[0])
        if (first < last).any():
            node, row = self.shaped.graph.nodes[name], int(np.argmax(first < last))
            raise ParameterError(
                f"{node} delays what one spike of {start!r} brings by {first[row]:g} and by {last[row]:g}, "
                "but a neuron has one delay here: put the delay before the linear nodes, or make it one."
            )
        more = np.where(np.isfinite(last), last, 0)
        return _Come(come.values, come.late + more, come.nodes | {name})


def _in_order(shaped: Shaped) -> list[str]:
    """The linear nodes, each behind all that come before it."""
    graph = shaped.graph
    left = {name: sum(one in shaped.maps for one in graph.before[name]) for name in shaped.maps}
    order = [name for name, count in left.items() if not count]
    for name in order:  # which grows
        for end in graph.after[name]:
            if end in left:
                left[end] -= 1
                if not left[end]:
                    order.append(end)
    if len(order) < len(left):
        loop = [repr(name) for name in left if name not in order]
        raise ParameterError(
            f"the nodes {', '.join(loop)} lie in or behind a loop without a neuron: put one into the loop."
        )
    return order
