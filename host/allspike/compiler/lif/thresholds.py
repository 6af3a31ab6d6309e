"""Thresholds that no neuron can have been meant to have."""

import numpy as np
from numpy.typing import NDArray

from ...describe.network import Network
from ...errors import ParameterError
from ...quantities import quantity
from ..placement import Placement, named_neuron
from ..scale import Units
from .physics import Physics

_SINGLE = 2e-7
"""Relative error that single precision leaves in a threshold that is a whole number of units."""


def least_thresholds(
    network: Network, placement: Placement, units: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The least V at which each neuron fires, in whole units of V.

    Thresholds are rounded to the nearest. Where a translation states a comparison, the least whole number
    that meets it is taken: networks of whole numbers then fire as they are written.

    Parameters
    ----------
    network : Network
    placement : Placement
    units : [neurons]
        The thresholds, in units of V.
    """
    whole = np.rint(units)
    strict = {} if network.translation is None else network.translation.strict
    for name, above in strict.items():
        part = placement.of(network.populations[name])
        same = np.abs(units[part] - whole[part]) <= _SINGLE * np.abs(units[part])
        whole[part] = np.where(same, whole[part] + above, np.ceil(units[part]))
    return whole


def check_thresholds(
    network: Network, placement: Placement, cell: Physics, scale: Units, held: NDArray[np.float64]
) -> None:
    """Refuse a threshold that lies above rest and is rounded to rest: its neuron would fire for ever.

    Parameters
    ----------
    network : Network
    placement : Placement
    cell, scale
        What the thresholds were made from.
    held : int [neurons]
        The thresholds in units of V.

    Raises
    ------
    ParameterError
        Naming the neuron, its threshold and its largest weight.
    """
    above = cell["v_thresh"] - cell["v_rest"]
    lost = np.flatnonzero((held == 0) & (above > 0))
    if not lost.size:
        return
    place = int(lost[0])
    neuron, model = named_neuron(network, placement, place)
    amperes, volts = model.unit_of_weights, model.unit_of_volts
    unit = scale.volts[place]
    what = (
        f"the threshold of {neuron}{f' and of {lost.size - 1:,} more' if lost.size > 1 else ''} lies "
        f"{quantity(above[place], volts)} above rest, less than half a unit of V, which is "
        f"{quantity(unit, volts)}"
    )
    if scale.given:
        raise ParameterError(f"{what}: use a smaller weight_unit or a larger weight_shift, or neither.")
    largest = 0.0
    for projection in network.projections.values():
        onto = projection.weights[placement.targets(projection) == place]
        largest = max(largest, float(np.abs(onto).max(initial=0.0)))
    if scale.plastic[place] and scale.weight[place] > 2 * largest:
        raise ParameterError(
            f"{what}, because all neurons that learn share one weight unit, "
            f"{quantity(scale.weight[place], amperes)}: bring their thresholds and weights closer together."
        )
    moved = largest * float(cell.charge[place])
    means = "; weights are amperes, so 1 nA is 1e-9: give" if amperes == "A" else ": give"
    raise ParameterError(
        f"{what}, because a weight of {quantity(largest, amperes)} onto it moves V by "
        f"{quantity(moved, volts)} in a step{means} smaller weights or a higher threshold."
    )
