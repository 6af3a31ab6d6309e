"""Seconds to steps: which step a time falls in, in the precision with which it is given."""

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..errors import ParameterError

_LEAST_SLACK, _MOST_SLACK = 1e-6, 0.1
"""Steps."""
_UNITS = 4
"""Units in the last place that arithmetic may have lost."""


def place(what: str, times: ArrayLike, dt: float) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The step in which each time falls, the times being as exact as their type.

    A time that lies below the beginning of a step by no more than it may have been rounded belongs to that
    step: 4 units in the last place of its type, at least a millionth and at most a tenth of a step; where
    half a unit, which no conversion exceeds, is more than that, half a unit.

    Parameters
    ----------
    what : str
        What the times are, in an error.
    times : array
        Seconds, in any type of numbers.
    dt : float
        Seconds a step.

    Returns
    -------
    steps : int64 [times]
    between : bool [times]
        Whether a time lies after the beginning of its step, by more than it may have been rounded.

    Raises
    ------
    ParameterError
        If a time is no finite number, or too large to be counted in steps.
    """
    given = _numbers(what, times)
    finite = np.isfinite(given)
    if not finite.all():
        raise ParameterError(
            f"{what} must be finite numbers of seconds; {np.count_nonzero(~finite)} of {given.size} are not: "
            f"the first is {given[~finite][0]}."
        )
    exact = given.astype(np.float64)
    position = exact / dt
    if position.size and np.abs(position).max() >= 2.0**62:
        raise ParameterError(f"{what} of {np.abs(exact).max():g} s cannot be counted in steps of {dt:g} s.")
    unit = np.spacing(np.abs(exact))
    if given.dtype.kind == "f":
        unit = np.maximum(unit, np.spacing(np.abs(given)).astype(np.float64))
    unit /= dt
    slack = np.maximum(np.clip(_UNITS * unit, _LEAST_SLACK, _MOST_SLACK), unit / 2)
    steps = np.floor(position + slack)
    return steps.astype(np.int64), position - steps > slack


def _numbers(what: str, times: ArrayLike) -> NDArray:
    """One-dimensional, in the type in which they are given."""
    try:
        given = np.atleast_1d(np.asarray(times)).ravel()
    except (TypeError, ValueError, RuntimeError):
        given = np.array([times], object)
    if given.size and given.dtype.kind not in "iuf":
        wrong = next((time for time in given.tolist() if not isinstance(time, int | float)), given[0])
        raise ParameterError(f"{what} must be numbers of seconds, in one array or list, not {wrong!r:.60}.")
    return given if given.size else given.astype(np.float64)
