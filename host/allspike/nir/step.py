"""The length of a step: as it is said, as the file says it, or as the numbers of its neurons tell it.

Some exporters scale a neuron so that a spike adds its weight to V: with r = tau / dt, or as Rockpool r = tau
e^(-dt / tau) / dt. If one dt explains all neurons, that is it.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ..checks import checked_number
from ..errors import ParameterError
from .flat import Cells, Flat
from .origins import ORIGINS, Origin

_AGREE = 1e-5
"""Relative difference that single precision and a few roundings make."""
_DIGITS = 3
"""A step that is guessed from a single number has no more digits than this, or it is a coincidence."""


def _plain(ratio: NDArray[np.float64], tau: NDArray[np.float64]) -> NDArray[np.float64]:
    return tau / ratio


def _decayed(ratio: NDArray[np.float64], tau: NDArray[np.float64]) -> NDArray[np.float64]:
    """dt of r = tau e^(-dt / tau) / dt, by Newton's method on x + ln(x) + ln(r) = 0 with x = dt / tau."""
    x = 1 / (1 + ratio)
    for _ in range(8):
        x *= 1 - (x + np.log(x) + np.log(ratio)) / (1 + x)
    return tau * x


TELLS: dict[str, Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]] = {
    "r = tau / dt": _plain,
    "r = tau e^(-dt / tau) / dt": _decayed,
}
"""What may tell the step: dt from r (or w_in) and its time constant."""


def step_of(flat: Flat, origin: Origin | None, dt: float | None) -> tuple[float, str]:
    """The step in the graph's unit of time, and where it comes from.

    Raises
    ------
    ParameterError
        If it is no step, or nothing tells it.
    """
    if dt is not None:
        tiny, huge = np.finfo(float).tiny, np.finfo(float).max
        return checked_number("dt", dt, tiny, huge, "a number above 0, in the graph's unit of time"), ""
    if flat.dt is not None:
        return flat.dt, "as its metadata say"
    law = "r = tau / dt" if origin is None else origin.tells
    told = _told(flat, law) if law else None
    if told is not None:
        return told, f"for {law} in all neurons"
    if origin is not None and origin.dt is not None:
        return origin.dt, "as its origin has it"
    known = "" if origin is not None else f", or origin= one of {', '.join(ORIGINS)}"
    raise ParameterError(
        f"{flat.source} does not say how long a step is: give dt= in the graph's unit of time{known}."
    )


def scaled(flat: Flat, dt: float) -> bool:
    """Whether r = tau / dt in all neurons, so that a spike adds its weight to V."""
    told = _told(flat, "r = tau / dt")
    return told is not None and abs(told / dt - 1) < _AGREE


def _told(flat: Flat, law: str) -> float | None:
    """The one step that explains every neuron, if there is one."""
    found = [_steps(law, ratio, tau) for cells in flat.cells for ratio, tau in _pairs(cells)]
    if not found:
        return None
    steps = np.concatenate(found)
    if np.isinf(steps).any():
        return None
    step = float(np.median(steps))
    nice = float(f"{step:.{_DIGITS - 1}e}")
    taus = np.concatenate([tau for cells in flat.cells for _, tau in _pairs(cells)])
    agree = np.abs(steps / nice - 1).max() < _AGREE
    return nice if agree and (nice < taus).all() else None


def _steps(law: str, ratio: NDArray[np.float64], tau: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = TELLS[law](ratio, np.where(np.isinf(tau), 1.0, tau))
    return np.where(np.isfinite(found) & (found > 0), found, np.inf)


def _pairs(cells: Cells) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """What is scaled by a time constant, and that constant; of neurons without leak r = 1 / dt."""
    own = cells.parameters
    if "tau" in own:
        yield own["r"], own["tau"]
    elif "tau_mem" in own:
        yield own["r"], own["tau_mem"]
        if (own["w_in"] != 1).any():
            yield own["w_in"], own["tau_syn"]
    elif "r" in own and (own["r"] != 1).any():
        yield own["r"], np.full(cells.size, np.inf)
