"""What is recorded of a population: spikes and potentials, kept on the host between runs."""

from copy import copy
from typing import Any

import numpy as np
from pyNN import recording

from ..aliases import NDArray
from . import simulator
from .values import whole_steps


class Recorder(recording.Recorder):
    """The recordings of one population, since the last reset or `clear`."""

    _simulator = simulator

    def __init__(self, population: Any, file: Any = None) -> None:
        super().__init__(population, file)
        self.rewind()

    def rewind(self) -> None:
        """Drop what was recorded."""
        self._begin = simulator.state.step
        self._spikes: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
        self._v: list[tuple[int, NDArray[np.int64], NDArray[np.float64]]] = []

    def get(self, variables: Any, *arguments: Any, **options: Any) -> Any:
        """The recordings as a Neo block, of all segments those of the variables that are asked for."""
        block = super().get("all", *arguments, **options)
        if variables != "all":
            names = [variables] if isinstance(variables, str) else list(variables)
            block.segments = [_filtered(segment, names) for segment in block.segments]
        return block

    def wanted(self, variable: str) -> NDArray[np.int64]:
        """Indices of the cells of which a variable is recorded, ascending."""
        ids = self.recorded.get(recording.Variable(variable, None, None), ())
        return np.sort(np.array([self.population.id_to_index(cell) for cell in ids], np.int64))

    def keep_spikes(self, times: NDArray[np.float64], cells: NDArray[np.int64]) -> None:
        """Keep spikes (ms, indices) of a run, of those that are recorded."""
        mine = np.isin(cells, self.wanted("spikes"))
        self._spikes.append((times[mine], cells[mine]))

    def keep_v(self, step: int, cells: NDArray[np.int64], v: NDArray[np.float64]) -> None:
        """Keep potentials, mV [samples, cells], the first at the beginning of `step`."""
        self._v.append((step, cells, v))

    def _record(self, variable: Any, new_ids: Any, sampling_interval: float | None = None) -> None:
        if sampling_interval is None:
            return
        whole_steps("sampling_interval", sampling_interval, simulator.state.dt)
        self.sampling_interval = sampling_interval

    def _all_spikes(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        nothing = (np.zeros(0), np.zeros(0, np.int64))
        times, cells = (np.concatenate(parts) for parts in zip(nothing, *self._spikes, strict=True))
        return times, cells

    def _get_spiketimes(self, ids: Any, clear: bool = False) -> dict[int, NDArray[np.float64]]:
        times, cells = self._all_spikes()
        order = np.lexsort((times, cells))
        times, cells = times[order], cells[order]
        found = {}
        for cell in ids:
            index = self.population.id_to_index(cell)
            first, last = np.searchsorted(cells, (index, index + 1))
            found[int(cell)] = times[first:last]
        return found

    def _get_all_signals(self, variable: Any, ids: Any, clear: bool = False) -> Any:
        cells = np.array([self.population.id_to_index(cell) for cell in ids], np.int64)
        if variable.name != "v":  # the conductance of a cell on which no synapse acts: others do not run
            return np.zeros_like(self._potentials(cells)[:: self._every()]), None
        return self._potentials(cells)[:: self._every()], None

    def _every(self) -> int:
        """Steps from sample to sample."""
        return max(round(self.sampling_interval / simulator.state.dt), 1)

    def _potentials(self, cells: NDArray[np.int64]) -> NDArray[np.float64]:
        """[samples, cells], from the beginning of the recording to now; NaN where a cell was not recorded."""
        samples = simulator.state.step - self._begin + 1
        found = np.full((samples, self.population.size), np.nan)
        for step, members, v in self._v:
            first = step - self._begin
            found[first : first + len(v), members] = v
        return found[:, cells]

    def _local_count(self, variable: Any, filter_ids: Any = None) -> dict[int, int]:
        counts = np.bincount(self._all_spikes()[1], minlength=self.population.size)
        ids = self.filter_recorded(variable, filter_ids)
        return {int(cell): int(counts[self.population.id_to_index(cell)]) for cell in sorted(ids)}

    def _clear_simulator(self) -> None:
        cells = self.wanted("v")
        last = self._potentials(cells)[-1:]
        self.rewind()
        self.keep_v(self._begin, cells, last)

    def _reset(self) -> None:
        begin = self._begin
        self.rewind()
        self._begin = begin
        self.sampling_interval = simulator.state.dt


def _filtered(segment: Any, names: list[str]) -> Any:
    """A segment with the recordings of some variables."""
    kept = copy(segment)
    kept.analogsignals = [signal for signal in segment.analogsignals if signal.name in names]
    if "spikes" not in names:
        kept.spiketrains = []
    return kept
