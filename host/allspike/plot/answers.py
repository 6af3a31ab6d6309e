"""What a network answered."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..aliases import ArrayLike
from ..errors import ParameterError
from .style import figure


def confusion(matrix: ArrayLike, labels: Sequence[str], axes: Any = None) -> Any:
    """A confusion matrix [truth, answer] with its counts.

    Parameters
    ----------
    matrix : array [classes, classes]
        Counts.
    labels : sequence of str [classes]
        Names of the classes.
    axes : Matplotlib axes, optional

    Returns
    -------
    Matplotlib axes

    Raises
    ------
    ParameterError
        If the matrix is not square, or there is not a label for each class.

    Examples
    --------
    >>> import allspike as asp
    >>> asp.plot.confusion([[9, 1], [0, 10]], ["cat", "dog"]).get_xlabel()
    'answer'
    """
    counts = np.asarray(matrix)
    if counts.shape != (len(labels), len(labels)):
        raise ParameterError(
            f"a confusion matrix of {len(labels)} labels is [{len(labels)}, {len(labels)}], not of shape "
            f"{counts.shape}."
        )
    axes = figure(4.2, 3.8)[1] if axes is None else axes
    # The root of the counts, so that a few mistakes are seen beside many right answers.
    axes.imshow(np.sqrt(counts), cmap="Blues", interpolation="nearest", vmin=0)
    for row, column in zip(*np.nonzero(counts), strict=True):
        dark = counts[row, column] > counts.max() / 4
        axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=8,
                  color="white" if dark else "black")  # fmt: skip
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    return axes
