"""Warnings that arrive: raised at the line of the user's code that led to them."""

import sys
import warnings

from .errors import AllspikeWarning

_OURS = ("allspike", "allspike_hdl", "allspike_sim", "allspike_boards", "pyNN")
"""Packages between the user's code and what warns; PyNN calls its back end."""


def warn(message: str, category: type[AllspikeWarning] = AllspikeWarning) -> None:
    """Warn with one sentence, at the innermost caller outside these packages."""
    level = 2
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)
