"""What plots share: the part of a run that is shown, units by size, names of neurons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..describe.population import Inputs, Neurons, PopulationView
from ..describe.selection import resolve
from ..errors import ParameterError
from ..results.result import Result

Window = tuple[float | None, float | None]
"""Start and stop of what is shown, s from the start of the run; None: the run's own."""

_LONGEST_MS = 1.0
"""Seconds up to which a time axis is in milliseconds."""
_EVERY_ROW = 8
"""Neurons up to which each has a tick."""
_ROUNDING = 1e-6
"""Steps by which a time meant to be a whole number of steps may miss it."""


@dataclass(frozen=True)
class TimeAxis:
    """The part of a run that a plot shows, and its time axis."""

    dt: float
    start: float
    """Seconds from the start of the run."""
    stop: float
    first: int
    """Steps first to last - 1 of the run begin within it."""
    last: int

    @property
    def scale(self) -> float:
        """Units of the axis in a second."""
        return 1.0 if self.stop > _LONGEST_MS else 1e3

    def of(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Steps of the run on the axis."""
        return np.asarray(steps * (self.dt * self.scale), np.float64)

    def spikes(self, result: Result, key: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Spikes that are shown: steps of the run, and neurons as numbered in the population or view."""
        when, who = result.spikes[key]
        when = when - result.start
        shown = (when >= self.first) & (when < self.last)
        return when[shown], who[shown]

    def finish(self, axes: Any) -> None:
        """Limits, label and ticks."""
        axes.set_xlim(self.start * self.scale, self.stop * self.scale)
        axes.set_xlabel("time (ms)" if self.scale > 1 else "time (s)")
        axes.ticklabel_format(axis="x", style="plain", useOffset=False)


def time_axis(result: Result, window: Window | None) -> TimeAxis:
    """The time axis of a plot of a run, or of the part of it in a window.

    Raises
    ------
    ParameterError
        If the window is no part of the run.
    """
    length = result.steps * result.dt
    if window is None:
        return TimeAxis(result.dt, 0.0, max(length, result.dt), 0, result.steps)
    try:
        start, stop = window
        low = 0.0 if start is None else float(start)
        high = length if stop is None else float(stop)
    except (TypeError, ValueError):
        raise ParameterError(f"window = {window!r} must be (start, stop) in seconds.") from None
    slack = _ROUNDING * result.dt
    if not (-slack <= low < high <= length + slack):
        raise ParameterError(
            f"window = ({low:g}, {high:g}) s must be a part of the run, which lasts from 0 to {length:g} s: "
            "start below stop, in seconds."
        )
    low, high = max(low, 0.0), min(high, length)
    first, last = (int(np.ceil(edge / result.dt - _ROUNDING)) for edge in (low, high))
    return TimeAxis(result.dt, low, high, first, last)


def keys_of(result: Result, populations: Any) -> list[Any]:
    """Populations, views or names as a list, each known to the result; all of the result for None."""
    if populations is None:
        return list(result.spikes)
    single = isinstance(populations, str | Inputs | Neurons | PopulationView)
    keys = [populations] if single or not isinstance(populations, Iterable) else list(populations)
    for key in keys:
        resolve(key, result.sizes)
    return keys


def the_only(known: Mapping[str, Any], what: str, otherwise: str) -> str:
    """The one name there is.

    Raises
    ------
    ParameterError
        If there is none, or if there are several.
    """
    if len(known) == 1:
        return next(iter(known))
    if not known:
        raise ParameterError(f"no {what} were recorded: {otherwise}.")
    raise ParameterError(f"{what} of {', '.join(known)} were recorded: say of which one.")


def members_of(result: Result, key: Any) -> NDArray[np.int64]:
    """Indices in its population of the neurons that a key means."""
    size, indices = resolve(key, result.sizes)
    return np.arange(size) if indices is None else indices


def population_of(key: Any) -> str:
    """The name of a key's population.

    Raises
    ------
    ParameterError
        If it is no key.
    """
    if not isinstance(key, str | Inputs | Neurons | PopulationView):
        raise ParameterError(f"{key!r:.80} is no population: give a population, a view of one, or a name.")
    return key if isinstance(key, str) else key.name


def name_of(key: Any) -> str:
    """What a plot calls a population or view: "cells", "cells 3", "cells 0-79", "cells (5 of 100)"."""
    if not isinstance(key, PopulationView):
        return population_of(key)
    indices, name = key.indices, key.name
    if indices.size == 1:
        return f"{name} {indices[0]}"
    if indices.size and np.array_equal(indices, np.arange(indices[0], indices[-1] + 1)):
        whole = indices.size == key.population.size
        return name if whole else f"{name} {indices[0]}-{indices[-1]}"
    return f"{name} ({indices.size} of {key.population.size})"


def neuron_ticks(axes: Any, members: NDArray[np.int64]) -> None:
    """Ticks at rows of a y axis: the neurons' indices in their population."""
    if members.size <= _EVERY_ROW:
        axes.set_yticks(range(members.size), [str(index) for index in members])
        return
    axes.yaxis.get_major_locator().set_params(integer=True)

    def index(row: float, _: int | None = None) -> str:
        there = row == round(row) and 0 <= row < members.size
        return str(members[int(row)]) if there else ""

    axes.yaxis.set_major_formatter(index)


def nice_steps(least: float, dt: float) -> int:
    """Steps of the bin that is nearest to `least` steps among 1, 2 and 5 times a power of ten seconds."""
    wanted = max(least, 1.0) * dt
    decade = 10.0 ** np.floor(np.log10(wanted))
    nice = decade * min((1, 2, 5, 10), key=lambda times: abs(np.log(times * decade / wanted)))
    return max(1, round(nice / dt))


def seconds(span: float) -> str:
    """A span of time in words."""
    return f"{span:g} s" if span >= _LONGEST_MS else f"{span * 1e3:g} ms"


def colour_bar(axes: Any, image: Any, label: str, **options: Any) -> Any:
    """A colour bar in letters of the axes' size."""
    size = axes.yaxis.label.get_size()
    bar = axes.figure.colorbar(image, ax=axes, **options)
    bar.set_label(label, size=size)
    bar.ax.tick_params(labelsize=size)
    return bar


def legend_beside(axes: Any, **options: Any) -> None:
    """A legend to the right of the axes, where it covers nothing."""
    axes.legend(
        loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=8, handlelength=1.2, **options
    )


def largest(values: NDArray[np.float64]) -> float:
    """The largest size of the finite values; 0 if there are none."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def weight_scale(top: float) -> tuple[float, str]:
    """What to multiply weights of this size by, and the axis' label.

    Currents of synapses are far below a microampere; what is larger is the volts, or plain numbers, of delta
    synapses.
    """
    if not 0 < top < 1e-6:
        return 1.0, "weight"
    return (1e9, "weight (nA)") if top >= 1e-10 else (1e12, "weight (pA)")


def potential_scale(top: float) -> tuple[float, str]:
    """The same of membrane potentials: beyond half a volt they are plain numbers."""
    return (1e3, "membrane potential (mV)") if top < 0.5 else (1.0, "membrane potential")
