"""Checks that descriptions share: numbers, counts, flags, indices and arrays, and nothing else."""

import numpy as np
from numpy.typing import NDArray

from .errors import ParameterError
from .showing import brief


def plain_array(name: str, values: object) -> NDArray[np.float64]:
    """`values` as floats, of whatever shape.

    Raises
    ------
    ParameterError
        If they are not real numbers, or rows of unequal length.
    """
    try:
        array = np.asarray(values)
        masked = np.ma.is_masked(values)
    except Exception as error:  # an array of another library may refuse for reasons of its own
        reason = f" ({str(error).splitlines()[0]})" if str(error) and hasattr(values, "dtype") else ""
        raise ParameterError(
            f"{name} must be a number or an array of numbers, not {brief(values)}{reason}."
        ) from None
    if array.dtype.kind not in "biuf":
        raise ParameterError(f"{name} must be a number or an array of numbers, not {brief(values)}.")
    if masked:
        raise ParameterError(f"{name} has masked entries: fill them with numbers.")
    return array.astype(np.float64)


def numbers(name: str, values: object) -> NDArray[np.float64]:
    """Like `plain_array`, where true and false are no numbers either."""
    array = plain_array(name, values)
    if np.asarray(values).dtype == bool:
        raise ParameterError(f"{name} = {brief(values)} is true or false: give numbers.")
    return array


def checked_array(name: str, values: object, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """`values` as floats broadcast to `shape`.

    Raises
    ------
    ParameterError
        If they are not numbers, hold NaN, or have another shape.
    """
    array = plain_array(name, values)
    if np.isnan(array).any():
        raise ParameterError(f"{name} holds NaN: give numbers.")
    if array.ndim and array.shape != shape:
        raise ParameterError(f"{name} has shape {array.shape}; it must be one number or have shape {shape}.")
    return np.broadcast_to(array, shape).copy()


def checked_number(name: str, value: object, low: float, high: float, meaning: str) -> float:
    """`value` as a number from `low` to `high`, both included; `meaning` says which.

    Raises
    ------
    ParameterError
        If it is not.
    """
    real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not real or not low <= value <= high:  # type: ignore[operator]
        raise ParameterError(f"{name} = {brief(value)} must be {meaning}.")
    return float(value)  # type: ignore[arg-type]


def checked_count(name: str, value: object, least: int = 0, most: int | None = None) -> int:
    """`value` as a whole number from `least` to `most`.

    Raises
    ------
    ParameterError
        If it is not.
    """
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):  # type: ignore[operator]
        limits = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ParameterError(f"{name} = {brief(value)} must be a whole number {limits}.")
    return int(value)  # type: ignore[call-overload]


def checked_flag(name: str, value: object) -> bool:
    """`value` as true or false.

    Raises
    ------
    ParameterError
        If it is neither.
    """
    if not isinstance(value, bool | np.bool_):
        raise ParameterError(f"{name} = {brief(value)} must be True or False.")
    return bool(value)


def checked_indices(name: str, values: object, size: int) -> NDArray[np.int64]:
    """`values` as indices below `size`, one-dimensional.

    Raises
    ------
    ParameterError
        If they are not whole numbers in range.
    """
    array = np.atleast_1d(plain_array(name, values)).ravel()
    kind = np.asarray(values).dtype
    if array.size and kind.kind not in "iu":
        raise ParameterError(f"{name} must be whole numbers, not {kind}.")
    if array.size and (array.min() < 0 or array.max() >= size):
        bad = array.min() if array.min() < 0 else array.max()
        raise ParameterError(f"{name} holds {bad:.0f}; there are {size}, numbered from 0.")
    return array.astype(np.int64)
