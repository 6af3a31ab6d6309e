"""Graphs of any topology, and what they compute node by node."""

from collections.abc import Mapping
from typing import Any

import nir
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import correlate

from tests.nir.graphs import lif

Array = NDArray[np.float64]
Made = tuple[nir.NIRGraph, np.random.Generator]


class Plain:
    """A graph evaluated node by node, nested graphs as they are: what arrives where, if each place gives
    this."""

    def __init__(self, outermost: nir.NIRGraph, gives: Mapping[str, Array]) -> None:
        self.graphs: dict[str, nir.NIRGraph] = {}
        self.above: dict[str, tuple[str, str]] = {}
        self.gives = gives
        self.known: dict[str, Array] = {}
        self._add("", outermost)

    def _add(self, path: str, inside: nir.NIRGraph) -> None:
        self.graphs[path] = inside
        for name, node in inside.nodes.items():
            if isinstance(node, nir.NIRGraph):
                self.above[f"{path}{name}."] = path, name
                self._add(f"{path}{name}.", node)

    def arriving(self, path: str, name: str) -> Array:
        if path and isinstance(self.graphs[path].nodes[name], nir.Input):
            return self.arriving(*self.above[path])
        values = [self.leaving(path, a) for a, b in self.graphs[path].edges if b == name]
        return np.sum([one.reshape(values[0].shape) for one in values], axis=0)

    def leaving(self, path: str, name: str) -> Array:
        full, node = f"{path}{name}", self.graphs[path].nodes[name]
        if full in self.gives:
            return self.gives[full]
        if full not in self.known:
            if isinstance(node, nir.NIRGraph):
                out = next(key for key, one in node.nodes.items() if isinstance(one, nir.Output))
                self.known[full] = self.arriving(f"{full}.", out)
            elif isinstance(node, nir.Input | nir.Output):
                self.known[full] = self.arriving(path, name)
            else:
                self.known[full] = calculated(node, self.arriving(path, name))
        return self.known[full]


def calculated(node: nir.NIRNode, x: Array) -> Array:
    """One linear node, by other means than the package's."""
    if isinstance(node, nir.Affine):
        return np.asarray(node.weight @ x.reshape(-1) + node.bias)
    if isinstance(node, nir.Linear):
        return np.asarray(node.weight @ x.reshape(-1))
    if isinstance(node, nir.Scale):
        return np.asarray(x * node.scale)
    if isinstance(node, nir.Flatten):
        return x.reshape(-1)
    if isinstance(node, nir.Conv2d):
        padded = np.pad(x, ((0, 0), *((p, p) for p in node.padding)))
        down, along = node.stride
        maps = [correlate(padded, kernel, "valid")[0, ::down, ::along] for kernel in node.weight]
        return np.stack(maps) + node.bias[:, None, None]
    assert isinstance(node, nir.SumPool2d | nir.AvgPool2d)
    blocks = x.reshape(x.shape[0], x.shape[1] // 2, 2, x.shape[2] // 2, 2)
    return np.asarray(blocks.sum((2, 4)) if isinstance(node, nir.SumPool2d) else blocks.mean((2, 4)))


class Growing:
    """A graph that grows by what hypothesis draws; ends are nodes of which more may go on."""

    def __init__(self, draw: Any, rng: np.random.Generator, shape: tuple[int, ...], depth: int = 0) -> None:
        self.draw, self.rng, self.depth = draw, rng, depth
        self.nodes: dict[str, Any] = {"in": nir.Input(np.array(shape))}
        self.edges: list[tuple[str, str]] = []
        self.ends: dict[str, tuple[int, ...]] = {"in": shape}

    def add(self, node: Any, before: list[str], shape: tuple[int, ...]) -> str:
        name = f"{type(node).__name__.lower()}.{len(self.nodes)}é"
        self.nodes[name] = node
        self.edges += [(one, name) for one in before]
        self.ends[name] = shape
        return name

    def step(self) -> None:
        first = self.draw(st.sampled_from(sorted(self.ends)))
        shape = self.ends[first]
        size = int(np.prod(shape))
        alike = [one for one, its in self.ends.items() if its == shape]
        before = sorted(self.draw(st.sets(st.sampled_from(alike), min_size=1, max_size=3)))
        kinds = ["affine", "linear", "scale", "flatten", "cells", "loop", *["nested"] * (self.depth < 2)]
        if len(shape) == 3:
            kinds += ["conv", *["pool"] * (shape[1] % 2 == 0 and shape[2] % 2 == 0)]
        kind = self.draw(st.sampled_from(kinds))
        flat = size if len(shape) == 1 else None
        if kind in ("affine", "linear") and flat:
            out = self.draw(st.integers(1, 6))
            weight = self.rng.normal(size=(out, size))
            node = nir.Affine(weight, self.rng.normal(size=out)) if kind == "affine" else nir.Linear(weight)
            self.add(node, before, (out,))
        elif kind == "conv":
            out, (down, along) = self.draw(st.integers(1, 3)), self.draw(st.sampled_from([(1, 1), (2, 1)]))
            weight = self.rng.normal(size=(out, shape[0], 2, 3))
            node = nir.Conv2d(shape[1:], weight, (down, along), (1, 1), 1, 1, self.rng.normal(size=out))
            self.add(node, before, (out, shape[1] // down + 1, shape[2]))
        elif kind == "pool":
            pool = self.draw(st.sampled_from([nir.SumPool2d, nir.AvgPool2d]))
            two = np.array([2, 2])
            self.add(pool(two, two, 0 * two), before, (shape[0], shape[1] // 2, shape[2] // 2))
        elif kind == "flatten":
            self.add(nir.Flatten({"input": np.array(shape)}, 0, -1), before, (size,))
        elif kind == "nested":
            inside = Growing(self.draw, self.rng, shape, self.depth + 1)
            self.add(inside.done(self.draw(st.integers(1, 3)), 1), before, next(iter(inside.left.values())))
        elif kind in ("cells", "loop"):
            of_all = self.draw(st.booleans())
            name = self.add(lif(1 if of_all else shape), before, shape)
            if kind == "loop" and flat:
                back = self.add(nir.Affine(self.rng.normal(size=(size, size)), np.ones(size)), [name], shape)
                self.edges.append((back, name))
        else:
            self.add(nir.Scale(self.rng.normal(size=shape)), before, shape)

    def done(self, steps: int, outputs: int) -> nir.NIRGraph:
        for _ in range(steps):
            self.step()
        leading = {a for a, _ in self.edges}
        ends = [one for one in self.ends if one not in leading] or [next(reversed(self.ends))]
        chosen = ends if outputs > 1 else ends[-1:]
        self.left = {one: self.ends[one] for one in chosen}
        for one, shape in self.left.items():
            self.nodes[f"out of {one}"] = nir.Output(np.array(shape))
            self.edges.append((one, f"out of {one}"))
        return nir.NIRGraph(self.nodes, self.edges, type_check=False)


@st.composite
def networks(draw: Any) -> Made:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.sampled_from([(1,), (5,), (1, 4, 4), (2, 4, 6)]))
    growing = Growing(draw, rng, shape)
    growing.add(lif(shape), ["in"], shape)
    return growing.done(draw(st.integers(1, 9)), 2), rng
