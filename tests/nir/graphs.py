"""Graphs for tests, and files that nir.write cannot make."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import nir
import numpy as np


def lif(size: int | tuple[int, ...], **changed: Any) -> nir.LIF:
    """Neurons of tau 10, threshold 1."""
    ones = np.ones(size)
    fields = {"tau": 10 * ones, "r": ones, "v_leak": 0 * ones, "v_threshold": ones, "v_reset": 0 * ones}
    return nir.LIF(**(fields | changed))


def graph(nodes: Mapping[str, Any], *edges: str, **more: Any) -> nir.NIRGraph:
    """A graph of edges "a b c", each a chain; nothing is checked or added by nir."""
    pairs = [pair for edge in edges for pair in zip(edge.split(), edge.split()[1:], strict=False)]
    return nir.NIRGraph(dict(nodes), pairs, type_check=False, **more)


def between(node: nir.NIRNode, taken: tuple[int, ...], given: tuple[int, ...]) -> nir.NIRGraph:
    """One linear node from an Input to neurons."""
    nodes = {
        "in": nir.Input(np.array(taken)), "node": node, "lif": lif(given), "out": nir.Output(np.array(given)),
    }  # fmt: skip
    return graph(nodes, "in node lif out")


def write_tree(path: Path, tree: Mapping[str, Any]) -> Path:
    """A file of a tree of dictionaries, whatever is in it; `nir.write` refuses numbers without axes."""

    def fill(group: h5py.Group, part: Mapping[str, Any]) -> None:
        for key, value in part.items():
            if isinstance(value, Mapping):
                fill(group.create_group(key), value)
            elif isinstance(value, str):
                group.create_dataset(key, data=value, dtype=h5py.string_dtype())
            elif value is not None:
                group.create_dataset(key, data=value)

    with h5py.File(path, "w") as file:
        file.create_dataset("version", data="1.0.8", dtype=h5py.string_dtype())
        fill(file.create_group("node"), tree)
    return path
