"""The samples that a network is run with: stimuli of runs that each start from the network's start."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..checks import checked_count
from ..compiler.placement import place
from ..describe.network import Network
from ..describe.population import Inputs
from ..errors import ParameterError
from ..image.image import PopulationSymbol
from ..showing import brief
from ..stimulus.base import Run
from ..stimulus.currents import Current
from ..stimulus.device import events
from ..stimulus.given import Share, shares
from ..stimulus.poisson import Poisson

Runs = Mapping[Any, Any] | Sequence[Mapping[Any, Any]]
"""Stimuli of one run, or of each of several; or of several at once, as arrays [samples, steps, inputs]."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Runs of equal length, as what they are for `Simulation.run_steps` and as arrays."""

    steps: int
    stimuli: list[dict[Any, Any]]
    """Of each sample."""
    spikes: NDArray[np.bool_]
    """[samples, steps, inputs]."""
    currents: NDArray[np.float64] | None
    """[samples, steps, neurons], amperes; None if none flows."""

    def __len__(self) -> int:
        return len(self.stimuli)

    def part(self, chosen: NDArray[np.int64]) -> "Samples":
        """Some of the samples, by their indices."""
        currents = None if self.currents is None else self.currents[chosen]
        return Samples(self.steps, [self.stimuli[k] for k in chosen], self.spikes[chosen], currents)


def samples_of(network: Network, runs: Runs, steps: int | None) -> Samples:
    """What a user gave as the runs of a network.

    Parameters
    ----------
    network : Network
    runs : mapping, or sequence of mappings
        From populations of inputs, views or names to stimuli, as `Simulation.run_steps` takes them; in a
        mapping arrays [samples, steps, inputs] stand for as many runs.
    steps : int, optional
        Of each run; by default as many as the arrays have.

    Raises
    ------
    ParameterError
        If there is no sample, the samples or steps of arrays differ, the device would have to draw the
        spikes, or a stimulus does not fit.
    """
    each = apart(runs)
    if steps is None:
        steps = length_of(each)
    steps = checked_count("steps", steps)
    placement = place(network)
    symbols = {symbol.name: symbol for symbol in symbols_of(network)}
    spikes = np.zeros((len(each), steps, placement.inputs), bool)
    flowing = None
    own = {} if network.translation is None else network.translation.given(steps)
    for k, stimuli in enumerate(each):
        given = shares({**own, **stimuli}, symbols, Run(steps, network.dt))
        drawn = [s for s in given if isinstance(s.stimulus, Poisson) and s.stimulus.seed is None]
        if drawn:
            raise ParameterError(
                f"{drawn[0].stimulus!r} for {drawn[0].population.name!r} is drawn by the device, so no two "
                "runs have the same spikes to compare: give it a seed, Poisson(rate, seed=...)."
            )
        spikes[k][events(given)] = True
        driven = [s for s in given if isinstance(s.stimulus, Current)]
        if driven and flowing is None:
            flowing = np.zeros((len(each), steps, placement.neurons))
        for one in driven:
            assert flowing is not None
            flowing[k][:, one.places] += _amperes(one, steps)
        each[k] = {**own, **stimuli}
    return Samples(steps, each, spikes, flowing)


def symbols_of(network: Network) -> list[PopulationSymbol]:
    """Where each population lies, as in an image."""
    start = place(network).start
    return [
        PopulationSymbol(p.name, "inputs" if isinstance(p, Inputs) else "neurons", start[p.name], p.size)
        for p in network.populations.values()
    ]


def apart(runs: Runs) -> list[dict[Any, Any]]:
    """The stimuli of each sample.

    Raises
    ------
    ParameterError
        If there is none, or arrays hold different numbers of them.
    """
    each = list(_apart(runs))
    if not each:
        raise ParameterError("runs has no sample: give the stimuli of at least one run.")
    return each


def _apart(runs: Any) -> Iterator[dict[Any, Any]]:
    """The stimuli of each sample."""
    if not isinstance(runs, Mapping):
        if isinstance(runs, str) or not isinstance(runs, Sequence):
            raise ParameterError(
                f"runs = {brief(runs)} must be stimuli, as in {{pixels: array [samples, steps, inputs]}}, or "
                "a list of them."
            )
        for run in runs:
            if not isinstance(run, Mapping):
                raise ParameterError(f"a run is a mapping from populations to stimuli, not {brief(run)}.")
            yield from _apart(run)
        return
    stacks = {key: np.asarray(value) for key, value in runs.items() if getattr(value, "ndim", 0) == 3}
    counts = {len(array) for array in stacks.values()}
    if len(counts) > 1:
        raise ParameterError(f"arrays of runs have {sorted(counts)} samples: give each as many.")
    for k in range(counts.pop() if counts else 1):
        yield {**runs, **{key: array[k] for key, array in stacks.items()}}


def length_of(each: list[dict[Any, Any]]) -> int:
    """The steps that all arrays of spikes have.

    Raises
    ------
    ParameterError
        If they have different ones, or there is none.
    """
    lengths = {len(value) for run in each for value in run.values() if getattr(value, "ndim", 0) == 2}
    if len(lengths) != 1:
        found = f"arrays have {sorted(lengths)} steps" if lengths else "no array says how long a run is"
        raise ParameterError(f"{found}: give steps=.")
    return lengths.pop()


def _amperes(one: Share, steps: int) -> NDArray[np.float64]:
    """What a current is in every step, [steps, members]."""
    assert isinstance(one.stimulus, Current)
    edges, levels = one.stimulus.levels(one.run, one.size)
    rows = np.concatenate((np.zeros((1, levels.shape[1])), levels))
    return rows[np.searchsorted(edges, np.arange(steps), side="right")]
