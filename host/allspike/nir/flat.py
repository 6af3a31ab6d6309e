"""The flat form: places that spike or are read, and one affine map from each to the next.

NIR's graphs hold neurons, linear nodes, delays and further graphs. Between two places of spikes all of these
come to one matrix, one bias and one delay a source, which is what the core can hold.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import CapacityError, ParameterError
from ..map.config import MAX_SYNAPSES
from .graph import NEURONS, Shape


@dataclass(frozen=True, eq=False)
class Port:
    """An Input or an Output of the outermost graph."""

    name: str
    shape: Shape

    @property
    def size(self) -> int:
        """How many lines it has."""
        return prod(self.shape)


@dataclass(frozen=True, eq=False)
class Cells:
    """A node of neurons, each with parameters of its own."""

    name: str
    """Its path: "lif1", or "rnn.lif" within a nested graph."""
    kind: str
    """NIR's name: LIF, IF, CubaLIF, LI, I, CubaLI or Threshold."""
    shape: Shape
    parameters: Mapping[str, NDArray[np.float64]]
    """By NIR's names, each [size], in C order; v_reset is there for all that fire but Threshold."""

    @property
    def size(self) -> int:
        """How many neurons it has."""
        return prod(self.shape)


@dataclass(frozen=True, eq=False)
class Edge:
    """An affine map of the spikes of one place into another: all linear nodes on the way, multiplied."""

    pre: str
    """Name of an input or of cells."""
    post: str
    """Name of cells or of an output."""
    matrix: NDArray[np.float64]
    """[pre size, post size]; the identity where no linear node is on the way."""
    bias: NDArray[np.float64]
    """[post size]: what arrives in every step without a spike; over all edges it is counted once."""
    delay: NDArray[np.float64]
    """[pre size], in the graph's unit of time, which NIR calls seconds; 0 where there is none."""
    nodes: tuple[str, ...] = ()
    """Names of the linear nodes and delays on the way, in order."""


@dataclass(frozen=True, eq=False)
class Flat:
    """A network: inputs, cells, outputs, and the edges between them."""

    inputs: tuple[Port, ...]
    cells: tuple[Cells, ...]
    outputs: tuple[Port, ...]
    edges: tuple[Edge, ...]
    dt: float | None = None
    """Length of a step, where the graph says one."""
    source: str = "the graph"
    """What messages call it."""
    notes: tuple[str, ...] = ()
    """What is otherwise here than in the graph, a sentence each, naming the node."""


def flatten(source: Any) -> Flat:
    """The flat form of a NIR graph; nested graphs are inlined, linear nodes multiplied into the edges.

    Parameters
    ----------
    source : nir.NIRGraph, str or Path
        A graph, the dictionary that its `to_dict` gives, or a file of `nir.write`.

    Raises
    ------
    FileError
        If the file is missing, damaged or no NIR file.
    ParameterError
        If something in the graph is not usable, naming the node or the edge: an edge to a node that is not
        there, shapes that disagree, values that are not finite, a loop without a neuron.
    CapacityError
        If no build could hold so many neurons and inputs; no weights are read then.

    Examples
    --------
    >>> import nir, numpy as np
    >>> from allspike.nir.flat import flatten
    >>> ones = np.ones(3)
    >>> graph = nir.NIRGraph.from_list(
    ...     nir.Linear(np.ones((3, 2))), nir.Scale(ones / 2), nir.LIF(ones, ones, ones, ones)
    ... )
    >>> flatten(graph).edges[0].matrix
    array([[0.5, 0.5, 0.5],
           [0.5, 0.5, 0.5]])
    """
    from .composing import composed  # noqa: PLC0415  (it makes what this module defines)
    from .graph import dt_of, inlined  # noqa: PLC0415
    from .linear import spread  # noqa: PLC0415
    from .reading import opened  # noqa: PLC0415
    from .shapes import shaped  # noqa: PLC0415

    with _named(source), opened(source) as tree:
        found = shaped(inlined(tree))
        graph = found.graph
        inputs, outputs = (
            tuple(Port(node.name, found.taken[node.name]) for node in graph.of_kind(kind))
            for kind in ("Input", "Output")
        )
        neurons = [(node, found.taken[node.name]) for node in graph.of_kind(*NEURONS)]
        _check_room(sum(prod(shape) for _, shape in neurons), sum(port.size for port in inputs))
        cells = tuple(
            Cells(
                node.name, node.kind, shape,
                {field: spread(node, field, shape).reshape(-1) for field in NEURONS[node.kind]},
            )
            for node, shape in neurons
        )  # fmt: skip
        edges, notes = composed(found)
        name = str(source) if isinstance(source, str | Path) else "the graph"
        return Flat(inputs, cells, outputs, edges, dt_of(tree), name, notes)


def _check_room(neurons: int, inputs: int) -> None:
    if not neurons:
        raise ParameterError("the graph has no neurons, so there is nothing to run: add a node of them.")
    synapses = (inputs + neurons) * neurons
    if synapses > MAX_SYNAPSES:
        raise CapacityError(
            f"it has {neurons:,} neurons and {inputs:,} inputs, which make {synapses:,} synapses, "
            f"and the memory map holds {MAX_SYNAPSES:,}: use fewer neurons or inputs."
        )


@contextmanager
def _named(source: Any) -> Iterator[None]:
    """Begin what is wrong with a graph by the file that it is in."""
    try:
        yield
    except (ParameterError, CapacityError) as error:
        if not isinstance(source, str | Path):
            raise
        raise type(error)(f"{source}: {error}") from None
