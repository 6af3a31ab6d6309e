"""Spikes of a run: one by one, and as rates."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..checks import checked_number
from ..describe.population import Members
from ..errors import ParameterError
from ..results.result import Result
from .scales import (
    TimeAxis,
    Window,
    colour_bar,
    keys_of,
    legend_beside,
    members_of,
    name_of,
    neuron_ticks,
    nice_steps,
    population_of,
    seconds,
    time_axis,
)
from .style import COLOURS, figure

_MARK = 0.8
"""Width of a spike, points."""
_INK = 0.35
"""Share of the axes that spikes may cover; if more, they are counted in bins."""
_CELLS_AN_INCH = 60
"""Bins an inch: about as fine as is seen, and coarser than the dots of a picture."""
_LINE = 11
"""Height of a name, points."""
_RASTERISED = 5_000
"""Spikes from which on they are dots in vector graphics, which would be of megabytes otherwise."""


def raster(
    result: Result,
    populations: Members | str | Iterable[Members | str] | None = None,
    axes: Any = None,
    *,
    window: Window | None = None,
) -> Any:
    """Spikes against time, one row a neuron, populations stacked in their order and coloured.

    Where marks would cover much of the axes, the spikes are counted in bins and drawn as an image of counts
    with a colour bar.

    Parameters
    ----------
    result : Result
    populations : populations, views or names, optional
        One, or several; all by default.
    axes : Matplotlib axes, optional
    window : (float, float), optional
        Start and stop of what is shown, s from the start of the run; None for either end: the run's.

    Returns
    -------
    Matplotlib axes

    Raises
    ------
    ParameterError
        If a population is not in the result, or the window is no part of the run.

    Examples
    --------
    >>> import allspike as asp
    >>> net = asp.Network()
    >>> cells = net.neurons(5, asp.LIF(i_offset=1e-9), "cells")
    >>> result = asp.Simulation(net).run(0.2)
    >>> asp.plot.raster(result, cells[:3], window=(0.05, 0.15)).get_xlabel()
    'time (ms)'
    """
    time = time_axis(result, window)
    keys = keys_of(result, populations)
    members = [members_of(result, key) for key in keys]
    bases = np.cumsum([0, *(rows.size for rows in members)])
    total = int(bases[-1])
    if axes is None:
        # Few rows need little; many names need a line each.
        axes = figure(height=max(float(np.clip(1.0 + 0.2 * total, 1.3, 3.2)), 0.7 + 0.18 * len(keys)))[1]
    found = [time.spikes(result, key) for key in keys]
    spikes = sum(when.size for when, _ in found)
    width, height = _inches(axes)
    row = 0.8 * height * 72 / max(total, 1)
    room = width * height * 72**2 / (_MARK * max(spikes, 1))
    # Few marks may be higher than their rows, to be seen.
    mark = float(np.clip(row, 1.8 if 0.15 * room > 1.8 else 1.0, 14.0))
    if mark > _INK * room:
        when = np.concatenate([when for when, _ in found])
        rows = np.concatenate([base + who for base, (_, who) in zip(bases, found, strict=False)])
        _counts_image(axes, time, when, rows, total)
    else:
        for k, (when, who) in enumerate(found):
            axes.scatter(
                time.of(when), bases[k] + who, s=mark**2, marker="|", linewidths=_MARK,
                color=COLOURS[k % len(COLOURS)], rasterized=spikes > _RASTERISED,
            )  # fmt: skip
    for base in bases[1:-1]:
        axes.axhline(base - 0.5, color="0.8", linewidth=0.6)
    if len(keys) > 1:
        _name_rows(axes, (bases[:-1] + bases[1:] - 1) / 2, [name_of(key) for key in keys], total)
    else:
        neuron_ticks(axes, members[0] if members else np.zeros(0, np.int64))
        axes.set_ylabel(f"{population_of(keys[0])} neuron" if keys else "neuron")
    axes.set_ylim(-0.5, max(total, 1) - 0.5)
    time.finish(axes)
    return axes


def _name_rows(axes: Any, middles: NDArray[np.float64], names: list[str], total: int) -> None:
    """Names of populations beside their rows, in their colours; apart where small populations are crowded."""
    gap = total * min(_LINE / (_inches(axes)[1] * 72), 1 / len(names))
    places = middles.copy()
    for k in range(1, places.size):
        places[k] = max(places[k], places[k - 1] + gap)
    places[-1] = max(min(places[-1], total - 0.5), middles[-1])
    for k in range(places.size - 2, -1, -1):
        places[k] = min(places[k], places[k + 1] - gap)
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=3.5 if np.array_equal(places, middles) else 0)
    for k, label in enumerate(axes.get_yticklabels()):
        label.set_color(COLOURS[k % len(COLOURS)])


def _inches(axes: Any) -> tuple[float, float]:
    box = axes.get_window_extent()
    return max(box.width, 1.0) / axes.figure.dpi, max(box.height, 1.0) / axes.figure.dpi


def _counts_image(
    axes: Any, time: TimeAxis, when: NDArray[np.int64], rows: NDArray[np.int64], total: int
) -> None:
    """The spikes counted in bins of whole steps and, of many neurons, of several rows."""
    width, height = _inches(axes)
    steps = time.last - time.first
    length = nice_steps(steps / (width * _CELLS_AN_INCH), time.dt)
    group = -(-total // int(max(height * _CELLS_AN_INCH, 1)))
    shape = -(-total // group), -(-steps // length)
    place = (rows // group) * shape[1] + (when - time.first) // length
    counts = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)
    begin, end = time.of(np.array([time.first, time.first + shape[1] * length]))
    # A few bursts must not make all else pale.
    top = max(float(np.percentile(counts[counts > 0], 99)), 1.0)
    image = axes.imshow(
        counts, cmap="Greys", vmin=0, vmax=top, origin="lower", aspect="auto", interpolation="nearest",
        extent=(begin, end, -0.5, shape[0] * group - 0.5),
    )  # fmt: skip
    label = "spikes" if group == 1 else f"spikes of {group} neurons\n"
    label = f"{label} in {seconds(length * time.dt)}"
    bar = colour_bar(axes, image, label, extend="max" if counts.max() > top else "neither")
    bar.locator.set_params(integer=True)
    bar.update_ticks()


def rates(
    result: Result,
    populations: Members | str | Iterable[Members | str] | None = None,
    axes: Any = None,
    *,
    width: float | None = None,
    window: Window | None = None,
) -> Any:
    """Firing rates of populations against time: the mean of the neurons' rates in each bin, Hz.

    Parameters
    ----------
    result : Result
    populations : populations, views or names, optional
        One, or several; all by default.
    axes : Matplotlib axes, optional
    width : float, optional
        Length of a bin, s, a whole number of steps; by default such that there are about a hundred.
    window : (float, float), optional
        As in `raster`. Bins count from its start; the last may be shorter.

    Returns
    -------
    Matplotlib axes

    Raises
    ------
    ParameterError
        If a population is not in the result, the window is no part of the run, or the width is no multiple
        of the step.

    Examples
    --------
    >>> import allspike as asp
    >>> net = asp.Network()
    >>> cells = net.neurons(5, asp.LIF(i_offset=1e-9), "cells")
    >>> result = asp.Simulation(net).run(0.2)
    >>> asp.plot.rates(result, width=0.05).get_ylabel()
    'cells rate (Hz)'
    """
    time = time_axis(result, window)
    keys = keys_of(result, populations)
    steps = time.last - time.first
    length = _bin_steps(width, steps, result.dt)
    edges = np.append(np.arange(0, steps, length), steps)
    axes = figure(height=2.4)[1] if axes is None else axes
    for k, key in enumerate(keys):
        when, _ = time.spikes(result, key)
        counts = np.bincount((when - time.first) // length, minlength=edges.size - 1)
        size = max(members_of(result, key).size, 1)
        axes.stairs(
            counts / (size * np.diff(edges) * result.dt), time.of(time.first + edges), baseline=None,
            color=COLOURS[k % len(COLOURS)], linewidth=1.2, label=name_of(key),
        )  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.set_ylabel(f"{name_of(keys[0])} rate (Hz)" if len(keys) == 1 else "rate (Hz)")
    if len(keys) > 1:
        legend_beside(axes)
    time.finish(axes)
    return axes


def _bin_steps(width: float | None, steps: int, dt: float) -> int:
    if width is None:
        return nice_steps(steps / 100, dt)
    width = checked_number("width", width, np.finfo(float).tiny, np.finfo(float).max, "seconds above 0")
    length = round(width / dt)
    if length < 1 or abs(length * dt - width) > 1e-6 * width:
        raise ParameterError(
            f"width = {width:g} s is no multiple of the step of {dt:g} s: give one, such as "
            f"{max(length, 1) * dt:g}."
        )
    return length
