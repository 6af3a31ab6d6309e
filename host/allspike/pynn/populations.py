"""Populations, views and assemblies of PyNN."""

from typing import Any

import numpy as np
from pyNN import common, errors
from pyNN.parameters import LazyArray, ParameterSpace, simplify

from ..aliases import NDArray
from ..errors import ParameterError
from ..names import known_names
from . import simulator
from .recording import Recorder
from .sources import SOURCES, Train
from .values import check_finite, check_train


class Assembly(common.Assembly):
    """Populations and views together."""

    _simulator = simulator

    @property
    def receptor_types(self) -> list[str]:
        """Those that all cells have, in the order of the first population's: the first of them excites."""
        kinds = [population.celltype.receptor_types for population in self.populations]
        return [kind for kind in kinds[0] if all(kind in others for others in kinds)]


class _Cells:
    """What populations and views have in common."""

    _simulator = simulator
    _assembly_class = Assembly
    celltype: Any
    size: int

    def _get_view(self, selector: Any, label: str | None = None) -> "PopulationView":
        return PopulationView(self, selector, label)

    def _members(self) -> tuple["Population", NDArray[np.int64]]:
        """The population, and the indices in it of the cells meant."""
        raise NotImplementedError

    def _get_parameters(self, *names: str) -> Any:
        population, members = self._members()
        for name in names:
            if name not in population.parameters:
                kind = type(self.celltype).__name__
                raise errors.NonExistentParameterError(name, kind, population.parameters)
        values = {name: simplify(population.parameters[name][members]) for name in names}
        return ParameterSpace(values, shape=(self.size,))

    _get_native_parameters = _get_parameters

    def _set_parameters(self, parameter_space: Any) -> None:
        population, members = self._members()
        parameter_space.evaluate(simplify=False)
        for name, values in parameter_space.items():
            population.check(name, values)
            population.parameters[name] = population.parameters[name].copy()
            population.parameters[name][members] = values
        population.train_changed()
        simulator.state.changed = True

    def _set_initial_value_array(self, variable: str, values: Any) -> None:
        population, members = self._members()
        known = population.celltype.default_initial_values
        if variable not in known:
            raise ParameterError(
                f"{population.label!r} has no state variable {variable!r}; {known_names(variable, known)}."
            )
        given = values.evaluate(simplify=False)
        population.check(variable, given)
        whole = population.start.setdefault(variable, np.zeros(population.size))
        whole[members] = given
        population.to_initialize.add(variable)


class PopulationView(_Cells, common.PopulationView):
    """Some cells of a population."""

    def _members(self) -> tuple["Population", NDArray[np.int64]]:
        population = self.grandparent
        return population, np.atleast_1d(self.index_in_grandparent(np.arange(self.size)))

    def initialize(self, **initial_values: Any) -> None:
        """Set initial values of the state variables of these cells."""
        population = self.grandparent
        for variable, value in initial_values.items():
            self._set_initial_value_array(variable, LazyArray(value, shape=(self.size,), dtype=float))
            whole = population.start[variable].copy()
            population.initial_values[variable] = LazyArray(whole, shape=whole.shape, dtype=float)


class Population(_Cells, common.Population):
    """Cells of one type."""

    _recorder_class = Recorder
    parameters: dict[str, NDArray]
    """By PyNN's names and in its units, [cells] each."""
    train: Train | None = None
    """The spikes, if the cells are sources of them."""

    def _create_cells(self) -> None:
        state = simulator.state
        if self.size < 1:
            raise ParameterError(f"population {self.label!r} has {self.size} cells: give it 1 or more.")
        self.number = len(state.populations)
        first = state.cells
        cells = [simulator.ID(k) for k in range(first, first + self.size)]
        space = self.celltype.native_parameters
        space.shape = (self.size,)
        space.evaluate(simplify=False)
        # A single cell's value, given as a list, comes out as no array.
        given = {name: np.asarray(values) for name, values in space.as_dict().items()}
        self.parameters = {
            name: values if values.ndim else np.full(self.size, values[()]) for name, values in given.items()
        }
        for name, values in self.parameters.items():
            self.check(name, values)
        self.all_cells = np.array(cells, dtype=simulator.ID)
        for cell in cells:
            cell.parent = self
        self._mask_local = np.ones(self.size, bool)
        self.start: dict[str, NDArray[np.float64]] = {}
        self.to_initialize: set[str] = set()
        kind = SOURCES.get(type(self.celltype).__name__)
        if kind is not None:
            self.train = kind(self.size, state.dt, (state.seed, self.number))
        state.cells += self.size
        state.populations.append(self)
        state.changed = True

    def _members(self) -> tuple["Population", NDArray[np.int64]]:
        return self, np.arange(self.size)

    def _set_cell_initial_value(self, cell: Any, variable: str, value: float) -> None:
        index = self.id_to_index(cell)
        self[index : index + 1].initialize(**{variable: value})

    @property
    def delta(self) -> bool:
        """Whether a synapse moves V itself: its weights are mV, and not nA."""
        return type(self.celltype).__name__ == "IF_curr_delta"

    def train_changed(self) -> None:
        """The parameters of the spike sources are others from now on."""
        if self.train is not None:
            self.train.changed(simulator.state.step)

    def rewind(self) -> None:
        """At time 0 again."""
        self.to_initialize = set(self.start)
        if self.train is not None:
            self.train.rewind(simulator.state.segment_counter)

    def check(self, name: str, values: NDArray) -> None:
        """Refuse values of a parameter, or of a state variable, that are no numbers."""
        whose = f"population {self.label!r}: {name}"
        if name == "spike_times":
            for train in values:
                check_train(whose, train.value)
        else:
            check_finite(whose, values)
