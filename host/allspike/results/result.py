"""What a run gives: spikes, rates, membrane potentials, weights; saved, loaded and joined."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..aliases import NDArray, Spikes
from ..describe.selection import ByProjection, Potentials, RecordedNeurons, SpikesOf, resolve
from ..names import WithNearest
from . import shown, stored
from .joining import join

if TYPE_CHECKING:
    from .export.pandas import Frames


@dataclass(frozen=True, kw_only=True, repr=False)
class Result(WithNearest):
    """One run, or several that follow each other. Steps count from the device's reset.

    Its mappings go by names, and take the objects too: `spikes["cells"]`, `spikes[cells]`, and of some
    members `spikes[cells[:5]]`; `weights["pixels-cells"]` or `weights[projection]`. So do its methods.
    Members of a view are numbered as in the view, from 0. `first + second` joins runs that follow each other.

    Examples
    --------
    >>> net = Network()
    >>> cells = net.neurons(3, LIF(i_offset=[0, 1e-9, 2e-9]), "cells")
    >>> result = Simulation(net).run(0.1)
    >>> result.rates(cells)
    array([  0.,  30., 100.])
    >>> steps, neurons = result.spikes[cells[1:]]
    >>> neurons[:5]
    array([1, 1, 0, 1, 1])
    """

    dt: float
    """Seconds a step."""
    start: int
    """First step of the run."""
    steps: int
    """Steps of the run."""
    sizes: Mapping[str, int]
    """Neurons of each population."""
    spikes: Mapping[Any, Spikes]
    """Of each neuron population the spikes (steps, neurons) [spikes], sorted by step, then neuron."""
    v: Mapping[Any, NDArray[np.float64]] = field(default_factory=dict)
    """Recorded membrane potentials, V, [steps, recorded neurons]: after each step, resets included."""
    v_neurons: Mapping[Any, NDArray[np.int64]] = field(default_factory=dict)
    """Which neurons were recorded: their indices in the population, [recorded neurons]."""
    weights: Mapping[Any, NDArray[np.float64]] = field(default_factory=dict)
    """Weights of the plastic projections after the run, [pre, post], in the user's units.

    A device keeps them until somebody looks, or until it is about to change them: so a result that is dropped
    costs no look, and one that is kept has the weights of its own run, whatever ran since.
    """
    weight_steps: Mapping[Any, NDArray[np.int64]] = field(default_factory=dict)
    """Of each plastic projection the steps [records] at which its weights were recorded during the run."""
    weight_history: Mapping[Any, NDArray[np.float64]] = field(default_factory=dict)
    """The weights there, [records, pre, post]."""
    counters: Mapping[str, int] = field(default_factory=dict)
    """What the device counted in this run."""
    notes: tuple[str, ...] = ()
    """Sentences on what was realised otherwise than asked, such as Poisson rates."""

    def __post_init__(self) -> None:
        recorded = RecordedNeurons(self.v_neurons)
        spikes, v = SpikesOf(self.spikes), Potentials(self.v)
        for mapping in (spikes, v, recorded):
            mapping.sizes = self.sizes
        v.recorded = recorded
        known = {"spikes": spikes, "v": v, "v_neurons": recorded, "notes": tuple(self.notes)}
        known |= {name: _by_projection(getattr(self, name)) for name in _BY_PROJECTION}
        for name, value in known.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return shown.text(self)

    def _repr_html_(self) -> str:
        return shown.html(self)

    def _size(self, key: Any) -> int:
        size, indices = resolve(key, {name: self.sizes[name] for name in self.spikes})
        return size if indices is None else indices.size

    def times(self, population: Any) -> NDArray[np.float64]:
        """Time of each spike of a population or view, s from the start of the run."""
        return (self.spikes[population][0] - self.start).astype(np.float64) * self.dt

    def counts(self, population: Any) -> NDArray[np.int64]:
        """Spikes of each neuron of a population or view, [neurons]."""
        return np.bincount(self.spikes[population][1], minlength=self._size(population))

    def rates(self, population: Any) -> NDArray[np.float64]:
        """Mean firing rate of each neuron of a population or view, Hz, [neurons]."""
        counts = self.counts(population).astype(np.float64)
        return counts / (self.steps * self.dt) if self.steps else counts

    def array(self, population: Any) -> NDArray[np.bool_]:
        """Spikes of a population or view as a boolean array [steps, neurons]."""
        when, who = self.spikes[population]
        array = np.zeros((self.steps, self._size(population)), bool)
        array[when - self.start, who] = True
        return array

    def __add__(self, other: "Result") -> "Result":
        return type(self).join([self, other])

    def __radd__(self, other: Any) -> "Result":
        # `sum(results)` starts from 0.
        return self if isinstance(other, int) and other == 0 else type(self).join([other, self])

    @classmethod
    def join(cls, results: "Iterable[Result]") -> "Result":
        """One result of runs that follow each other without a reset between.

        Spikes, potentials and recorded weights are put together, counters are added, `weights` are the last.

        Raises
        ------
        ParameterError
            If a run does not start where the one before ended, is of another network, or recorded otherwise.
        """
        return join(cls, results)

    def save(self, path: str | Path) -> None:
        """Write the result to one file.

        Raises
        ------
        FileError
            If the place cannot be written.
        """
        stored.save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a result.

        Raises
        ------
        FileError
            If the file is missing, damaged or no result.
        """
        return stored.load(cls, path)

    def to_neo(self) -> Any:
        """The result as a `neo.Block`, which Elephant and others take.

        It has one segment. A spike train a neuron, silent ones too, and an analog signal "v" a population of
        which V was recorded, are annotated with `population` and `index` (of a signal's channels an array);
        each population is a group. Weights of a plastic projection are an irregularly sampled signal
        "weights" with a channel a pair, annotated with `projection`, `pre` and `post`: what was recorded, and
        last the weights after the run. Times are in seconds from the device's reset, the beginning of a step
        standing for it; V is in volts.

        Returns
        -------
        neo.Block
            Annotated with `dt`, `start`, `steps` and the counters; its description is the notes.

        Raises
        ------
        MissingExtraError
            If Neo is not installed.

        Examples
        --------
        >>> net = Network()
        >>> cells = net.neurons(2, LIF(i_offset=2e-9), "cells")
        >>> block = Simulation(net).run(0.1, record_v=cells).to_neo()
        >>> block.segments[0].spiketrains[1].annotations
        {'population': 'cells', 'index': 1}
        >>> block.segments[0].analogsignals[0].shape
        (100, 2)
        """
        from .export import neo  # noqa: PLC0415  (an extra)

        return neo.block(self)

    def to_pandas(self) -> "Frames":
        """The result as data frames: `spikes`, `neurons`, `v`, `weights`.

        Times are in seconds from the device's reset, the beginning of a step standing for it.

        Returns
        -------
        Frames
            A tuple of data frames by name:
            `spikes`, a row a spike: population (categorical), neuron, step, time;
            `neurons`, a row a neuron: population, neuron, spikes, rate in Hz;
            `v`, a row a step, by time, and a column a recorded neuron, (population, neuron), in volts;
            `weights`, a row a pair of a plastic projection and record: projection (categorical), pre, post,
            time, weight; the last record is the end of the run.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.

        Examples
        --------
        >>> net = Network()
        >>> cells = net.neurons(2, LIF(i_offset=[1e-9, 2e-9]), "cells")
        >>> spikes = Simulation(net).run(0.1).to_pandas().spikes
        >>> spikes.groupby("neuron").time.max().round(3).to_list()
        [0.083, 0.099]
        """
        from .export import pandas  # noqa: PLC0415  (an extra)

        return pandas.frames(self)

    def to_nwb(
        self,
        path: str | Path,
        *,
        session_start_time: datetime | None = None,
        description: str | None = None,
        identifier: str | None = None,
    ) -> None:
        """Write the result as a file of Neurodata Without Borders (NWB).

        `units` has a row a neuron, silent ones too: population, index, spike_times, obs_intervals.
        `acquisition` has a series `v_POPULATION` of each recorded V, in volts; the table
        `processing["simulation"]["v_neurons"]` says whose each column is. Weights of a plastic projection are
        the series `processing["simulation"]["weights_PROJECTION"]`, [records, pre, post]: what was recorded,
        and last the weights after the run. Times are in seconds from the device's reset, the beginning of a
        step standing for it.

        Parameters
        ----------
        path : str or Path
            Where to write; a file that is there is replaced once the new one is complete.
        session_start_time : datetime, optional
            Of the device's reset; now by default. Without a time zone: this machine's.
        description : str, optional
            Of the session; by default the steps and the time of the run.
        identifier : str, optional
            Of the file, unique; by default a random one.

        Raises
        ------
        MissingExtraError
            If pynwb is not installed.
        FileError
            If the place cannot be written.
        ParameterError
            If one of the others cannot be used.

        Examples
        --------
        >>> net = Network()
        >>> cells = net.neurons(2, LIF(i_offset=2e-9), "cells")
        >>> Simulation(net).run(0.1).to_nwb("run.nwb", description="two cells")
        >>> import pynwb
        >>> with pynwb.NWBHDF5IO("run.nwb", "r") as file:
        ...     file.read().units["population"][:].tolist()
        ['cells', 'cells']
        """
        from .export import nwb  # noqa: PLC0415  (an extra)

        nwb.save(self, path, session_start_time, description, identifier)


def _by_projection(values: Mapping[str, Any]) -> ByProjection[Any]:
    """The values, unread if they are to be fetched later."""
    return values if isinstance(values, ByProjection) else ByProjection(values)


_BY_PROJECTION = ("weights", "weight_steps", "weight_history")
