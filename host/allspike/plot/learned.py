"""Weights: as they are, as they came about, and as pictures."""

from typing import Any

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import plain_array
from ..describe.network import Projection
from ..describe.selection import projection_name
from ..errors import ParameterError
from ..results.result import Result
from . import scales
from .style import COLOURS, figure

_FEW = 50
"""Synapses that are drawn one by one; of more, their spread."""


def weights(matrix: ArrayLike | Projection, axes: Any = None, label: str | None = None) -> Any:
    """A weight matrix [pre, post] as an image, zero in white, what is no number in grey.

    Parameters
    ----------
    matrix : array [pre, post] or Projection
        Such as `simulation.weights(projection)`, in amperes or volts.
    axes : Matplotlib axes, optional
    label : str, optional
        Of the colour bar. Without one, weights of the size of currents are shown in nA or pA; with one, they
        are shown as they are.

    Returns
    -------
    Matplotlib axes

    Raises
    ------
    ParameterError
        If it is no matrix of numbers.

    Examples
    --------
    >>> import numpy as np, allspike as asp
    >>> image = asp.plot.weights(np.eye(3) * 2e-9).images[0]
    >>> float(image.get_array().max()), image.colorbar.ax.get_ylabel()
    (2.0, 'weight (nA)')
    """
    values = plain_array("weights", matrix.matrix() if isinstance(matrix, Projection) else matrix)
    if values.ndim != 2:
        raise ParameterError(f"a weight matrix is [pre, post], not of shape {values.shape}.")
    axes = figure(4.2, 3.6)[1] if axes is None else axes
    _signed_image(axes, values, label, "auto")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("post neuron")
    axes.set_ylabel("pre neuron")
    return axes


def _signed_image(axes: Any, values: NDArray[np.float64], label: str | None, aspect: str) -> None:
    """Values in red and blue around a white zero, NaN in grey, with a colour bar."""
    scale, named = scales.weight_scale(scales.largest(values)) if label is None else (1.0, label)
    top = scales.largest(values) * scale or 1.0
    image = axes.imshow(
        values * scale, cmap="RdBu_r", vmin=-top, vmax=top, aspect=aspect, interpolation="nearest"
    )
    image.set_cmap(image.cmap.with_extremes(bad="0.8"))
    scales.colour_bar(axes, image, named)


def weight_history(
    result: Result,
    projection: Projection | str | None = None,
    axes: Any = None,
    *,
    window: scales.Window | None = None,
    label: str | None = None,
) -> Any:
    """Weights recorded during a run against time: of up to 50 synapses each, of more their spread; the mean.

    Places without a synapse are left out: they hold 0 in every record. So are weights that are no number.

    Parameters
    ----------
    result : Result
        Of a run with `record_weights`.
    projection : Projection or str, optional
        By default the only one that was recorded.
    axes : Matplotlib axes, optional
    window : (float, float), optional
        Start and stop of what is shown, s from the start of the run; None for either end: the run's.
    label : str, optional
        Of the axis; as in `weights`.

    Returns
    -------
    Matplotlib axes

    Raises
    ------
    ParameterError
        If the weights were not recorded, or the window is no part of the run.

    Examples
    --------
    >>> import allspike as asp
    >>> net = asp.Network()
    >>> s, c = net.inputs(4, "s"), net.neurons(2, asp.LIF(), "c")
    >>> rule = asp.STDP(a_plus=0.1e-9, a_minus=0.1e-9, w_max=4e-9)
    >>> _ = net.connect(s, c, weight=2e-9, stdp=rule)
    >>> result = asp.Simulation(net).run(0.5, {s: asp.Poisson(40)}, record_weights=50)
    >>> asp.plot.weight_history(result, "s-c").get_ylabel()
    'weight (nA)'
    """
    time = scales.time_axis(result, window)
    history = result.weight_history
    if projection is None:
        name = scales.the_only(history, "weights", "run with record_weights")
    elif not history:
        raise ParameterError("no weights were recorded: run with record_weights=50, or as often as you want.")
    else:
        name = projection_name(projection, history)
    steps = result.weight_steps[name] - result.start
    # One record beyond each end of the window, so that lines reach its edges.
    low = max(int(np.searchsorted(steps, time.first, "right")) - 1, 0)
    high = int(np.searchsorted(steps, time.last, "left")) + 1
    records, when = history[name][low:high], time.of(steps[low:high])
    synapses = (history[name] != 0).any(0) & np.isfinite(history[name]).all(0)
    values = records[:, synapses]
    scale, named = scales.weight_scale(scales.largest(values)) if label is None else (1.0, label)
    values = values * scale
    axes = figure(height=2.6)[1] if axes is None else axes
    count = values.shape[1]
    if count <= _FEW:
        for k, line in enumerate(values.T):
            axes.plot(when, line, color=COLOURS[5], linewidth=0.6, alpha=0.7,
                      label=None if k else "one synapse each")  # fmt: skip
    elif len(when):
        low5, low25, high75, high95 = np.percentile(values, (5, 25, 75, 95), axis=1)
        axes.fill_between(when, low5, high95, color=COLOURS[5], alpha=0.3, linewidth=0, label="5 to 95 %")
        axes.fill_between(when, low25, high75, color=COLOURS[5], alpha=0.5, linewidth=0, label="25 to 75 %")
    if count and len(when):
        axes.plot(when, np.mean(values, axis=1), color=COLOURS[0], linewidth=1.4, label=f"mean of {count:,}")
        scales.legend_beside(axes)
    axes.set_ylabel(named)
    time.finish(axes)
    return axes


def fields(columns: ArrayLike, shape: tuple[int, int], axes: Any = None, label: str | None = None) -> Any:
    """Receptive fields: the weights of each neuron as a picture, side by side, with the scale of them all.

    Parameters
    ----------
    columns : array [pre, neurons]
        Weights; pre = rows * columns of a picture.
    shape : (int, int)
        Rows and columns of a picture.
    axes : Matplotlib axes, optional
    label : str, optional
        Of the colour bar; as in `weights`.

    Returns
    -------
    Matplotlib axes

    Raises
    ------
    ParameterError
        If the pictures have not so many pixels.

    Examples
    --------
    >>> import numpy as np, allspike as asp
    >>> asp.plot.fields(np.random.default_rng(0).normal(size=(16, 9)), (4, 4)).images[0].get_size()
    (14, 14)
    """
    values = plain_array("weights", columns)
    rows, width = shape
    if values.ndim != 2 or values.shape[0] != rows * width or values.shape[1] == 0:
        raise ParameterError(f"weights of shape {values.shape} are not [{rows} x {width} pixels, neurons].")
    across = int(np.ceil(np.sqrt(values.shape[1])))
    down = -(-values.shape[1] // across)
    # One pixel between two fields; the places after the last stay grey.
    sheet = np.full((down * (rows + 1) - 1, across * (width + 1) - 1), np.nan)
    for k, field in enumerate(values.T):
        row, column = divmod(k, across)
        place = slice(row * (rows + 1), row * (rows + 1) + rows)
        sheet[place, column * (width + 1) : column * (width + 1) + width] = field.reshape(shape)
    if axes is None:
        axes = figure(5.2, min(0.4 + 4.1 * sheet.shape[0] / sheet.shape[1], 8.0))[1]
    _signed_image(axes, sheet, label, "equal")
    axes.set_axis_off()
    return axes
