"""Neurons that fire at every spike, and layers of them."""

from typing import Any

import nir
import numpy as np

from .graphs import graph

TWO = np.ones(2)


def integrate(size: int | tuple[int, ...] = 2, **changed: Any) -> nir.IF:
    """Neurons that fire at every spike of weight 1."""
    ones = np.ones(size)
    return nir.IF(**{"r": ones, "v_threshold": 0.5 * ones, "v_reset": 0 * ones} | changed)


def layers(count: int, size: int = 2) -> nir.NIRGraph:
    """So many layers that pass spikes on."""
    nodes: dict[str, Any] = {"in": nir.Input(np.array([size])), "out": nir.Output(np.array([size]))}
    nodes |= {f"l{k}": integrate(size) for k in range(count)}
    return graph(nodes, " ".join(["in", *(f"l{k}" for k in range(count)), "out"]))
