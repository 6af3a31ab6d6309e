"""Plots of results for papers and screens; needs the extra `plot`.

Each function draws on the axes given, or on new ones, and returns them; `save` writes a figure whole or not
at all.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import files
from .errors import MissingExtraError, ParameterError
from .pairing import Window
from .results import Result

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's palette, which colour-blind readers tell apart."""

_STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "figure.dpi": 120,
    "figure.constrained_layout.use": True,
    "legend.frameon": False,
}


def figure(width: float = 6.0, height: float = 3.5, rows: int = 1, columns: int = 1, **options: Any) -> Any:
    """A new figure and its axes in the house style; sizes in inches.

    Raises
    ------
    MissingExtraError
        If Matplotlib is not installed.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415  (an extra)
        from matplotlib import pyplot as plt  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("matplotlib", "plot", "drawing") from None
    with mpl.rc_context(_STYLE):
        return plt.subplots(rows, columns, figsize=(width, height), **options)


def save(figure: Any, path: str | Path) -> None:
    """Write a figure; the file's ending says in which format.

    Raises
    ------
    ParameterError
        If Matplotlib knows no such format.
    FileError
        If the place cannot be written.
    """
    ending = Path(path).suffix.lstrip(".").lower()
    known = figure.canvas.get_supported_filetypes()
    if ending not in known:
        raise ParameterError(
            f"{path} does not end in a picture format: use one of {', '.join(sorted(known))}."
        )
    with files.writing(path) as temporary:
        figure.savefig(temporary, format=ending, dpi=200)


def raster(result: Result, populations: Iterable[str] | None = None, axes: Any = None) -> Any:
    """Spikes against time, one row a neuron, populations stacked in their order and coloured.

    Parameters
    ----------
    result : Result
    populations : names, optional
        All by default.
    axes : Matplotlib axes, optional
    """
    if isinstance(populations, str):
        populations = [populations]
    names = list(result.spikes if populations is None else populations)
    axes = figure()[1] if axes is None else axes
    base = 0
    ticks = []
    for k, name in enumerate(names):
        neurons = result.spikes[name][1] if name in result.spikes else result.counts(name)
        size = result.sizes[name]
        axes.scatter(
            result.times(name) * 1e3, base + neurons, s=max(1.0, min(6.0, 600 / max(size, 1))),
            marker="|", linewidths=0.8, color=COLOURS[k % len(COLOURS)], rasterized=neurons.size > 20_000,
        )  # fmt: skip
        ticks.append(base + (size - 1) / 2)
        base += size
        if k < len(names) - 1:
            axes.axhline(base - 0.5, color="0.8", linewidth=0.6)
    if len(names) > 1:
        axes.set_yticks(ticks, names)
    else:
        axes.set_ylabel(f"{names[0]} neuron" if names else "neuron")
    axes.set_xlim(0, max(result.steps, 1) * result.dt * 1e3)
    axes.set_ylim(-0.5, max(base, 1) - 0.5)
    axes.set_xlabel("time (ms)")
    return axes


def membrane(result: Result, population: str, axes: Any = None) -> Any:
    """Recorded membrane potentials of a population against time, with a tick above each spike.

    Raises
    ------
    ParameterError
        If none were recorded.
    """
    if population not in result.v:
        raise ParameterError(
            f"no potentials of {population!r} were recorded: run with record_v={{{population!r}: [0]}}."
        )
    axes = figure(height=2.6)[1] if axes is None else axes
    potentials = result.v[population] * 1e3
    time = np.arange(result.steps) * result.dt * 1e3
    top = potentials.max(initial=0.0) if potentials.size else 0.0
    span = float(np.ptp(potentials)) if potentials.size else 0.0
    span = span if span > 0 else 1.0
    spike_times, spike_neurons = result.times(population) * 1e3, result.spikes[population][1]
    for k, neuron in enumerate(result.v_neurons[population]):
        colour = COLOURS[k % len(COLOURS)]
        axes.plot(time, potentials[:, k], color=colour, linewidth=1.0, label=f"{population} {neuron}")
        mine = spike_times[spike_neurons == neuron]
        if potentials.size and mine.size:
            top = float(potentials.max())
            low = top + (0.05 + 0.06 * k) * span
            axes.vlines(mine, low, low + 0.05 * span, color=colour, linewidth=0.8)
    axes.set_xlim(0, max(result.steps, 1) * result.dt * 1e3)
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("membrane potential (mV)")
    if len(result.v_neurons[population]) > 1:
        axes.legend(loc="upper left", ncols=3, fontsize=8)
    return axes


def weights(matrix: ArrayLike, axes: Any = None, label: str = "weight") -> Any:
    """A weight matrix [pre, post] as an image, zero in white."""
    values = np.asarray(matrix, np.float64)
    if values.ndim != 2:
        raise ParameterError(f"a weight matrix is [pre, post], not of shape {values.shape}.")
    axes = figure(4.2, 3.6)[1] if axes is None else axes
    top = float(np.abs(values).max(initial=0.0)) or 1.0
    image = axes.imshow(values, cmap="RdBu_r", vmin=-top, vmax=top, aspect="auto", interpolation="nearest")
    axes.set_xlabel("post neuron")
    axes.set_ylabel("pre neuron")
    axes.figure.colorbar(image, ax=axes, label=label)
    return axes


def window(measured: Window, axes: Any = None) -> Any:
    """An STDP window as a device made it, points with two standard errors, on the curve of the theory."""
    axes = figure(4.8, 3.2)[1] if axes is None else axes
    lags = measured.lags * 1e3
    axes.axhline(0, color="0.8", linewidth=0.6)
    axes.axvline(0, color="0.8", linewidth=0.6)
    for side in (lags < 0, lags >= 0):
        axes.plot(lags[side], measured.theory[side], color=COLOURS[0], linewidth=1.2,
                  label="theory" if side[-1] else None)  # fmt: skip
    axes.errorbar(lags, measured.measured, 2 * measured.error, fmt="o", markersize=3, linewidth=0.8,
                  color=COLOURS[1], label="device")  # fmt: skip
    axes.set_xlabel("firing minus arrival (ms)")
    axes.set_ylabel("weight change")
    axes.legend(fontsize=8)
    return axes


def fields(columns: ArrayLike, shape: tuple[int, int], axes: Any = None) -> Any:
    """Receptive fields: the weights [pre, neurons] of each neuron as a picture of this shape, side by side.

    Raises
    ------
    ParameterError
        If the pictures have not so many pixels.
    """
    values = np.asarray(columns, np.float64)
    rows, width = shape
    if values.ndim != 2 or values.shape[0] != rows * width:
        raise ParameterError(f"weights of shape {values.shape} are not [{rows} x {width} pixels, neurons].")
    across = int(np.ceil(np.sqrt(values.shape[1])))
    down = -(-values.shape[1] // max(across, 1))
    # One pixel between two fields; the places after the last stay empty.
    sheet = np.full((down * (rows + 1) - 1, across * (width + 1) - 1), np.nan)
    for k, field in enumerate(values.T):
        row, column = divmod(k, across)
        place = slice(row * (rows + 1), row * (rows + 1) + rows)
        sheet[place, column * (width + 1) : column * (width + 1) + width] = field.reshape(shape)
    axes = figure(5.2, 5.2 * down / across)[1] if axes is None else axes
    top = float(np.abs(values).max(initial=0.0)) or 1.0
    axes.imshow(sheet, cmap="RdBu_r", vmin=-top, vmax=top, interpolation="nearest")
    axes.set_axis_off()
    return axes


def confusion(matrix: ArrayLike, labels: Sequence[str], axes: Any = None) -> Any:
    """A confusion matrix [true, predicted] with its counts."""
    counts = np.asarray(matrix)
    axes = figure(4.2, 3.8)[1] if axes is None else axes
    axes.imshow(np.sqrt(counts), cmap="Blues", interpolation="nearest")
    for row, column in zip(*np.nonzero(counts), strict=True):
        dark = counts[row, column] > counts.max() / 4
        axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=7,
                  color="white" if dark else "black")  # fmt: skip
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xlabel("answer")
    axes.set_ylabel("digit" if len(labels) == 10 else "truth")
    return axes
