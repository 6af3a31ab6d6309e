"""The synapses between two populations: which there are, and their weights."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from typing_extensions import TypeAliasType

from ..aliases import ArrayLike, NDArray
from ..checks import checked_array, checked_indices, numbers, plain_array
from ..errors import ParameterError
from ..names import WithNearest
from ..showing import brief
from .connect import PairArrays, Pattern
from .learning import STDP
from .population import Neurons, Population

Weights = TypeAliasType("Weights", ArrayLike | Callable[..., ArrayLike])
"""One weight, an array of weights, or a function that gives them."""


@dataclass(frozen=True, eq=False)
class Projection(WithNearest):
    """Synapses from one population to another, made by `Network.connect`.

    Examples
    --------
    >>> net = Network()
    >>> made = net.connect(net.inputs(2), net.neurons(3), weight=1e-9)
    >>> made.matrix().shape, len(made)
    ((2, 3), 6)
    """

    name: str
    """Unique in its network."""
    pre: Population
    """Where its spikes come from."""
    post: Neurons
    """Where they go."""
    pairs: NDArray[np.int64]
    """[2, synapses]: index of the pre and of the post neuron, in their populations."""
    weights: NDArray[np.float64]
    """[synapses], in amperes, or in volts for delta synapses."""
    stdp: STDP | None = None
    """The rule by which they learn; None: they do not."""

    def __len__(self) -> int:
        return self.weights.size

    def __repr__(self) -> str:
        kind = "static" if self.stdp is None else "plastic"
        return f"<Projection {self.name!r:.60}: {len(self):,} {kind} synapses>"

    def matrix(self) -> NDArray[np.float64]:
        """Weights as [pre, post] of the whole populations; 0 where there is no synapse."""
        dense = np.zeros((self.pre.size, self.post.size))
        dense[tuple(self.pairs)] = self.weights
        return dense


def seed_of(network_seed: int, name: str, pattern: object) -> int:
    """What a projection draws from that was given no seed: its own, and the same in each run of a script."""
    text = repr((network_seed, name, type(pattern).__name__))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def wired(
    pattern: Pattern | ArrayLike, weight: Weights | None, shape: tuple[int, int], seed: int
) -> tuple[PairArrays, NDArray[np.float64]]:
    """The pairs of a pattern or a matrix between `shape` neurons, and their weights.

    Parameters
    ----------
    pattern, weight
        As in `Network.connect`.
    shape : (pre, post)
    seed : int
        What is drawn from that has no seed of its own.
    """
    if isinstance(pattern, type) and hasattr(pattern, "pairs"):
        pattern = _made(pattern)
    if hasattr(pattern, "pairs"):
        pairs = _pattern_pairs(pattern, shape, seed)
    else:
        matrix = _matrix(pattern, weight, shape)
        pairs, values = _entries(matrix)
        if matrix.dtype != bool:
            return pairs, values
    if weight is None:
        raise ParameterError("weight is missing: give a number, an array or a function.")
    return pairs, _pair_weights(weight, pairs, shape, seed)


def _made(pattern: type) -> Any:
    """A pattern that is given as its class."""
    try:
        return pattern()
    except TypeError:
        raise ParameterError(
            f"{pattern.__name__} is a class of patterns: give one of it, {pattern.__name__}(...) with its "
            "parameters."
        ) from None


def _pattern_pairs(pattern: Any, shape: tuple[int, int], seed: int) -> PairArrays:
    if getattr(pattern, "seed", 0) is None and hasattr(pattern, "with_seed"):
        pattern = pattern.with_seed(seed)
    found = pattern.pairs(*shape)
    if not isinstance(found, tuple | list | np.ndarray) or len(found) != 2:
        raise ParameterError(
            f"pairs() of {type(pattern).__name__} gives {brief(found)}: it must give two arrays of indices, "
            "(pre [synapses], post [synapses])."
        )
    rows, columns = (
        checked_indices(f"{side} of {type(pattern).__name__}", part, size)
        for side, part, size in zip(("pre", "post"), found, shape, strict=True)
    )
    if rows.size != columns.size:
        raise ParameterError(
            f"pairs() of {type(pattern).__name__} gives {rows.size} pre and {columns.size} post indices: "
            "they do not pair."
        )
    return rows, columns


def _matrix(matrix: Any, weight: object, shape: tuple[int, int]) -> Any:
    """A matrix of weights, or of true and false: an array, or in compressed rows."""
    if isinstance(matrix, str):
        raise ParameterError(
            f"pattern = {matrix!r} is a word: give a pattern such as AllToAll(), or a matrix of weights."
        )
    if isinstance(matrix, int | float | np.number):
        raise ParameterError(
            f"pattern = {matrix!r} is a number: one weight for all synapses is weight={matrix!r}."
        )
    if hasattr(matrix, "tocsr"):
        matrix = matrix.tocsr().copy()
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
    else:
        given = plain_array("weights", matrix)
        matrix = given.astype(bool) if np.asarray(matrix).dtype == bool else given
    if matrix.shape != shape:
        raise ParameterError(f"the weights have shape {matrix.shape}; the projection is {shape} [pre, post].")
    if matrix.dtype == bool and weight is None:
        raise ParameterError(
            "a matrix of true and false says which synapses there are: give their weight too."
        )
    if matrix.dtype != bool and weight is not None:
        raise ParameterError("the pattern holds the weights already: drop weight=.")
    return matrix


def _entries(matrix: Any) -> tuple[PairArrays, NDArray[np.float64]]:
    if hasattr(matrix, "tocoo"):
        entries = matrix.tocoo()
        rows, columns = entries.row.astype(np.int64), entries.col.astype(np.int64)
        return (rows, columns), checked_array("weights", entries.data, (rows.size,))
    rows, columns = np.nonzero(matrix)
    return (rows, columns), checked_array("weights", matrix, matrix.shape)[rows, columns]


def _pair_weights(
    weight: Weights, pairs: PairArrays, shape: tuple[int, int], seed: int
) -> NDArray[np.float64]:
    values = numbers("weight", _drawn(weight, pairs, seed) if callable(weight) else weight)
    if not callable(weight) and values.shape == shape:
        return checked_array("weight", values, shape)[pairs]
    if values.ndim == 2:
        raise ParameterError(f"weight has shape {values.shape}; the projection is {shape} [pre, post].")
    return checked_array("weight", values, (pairs[0].size,))


def _drawn(weight: Callable[..., ArrayLike], pairs: PairArrays, seed: int) -> ArrayLike:
    """What a function of the pairs gives; one that has an argument `rng` gets the projection's generator."""
    try:
        signature = inspect.signature(weight)
    except (TypeError, ValueError):  # some functions in C have none
        return weight(*pairs)
    extra = {"rng": np.random.default_rng([seed, 1])} if "rng" in signature.parameters else {}
    try:
        signature.bind(*pairs, **extra)
    except TypeError:
        raise ParameterError(
            f"the function given as weight takes {signature}: it is called with (pre, post), the indices of "
            "the synapses, and with rng= if it has that."
        ) from None
    return weight(*pairs, **extra)


_SLACK = 0.02
"""Learned weights may lie this share of their range outside it: a unit of 7 bits is less."""


def learned(stdp: STDP | None, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights that a device learned, within the bounds as described, which quantised ones may just miss."""
    if stdp is None:
        return weights
    slack = _SLACK * (stdp.w_max - stdp.w_min)
    inside = (weights >= stdp.w_min - slack) & (weights <= stdp.w_max + slack)
    return np.where(inside, np.clip(weights, stdp.w_min, stdp.w_max), weights)


def check_weights(stdp: STDP | None, weights: NDArray[np.float64]) -> None:
    """Refuse weights that are infinite, or beyond what a rule keeps them in."""
    if not np.isfinite(weights).all():
        raise ParameterError("a weight is infinite: weights must be finite numbers.")
    if stdp is not None and weights.size and (weights.min() < stdp.w_min or weights.max() > stdp.w_max):
        bad = weights.min() if weights.min() < stdp.w_min else weights.max()
        raise ParameterError(
            f"the initial weight {bad:g} lies outside w_min = {stdp.w_min:g} to w_max = {stdp.w_max:g}."
        )


def check_overlap(new: Projection, others: list[Projection]) -> None:
    """Refuse a second synapse between two neurons."""

    def keys(projection: Projection) -> NDArray[np.int64]:
        return projection.pairs[0] * projection.post.size + projection.pairs[1]

    mine = keys(new)
    if np.unique(mine).size != mine.size:
        raise ParameterError(f"{new.name} lists a synapse twice: between two neurons there is one.")
    for other in others:
        if other.pre is new.pre and other.post is new.post:
            shared = np.intersect1d(mine, keys(other))
            if shared.size:
                pre, post = divmod(int(shared[0]), new.post.size)
                raise ParameterError(
                    f"{new.name} and {other.name} both connect {new.pre.name}[{pre}] to "
                    f"{new.post.name}[{post}]: between two neurons there is one synapse."
                )
