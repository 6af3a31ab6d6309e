"""The flat form: places that spike or are read, and one affine map from each to the next.

NIR's graphs hold neurons, linear nodes, delays and further graphs. Between two places of spikes all of these
come to one matrix, one bias and one delay a source, which is what the core can hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from .graph import Shape


@dataclass(frozen=True, eq=False)
class Port:
    """An Input or an Output of the outermost graph."""

    name: str
    shape: Shape

    @property
    def size(self) -> int:
        """How many values it has in a step."""
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
