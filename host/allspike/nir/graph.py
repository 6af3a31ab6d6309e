"""A NIR graph with its nested graphs taken out of their wrapping, and what must be true of its edges."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..names import known_names
from ..showing import brief
from .reading import DEEPEST, Stored, Tree, metadata_of

NEURONS: Mapping[str, tuple[str, ...]] = {
    "LIF": ("tau", "r", "v_leak", "v_reset", "v_threshold"),
    "IF": ("r", "v_reset", "v_threshold"),
    "CubaLIF": ("tau_syn", "tau_mem", "r", "v_leak", "v_reset", "v_threshold", "w_in"),
    "LI": ("tau", "r", "v_leak"),
    "I": ("r",),
    "CubaLI": ("tau_syn", "tau_mem", "r", "v_leak", "w_in"),
    "Threshold": ("threshold",),
}
"""Kinds of neurons, and NIR's names of their parameters."""
LINEAR = (
    "Affine", "Linear", "Scale", "Conv1d", "Conv2d", "SumPool2d", "AvgPool2d", "Flatten", "Delay", "Identity",
)  # fmt: skip
"""Kinds of nodes between neurons. A nested graph's Input and Output become an Identity."""
PORTS = ("Input", "Output")
GRAPH = "NIRGraph"
_DEFAULTS = {"v_reset": 0.0, "w_in": 1.0, "start_dim": 1, "end_dim": -1}
"""What a node that leaves these out means."""

_LARGEST = 2**31 - 1
"""Whole number of a stride, a padding, a size: beyond all that fit."""

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Node:
    """A primitive of NIR by its path."""

    name: str
    kind: str
    fields: Tree

    def __str__(self) -> str:
        return f"node {self.name!r} ({self.kind})"

    def shape(self, field: str) -> Shape:
        """Of a parameter, without reading it; that of a number where it is left out."""
        return tuple(np.shape(self._field(field)))

    def values(self, field: str) -> NDArray[np.float64]:
        """A parameter.

        Raises
        ------
        ParameterError
            If it is missing or holds what is no finite number.
        """
        held = self._field(field)
        found = held.read() if isinstance(held, Stored) else np.asarray(held)
        if found.dtype.kind not in "biuf":
            raise ParameterError(f"{self} has {field} = {_brief(found)}: it must hold numbers.")
        values = found.astype(np.float64)
        wrong = values[~np.isfinite(values)]
        if wrong.size:
            raise ParameterError(
                f"{self} has {field} with {wrong.size:,} of {values.size:,} values that are not finite "
                f"({wrong[0]}): give finite numbers."
            )
        return values

    def whole(self, field: str, count: int, least: int) -> tuple[int, ...]:
        """A parameter of one whole number for each of `count` axes, or one for all."""
        found = self.values(field).reshape(-1)
        whole = (found == np.floor(found)) & (found >= least) & (found <= _LARGEST)
        if found.size not in (1, count) or not whole.all():
            wanted = "a whole number" if count == 1 else f"{count} whole numbers, or one,"
            raise ParameterError(
                f"{self} has {field} = {_brief(found)}: it must be {wanted} from {least} to {_LARGEST:,}."
            )
        return tuple(int(value) for value in np.broadcast_to(found, count))

    def declared(self, field: str = "shape") -> Shape | None:
        """A shape that the node states; None if it states none."""
        if self.fields.get(field) is None:
            return None
        found = self.values(field).reshape(-1)
        if ((found != np.floor(found)) | (found < 1) | (found > _LARGEST)).any():
            raise ParameterError(
                f"{self} declares the {field} {_brief(found)}: sizes must be whole numbers from 1 to "
                f"{_LARGEST:,}."
            )
        return tuple(int(size) for size in found)

    def word(self, field: str) -> str | None:
        """A parameter that is a word, such as the padding 'same'; None if it is none."""
        held = self.fields.get(field)
        if isinstance(held, bytes):
            held = held.decode("utf-8", "replace")
        return held if isinstance(held, str) else None

    def _field(self, field: str) -> Any:
        held = self.fields.get(field)
        if held is None:
            held = _DEFAULTS.get(field)
        if held is None:
            raise ParameterError(f"{self} has no {field}, without which it means nothing.")
        return held


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes by name, with no graph among them, in the order in which the inputs reach them."""

    nodes: Mapping[str, Node]
    before: Mapping[str, tuple[str, ...]]
    after: Mapping[str, tuple[str, ...]]

    def of_kind(self, *kinds: str) -> list[Node]:
        """The nodes of these kinds, in order."""
        return [node for node in self.nodes.values() if node.kind in kinds]


def inlined(tree: Tree) -> Graph:
    """The graph of a tree, nested graphs inlined under dotted names.

    Raises
    ------
    ParameterError
        Naming the node or the edge that is wrong.
    """
    if tree["type"] != GRAPH:
        raise ParameterError(f"it is a single {tree['type']}, no graph: put it into a nir.NIRGraph.")
    nodes: dict[str, Node] = {}
    edges: list[tuple[str, str]] = []
    _unwrap(tree, "", nodes, edges)
    return _ordered(nodes, edges)


def _unwrap(
    tree: Tree, path: str, nodes: dict[str, Node], edges: list[tuple[str, str]], depth: int = 0
) -> None:
    """Add the nodes and edges of a graph at a path, and of the graphs in it."""
    inside = tree.get("nodes") or {}
    if not isinstance(inside, Mapping):
        place = f" of the nested graph {path[:-1]!r}" if path else ""
        raise ParameterError(f"the nodes{place} have no names, so the graph is not whole.")
    if depth > DEEPEST:
        raise ParameterError(f"graphs are nested more than {DEEPEST} deep: write them flatter.")
    ways_in: dict[str, str] = {}
    ways_out: dict[str, str] = {}
    own = _edges(tree, path, inside)
    for key, fields in inside.items():
        name = f"{path}{key}"
        kind = fields.get("type") if isinstance(fields, Mapping) else None
        if not isinstance(kind, str):
            raise ParameterError(f"node {name!r} does not say its type, so the graph is not whole.")
        if kind == GRAPH:
            _unwrap(fields, f"{name}.", nodes, edges, depth + 1)
            ways_in[key], ways_out[key] = (_way(fields, name, side) for side in PORTS)
            continue
        if kind not in NEURONS and kind not in LINEAR and kind not in PORTS:
            raise ParameterError(
                f"node {name!r} is a {kind}, which is no primitive known here; "
                f"{known_names(kind, [*NEURONS, *LINEAR[:-1], *PORTS, GRAPH])}."
            )
        if name in nodes:
            raise ParameterError(f"two nodes come to be called {name!r}: rename the one or the other.")
        nodes[name] = Node(name, "Identity" if path and kind in PORTS else kind, fields)
    edges += [(ways_out.get(a, f"{path}{a}"), ways_in.get(b, f"{path}{b}")) for a, b in own]


def _way(tree: Tree, name: str, side: str) -> str:
    """The node by which a nested graph is entered or left."""
    inside = tree.get("nodes") or {}
    found = [key for key, fields in inside.items() if fields.get("type") == side]
    if len(found) != 1:
        raise ParameterError(
            f"the nested graph {name!r} has {len(found)} {side} nodes where one is needed, for an edge names "
            "the graph alone."
        )
    return f"{name}.{found[0]}"


def _edges(tree: Tree, path: str, inside: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The edges of one graph, each between nodes that it has, and there once."""
    held = tree.get("edges")
    place = f" of the nested graph {path[:-1]!r}" if path else ""
    if isinstance(held, Stored) and 0 in held.shape:
        held = ()  # an empty list has no type in a file
    if isinstance(held, Stored | str) or not isinstance(held, Iterable):
        raise ParameterError(f"the edges{place} are missing, so the graph is not whole.")
    found: list[tuple[str, str]] = []
    for edge in held:
        if not isinstance(edge, Collection) or len(edge) != 2:
            raise ParameterError(f"an edge{place} is {edge!r}: it must name two nodes.")
        a, b = (end.decode("utf-8", "replace") if isinstance(end, bytes) else str(end) for end in edge)
        for end in (a, b):
            if end not in inside:
                raise ParameterError(
                    f"the edge {a!r} -> {b!r}{place} names a node {end!r} that is not there; "
                    f"{known_names(end, inside)}."
                )
        found.append((a, b))
    twice = next((edge for edge, times in Counter(found).items() if times > 1), None)
    if twice:
        raise ParameterError(f"the edge {twice[0]!r} -> {twice[1]!r}{place} is there twice: remove one.")
    return found


def _ordered(nodes: dict[str, Node], edges: list[tuple[str, str]]) -> Graph:
    """The graph, once everything in it is reached by an input."""
    before: dict[str, list[str]] = {name: [] for name in nodes}
    after: dict[str, list[str]] = {name: [] for name in nodes}
    for a, b in edges:
        if nodes[b].kind == "Input" or nodes[a].kind == "Output":
            which = f"leads into the Input {b!r}" if nodes[b].kind == "Input" else f"leaves the Output {a!r}"
            raise ParameterError(f"the edge {a!r} -> {b!r} {which}: connect what is behind it.")
        before[b].append(a)
        after[a].append(b)
    reached = dict.fromkeys(name for name, node in nodes.items() if node.kind == "Input")
    if not reached:
        raise ParameterError("the graph has no Input: add one, so that spikes can be given to it.")
    waiting = list(reached)
    for name in waiting:  # which grows
        new = [b for b in after[name] if b not in reached]
        reached |= dict.fromkeys(new)
        waiting += new
    lost = next((name for name in nodes if name not in reached), None)
    if lost is not None:
        raise ParameterError(f"{nodes[lost]} is reached by no Input: connect it, or leave it out.")
    return Graph(
        {name: nodes[name] for name in reached},
        {name: tuple(ends) for name, ends in before.items()},
        {name: tuple(ends) for name, ends in after.items()},
    )


def dt_of(tree: Tree) -> float | None:
    """The length of a step that a graph's metadata states, if they do.

    Raises
    ------
    ParameterError
        If it is no positive number.
    """
    held = metadata_of(tree).get("dt")
    if held is None:
        return None
    found = np.asarray(held.read() if isinstance(held, Stored) else held)
    if found.dtype.kind not in "iuf" or found.size != 1 or not 0 < found.item() < math.inf:
        raise ParameterError(
            f"the graph's metadata say dt = {brief(found.tolist())}, which is no positive number: correct it "
            "there."
        )
    return float(found.item())


def _brief(values: NDArray) -> str:
    """A few values on a line."""
    listed = f"[{', '.join(f'{value:g}' for value in values)}]" if values.dtype == float else values.tolist()
    return f"{' '.join(str(listed).split()):.60}"
