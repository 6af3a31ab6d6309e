"""The shapes of all nodes, from what their parameters say and what reaches them.

What a file declares is not believed where the nodes tell more: an Output of [1, 1, 1] may stand behind one
neuron, and one time constant for a whole layer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from ..errors import ParameterError
from . import linear, windows
from .graph import NEURONS, Graph, Node, Shape
from .linear import LinearMap, spreads

_MAPS = linear.MAPS | windows.MAPS


@dataclass(frozen=True, eq=False)
class Shaped:
    """A graph all of whose shapes are known."""

    graph: Graph
    taken: Mapping[str, Shape]
    """How each node takes what reaches it; of an Input, what it brings."""
    given: Mapping[str, Shape]
    """What each node makes of it."""
    maps: Mapping[str, LinearMap]
    """Of each linear node."""


def shaped(graph: Graph) -> Shaped:
    """The graph with its shapes.

    Raises
    ------
    ParameterError
        Naming the node where shapes disagree or cannot be told.
    """
    return _Shapes(graph).found()


class _Shapes:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.maps = {node.name: _MAPS[node.kind](node) for node in graph.of_kind(*_MAPS)}
        self.taken: dict[str, Shape] = {}
        self.given: dict[str, Shape] = {}

    def found(self) -> Shaped:
        waiting = dict(self.graph.nodes)
        while waiting:
            name = next(filter(self._follows, waiting), None) or self._next(waiting)
            self._settle(waiting.pop(name))
        for name in self.graph.nodes:
            self._agree(name)
        return Shaped(self.graph, self.taken, self.given, self.maps)

    def _follows(self, name: str) -> bool:
        """Whether all that reaches it is known."""
        return all(one in self.given for one in self.graph.before[name])

    def _next(self, waiting: Mapping[str, Node]) -> str:
        """Where a loop is opened: at a node that says its own shape, or that some of its sources tell."""
        for name in waiting:
            if self._own(name) is not None:
                return name
        for name in waiting:
            if any(one in self.given for one in self.graph.before[name]):
                return name
        name = next(iter(waiting))
        raise ParameterError(f"the shape of {waiting[name]} cannot be told: give it to the Input before it.")

    def _settle(self, node: Node) -> None:
        """Find the shapes of one node."""
        name = node.name
        own = self._own(name)
        come = [self.given[one] for one in self.graph.before[name] if one in self.given]
        shape = max(come, key=_axes, default=own)  # of shapes of one size the one that says most
        if node.kind == "Input":
            shape = self._brought(node)
        elif node.kind in NEURONS and own is not None and (shape is None or prod(own) == prod(shape)):
            shape = own
        assert shape is not None
        passing = self.maps.get(name)
        self.taken[name] = passing.taken(shape) if passing else shape
        self.given[name] = passing.given(self.taken[name]) if passing else shape
        linear.check_room(node, prod(self.given[name]), "values")
        if node.kind in NEURONS:
            for field in NEURONS[node.kind]:
                _check_spread(node, field, shape)

    def _own(self, name: str) -> Shape | None:
        """The shape that a node says by itself."""
        node = self.graph.nodes[name]
        if name in self.maps:
            return self.maps[name].needs()
        if node.kind not in NEURONS:
            return None
        shapes = [node.shape(field) for field in NEURONS[node.kind]]
        own = max(shapes, key=prod)
        return own if prod(own) > 1 else None

    def _brought(self, node: Node) -> Shape:
        """What an Input brings: what it declares, or the part of it that all nodes behind it take."""
        declared = node.declared()
        needed = {self._own(one) for one in self.graph.after[node.name]}
        need = next(iter(needed)) if len(needed) == 1 else None
        if declared is None and need is None:
            raise ParameterError(f"{node} declares no shape: give it one.")
        if need is not None and (declared is None or _holds(declared, need)):
            return need
        assert declared is not None
        return declared

    def _agree(self, name: str) -> None:
        """Refuse sources of other sizes than their node, and an Output that declares another one."""
        node, size = self.graph.nodes[name], prod(self.taken[name])
        for one in self.graph.before[name]:
            if prod(self.given[one]) != size:
                raise ParameterError(
                    f"{node} takes {size:,} values of shape {self.taken[name]}, but {self.graph.nodes[one]} "
                    f"gives {prod(self.given[one]):,} of shape {self.given[one]}."
                )
        declared = node.declared() if node.kind == "Output" else None
        if declared and prod(declared) != size and not _holds(declared, self.taken[name]):
            raise ParameterError(f"{node} declares the shape {declared} and is given {self.taken[name]}.")


def _holds(declared: Shape, shape: Shape) -> bool:
    """Whether a declared shape is this one with more before it: a batch of one, and perhaps steps."""
    return declared[-len(shape) :] == shape and (len(declared) == len(shape) or declared[0] == 1)


def _axes(shape: Shape) -> int:
    return int(np.count_nonzero(np.array(shape) > 1))


def _check_spread(node: Node, field: str, shape: Shape) -> None:
    own = node.shape(field)
    if prod(own) != prod(shape) and not spreads(own, shape):
        raise ParameterError(
            f"{node} has {field} of shape {own}, but what reaches it and its other parameters make {shape}."
        )
