"""The description of a network: populations, projections, and how to save it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .checks import checked_array, checked_count, plain_array
from .config import Config
from .connect import AllToAll, Pattern
from .errors import ParameterError
from .learning import STDP
from .neuron import LIF
from .population import Inputs, Neurons, Population

if TYPE_CHECKING:
    from .superneuromat import Translation

Weights = ArrayLike | Callable[[NDArray[np.int64], NDArray[np.int64]], ArrayLike]


@dataclass(frozen=True, eq=False)
class Projection:
    """Synapses from one population to another. Weights are in amperes, or volts for delta synapses."""

    name: str
    pre: Population
    post: Neurons
    pairs: NDArray[np.int64]
    """[2, synapses]: index of the pre and of the post neuron."""
    weights: NDArray[np.float64]
    """[synapses]"""
    stdp: STDP | None = None

    def __len__(self) -> int:
        return self.weights.size

    def __repr__(self) -> str:
        kind = "static" if self.stdp is None else "plastic"
        return f"<Projection {self.name!r}: {len(self)} {kind} synapses>"

    def matrix(self) -> NDArray[np.float64]:
        """Weights as [pre, post]; 0 where there is no synapse."""
        dense = np.zeros((self.pre.size, self.post.size))
        dense[tuple(self.pairs)] = self.weights
        return dense


class Network:
    """A network: build it up with `inputs`, `neurons` and `connect`.

    Parameters
    ----------
    dt : float
        Seconds a step.

    Examples
    --------
    >>> net = Network()
    >>> pixels = net.inputs(64, "pixels")
    >>> cells = net.neurons(10, LIF(tau_m=10e-3), "cells")
    >>> net.connect(pixels, cells, weight=2e-9)
    <Projection 'pixels-cells': 640 static synapses>
    """

    def __init__(self, dt: float = 1e-3) -> None:
        if not isinstance(dt, int | float) or not 0 < dt < np.inf:
            raise ParameterError(f"dt = {dt!r} must be a number of seconds above 0.")
        self.dt = float(dt)
        self.populations: dict[str, Population] = {}
        self.projections: dict[str, Projection] = {}
        self.translation: Translation | None = None

    def __repr__(self) -> str:
        lines = [f"<Network dt={self.dt:g} s>"]
        lines += [f"  {part!r}" for part in (*self.populations.values(), *self.projections.values())]
        return "\n".join(lines)

    def _ipython_key_completions_(self) -> list[str]:
        return [*self.populations, *self.projections]

    def __getitem__(self, name: str) -> Any:
        for parts in (self.populations, self.projections):
            if name in parts:
                return parts[name]
        known = ", ".join((*self.populations, *self.projections)) or "empty"
        raise ParameterError(f"the network has nothing named {name!r}; it has: {known}.")

    @property
    def input_populations(self) -> list[Inputs]:
        """The input populations, in the order of their axons."""
        return [p for p in self.populations.values() if isinstance(p, Inputs)]

    @property
    def neuron_populations(self) -> list[Neurons]:
        """The neuron populations, in the order of their neurons."""
        return [p for p in self.populations.values() if isinstance(p, Neurons)]

    @property
    def stdp(self) -> STDP | None:
        """The learning rule of the plastic projections; None if all are static."""
        return next((p.stdp for p in self.projections.values() if p.stdp is not None), None)

    def inputs(self, size: int, name: str | None = None) -> Inputs:
        """Add a population of inputs.

        Raises
        ------
        ParameterError
            If the size is below 1 or the name is taken.
        """
        population = Inputs(self._free(name, "inputs"), checked_count("size", size, 1))
        self.populations[population.name] = population
        return population

    def neurons(self, size: int, model: LIF | None = None, name: str | None = None) -> Neurons:
        """Add a population of neurons; without a model, of `LIF()` with its defaults.

        Raises
        ------
        ParameterError
            If the size is below 1, the name is taken, or a parameter's array has another length.
        """
        model = LIF() if model is None else model
        population = Neurons(self._free(name, "neurons"), checked_count("size", size, 1), model)
        for field in fields(model):
            if field.name not in ("reset", "refractory"):
                model.array(field.name, size)
        self.populations[population.name] = population
        return population

    def connect(
        self,
        pre: Population,
        post: Neurons,
        pattern: Pattern | ArrayLike | None = None,
        *,
        weight: Weights | None = None,
        stdp: STDP | None = None,
        name: str | None = None,
    ) -> Projection:
        """Add a projection.

        Parameters
        ----------
        pre, post : populations of this network
        pattern : pattern, or weights as an array or SciPy sparse matrix [pre, post]
            Which neurons are connected; all to all by default. In a matrix, zeros are absent synapses.
        weight : number, array or callable, optional
            One weight for all; an array [pre, post], of which the pattern's places are taken; an array
            [synapses] in the order of the pattern's pairs; or a function of the arrays (pre, post). Amperes,
            or volts for delta synapses. Required unless the pattern holds the weights.
        stdp : STDP, optional
            Makes the synapses plastic.
        name : str, optional
            By default "pre-post".

        Raises
        ------
        ParameterError
            If a population is foreign, shapes do not agree, or a synapse exists already: between two neurons
            there is one.
        """
        for population in (pre, post):
            if self.populations.get(getattr(population, "name", "")) is not population:
                raise ParameterError(f"{population!r} is no population of this network.")
        if not isinstance(post, Neurons):
            raise ParameterError(f"{post!r} cannot receive synapses: inputs only send spikes.")
        pattern = AllToAll() if pattern is None else pattern
        if hasattr(pattern, "pairs"):
            if weight is None:
                raise ParameterError("weight is missing: give a number, an array or a function.")
            rows, columns = pattern.pairs(pre.size, post.size)
            values = _pair_weights(weight, rows, columns, (pre.size, post.size))
        else:
            if weight is not None:
                raise ParameterError("the pattern holds the weights already: drop weight=.")
            rows, columns, values = _matrix_pairs(pattern, (pre.size, post.size))
        if stdp is not None and self.stdp is not None and stdp != self.stdp:
            raise ParameterError(
                "a core has one learning rule: give all plastic projections the same STDP object."
            )
        _check_weights(stdp, values)
        projection = Projection(
            self._free(name, f"{pre.name}-{post.name}"), pre, post, np.stack((rows, columns)), values, stdp
        )
        self._check_overlap(projection)
        self.projections[projection.name] = projection
        return projection

    def with_weights(self, weights: dict[str, NDArray[np.float64]]) -> Self:
        """A copy in which the named projections have other weights, [pre, post] each: what learning left."""
        copy = type(self)(self.dt)
        copy.populations = dict(self.populations)
        copy.projections = dict(self.projections)
        copy.translation = self.translation
        for name, matrix in weights.items():
            projection = self[name]
            if not isinstance(projection, Projection):
                raise ParameterError(f"{name} is a population; weights belong to a projection.")
            shape = (projection.pre.size, projection.post.size)
            values = checked_array(f"weights of {name}", matrix, shape)[tuple(projection.pairs)]
            rule = projection.stdp
            if rule is not None:
                # What a device learned stays within the bounds as quantised, which may lie just outside.
                slack = _SLACK * (rule.w_max - rule.w_min)
                inside = (values >= rule.w_min - slack) & (values <= rule.w_max + slack)
                values = np.where(inside, np.clip(values, rule.w_min, rule.w_max), values)
            _check_weights(rule, values)
            copy.projections[name] = replace(projection, weights=values)
        return copy

    def _free(self, name: str | None, stem: str) -> str:
        taken = {*self.populations, *self.projections}
        if name is None:
            return next(f"{stem}{k or ''}" for k in range(len(taken) + 1) if f"{stem}{k or ''}" not in taken)
        if not isinstance(name, str) or not name:
            raise ParameterError(f"name = {name!r} must be a word.")
        if name in taken:
            raise ParameterError(f"the network already has something named {name!r}: choose another name.")
        return name

    def _check_overlap(self, new: Projection) -> None:
        def keys(projection: Projection) -> NDArray[np.int64]:
            return projection.pairs[0] * projection.post.size + projection.pairs[1]

        mine = keys(new)
        if np.unique(mine).size != mine.size:
            raise ParameterError(f"{new.name} lists a synapse twice: between two neurons there is one.")
        for other in self.projections.values():
            if other.pre is new.pre and other.post is new.post:
                shared = np.intersect1d(mine, keys(other))
                if shared.size:
                    pre, post = divmod(int(shared[0]), new.post.size)
                    raise ParameterError(
                        f"{new.name} and {other.name} both connect {new.pre.name}[{pre}] to "
                        f"{new.post.name}[{post}]: between two neurons there is one synapse."
                    )

    def save(self, path: str | Path) -> None:
        """Write the network to one file (arrays and JSON; no code can hide in it).

        Raises
        ------
        FileError
            If the place cannot be written.
        ParameterError
            If it was translated from SuperNeuroMAT, whose file keeps more than this one would.
        """
        if self.translation is not None:
            raise ParameterError(
                "a network translated from SuperNeuroMAT stays in its JSON file: save that, or an image."
            )
        from .network_file import save  # noqa: PLC0415  (it needs this module)

        save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> "Network":
        """Read a network.

        Raises
        ------
        FileError
            If the file is missing, damaged or no network.
        """
        from .network_file import load  # noqa: PLC0415

        return load(path)

    @classmethod
    def from_superneuromat(
        cls,
        source: Any,
        *,
        name: int | str = 0,
        exact: bool = False,
        config: Config | str | None = None,
        dt: float = 1e-3,
    ) -> "Network":
        """Translate a network of SuperNeuroMAT 3.5; what became of it is in its `translation`.

        Parameters
        ----------
        source : SNN, str or Path
            An object of SuperNeuroMAT, or the path of a file of its `saveas_json`.
        name : int or str
            Which network of a file.
        exact : bool
            Refuse what would not give the same spikes and weights.
        config : Config or str, optional
            A build or preset whose widths to translate for; by default the widest, which most builds have.
        dt : float
            Seconds that a step stands for.

        Raises
        ------
        FileError
            If the file is missing, damaged or of another kind.
        ParameterError
            If it is no such network, or not exact though it must be.
        """
        from .superneuromat import translate  # noqa: PLC0415

        return translate(source, name=name, exact=exact, config=config, dt=dt)


_SLACK = 0.02
"""Learned weights may lie this share of their range outside it: a unit of 7 bits is less."""


def _check_weights(stdp: STDP | None, weights: NDArray[np.float64]) -> None:
    if not np.isfinite(weights).all():
        raise ParameterError("a weight is infinite: weights must be finite numbers.")
    if stdp is not None and weights.size and (weights.min() < stdp.w_min or weights.max() > stdp.w_max):
        bad = weights.min() if weights.min() < stdp.w_min else weights.max()
        raise ParameterError(
            f"the initial weight {bad:g} lies outside w_min = {stdp.w_min:g} to w_max = {stdp.w_max:g}."
        )


def _pair_weights(
    weight: Weights, rows: NDArray[np.int64], columns: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    values = plain_array("weight", weight(rows, columns) if callable(weight) else weight)
    if not callable(weight) and values.shape == shape:
        return checked_array("weight", values, shape)[rows, columns]
    if values.ndim == 2:
        raise ParameterError(f"weight has shape {values.shape}; the projection is {shape} [pre, post].")
    return checked_array("weight", values, (rows.size,))


def _matrix_pairs(
    matrix: Any, shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    if hasattr(matrix, "tocsr"):
        entries = matrix.tocsr().copy()
        entries.sum_duplicates()
        entries.eliminate_zeros()
        entries = entries.tocoo()
        rows, columns = entries.row.astype(np.int64), entries.col.astype(np.int64)
        found, values = entries.shape, checked_array("weights", entries.data, (rows.size,))
    else:
        dense = plain_array("weights", matrix)
        found = dense.shape
        if found == shape:
            rows, columns = np.nonzero(dense)
            values = checked_array("weights", dense, shape)[rows, columns]
    if found != shape:
        raise ParameterError(f"the weights have shape {found}; the projection is {shape} [pre, post].")
    return rows, columns, values


def layers(
    net: Network, sizes: Iterable[int], model: LIF | None = None, weight: Weights = 1.0
) -> list[Neurons]:
    """Add populations `layer0`, `layer1`, ... of these sizes, each connected all-to-all to the next."""
    populations = [net.neurons(size, model, f"layer{k}") for k, size in enumerate(sizes)]
    for pre, post in pairwise(populations):
        net.connect(pre, post, weight=weight)
    return populations
