"""From the result of a run to what the graph shows: lags and delays taken out, linear nodes applied."""

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..results.result import Result
from .drives import Reading
from .places import Place


def spikes(result: Result, place: Place, late: NDArray[np.int64], steps: int) -> NDArray[np.bool_]:
    """The spikes of a place, [steps, size], each neuron's `late` [size] steps after they are out."""
    return _back(result.array(place.name), place, late + place.emits, steps, np.zeros(late.size, bool))


def potentials(result: Result, place: Place, late: NDArray[np.int64], steps: int) -> NDArray[np.float64]:
    """V of a place after each step, [steps, size], each neuron's `late` [size] steps later.

    Raises
    ------
    ParameterError
        If it was not recorded.
    """
    name = place.name
    if name not in result.v or len(result.v_neurons[name]) != late.size:
        raise ParameterError(
            f"V of {name!r} was not recorded: run with record_v=translation.record_v, or with {name!r} in it."
        )
    recorded = np.empty((result.steps, late.size))
    recorded[:, result.v_neurons[name]] = result.v[name]
    return _back(recorded, place, late, steps, place.start_v)


def shown(result: Result, place: Place, reading: Reading, steps: int) -> NDArray:
    """What an output shows of a place, [steps, output size]."""
    own = spikes if place.fires else potentials
    values = own(result, place, reading.late, steps)
    return values if reading.matrix is None else values @ reading.matrix + reading.bias


def _back(values: NDArray, place: Place, late: NDArray[np.int64], steps: int, before: NDArray) -> NDArray:
    """Values [steps of the run, size] at the graph's steps: step t of it is t + lag - late of the run."""
    at = np.arange(steps)[:, None] + (place.lag - late)
    found = np.take_along_axis(values, np.clip(at, 0, None), axis=0) if len(values) else values[:0]
    return np.where(at < 0, before, found)
