"""Weight units that a user gives: one, one a neuron, or one a population."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_number, numbers
from ..describe.network import Network
from ..describe.selection import resolve
from ..errors import ParameterError
from ..showing import some
from .placement import Placement

WeightUnit = ArrayLike | Mapping[Any, ArrayLike]
"""A number, an array [neurons] in the order of their placement, or a mapping from populations to either."""
_TINY, _HUGE = np.finfo(float).tiny, np.finfo(float).max


def given_units(
    network: Network, placement: Placement, weight_unit: WeightUnit | None
) -> NDArray[np.float64] | None:
    """The unit of the weights onto each neuron, [neurons], NaN where none is given; None if nowhere.

    Parameters
    ----------
    network : Network
    placement : Placement
    weight_unit : number, array [neurons] or mapping, optional
        A mapping goes from populations of neurons, views of them or their names to a number or an array
        [size].

    Raises
    ------
    ParameterError
        If a unit is no number above 0, an array has another shape, or a key is no population of neurons.
    """
    if weight_unit is None:
        return None
    units = np.full(placement.neurons, np.nan)
    if not isinstance(weight_unit, Mapping):
        units[:] = _checked("weight_unit", weight_unit, placement.neurons)
        return units
    known = {population.name: population for population in network.neuron_populations}
    for key, value in weight_unit.items():
        population, members = resolve(key, known, "population of neurons")
        places = placement.start[population.name] + (
            np.arange(population.size) if members is None else members
        )
        if not np.isnan(units[places]).all():
            raise ParameterError(
                f"weight_unit names neurons of {population.name!r} twice: give each one unit."
            )
        units[places] = _checked(f"weight_unit of {population.name}", value, places.size)
    return units


def _checked(name: str, value: Any, size: int) -> NDArray[np.float64]:
    """A number, or an array [size], above 0."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, str) or not np.iterable(value):
        return np.full(size, checked_number(name, value, _TINY, _HUGE, "a number above 0"))
    array = numbers(name, value)
    if array.shape != (size,):
        raise ParameterError(
            f"{name} has shape {array.shape}: give one number, or one for each of {some(size, 'neuron')}, "
            f"[{size}]."
        )
    wrong = ~((array >= _TINY) & (array <= _HUGE))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise ParameterError(f"{name}[{place}] = {array[place]:g} must be a number above 0.")
    return array


def shared(units: NDArray[np.float64], plastic: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Units, NaN where none is given, in which all plastic neurons have the one that any of them has.

    Parameters
    ----------
    units : float [neurons]
    plastic : bool [neurons]

    Raises
    ------
    ParameterError
        If two plastic neurons have different ones.
    """
    named = units[plastic & ~np.isnan(units)]
    if not named.size:
        return units
    if np.ptp(named):
        raise ParameterError(
            f"weight_unit is from {named.min():g} to {named.max():g} on neurons that learn, and all those "
            "share one unit, as a core has one learning rule: give them the same, or leave it out."
        )
    return np.where(plastic, named[0], units)
