"""Checks that descriptions share: numbers of a shape, and nothing else."""

import numpy as np
from numpy.typing import NDArray

from .errors import ParameterError


def checked_array(name: str, values: object, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """`values` as floats broadcast to `shape`.

    Raises
    ------
    ParameterError
        If they are not numbers, hold NaN, or have another shape.
    """
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} must be a number or an array of numbers, not {values!r:.60}.") from None
    if np.isnan(array).any():
        raise ParameterError(f"{name} holds NaN: give numbers.")
    if array.ndim and array.shape != shape:
        raise ParameterError(f"{name} has shape {array.shape}; it must be one number or have shape {shape}.")
    return np.broadcast_to(array, shape).copy()


def checked_count(name: str, value: object, least: int = 0) -> int:
    """`value` as a whole number of at least `least`.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ParameterError(f"{name} = {value!r} must be a whole number of at least {least}.")
    return int(value)


def checked_indices(name: str, values: object, size: int) -> NDArray[np.int64]:
    """`values` as indices below `size`, one-dimensional.

    Raises
    ------
    ParameterError
        If they are not whole numbers in range.
    """
    array = np.atleast_1d(np.asarray(values))
    if array.size == 0:
        return np.zeros(0, np.int64)
    if array.dtype.kind not in "iu":
        raise ParameterError(f"{name} must be whole numbers, not {array.dtype}.")
    if array.min() < 0 or array.max() >= size:
        bad = array.min() if array.min() < 0 else array.max()
        raise ParameterError(f"{name} holds {bad}; there are {size}, numbered from 0.")
    return array.astype(np.int64).ravel()
