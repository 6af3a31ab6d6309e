"""What one unit of a weight, of V and of I stands for in a compiled network."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..map.config import Config


def in_range(whole: NDArray[np.float64], config: Config) -> NDArray[np.float64]:
    """Weights in whole units, saturated where a synapse cannot hold them."""
    return np.clip(whole, config.weight_min, config.weight_max)


@dataclass(frozen=True)
class Units:
    """What a unit stands for, [neurons] each."""

    weight: NDArray[np.float64]
    """User's weight (A, or V for delta synapses) of one weight unit."""
    volts: NDArray[np.float64]
    """Volts of one unit of V."""
    shift: int
    """`weight_shift`: one weight unit is 2**shift units of V in the step in which it arrives."""
    plastic: NDArray[np.bool_]
    """Which neurons have plastic synapses: they share one unit."""
    threshold: NDArray[np.bool_]
    """Where the threshold, far above all weights, makes the unit coarser than the weights would."""
    given: bool = False
    """Whether the user chose a unit or the shift."""
