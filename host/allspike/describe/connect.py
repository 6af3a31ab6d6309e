"""Patterns of connection: which pre neuron reaches which post neuron.

A pattern is an object with `pairs(pre, post)`, the indices of the synapses between populations of these
sizes. One that draws at random takes a seed and gives the same pairs each time; without a seed, `connect`
gives it one of the projection's own, by `with_seed(seed)`.
"""

from dataclasses import dataclass, replace
from typing import Literal, Protocol, Self

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_count, checked_flag, checked_indices, checked_number
from ..errors import ParameterError
from ..names import WithNearest, checked_arguments
from ..showing import ShownAsCall, brief

PairArrays = tuple[NDArray[np.int64], NDArray[np.int64]]


class Pattern(Protocol):
    """What `Network.connect` takes to say which neurons are connected."""

    def pairs(self, pre: int, post: int) -> PairArrays:
        """Indices (pre [synapses], post [synapses]) for populations of `pre` and `post` neurons."""


def _probability(name: str, value: float) -> None:
    checked_number(name, value, 0, 1, "a number that lies in 0 to 1")


def _square(pattern: str, pre: int, post: int) -> None:
    if pre != post:
        raise ParameterError(f"{pattern} needs populations of one size, not {pre} and {post}.")


@checked_arguments
@dataclass(frozen=True, repr=False)
class AllToAll(ShownAsCall, WithNearest):
    """Every pre neuron reaches every post neuron.

    Examples
    --------
    >>> AllToAll(self_connections=False).pairs(2, 2)
    (array([0, 1]), array([1, 0]))
    """

    self_connections: bool = True
    """Whether neuron k reaches neuron k (drop it for a population connected to itself)."""

    def pairs(self, pre: int, post: int) -> PairArrays:
        """All pairs, in row-major order."""
        rows, columns = np.divmod(np.arange(pre * post), max(post, 1))
        checked_flag("self_connections", self.self_connections)
        keep = np.ones(rows.size, bool) if self.self_connections else rows != columns
        return rows[keep], columns[keep]


@checked_arguments
@dataclass(frozen=True, repr=False)
class OneToOne(ShownAsCall, WithNearest):
    """Neuron k reaches neuron k; both populations have one size.

    Examples
    --------
    >>> OneToOne().pairs(3, 3)
    (array([0, 1, 2]), array([0, 1, 2]))
    """

    def pairs(self, pre: int, post: int) -> PairArrays:
        """One pair a neuron."""
        _square("OneToOne", pre, post)
        return np.arange(pre), np.arange(pre)


@checked_arguments
@dataclass(frozen=True, eq=False, repr=False)
class Pairs(ShownAsCall, WithNearest):
    """The synapses listed one by one: pre[k] reaches post[k].

    Examples
    --------
    >>> net = Network()
    >>> net.connect(net.inputs(3), net.neurons(2), Pairs([0, 1, 2], [0, 1, 1]), weight=1e-9)
    <Projection 'inputs-neurons': 3 static synapses>
    """

    pre: ArrayLike
    """[synapses]: indices of pre neurons, from 0."""
    post: ArrayLike
    """[synapses]: indices of post neurons, from 0."""

    def pairs(self, pre: int, post: int) -> PairArrays:
        """The pairs as listed."""
        sources = checked_indices("pre", self.pre, pre)
        targets = checked_indices("post", self.post, post)
        if sources.size != targets.size:
            raise ParameterError(f"{sources.size} pre and {targets.size} post indices do not pair.")
        return sources, targets


class _Drawn(ShownAsCall, WithNearest):
    """A pattern that draws: from its seed, or without one from that of the projection."""

    seed: int | None

    def with_seed(self, seed: int) -> Self:
        """The same pattern with this seed."""
        return replace(self, seed=seed)  # type: ignore[type-var]

    def _generator(self) -> np.random.Generator:
        return np.random.default_rng(0 if self.seed is None else checked_count("seed", self.seed))


@checked_arguments
@dataclass(frozen=True, repr=False)
class FixedProbability(_Drawn):
    """Each possible synapse exists with probability p, independently.

    Examples
    --------
    >>> pre, post = FixedProbability(0.1, seed=1).pairs(100, 100)
    >>> 800 < pre.size < 1200
    True
    """

    p: float
    """0 to 1."""
    seed: int | None = None
    """Of the draw, 0 or more; by default one that `connect` derives from the network's and the name of the
    projection, so that projections are wired independently."""
    self_connections: bool = True
    """Whether neuron k may reach neuron k."""

    def pairs(self, pre: int, post: int) -> PairArrays:
        """A draw of all pairs."""
        _probability("p", self.p)
        rows, columns = AllToAll(self.self_connections).pairs(pre, post)
        keep = self._generator().random(rows.size) < self.p
        return rows[keep], columns[keep]


@checked_arguments
@dataclass(frozen=True, repr=False)
class SmallWorld(_Drawn):
    """A directed ring in which each neuron reaches its k nearest neighbours, k / 2 on each side, each synapse
    being rewired to a random target with probability p (Watts and Strogatz 1998).

    Examples
    --------
    >>> pre, post = SmallWorld(k=2, p=0.0).pairs(4, 4)
    >>> post.reshape(4, 2)  # of each neuron, the next and the one before
    array([[1, 3],
           [2, 0],
           [3, 1],
           [0, 2]])
    """

    k: int
    """Neighbours that a neuron reaches, an even number."""
    p: float
    """Probability that a synapse is rewired, 0 to 1."""
    seed: int | None = None
    """As in `FixedProbability`."""

    def pairs(self, pre: int, post: int) -> PairArrays:
        """The k synapses of each neuron; none to itself, none twice."""
        _square("SmallWorld", pre, post)
        _probability("p", self.p)
        k = checked_count("k", self.k, 2)
        if k % 2 or k >= pre:
            raise ParameterError(f"k = {k} must be even and below the {pre} neurons of the ring.")
        rng = self._generator()
        offsets = np.concatenate((np.arange(1, k // 2 + 1), -np.arange(1, k // 2 + 1)))
        targets = (np.arange(pre)[:, None] + offsets) % pre
        for neuron, mine in enumerate(targets):
            for place in np.flatnonzero(rng.random(k) < self.p):
                free = np.setdiff1d(np.arange(pre), np.append(mine, neuron))
                if free.size:
                    mine[place] = rng.choice(free)
        return np.repeat(np.arange(pre), k), targets.ravel()


@checked_arguments
@dataclass(frozen=True, repr=False)
class Grid(ShownAsCall, WithNearest):
    """Neurons on a grid, row by row; each reaches those within `radius` but itself.

    Examples
    --------
    >>> pre, post = Grid(3, 3).pairs(9, 9)
    >>> post[pre == 0]  # of the corner
    array([1, 3, 4])
    """

    rows: int
    """Of the grid; `rows * columns` is the size of the population."""
    columns: int
    """Likewise."""
    radius: int = 1
    """In neurons, 1 or more."""
    neighbourhood: Literal["moore", "von-neumann"] = "moore"
    """The square around a neuron, or the diamond."""
    wrap: bool = False
    """Whether the edges meet (a torus)."""

    def pairs(self, pre: int, post: int) -> PairArrays:
        """The pairs of neighbours."""
        _square("Grid", pre, post)
        for name in ("rows", "columns"):
            checked_count(name, getattr(self, name), 1)
        if self.rows * self.columns != pre:
            raise ParameterError(f"a grid of {self.rows} x {self.columns} is not a population of {pre}.")
        radius = checked_count("radius", self.radius, 1)
        if not isinstance(self.neighbourhood, str) or self.neighbourhood not in ("moore", "von-neumann"):
            raise ParameterError(
                f'neighbourhood = {brief(self.neighbourhood)}: it is "moore" or "von-neumann".'
            )
        row, column = np.divmod(np.arange(pre), self.columns)
        down, right = np.abs(row[:, None] - row), np.abs(column[:, None] - column)
        checked_flag("wrap", self.wrap)
        if self.wrap:
            down, right = np.minimum(down, self.rows - down), np.minimum(right, self.columns - right)
        distance = np.maximum(down, right) if self.neighbourhood == "moore" else down + right
        rows, columns = np.nonzero((distance > 0) & (distance <= radius))
        return rows, columns


@checked_arguments
@dataclass(frozen=True, repr=False)
class Layers(ShownAsCall, WithNearest):
    """A population cut into consecutive layers, each connected all-to-all to the next.

    Examples
    --------
    >>> Layers((1, 2, 1)).pairs(4, 4)
    (array([0, 0, 1, 2]), array([1, 2, 3, 3]))
    """

    sizes: tuple[int, ...]
    """Neurons of each layer; their sum is the size of the population."""

    def pairs(self, pre: int, post: int) -> PairArrays:
        """The pairs from layer to layer."""
        _square("Layers", pre, post)
        try:
            sizes = [checked_count("layer size", size, 1) for size in self.sizes]
        except TypeError:
            raise ParameterError(f"sizes = {brief(self.sizes)} must be a sequence of layer sizes.") from None
        if sum(sizes) != pre:
            raise ParameterError(f"layers of {sizes} make {sum(sizes)} neurons, the population has {pre}.")
        layer = np.repeat(np.arange(len(sizes)), sizes)
        rows, columns = np.nonzero(layer[:, None] + 1 == layer)
        return rows, columns
