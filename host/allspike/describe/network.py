"""The description of a network: populations, projections, and how to save it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_array, checked_count, checked_number
from ..errors import ParameterError
from ..map.config import MAX_AXONS, MAX_SYNAPSES
from ..names import WithDeclared, checked_arguments, nearest
from ..showing import brief, html_table, shortened, some
from . import plausible
from .connect import AllToAll, Pattern
from .doors import Doors
from .learning import STDP
from .neuron import LIF, delta_lif, parameter_table
from .population import Inputs, Members, Neurons, Population
from .projection import Projection, Weights, check_overlap, check_weights, learned, seed_of, wired
from .selection import projection_name, resolve

if TYPE_CHECKING:
    from .translated import Translated


class Network(WithDeclared, Doors):
    """A network: build it up with `inputs`, `neurons` and `connect`.

    Parameters
    ----------
    dt : float
        Seconds a step, above 0.
    seed : int
        What patterns without a seed of their own are drawn from, 0 or more: each projection from this, its
        name and the kind of its pattern. So projections are wired independently, a script gives the same
        network each time, and what is added to it changes nothing that was there.

    Raises
    ------
    ParameterError
        If a value is out of its range.

    Examples
    --------
    >>> net = Network()
    >>> pixels = net.inputs(64, "pixels")
    >>> cells = net.neurons(10, LIF(tau_m=10e-3), "cells")
    >>> net.connect(pixels, cells, weight=2e-9)
    <Projection 'pixels-cells': 640 static synapses>
    >>> net.connect(cells[:5], cells[5:], FixedProbability(0.5), weight=1e-9)
    <Projection 'cells-cells': 10 static synapses>
    """

    populations: dict[str, Population]
    """By name, in the order in which they were added."""
    projections: dict[str, Projection]
    """By name, in the order in which they were added."""
    seed: int
    """What patterns without a seed are drawn from."""
    translation: "Translated | None"
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
        heads = [f"<Network dt={self.dt:g} s>"]
        if len(self.populations) + len(self.projections) > _SHOWN:
            counted = (some(len(self.populations), "population"), some(len(self.projections), "projection"))
            heads = [f"<Network dt={self.dt:g} s: {' and '.join(counted)}>"]
        room = min(_SHOWN - 1, max(_SHOWN // 2, _SHOWN - len(self.projections)))
        populations = [f"  {' '.join(repr(p).split())}" for p in self.populations.values()]
        projections = [f"  {projection!r}" for projection in self.projections.values()]
        parts = shortened(populations, room, "population")
        return "\n".join(heads + parts + shortened(projections, _SHOWN - len(parts), "projection"))

    def _repr_html_(self) -> str:
        populations = [
            (p.name, f"{p.size:,}", repr(p.model) if isinstance(p, Neurons) else "inputs")
            for p in self.populations.values()
        ]
        projections = [
            (p.name, p.pre.name, p.post.name, f"{len(p):,}", "static" if p.stdp is None else "plastic")
            for p in self.projections.values()
        ]
        titles = ("projection", "from", "to", "synapses", "kind")
        tables = html_table(("population", "size", "model"), populations, "population")
        tables += html_table(titles, projections, "projection") if projections else ""
        return f"<p><b>Network</b>, a step of {self.dt:g} s</p>{tables}"

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
    def neurons(self, size: int, model: LIF | str | None = None, name: str | None = None) -> Neurons:
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
        for parameter in parameter_table():
            if not parameter.choices:
                model.array(parameter.name, size)
        plausible.refuse(plausible.of_neurons(model))
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
        plausible.say(plausible.of_weights(target.model, reached, columns))
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
        with plausible.taken_as_given():
            copy = type(self)(self.dt, seed=self.seed)
        copy.populations = dict(self.populations)
        copy.projections = dict(self.projections)
        copy.translation = self.translation
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

    def _free(self, name: str | None, stem: str) -> str:
        taken = {*self.populations, *self.projections}
        if name is None:
            return next(f"{stem}{k or ''}" for k in range(len(taken) + 1) if f"{stem}{k or ''}" not in taken)
        if not isinstance(name, str) or not name:
            raise ParameterError(f"name = {brief(name)} must be a word.")
        if name in taken:
            raise ParameterError(f"the network already has something named {name!r}: choose another name.")
        return name

    def save(self, path: str | Path) -> None:
        """Write the network to one file (arrays and JSON; no code can hide in it).

        Raises
        ------
        FileError
            If the place cannot be written.
        ParameterError
            If it was translated from another program's, whose file keeps more than this one would.
        """
        if self.translation is not None:
            raise ParameterError(
                f"a network translated from {self.translation.home}: save that, or an image."
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


def _checked_size(size: object) -> int:
    if isinstance(size, int | np.integer) and not isinstance(size, bool) and size >= MAX_AXONS:
        raise ParameterError(
            f"size = {size:,} is beyond the memory map, which holds {MAX_AXONS - 1:,} of a kind."
        )
    return checked_count("size", size, 1)


def _model(model: object) -> LIF:
    """A neuron model; `LIF` and `delta_lif` themselves stand for their defaults."""
    if model is None:
        return LIF()
    if model is LIF or model is delta_lif:
        return model()
    if not isinstance(model, LIF):
        raise ParameterError(f"model = {brief(model)} is no neuron model: give LIF(...) or delta_lif(...).")
    return model


_SHOWN = 9
