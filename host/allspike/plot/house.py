"""Axes in the house style; imported when a figure is made, for it needs Matplotlib."""

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes

STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "figure.dpi": 120,
    "figure.constrained_layout.use": True,
    "legend.frameon": False,
    "legend.fontsize": 8,
}


class HouseAxes(Axes):
    """Axes whose titles, legends and texts are in the house style whenever they are added.

    Matplotlib reads their style when they are, long after the figure was made.
    """

    def set_title(self, *arguments: Any, **options: Any) -> Any:  # noqa: D102  (as in Matplotlib)
        with mpl.rc_context(STYLE):
            return super().set_title(*arguments, **options)

    def legend(self, *arguments: Any, **options: Any) -> Any:  # noqa: D102
        with mpl.rc_context(STYLE):
            return super().legend(*arguments, **options)

    def text(self, *arguments: Any, **options: Any) -> Any:  # noqa: D102
        with mpl.rc_context(STYLE):
            return super().text(*arguments, **options)
