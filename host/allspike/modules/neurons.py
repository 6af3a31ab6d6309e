"""What a step of a module of neurons does, whatever framework it is of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Dynamics:
    """Neurons whose step is I = alpha I + gain x, V = rest + beta (V - rest) + I; a spike; a reset.

    Every array is [neurons]. Without alpha I is gain x alone, x being the input of the step. Without a
    threshold they never fire, and V is what the module returns.
    """

    shape: tuple[int, ...]
    beta: Array
    gain: Array
    alpha: Array | None = None
    rest: Array
    threshold: Array | None = None
    fires: str = ">"
    """A word of `allspike.nir.settings.FIRES`."""
    reset: str = "none"
    """A word of `allspike.nir.settings.RESETS`."""
    v_reset: Array | None = None
    """V after a spike, if it is set; 0 without."""
    starts: str = "v_leak"
    """Where V is at first: at rest, which NIR calls v_leak, or at "v_reset"."""
    spike: Array | None = None
    """How much its spikes count for those that receive them; None: 1."""
    differs: tuple[str, ...] = ()
    """What is not as in the framework."""


def checked_decay(where: str, name: str, value: Array) -> Array:
    """A factor by which a state decays in a step.

    Raises
    ------
    ParameterError
        If it is below 0 or above 1.
    """
    outside = value[(value < 0) | (value > 1)]
    if outside.size:
        raise ParameterError(
            f"{where}: {name} = {outside[0]:g} is no decay of a step, which is from 0 to 1: a time constant "
            "shorter than a step, or below 0."
        )
    return value
