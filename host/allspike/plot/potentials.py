"""Membrane potentials of a run."""

from typing import Any

import numpy as np

from ..aliases import NDArray
from ..describe.population import Members, Neurons, PopulationView
from ..describe.selection import resolve
from ..errors import ParameterError
from ..names import known_names
from ..results.result import Result
from .scales import (
    TimeAxis,
    Window,
    colour_bar,
    largest,
    legend_beside,
    neuron_ticks,
    population_of,
    potential_scale,
    the_only,
    time_axis,
)
from .style import COLOURS, figure

_RECORD = "run with record_v"
_COLUMNS = 2000
"""Most columns of an image of potentials; more steps are averaged."""


def membrane(
    result: Result,
    population: Members | str | None = None,
    axes: Any = None,
    *,
    window: Window | None = None,
) -> Any:
    """Recorded membrane potentials against time, with a tick above each spike.

    Of up to seven neurons they are lines; of more, an image with one row a neuron. Where a population or a
    view is given rather than a name, and its neurons have one threshold that does not adapt, that is drawn.

    Parameters
    ----------
    result : Result
    population : population, view or name, optional
        Recorded neurons; by default those of the only population of which some were recorded.
    axes : Matplotlib axes, optional
    window : (float, float), optional
        Start and stop of what is shown, s from the start of the run; None for either end: the run's.

    Returns
    -------
    Matplotlib axes

    Raises
    ------
    ParameterError
        If the potentials were not recorded, or the window is no part of the run.

    Examples
    --------
    >>> import allspike as asp
    >>> net = asp.Network()
    >>> cells = net.neurons(5, asp.LIF(i_offset=1e-9), "cells")
    >>> result = asp.Simulation(net).run(0.2, record_v={cells: [0, 3]})
    >>> asp.plot.membrane(result, window=(0.05, 0.15)).get_ylabel()
    'membrane potential (mV)'
    """
    time = time_axis(result, window)
    key: Any = the_only(result.v, "potentials", _RECORD) if population is None else population
    name = _recorded_name(result, key)
    neurons = result.v_neurons[key]
    shown = result.v[key][time.first : time.last]
    axes = figure(height=2.6)[1] if axes is None else axes
    threshold = _threshold(key, neurons)
    scale, label = potential_scale(max(largest(shown), 0.0 if threshold is None else abs(threshold)))
    if neurons.size > len(COLOURS):
        _image(axes, time, shown * scale, neurons, label)
        axes.set_ylabel(f"{name} neuron")
    else:
        _lines(axes, time, shown * scale, [f"{name} {neuron}" for neuron in neurons])
        levels = shown.ravel()
        if threshold is not None:
            levels = np.append(levels, threshold)
            axes.axhline(threshold * scale, color="0.5", linewidth=0.8, linestyle="--", label="threshold")
        _spike_ticks(axes, time, result, name, neurons, levels * scale)
        axes.set_ylabel(label)
        if neurons.size > 1 or threshold is not None:
            legend_beside(axes)
    time.finish(axes)
    return axes


def _recorded_name(result: Result, key: Any) -> str:
    """The name of a key's population, of which potentials were recorded.

    Raises
    ------
    ParameterError
        If none were, or there is no such population.
    """
    name = population_of(key)
    if name not in result.v:
        run = f"{_RECORD}={{{name!r}: [0]}}" if name in result.sizes else f"{_RECORD} to record some"
        raise ParameterError(
            f"no potentials of {name!r} were recorded; {known_names(name, result.v)}; {run}."
        )
    resolve(key, result.sizes)
    return name


def _threshold(key: Any, neurons: NDArray[np.int64]) -> float | None:
    """The threshold that the neurons have in common; None where it is not known, differs or adapts."""
    population = key.population if isinstance(key, PopulationView) else key
    if not isinstance(population, Neurons) or neurons.size == 0:
        return None
    thresholds = population.model.fires_at(population.size)[neurons]
    return float(thresholds[0]) if (thresholds == thresholds[0]).all() else None


def _lines(axes: Any, time: TimeAxis, potentials: NDArray[np.float64], names: list[str]) -> None:
    when = time.of(np.arange(time.first, time.last))
    for k, name in enumerate(names):
        axes.plot(when, potentials[:, k], color=COLOURS[k], linewidth=1.0, label=name)


def _spike_ticks(
    axes: Any,
    time: TimeAxis,
    result: Result,
    name: str,
    neurons: NDArray[np.int64],
    levels: NDArray[np.float64],
) -> None:
    """A row of ticks a neuron, in its colour, above all levels."""
    finite = levels[np.isfinite(levels)]
    top = float(finite.max(initial=-np.inf)) if finite.size else 0.0
    span = float(np.ptp(finite)) if finite.size else 0.0
    span = span if span > 0 else 1.0
    when, who = time.spikes(result, name)
    for k, neuron in enumerate(neurons):
        mine = time.of(when[who == neuron])
        if mine.size:
            low = top + (0.05 + 0.07 * k) * span
            axes.vlines(mine, low, low + 0.05 * span, color=COLOURS[k], linewidth=0.8)


def _image(
    axes: Any, time: TimeAxis, potentials: NDArray[np.float64], neurons: NDArray[np.int64], label: str
) -> None:
    neuron_ticks(axes, neurons)
    axes.set_ylim(-0.5, neurons.size - 0.5)
    if not len(potentials):
        return
    length = -(-len(potentials) // _COLUMNS)
    whole = len(potentials) - len(potentials) % length
    begin, end = time.of(np.array([time.first, time.first + whole]))
    image = axes.imshow(
        potentials[:whole].reshape(-1, length, neurons.size).mean(1).T, cmap="viridis", origin="lower",
        aspect="auto", interpolation="antialiased", extent=(begin, end, -0.5, neurons.size - 0.5),
    )  # fmt: skip
    colour_bar(axes, image, label)
