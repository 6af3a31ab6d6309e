"""Plots of results for papers and screens; needs the extra `plot`.

Each function draws on the axes given, or on new ones, and returns them; `save` writes a figure whole or not
at all. Of a run, `window=(start, stop)` shows a part. Time is in milliseconds up to a second, and in seconds
where a plot goes beyond.
"""

from .answers import confusion
from .learned import fields, weight_history, weights
from .potentials import membrane
from .rule import window
from .spikes import raster, rates
from .style import COLOURS, COLUMN, PAGE, figure, save

__all__ = [
    "COLOURS",
    "COLUMN",
    "PAGE",
    "confusion",
    "fields",
    "figure",
    "membrane",
    "raster",
    "rates",
    "save",
    "weight_history",
    "weights",
    "window",
]
