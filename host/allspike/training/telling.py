"""What a calibration is worth, for people to read."""

from dataclasses import dataclass

import numpy as np

from ..aliases import NDArray
from ..map.config import Config
from ..quantities import share
from ..showing import some
from .comparing import Loss


@dataclass(frozen=True)
class Kept:
    """What became of weights that are not 0.

    Examples
    --------
    >>> asp.training.Kept(weights=100, zero=3, clipped=1, further=0, error=0.01).zero
    3
    """

    weights: int
    """How many there are."""
    zero: int
    """Of which so many are rounded to zero."""
    clipped: int
    """So many are beyond the range and are clipped."""
    further: int
    """So many are rounded to the further of their neighbours, that errors may cancel."""
    error: float
    """Sum of all errors as a share of the sum of all weights, in magnitude."""


def kept_of(
    asked: NDArray[np.float64], made: NDArray[np.float64], unit: NDArray[np.float64], config: Config
) -> Kept:
    """What became of weights [axons, neurons] in units [neurons]."""
    there = asked != 0
    whole = np.rint(asked / unit)
    clipped = (whole < config.weight_min) | (whole > config.weight_max)
    off = np.abs(made - asked)
    return Kept(
        weights=int(there.sum()),
        zero=int((there & (made == 0)).sum()),
        clipped=int(clipped.sum()),
        further=int((~clipped & (np.rint(made / unit) != whole)).sum()),
        error=float(off.sum() / max(np.abs(asked).sum(), np.finfo(float).tiny)),
    )


def text(before: tuple[Loss, Kept], after: tuple[Loss, Kept], changed: int) -> str:
    """A table of what is lost as compiled and as calibrated.

    Parameters
    ----------
    before, after : Loss, Kept
    changed : int
        Neurons whose weight unit is another.
    """
    (loss, kept), (loss_after, kept_after) = before, after
    rows = [
        (f"{some(loss.samples, 'sample')} compared", "as compiled", "calibrated"),
        (f"entries off, of {loss.entries:,}", _off(loss), _off(loss_after)),
        ("V off (RMS)", share(loss.v_error), share(loss_after.v_error)),
        ("classes that change", f"{loss.classes_off:,}", f"{loss_after.classes_off:,}"),
        (f"weights rounded to zero, of {kept.weights:,}", f"{kept.zero:,}", f"{kept_after.zero:,}"),
        ("weights clipped", f"{kept.clipped:,}", f"{kept_after.clipped:,}"),
        ("weights rounded to the further side", f"{kept.further:,}", f"{kept_after.further:,}"),
        ("weights off on average", share(kept.error), share(kept_after.error)),
        ("neurons with another weight unit", "", f"{changed:,}"),
    ]
    if not loss.v_error and not loss_after.v_error:  # no population is read by its V
        del rows[2]
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    return "\n".join(
        f"{row[0]:<{widths[0]}} | {row[1]:>{widths[1]}} | {row[2]:>{widths[2]}}".rstrip() for row in rows
    )


def _off(loss: Loss) -> str:
    return f"{loss.off:,} ({share(loss.off / max(loss.entries, 1))})"
