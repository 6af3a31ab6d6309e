"""Signals as spikes: inputs that each stand for a value of a channel."""

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_array, checked_count, plain_array
from ..errors import ParameterError


def population_code(
    values: ArrayLike, low: ArrayLike, high: ArrayLike, size: int = 12, repeat: int = 1
) -> NDArray[np.bool_]:
    """Signals as spikes: of the inputs of a channel the one that stands for its value spikes, in each step.

    The inputs of a channel stand for values from `low` to `high`, evenly spaced. With `repeat`, a value is
    shown for that many steps, at each of which it is a part of a spacing further on, so that the mean of the
    inputs that spike says where between two of them it lies.

    Parameters
    ----------
    values : float [..., frames, channels]
        NaN: nothing spikes, as where a signal has ended. What lies outside spikes as the bound.
    low, high : float or [channels]
    size : int
        Inputs of a channel, 2 or more.
    repeat : int
        Steps of a frame.

    Returns
    -------
    bool [..., frames * repeat, channels * size]
        The inputs of the first channel first.

    Raises
    ------
    ParameterError
        If a bound is not finite or not below the other, or a shape or count does not fit.

    Examples
    --------
    >>> asp.training.population_code([[0.0], [0.6], [1.0]], 0.0, 1.0, size=3).astype(int)
    array([[1, 0, 0],
           [0, 1, 0],
           [0, 0, 1]])
    """
    array = plain_array("values", values)
    if array.ndim < 2:
        raise ParameterError(f"values have shape {array.shape}; they are [..., frames, channels].")
    size, repeat = checked_count("size", size, 2), checked_count("repeat", repeat, 1)
    channels = array.shape[-1:]
    least, most = checked_array("low", low, channels), checked_array("high", high, channels)
    if not (np.isfinite(least) & np.isfinite(most) & (least < most)).all():
        raise ParameterError("low and high must be finite numbers, low below high in every channel.")
    place = np.clip((array - least) / (most - least), 0, 1) * (size - 1)
    parts = (np.arange(repeat) + 0.5) / repeat
    which = np.floor(place[..., None, :] + parts[:, None])  # [..., frames, repeat, channels]
    spikes = which[..., None] == np.arange(size)  # NaN is none of them
    frames = array.shape[-2] * repeat
    return spikes.reshape(*array.shape[:-2], frames, channels[0] * size)
