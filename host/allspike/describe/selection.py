"""What a key means: a population, a view of one, a projection, or the name of one."""

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

import numpy as np

from ..aliases import NDArray, Spikes
from ..errors import ParameterError
from ..names import known_names
from ..showing import brief
from .population import Inputs, Neurons, PopulationView

T = TypeVar("T")


def resolve(key: Any, known: Mapping[str, T], kind: str = "population") -> tuple[T, NDArray[np.int64] | None]:
    """What `key` means among the `known`, by name, and which members of it; None for all.

    Parameters
    ----------
    key : Inputs, Neurons, PopulationView or str
    known : mapping
        From names to what they stand for. Where that is a population, or has its size (as a whole number, or
        as its attribute `size`), an object of another network is refused.
    kind : str
        What to call it in an error, such as "population of inputs".

    Raises
    ------
    ParameterError
        If it is no key, or not among the known.
    """
    indices = key.indices if isinstance(key, PopulationView) else None
    population = key.population if isinstance(key, PopulationView) else key
    if not isinstance(population, Inputs | Neurons | str):
        raise ParameterError(f"{brief(key)} is no {kind}: give a population, a view of one, or a name.")
    name = population if isinstance(population, str) else population.name
    if name not in known:
        raise ParameterError(f"there is no {kind} {name!r}; {known_names(name, known)}.")
    found = known[name]
    if not isinstance(population, str) and _is_another(population, found):
        raise ParameterError(f"{brief(population)} is no population of this network.")
    return found, indices


def _is_another(population: Inputs | Neurons, found: object) -> bool:
    if isinstance(found, Inputs | Neurons):
        return found is not population
    size = found if isinstance(found, int) else getattr(found, "size", None)
    return isinstance(size, int) and size != population.size


def projection_name(key: Any, known: Iterable[str]) -> str:
    """The name of a projection that is given as an object or by its name.

    Raises
    ------
    ParameterError
        If it is neither, or not among the `known` names.
    """
    name = key if isinstance(key, str) else getattr(key, "name", None)
    if not isinstance(name, str) or isinstance(key, Inputs | Neurons | PopulationView):
        raise ParameterError(f"{brief(key)} is no projection: give a projection or its name.")
    if name not in known:
        raise ParameterError(f"there is no projection {name!r}; {known_names(name, known)}.")
    return name


class _Keyed(dict[str, T], Generic[T]):
    """A dictionary by names that also takes the objects of those names as keys."""

    def __getitem__(self, key: Any) -> T:
        raise NotImplementedError

    def __contains__(self, key: object) -> bool:
        try:
            self[key]
        except ParameterError:
            return False
        return True

    def get(self, key: Any, default: Any = None) -> Any:
        """What the key stands for; `default` if it is not there."""
        try:
            return self[key]
        except ParameterError:
            return default


class ByProjection(_Keyed[T]):
    """Values of projections: a projection is named, or given as the object."""

    def __getitem__(self, key: Any) -> T:
        return dict.__getitem__(self, projection_name(key, self.keys()))

    def __contains__(self, key: object) -> bool:
        try:
            projection_name(key, self.keys())
        except ParameterError:
            return False
        return True


class ByPopulation(_Keyed[T]):
    """Values of populations, of which a view takes its members' part."""

    sizes: Mapping[str, int] | None = None
    """Neurons of each population, by which one of another network is told."""

    def __getitem__(self, key: Any) -> T:
        if isinstance(key, str) and key in self.keys():
            return dict.__getitem__(self, key)
        names = {name: (self.sizes or {}).get(name) for name in self.keys()}
        _, indices = resolve(key, names)
        name = key if isinstance(key, str) else key.name
        value = dict.__getitem__(self, name)
        return value if indices is None else self._of_members(name, value, indices)

    def _of_members(self, name: str, value: T, indices: NDArray[np.int64]) -> T:
        raise NotImplementedError


class SpikesOf(ByPopulation[Spikes]):
    """Spikes (steps, neurons) of each population; of a view, with the neurons numbered as in the view."""

    def _of_members(self, name: str, value: Spikes, indices: NDArray[np.int64]) -> Spikes:
        when, who = value
        places = np.full(max(who.max(initial=-1), indices.max(initial=-1)) + 1, -1)
        places[indices] = np.arange(indices.size)
        mine = places[who] >= 0
        when, who = when[mine], places[who[mine]]
        order = np.lexsort((who, when))
        return when[order], who[order]


class RecordedNeurons(ByPopulation[NDArray[np.int64]]):
    """Which neurons of each population were recorded; of a view, its members."""

    def columns(self, name: str, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where in the record of population `name` these neurons are.

        Raises
        ------
        ParameterError
            If one was not recorded.
        """
        recorded = dict.__getitem__(self, name)
        missing = np.setdiff1d(indices, recorded)
        if missing.size:
            raise ParameterError(
                f"{name}[{missing[0]}] was not recorded: name it in record_v of the run, or ask for those in "
                f"v_neurons[{name!r}]."
            )
        order = np.argsort(recorded, kind="stable")
        return order[np.searchsorted(recorded, indices, sorter=order)]

    def _of_members(
        self, name: str, value: NDArray[np.int64], indices: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        return value[self.columns(name, indices)]


class Potentials(ByPopulation[NDArray[np.float64]]):
    """Recorded V of each population, [steps, recorded neurons]; of a view, [steps, members]."""

    recorded: RecordedNeurons

    def _of_members(
        self, name: str, value: NDArray[np.float64], indices: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        return value[:, self.recorded.columns(name, indices)]
