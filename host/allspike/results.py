"""What a run gives: spikes, rates, membrane potentials, weights; saved and loaded."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from . import files
from .errors import ParameterError

FORMAT = "allspike-result"


@dataclass(frozen=True, kw_only=True)
class Result:
    """One run. Steps count from the device's reset; populations and projections go by their names."""

    dt: float
    """Seconds a step."""
    start: int
    """First step of the run."""
    steps: int
    """Steps of the run."""
    sizes: dict[str, int]
    """Neurons of each population."""
    spikes: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]
    """Of each neuron population the spikes (steps, neurons) [spikes], sorted by step, then neuron."""
    v: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Recorded membrane potentials, V, [steps, recorded neurons]: after each step, resets included."""
    v_neurons: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """Which neurons were recorded."""
    weights: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Weights of the plastic projections after the run, [pre, post], in the user's units."""
    weight_steps: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """Of each plastic projection the steps [records] at which its weights were recorded during the run."""
    weight_history: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """The weights there, [records, pre, post]."""
    counters: dict[str, int] = field(default_factory=dict)
    """What the device counted in this run."""

    def __repr__(self) -> str:
        total = sum(when.size for when, _ in self.spikes.values())
        return f"<Result of {self.steps} steps ({self.steps * self.dt:g} s): {total:,} spikes>"

    def _population(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if name not in self.spikes:
            raise ParameterError(
                f"there is no population {name!r} in it; there are: {', '.join(self.spikes)}."
            )
        return self.spikes[name]

    def times(self, population: str) -> NDArray[np.float64]:
        """Time of each spike of a population, s from the start of the run."""
        return (self._population(population)[0] - self.start).astype(np.float64) * self.dt

    def counts(self, population: str) -> NDArray[np.int64]:
        """Spikes of each neuron, [neurons]."""
        return np.bincount(self._population(population)[1], minlength=self.sizes[population])

    def rates(self, population: str) -> NDArray[np.float64]:
        """Mean firing rate of each neuron, Hz, [neurons]."""
        counts = self.counts(population).astype(np.float64)
        return counts / (self.steps * self.dt) if self.steps else counts

    def array(self, population: str) -> NDArray[np.bool_]:
        """Spikes as a boolean array [steps, neurons]."""
        when, who = self._population(population)
        array = np.zeros((self.steps, self.sizes[population]), bool)
        array[when - self.start, who] = True
        return array

    def save(self, path: str | Path) -> None:
        """Write the result to one file.

        Raises
        ------
        FileError
            If the place cannot be written.
        """
        header = {name: getattr(self, name) for name in _PLAIN}
        arrays = {f"spikes/{name}": np.stack(pair) for name, pair in self.spikes.items()}
        for group in _GROUPS:
            arrays |= {f"{group}/{name}": values for name, values in getattr(self, group).items()}
        files.save(path, FORMAT, header, arrays)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a result.

        Raises
        ------
        FileError
            If the file is missing, damaged or no result.
        """
        header, arrays = files.load(path, FORMAT)
        with files.reading(path):
            groups: dict[str, Any] = {group: {} for group in ("spikes", *_GROUPS)}
            for key, values in arrays.items():
                group, _, name = key.partition("/")
                groups[group][name] = tuple(values) if group == "spikes" else values
            return cls(**groups | {name: header[name] for name in _PLAIN})


_PLAIN = ("dt", "start", "steps", "sizes", "counters")
_GROUPS = ("v", "v_neurons", "weights", "weight_steps", "weight_history")
