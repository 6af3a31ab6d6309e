"""Results to plot, and what lies on axes: what the tests of plots share."""

from typing import Any

import numpy as np
from matplotlib.collections import PathCollection

import allspike as asp
from allspike import Network, Result


def random_result(size: int, seconds: float, rate: float, dt: float = 1e-3, **more: Any) -> Result:
    """Poisson spikes of one population; the run begins at step 7."""
    steps = round(seconds / dt)
    when, who = np.nonzero(np.random.default_rng(1).random((steps, size)) < rate * dt)
    return Result(
        dt=dt, start=7, steps=steps, sizes={"cells": size}, spikes={"cells": (when + 7, who)}, **more
    )


def silent(size: int = 3, steps: int = 20) -> Result:
    empty = (np.zeros(0, np.int64),) * 2
    return Result(dt=1e-3, start=0, steps=steps, sizes={"cells": size}, spikes={"cells": empty})


def drawn(axes: Any) -> list[np.ndarray]:
    axes.figure.canvas.draw()  # a plot that only fails when drawn fails here
    return [c.get_offsets().data for c in axes.collections if isinstance(c, PathCollection)]


def described() -> tuple[Network, Any, Result]:
    """A network whose object goes with a result: 6 cells, of which 4, 1 and 0 were recorded."""
    net = Network(dt=2e-3)
    cells = net.neurons(6, asp.LIF(v_thresh=-50e-3), "cells")
    rng = np.random.default_rng(3)
    when, who = np.nonzero(rng.random((50, 6)) < 0.2)
    result = Result(
        dt=2e-3, start=100, steps=50, sizes={"cells": 6}, spikes={"cells": (when + 100, who)},
        v={"cells": rng.normal(-0.06, 0.003, (50, 3))}, v_neurons={"cells": np.array([4, 1, 0])},
    )  # fmt: skip
    return net, cells, result


def beside(axes: Any) -> bool:
    """Whether the legend is wholly to the right of the data, and within the figure."""
    axes.figure.canvas.draw()
    legend, data = axes.get_legend().get_window_extent(), axes.get_window_extent()
    return data.x1 <= legend.x0 and legend.x1 <= axes.figure.bbox.x1 + 1
