"""The window of a learning rule, as a device made it."""

from typing import Any

import numpy as np

from ..aliases import NDArray
from ..describe.learning import STDP
from ..simulate.pairing import Window
from .scales import largest, weight_scale
from .style import COLOURS, figure

_FINE = 400
"""Lags at which a theory is drawn."""


def window(measured: Window, axes: Any = None) -> Any:
    """An STDP window as a device made it, points with two standard errors, on the curve of the theory.

    Parameters
    ----------
    measured : Window
        Of `measure_window`.
    axes : Matplotlib axes, optional

    Returns
    -------
    Matplotlib axes

    Examples
    --------
    >>> import allspike as asp
    >>> rule = asp.STDP(a_plus=0.1, a_minus=0.1, w_max=1.0)
    >>> asp.plot.window(asp.measure_window(rule, repeats=2)).get_xlabel()
    'firing minus arrival (ms)'
    """
    axes = figure(4.8, 3.0)[1] if axes is None else axes
    scale, label = weight_scale(max(largest(measured.measured), largest(measured.theory)))
    axes.axhline(0, color="0.8", linewidth=0.6)
    axes.axvline(0, color="0.8", linewidth=0.6)
    for lags, theory in _theory(measured):
        axes.plot(lags * 1e3, theory * scale, color=COLOURS[0], linewidth=1.2)
    axes.lines[-1].set_label("theory")
    axes.errorbar(measured.lags * 1e3, measured.measured * scale, 2 * measured.error * scale, fmt="o",
                  markersize=3, linewidth=0.8, color=COLOURS[1], label="device")  # fmt: skip
    axes.set_xlabel("firing minus arrival (ms)")
    axes.set_ylabel(label.replace("weight", "weight change"))
    axes.legend(fontsize=8, frameon=False)
    return axes


def _theory(measured: Window) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """The curve to each side of lag 0: that of the rule, or through the points of a window without one."""
    lags, rule = measured.lags, measured.rule
    if rule is None:
        sides = [(lags[side], measured.theory[side]) for side in (lags < 0, lags >= 0)]
        return [side for side in sides if side[0].size]
    ends = ((lags.min(), np.nextafter(0.0, -1.0)), (0.0, lags.max()))
    curves = [_fine(low, high, rule) for low, high in ends if low <= high]
    return [(fine, rule.window(fine)) for fine in curves]


def _fine(low: float, high: float, rule: STDP) -> NDArray[np.float64]:
    """Fine lags from low to high, with those at which a rectangular window steps, before and after."""
    edges = np.array([-rule.tau_minus, rule.tau_plus] if rule.pairing == "window" else [])
    pairs = np.concatenate([np.nextafter(edges, -np.inf), edges, np.nextafter(edges, np.inf)])
    inner = pairs[(pairs > low) & (pairs < high)]
    return np.sort(np.concatenate([np.linspace(low, high, _FINE), inner]))
