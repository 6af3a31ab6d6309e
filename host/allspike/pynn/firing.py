"""What the sources fire in a run, where it arrives, and what is recorded of it."""

from typing import Any

import numpy as np

from ..aliases import NDArray
from ..errors import ParameterError, TimingWarning
from ..notices import warn
from ..stimulus.spikes import SpikeList
from .description import Description
from .simulator import State
from .sources import Spikes
from .values import off_steps


class Firing:
    """What the sources of a state fire in a run, and where it arrives.

    Parameters
    ----------
    state : State
    steps : int
        Of the run.
    """

    def __init__(self, state: State, steps: int) -> None:
        self._state = state
        self._new = {
            population: _drawn(population, state.step + steps)
            for population in state.populations
            if population.train is not None and (steps or state.step == 0)
        }

    def stimuli(self, made: Description, steps: int) -> dict[str, SpikeList]:
        """Spikes that arrive in the run, by the names of the inputs."""
        found = {}
        for population, (name, cells, lags) in made.inputs.items():
            assert population.train is not None
            new = self._new.get(population, (np.zeros(0), np.zeros(0, np.int64)))
            times, who = (np.concatenate(parts) for parts in zip(population.train.past, new, strict=True))
            order = np.argsort(who, kind="stable")
            who, fired = who[order], population.train.steps(times[order])
            first, last = np.searchsorted(who, cells), np.searchsorted(who, cells, side="right")
            inputs = np.repeat(np.arange(cells.size), last - first)
            places = np.concatenate([np.zeros(0, np.int64), *map(np.arange, first, last)])
            when = fired[places] + lags[inputs] - self._state.step
            inside = (when >= 0) & (when < steps)
            found[name] = SpikeList(when[inside], inputs[inside])
        return found

    def emit(self, steps: int, horizon: int) -> None:
        """Record them, as far as a run came."""
        state = self._state
        last = state.step + steps
        for population, (times, cells) in self._new.items():
            assert population.train is not None
            mine = population.train.steps(times) <= last
            spikes = times[mine], cells[mine]
            population.train.fired(spikes, last, horizon)
            population.recorder.keep_spikes(*spikes)
            _say_rounded(state, population, spikes[0])


def _drawn(population: Any, last: int) -> Spikes:
    try:
        return population.train.spikes(population.parameters, last)
    except ParameterError as error:
        raise ParameterError(f"population {population.label!r}: {error}") from None


def _say_rounded(state: State, population: Any, times: NDArray[np.float64]) -> None:
    steps = population.train.steps(times)
    off = off_steps(times, steps, state.dt)
    if off.any():
        time, acts = times[off][0], state.time(int(steps[off][0]))
        warn(
            f"population {population.label!r}: {np.count_nonzero(off):,} of {off.size:,} spike times are no "
            f"multiples of the timestep, {state.dt:g} ms: a spike of {time:g} ms acts as one of {acts:g} ms.",
            TimingWarning,
        )
