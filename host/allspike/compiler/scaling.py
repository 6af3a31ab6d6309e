"""The units of a compiled network: what one unit of a weight, of V and of I stands for.

A neuron's voltage unit is free, so that the largest weight onto each neuron can take the whole range of a
weight. Plastic synapses share one unit, because a core has one learning rule in weight units.
"""

import numpy as np
from numpy.typing import NDArray

from ..describe.network import Network
from ..map.config import Config
from ..map.device_map import CONTROL
from .given import shared
from .lowering import Lowering
from .placement import Placement
from .scale import Units

HEADROOM = 4
"""V has room for this many times its largest parameter: it saturates only far outside its working range."""
_VOLLEYS = 8
"""And for this many steps in a row in which every synapse of one sign is hit: neurons without leak add up."""


def most_shift(config: Config | None = None) -> int:
    """Fractional bits of a weight unit that V can have: those of the device's `weight_shift`, in a build; by
    default in all, for they are alike in that."""
    return CONTROL.record["weight_shift"].limits(config or Config())[1]


def _incoming(network: Network, placement: Placement) -> tuple[NDArray, NDArray, NDArray, float]:
    """Largest |weight| onto each neuron, the sum of all of one sign, whichever is larger, which have plastic
    synapses, and the largest |weight| of a plastic neuron, its bounds included."""
    largest, sums = np.zeros(placement.neurons), np.zeros((2, placement.neurons))
    plastic = np.zeros(placement.neurons, bool)
    for projection in network.projections.values():
        post = placement.targets(projection)
        low = high = projection.weights
        if projection.stdp is not None:
            plastic[post] = True
            low, high = (np.full(high.size, edge) for edge in (projection.stdp.w_min, projection.stdp.w_max))
        np.maximum.at(largest, post, np.maximum(np.abs(low), np.abs(high)))
        np.add.at(sums[0], post, np.maximum(high, 0))
        np.add.at(sums[1], post, np.maximum(-low, 0))
    return largest, sums.max(axis=0), plastic, float(largest[plastic].max(initial=0.0))


def units(
    neurons: Lowering,
    config: Config,
    weight_unit: NDArray[np.float64] | None,
    weight_shift: int | None,
    whole: NDArray[np.float64] | None = None,
) -> Units:
    """Choose the units of a network for a configuration.

    Parameters
    ----------
    neurons : Lowering
    config : Config
    weight_unit : float [neurons], optional
        The user's weight of one weight unit; where it is NaN, and by default, the largest weight onto each
        neuron takes the whole range.
    weight_shift : int, optional
        The shift; by default the largest that leaves V and I room.
    whole : float [neurons], optional
        A unit to take instead of the default, where it is not NaN and leaves V room.
    """
    largest, total, plastic, shared_largest = _incoming(neurons.network, neurons.placement)
    top = config.weight_max
    swing = np.where(neurons.swing > 0, neurons.swing, 1.0)
    charge = np.where(neurons.charge > 0, neurons.charge, 1.0)
    room = config.state_max
    weight = np.where(plastic, shared_largest, largest) / top
    if whole is not None:
        weight = np.where(np.isnan(whole) | plastic, weight, whole)
    # Without synapses any unit will do: one that gives the threshold a quarter of the range at any shift.
    free = weight == 0
    weight = np.where(free, HEADROOM * swing / charge / (room >> _LEAST_SHIFT), weight)
    # A threshold far above all weights takes a coarser unit, so that V still holds it.
    least = HEADROOM * swing / charge / (room >> (_LEAST_SHIFT if room >> 16 else 0))
    least = np.where(plastic, least[plastic].max(initial=0.0), least)
    coarser = (least > weight) & (largest > 0)
    weight = np.maximum(weight, least)
    if weight_unit is not None:
        asked = shared(weight_unit, plastic)
        weight = np.where(np.isnan(asked), weight, asked)
        coarser &= np.isnan(asked)
        free &= np.isnan(asked)
    volts = weight * charge
    if weight_shift is None:
        need = np.maximum(HEADROOM * swing / volts, _VOLLEYS * total / weight)
        binding = need if free.all() else need[~free]
        weight_shift = int(np.clip(np.floor(np.log2(room / binding.max())), 0, most_shift(config)))
        weight = np.where(free, HEADROOM * swing / charge / (room >> weight_shift), weight)
        volts = weight * charge
    return Units(weight, volts / 2**weight_shift, weight_shift, plastic, coarser)


_LEAST_SHIFT = 4
"""Fractional bits of a weight unit that V keeps even where thresholds are far above the weights."""
