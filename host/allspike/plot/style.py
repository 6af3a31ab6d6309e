"""Figures in the house style, and how they are written."""

import re
import warnings
from pathlib import Path
from typing import Any

from ..errors import DescriptionWarning, MissingExtraError, ParameterError
from ..notices import warn
from ..writing import writing

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's palette, which colour-blind readers tell apart."""

COLUMN = 3.5
"""Width of a column of most journals, inches."""
PAGE = 7.2
"""Width of a page of two columns, inches."""

_DOTS = 200
"""Dots an inch of pictures."""
_FINE_DOTS = 400
"""Dots an inch of what is rasterised within vector graphics, which are for print."""
_VECTOR = ("pdf", "svg", "svgz", "eps", "ps", "pgf")


def figure(width: float = 5.5, height: float = 3.2, rows: int = 1, columns: int = 1, **options: Any) -> Any:
    """A new figure and its axes in the house style.

    Parameters
    ----------
    width, height : float
        Inches. Letters have 9 points, so a figure of `COLUMN` or `PAGE` goes into a paper as it is.
    rows, columns : int
        Panels.
    **options
        As in `matplotlib.pyplot.subplots`.

    Returns
    -------
    figure, axes
        As from `matplotlib.pyplot.subplots`.

    Raises
    ------
    MissingExtraError
        If Matplotlib is not installed.

    Examples
    --------
    >>> import allspike as asp
    >>> figure, (above, below) = asp.plot.figure(asp.plot.COLUMN, 4.0, rows=2)
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415  (an extra)
        from matplotlib import pyplot as plt  # noqa: PLC0415

        from .house import STYLE, HouseAxes  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("matplotlib", "plot", "drawing") from None
    options["subplot_kw"] = {"axes_class": HouseAxes} | (options.get("subplot_kw") or {})
    if "projection" in options["subplot_kw"] or "polar" in options["subplot_kw"]:
        del options["subplot_kw"]["axes_class"]
    with mpl.rc_context(STYLE):
        return plt.subplots(rows, columns, figsize=(width, height), **options)


def save(figure: Any, path: str | Path) -> None:
    """Write a figure; the file's ending says in which format.

    Parameters
    ----------
    figure : Matplotlib figure
        Such as `axes.figure`.
    path : str or Path
        Ends in .png, .pdf, .svg or another format of Matplotlib's. Vector graphics hold their letters as
        letters that can be edited; only dense marks in them are dots.

    Raises
    ------
    ParameterError
        If Matplotlib knows no such format.
    FileError
        If the place cannot be written.

    Examples
    --------
    >>> figure, axes = plot.figure()
    >>> plot.save(figure, "empty.png")
    """
    ending = Path(path).suffix.lstrip(".").lower()
    known = figure.canvas.get_supported_filetypes()
    if ending not in known:
        raise ParameterError(
            f"{path} does not end in a picture format: use one of {', '.join(sorted(known))}."
        )
    import matplotlib as mpl  # noqa: PLC0415  (there is a figure, so it is there)

    options: dict[str, Any] = {"dpi": _FINE_DOTS if ending in _VECTOR else _DOTS}
    if figure.get_layout_engine() is None:
        options["bbox_inches"] = "tight"  # legends beside axes would be cut off
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with writing(path) as temporary, mpl.rc_context({"pdf.fonttype": 42, "ps.fonttype": 42}):
            figure.savefig(temporary, format=ending, **options)
    _tell(told, path)


def _tell(told: list[warnings.WarningMessage], path: str | Path) -> None:
    """Warn as Matplotlib did, but of letters that no font has in one sentence."""
    missing = []
    for one in told:
        found = re.match(r"Glyph (\d+) .*missing from", str(one.message))
        if found is None:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        else:
            missing.append(chr(int(found[1])))
    if missing:
        letters = ", ".join(map(ascii, dict.fromkeys(missing)))
        warn(
            f"the fonts at hand lack {letters}, drawn as boxes in {path}: name a font that has them in "
            "matplotlib.rcParams['font.family'].",
            DescriptionWarning,
        )
