"""The description of a network: populations, and projections between them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_array, checked_count, checked_number
from ..errors import ParameterError
from ..map.config import MAX_AXONS, MAX_SYNAPSES
from ..names import WithDeclared, checked_arguments, nearest
from ..showing import brief
from . import network_shown, plausible
from .connect import AllToAll, Pattern
from .learning import STDP
from .lif import LIF, delta_lif
from .neuron import NeuronDescription, parameter_table
from .population import Inputs, Members, Neurons, Population
from .projection import Projection, Weights, check_overlap, check_weights, learned, seed_of, wired
from .selection import projection_name, resolve
from .translated import Translated


class Network(WithDeclared):
    """A network as it is described, built up with `inputs`, `neurons` and `connect`.

    What users make, `allspike.Network`, is one of these with ways to and from files and other programs
    (allspike.doors): nothing that works with a network needs to know them.
    """

    populations: dict[str, Population]
    """By name, in the order in which they were added."""
    projections: dict[str, Projection]
    """By name, in the order in which they were added."""
    seed: int
    """What patterns without a seed are drawn from."""
    translation: Translated | None
    """What became of another program's network that this one was translated from."""

    @checked_arguments
    def __init__(self, dt: float = 1e-3, *, seed: int = 0) -> None:
        self.dt = dt
        self.seed = checked_count("seed", seed)
        self.populations = {}
        self.projections = {}
        self.translation = None

    @property
    def dt(self) -> float:
        """Seconds a step."""
        return self._dt

    @dt.setter
    def dt(self, dt: float) -> None:
        tiny, huge = np.finfo(float).tiny, np.finfo(float).max
        self._dt = checked_number("dt", dt, tiny, huge, "a number of seconds above 0")
        plausible.say(plausible.of_step(self._dt))

    def __repr__(self) -> str:
        return network_shown.text(self)

    def _repr_html_(self) -> str:
        return network_shown.html(self)

    def _ipython_key_completions_(self) -> list[str]:
        return [*self.populations, *self.projections]

    def __getitem__(self, name: str) -> Any:
        parts: dict[str, Any] = {**self.populations, **self.projections}
        if not isinstance(name, str) or name not in parts:
            likely = nearest(str(name), parts)
            meant = "" if likely is None else f"did you mean {likely!r}? "
            there = ", ".join(parts) or "nothing"
            raise ParameterError(f"the network has nothing named {brief(name)}; {meant}it has: {there}.")
        return parts[name]

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

    @checked_arguments
    def inputs(self, size: int, name: str | None = None) -> Inputs:
        """Add a population of inputs.

        Parameters
        ----------
        size : int
            1 to 32,767.
        name : str, optional
            By default "inputs", "inputs1", ...

        Raises
        ------
        ParameterError
            If the size is out of range or the name is taken.
        """
        population = Inputs(self._free(name, "inputs"), _checked_size(size))
        self.populations[population.name] = population
        return population

    @checked_arguments
    def neurons(
        self, size: int, model: NeuronDescription | str | None = None, name: str | None = None
    ) -> Neurons:
        """Add a population of neurons.

        Parameters
        ----------
        size : int
            1 to 32,767.
        model : LIF, optional
            By default `LIF()` with its defaults. May be left out before a name: `neurons(4, "cells")`.
        name : str, optional
            By default "neurons", "neurons1", ...

        Raises
        ------
        ParameterError
            If the size is out of range, the name is taken, a parameter's array has another length, or the
            model cannot be meant: a rest above the threshold, volts for millivolts.
        """
        size = _checked_size(size)
        if isinstance(model, str):
            model, name = name, model
        model = _model(model)
        population = Neurons(self._free(name, "neurons"), size, model)
        for parameter in parameter_table(type(model)):
            if not parameter.choices:
                model.array(parameter.name, size)
        plausible.refuse(model.findings())
        self.populations[population.name] = population
        return population

    @checked_arguments
    def connect(
        self,
        pre: Members | str,
        post: Members | str,
        pattern: Pattern | ArrayLike | None = None,
        *,
        weight: Weights | None = None,
        stdp: STDP | None = None,
        name: str | None = None,
    ) -> Projection:
        """Add a projection.

        Parameters
        ----------
        pre, post : populations of this network, views of them, or their names
            Of a view, pattern and weights see its members alone, numbered as in the view.
        pattern : pattern, or weights as an array or SciPy sparse matrix [pre, post]
            Which neurons are connected; all to all by default. In a matrix, zeros are absent synapses; one of
            true and false says which there are, and takes `weight`.
        weight : number, array or callable, optional
            One weight for all; an array [pre, post], of which the pattern's places are taken; an array
            [synapses] in the order of the pattern's pairs; or a function of the arrays (pre, post), which may
            take a random generator as a third argument `rng`. Amperes, or volts for delta synapses. Required
            unless the pattern holds the weights.
        stdp : STDP, optional
            Makes the synapses plastic.
        name : str, optional
            By default "pre-post", then "pre-post1", ...

        Raises
        ------
        ParameterError
            If a population is foreign, shapes do not agree, or a synapse exists already: between two neurons
            there is one.
        """
        source, sources = resolve(pre, self.populations)
        target, targets = resolve(post, self.populations)
        if not isinstance(target, Neurons):
            raise ParameterError(f"{target!r} cannot receive synapses: inputs only send spikes.")
        if source.size * target.size > MAX_SYNAPSES:
            raise ParameterError(
                f"{source.name} of {source.size:,} and {target.name} of {target.size:,} make "
                f"{source.size * target.size:,} possible synapses; the memory map holds {MAX_SYNAPSES:,}: "
                "use smaller populations."
            )
        name = self._free(name, f"{source.name}-{target.name}")
        shape = (
            source.size if sources is None else sources.size,
            target.size if targets is None else targets.size,
        )
        pattern = AllToAll() if pattern is None else pattern
        (rows, columns), values = wired(pattern, weight, shape, seed_of(self.seed, name, pattern))
        rows = rows if sources is None else sources[rows]
        columns = columns if targets is None else targets[columns]
        self._check_rule(stdp)
        check_weights(stdp, values)
        projection = Projection(name, source, target, np.stack((rows, columns)), values, stdp)
        check_overlap(projection, list(self.projections.values()))
        reached = values if stdp is None else np.full(values.shape, stdp.w_max)
        plausible.say(target.model.findings_of_weights(reached, columns))
        self.projections[projection.name] = projection
        return projection

    def _check_rule(self, stdp: STDP | None) -> None:
        if stdp is None:
            return
        if not isinstance(stdp, STDP):
            raise ParameterError(
                f"stdp = {brief(stdp)} is no learning rule: give STDP(...), or leave it out."
            )
        if self.stdp is not None and stdp != self.stdp:
            raise ParameterError(
                "a core has one learning rule: give all plastic projections the same STDP object."
            )

    def with_weights(self, weights: Mapping[Any, NDArray[np.float64]]) -> Self:
        """A copy in which some projections have other weights, [pre, post] each: what learning left.

        Parameters
        ----------
        weights : mapping
            From projections, or their names, to their weights.

        Raises
        ------
        ParameterError
            If there is no such projection, or the weights do not fit it.
        """
        if not isinstance(weights, Mapping):
            raise ParameterError(f"weights = {brief(weights)} must be a mapping from projections to arrays.")
        copy = self._of(self)
        for key, matrix in weights.items():
            if key in self.populations:
                raise ParameterError(f"{key} is a population; weights belong to a projection.")
            name = projection_name(key, self.projections)
            projection = self.projections[name]
            shape = (projection.pre.size, projection.post.size)
            values = checked_array(f"weights of {name}", matrix, shape)[tuple(projection.pairs)]
            values = learned(projection.stdp, values)
            check_weights(projection.stdp, values)
            copy.projections[name] = replace(projection, weights=values)
        return copy

    @classmethod
    def _of(cls, other: "Network") -> Self:
        """One of this class, of the same populations, projections and translation."""
        with plausible.taken_as_given():
            copy = cls(other.dt, seed=other.seed)
        copy.populations = dict(other.populations)
        copy.projections = dict(other.projections)
        copy.translation = other.translation
        return copy

    def _free(self, name: str | None, stem: str) -> str:
        taken = {*self.populations, *self.projections}
        if name is None:
            return next(f"{stem}{k or ''}" for k in range(len(taken) + 1) if f"{stem}{k or ''}" not in taken)
        if not isinstance(name, str) or not name:
            raise ParameterError(f"name = {brief(name)} must be a word.")
        if name in taken:
            raise ParameterError(f"the network already has something named {name!r}: choose another name.")
        return name


def _checked_size(size: object) -> int:
    if isinstance(size, int | np.integer) and not isinstance(size, bool) and size >= MAX_AXONS:
        raise ParameterError(
            f"size = {size:,} is beyond the memory map, which holds {MAX_AXONS - 1:,} of a kind."
        )
    return checked_count("size", size, 1)


def _model(model: object) -> NeuronDescription:
    """A neuron model; `LIF` and `delta_lif` themselves stand for their defaults."""
    if model is None:
        return LIF()
    if model is LIF or model is delta_lif:
        return model()
    if not isinstance(model, NeuronDescription):
        raise ParameterError(f"model = {brief(model)} is no neuron model: give LIF(...) or delta_lif(...).")
    return model
