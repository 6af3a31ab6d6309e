"""What is recorded during a run: membrane potentials, and weights, which show how learning went."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..checks import checked_indices
from ..describe.population import Inputs, Neurons, PopulationView
from ..errors import CapacityError, ParameterError
from ..image.image import PopulationSymbol

Found = tuple[PopulationSymbol, NDArray[np.int64]]
_ALL = "all"
_BYTES = 12
"""Of a recorded potential, while units of the device become volts."""


def recorded_neurons(
    record_v: Any, populations: Iterable[str], members: Callable[[Any], Found]
) -> dict[str, NDArray[np.int64]]:
    """The neurons of each population whose V is to be recorded, by its name.

    Parameters
    ----------
    record_v : None, "all", population, view, name, iterable of those, or mapping
        A mapping goes from a population, view or name to "all" or to indices.
    populations : names
        All populations of neurons.
    members : callable
        From a key to its population and the indices of the members meant.

    Raises
    ------
    ParameterError
        If a key is no population of neurons, or an index is none of its neurons, or named twice.
    """
    chosen: dict[str, NDArray[np.int64]] = {}
    everything = isinstance(record_v, str) and record_v == _ALL
    for key, value in _pairs(list(populations) if everything else record_v):
        symbol, there = members(key)
        if isinstance(value, str) and value == _ALL:
            picked = there
        elif isinstance(value, str):
            raise ParameterError(f'record_v of {symbol.name} is "all" or indices of neurons, not {value!r}.')
        else:
            picked = there[_indices(f"record_v of {symbol.name}", value, there.size)]
        before = chosen.get(symbol.name, np.zeros(0, np.int64))
        chosen[symbol.name] = np.concatenate((before, picked[~np.isin(picked, before)]))
    return chosen


def _pairs(record_v: Any) -> Iterable[tuple[Any, Any]]:
    """Keys, and what to record of each."""
    if record_v is None:
        return []
    if isinstance(record_v, Mapping):
        return record_v.items()
    if isinstance(record_v, str | Inputs | Neurons | PopulationView):
        return [(record_v, _ALL)]
    keys = list(record_v) if isinstance(record_v, Iterable) else [record_v]
    for key in keys:
        if not isinstance(key, str | Inputs | Neurons | PopulationView):
            raise ParameterError(
                f'record_v = {record_v!r:.60} says nothing of whose V to record: give "all", populations '
                "as in [cells, others], or their neurons as in {cells: [0, 1]}."
            )
    return [(key, _ALL) for key in keys]


def _indices(what: str, value: Any, size: int) -> NDArray[np.int64]:
    """Indices from whole numbers, a slice, or a mask."""
    if isinstance(value, slice):
        return np.arange(size)[value]
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        array = np.zeros(0)
    if array.dtype == bool:
        if array.shape != (size,):
            raise ParameterError(f"{what} has {size} neurons; {value!r:.40} is no mask [{size}] of them.")
        return np.flatnonzero(array)
    indices = checked_indices(what, value, size)
    each, counts = np.unique(indices, return_counts=True)
    if each.size < indices.size:
        raise ParameterError(f"{what} names neuron {each[counts > 1][0]} twice: name each once.")
    return indices


def check_memory(steps: int, neurons: int) -> None:
    """Refuse to record more potentials than there is memory for.

    Raises
    ------
    CapacityError
        If this machine has less free memory than they need; where it tells how much it has.
    """
    need = steps * neurons * _BYTES
    free = _free_memory() if need else None
    if free is not None and need > free:
        raise CapacityError(
            f"V of {neurons:,} neurons in {steps:,} steps takes {need / 1e9:.3g} GB, and {free / 1e9:.3g} "
            "GB are free here: record fewer neurons, or run in pieces and keep of each what you need."
        )


def _free_memory() -> int | None:
    """Bytes that can be had without swapping; None where this is not told."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return None


@dataclass
class WeightHistory:
    """The weights of some projections at steps of a run.

    Parameters
    ----------
    now : callable
        From names of projections to what gives their weights of now, [pre, post], whenever it is called.
    names : tuple of names
        The projections.
    every : int
        Steps from record to record; 0: no records.
    """

    now: Callable[[tuple[str, ...]], Callable[[], dict[str, NDArray[np.float64]]]]
    names: tuple[str, ...]
    every: int
    steps: list[int] = field(default_factory=list)
    """When, in steps since the device's reset."""
    taken: list[dict[str, NDArray[np.float64]]] = field(default_factory=list)

    def note(self, step: int) -> None:
        """Record the weights as they are at this step."""
        self.steps.append(step)
        self.taken.append(self.now(self.names)())

    @property
    def last(self) -> dict[str, NDArray[np.float64]] | None:
        """The last record."""
        return self.taken[-1] if self.taken else None

    def arrays(self) -> tuple[dict[str, NDArray[np.int64]], dict[str, NDArray[np.float64]]]:
        """Steps [records] and weights [records, pre, post] of each projection."""
        steps = {name: np.array(self.steps, np.int64) for name in self.names if self.every}
        return steps, {name: np.array([weights[name] for weights in self.taken]) for name in steps}
