"""Values that a script gives, and times as steps: what is refused where it is given, by whose it is."""

from typing import Any

import numpy as np
from pyNN import errors

from ..aliases import NDArray
from ..errors import ParameterError

ROUNDING = 1e-6
"""Of a step: how far floating point may have moved a time."""


class InvalidValueError(ParameterError, errors.InvalidParameterValueError):
    """A value that is not usable, for those who wait for PyNN's error, and for those who wait for ours."""


def check_finite(name: str, values: Any) -> None:
    """Refuse what is no finite number, in sequences as well.

    Parameters
    ----------
    name : str
        Whose and which they are.
    values : array
        Numbers, or sequences of them.

    Raises
    ------
    InvalidValueError
        If one is not finite.
    """
    given = np.asarray(values)
    if given.dtype == object:
        given = np.concatenate([np.zeros(0), *(np.ravel(each.value) for each in given.flat)])
    bad = given[~np.isfinite(given)]
    if bad.size:
        raise InvalidValueError(f"{name} must be finite numbers, and {_one_is(bad)}.")


def check_sign(name: str, values: NDArray, unit: str, *, zero: bool) -> None:
    """Refuse what is negative, and 0 unless that is a value, too.

    Raises
    ------
    ParameterError
        If one is.
    """
    bad = values[(values < 0) if zero else (values <= 0)]
    if bad.size:
        raise ParameterError(f"{name} = {bad[0]:g} {unit} must be {'0 or more' if zero else 'above 0'}.")


def check_train(name: str, times: NDArray) -> None:
    """Refuse spike times, ms, that are none, negative, or not in order.

    Raises
    ------
    InvalidValueError
        If they are.
    """
    given = np.asarray(times, np.float64)
    bad = given[~(np.isfinite(given) & (given >= 0))]
    if bad.size:
        raise InvalidValueError(f"{name} must be 0 or more, in ms, and {_one_is(bad)}.")
    back = np.flatnonzero(np.diff(given) < 0)
    if back.size:
        one, other = given[back[0]], given[back[0] + 1]
        raise InvalidValueError(f"{name} must be in ascending order, and {other:g} ms follows {one:g} ms.")


def _one_is(bad: NDArray) -> str:
    return f"one is {bad[0]:g}"


def steps_begun(times: NDArray[np.float64], dt: float) -> NDArray[np.int64]:
    """The steps that times take, one that is begun as a whole: the first that begins no earlier."""
    return np.ceil(times / dt - ROUNDING).astype(np.int64)


def off_steps(times: NDArray[np.float64], steps: NDArray[np.int64], dt: float) -> NDArray[np.bool_]:
    """Which times are others than those of their steps."""
    return np.abs(times / dt - steps) > ROUNDING


def whole_steps(name: str, time: float, dt: float) -> int:
    """How many steps a time is, 1 or more.

    Raises
    ------
    ParameterError
        If it is no multiple of the timestep.
    """
    ratio = time / dt
    if not (np.isfinite(ratio) and ratio > 1 - ROUNDING and abs(ratio - round(ratio)) <= ROUNDING):
        raise ParameterError(f"{name} = {time:g} ms is no multiple of the timestep, {dt:g} ms.")
    return round(ratio)
