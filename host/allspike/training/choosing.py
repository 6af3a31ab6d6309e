"""The choice among candidates: of each neuron by its own spikes, of the whole network on the emulator."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..aliases import NDArray
from ..compiler.scaling import most_shift
from ..doors.network import Network
from ..errors import CapacityError
from ..map.config import Config
from .comparing import Comparison, Loss, emulated
from .floating import FloatRun, started
from .rounding import Candidates
from .samples import Samples

_SHARPER = 3
"""Bits by which V is tried to be finer than the compiler makes it."""
EMULATIONS = 3 + _SHARPER
"""Times that a contest runs its samples at most."""


def picked(
    run: FloatRun, samples: Samples, choices: Candidates, done: Callable[[], None]
) -> NDArray[np.int64]:
    """Of each neuron the candidate with which it fires most like float64, [neurons].

    The spikes of float64 arrive, whatever others fire, so one run compares a candidate of every neuron. Among
    those that do as well, and of neurons that do not fire, the one that is best by its current is taken.

    Parameters
    ----------
    run : FloatRun
    samples : Samples
        Which were run.
    choices : Candidates
    done : callable
        Called after each run.
    """
    off = np.array([_off(run, samples, weights, done) for weights in choices.weights])
    return off.argmin(axis=0)


def _off(
    run: FloatRun, samples: Samples, weights: NDArray[np.float64], done: Callable[[], None]
) -> NDArray[np.int64]:
    """In how many entries each neuron differs from float64, [neurons]."""
    dynamics = run.dynamics
    state, off = started(dynamics, len(samples)), np.zeros(dynamics.neurons, np.int64)
    for step in range(samples.steps):
        currents = None if samples.currents is None else samples.currents[:, step]
        arrived = run.arrived[:, step].astype(np.float64)
        state, fired = dynamics.advance(state, arrived, weights, currents)
        off += ((fired > 0) != run.raster[:, step]).sum(axis=0)
    done()
    return off


@dataclass(frozen=True, eq=False)
class Entry:
    """A network in whole-numbered weights, its units, and what it loses."""

    network: Network
    weight_unit: NDArray[np.float64]
    weight_shift: int
    loss: Loss


class Contest:
    """Runs entries on the emulator, and keeps the one that loses least; of equals the earlier.

    Parameters
    ----------
    samples : Samples
    comparison : Comparison
        With the run of the same samples in float64.
    config : Config
    done : callable
        Called after each entry.
    """

    best: Entry

    def __init__(
        self, samples: Samples, comparison: Comparison, config: Config, done: Callable[[], None]
    ) -> None:
        self._samples, self._comparison, self._config, self._done = samples, comparison, config, done

    def enter(self, network: Network, weight_unit: NDArray[np.float64], weight_shift: int | None) -> Entry:
        """What this network loses with these units."""
        made = emulated(
            network, self._samples, self._comparison.read, self._config, weight_unit=weight_unit,
            weight_shift=weight_shift,
        )  # fmt: skip
        entry = Entry(network, weight_unit, made.weight_shift, self._comparison.loss(made))
        self._done()
        if not hasattr(self, "best") or entry.loss.value < self.best.loss.value:
            self.best = entry
        return entry

    def sharpen(self) -> Entry:
        """The best, also with a V that is finer than the compiler makes it."""
        first = self.best
        for finer in range(1, _SHARPER + 1):
            shift = first.weight_shift + finer
            if shift > most_shift(self._config):
                break
            try:
                self.enter(first.network, first.weight_unit, shift)
            except CapacityError:  # V does not hold the threshold
                break
        return self.best
