"""From a NIR graph to the flat form: nested graphs inlined, linear nodes multiplied into the edges."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

from ..errors import CapacityError, ParameterError
from ..map.config import MAX_SYNAPSES
from .composing import composed
from .flat import Cells, Flat, Port
from .graph import NEURONS, dt_of, inlined
from .linear import spread
from .reading import opened
from .shapes import shaped


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
    >>> from allspike.nir import flatten
    >>> ones = np.ones(3)
    >>> graph = nir.NIRGraph.from_list(
    ...     nir.Linear(np.ones((3, 2))), nir.Scale(ones / 2), nir.LIF(ones, ones, ones, ones)
    ... )
    >>> flatten(graph).edges[0].matrix
    array([[0.5, 0.5, 0.5],
           [0.5, 0.5, 0.5]])
    """
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
