"""Codes: images as spikes, by rate or by latency."""

from dataclasses import dataclass

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_array, checked_count, checked_number, plain_array
from ..errors import ParameterError
from .base import Events, Run, Stimulus, Within, shown


def _images(images: ArrayLike, size: int) -> NDArray[np.float64]:
    array = plain_array("images", images)
    if array.ndim < 2:
        array = array.reshape(1, -1)
    array = array.reshape(len(array), int(np.prod(array.shape[1:])))
    if array.shape[1] != size:
        raise ParameterError(f"images of {array.shape[1]} pixels do not fit {size} inputs.")
    if not (np.isfinite(array).all() and array.min(initial=0) >= 0 and array.max(initial=0) <= 1):
        raise ParameterError("pixels must lie in 0 to 1: scale the images first.")
    return array


def rate_code(
    images: NDArray[np.floating], steps: int, rate: float = 1.0, phase: float | NDArray[np.float64] = 0.5
) -> NDArray[np.bool_]:
    """Evenly spaced spikes [images, steps, pixels] of images [images, pixels] of 0 to 1.

    A spike falls where the integral of a pixel's rate, from its phase on, passes a whole number.
    """
    ticks = rate * np.arange(steps + 1)[:, None]
    # A sum meant to be whole may lie a rounding error below.
    return np.diff(np.floor(images[:, None] * ticks + phase + 1e-9), axis=1) > 0


def _length(images: NDArray[np.float64], steps: int) -> str:
    return f"{len(images)} images of {steps} steps each, {len(images) * steps} steps in all, are"


@dataclass(frozen=True, eq=False, repr=False)
class RateCode(Within, Stimulus):
    """Images by rate: a pixel of value p fires p * `rate` times a step, evenly spaced.

    Parameters
    ----------
    images : array [images, pixels] or [images, rows, columns]
        Of 0 to 1, shown one after another; or one image [pixels].
    steps : int
        Of each image.
    rate : float
        Spikes a step of a full pixel, 0 to 1.
    phase : float or [pixels]
        Where in its first interval a pixel starts, 0 (a full interval before its first spike) to below 1;
        different phases keep equal pixels from firing in lockstep.
    beyond : "refuse" or "drop"
        What becomes of images that are longer than the run: an error (the default), or their end is left out.

    Examples
    --------
    >>> RateCode([[0.0, 0.5, 1.0]], steps=8)
    RateCode([1, 3] values, 8 steps each, rate 1.0)
    """

    images: ArrayLike
    steps: int = 32
    rate: float = 1.0
    phase: ArrayLike = 0.5

    def __repr__(self) -> str:
        return f"RateCode({shown(self.images, '')}, {self.steps!r} steps each, rate {self.rate!r:.40})"

    def events(self, run: Run, size: int) -> Events:
        """Spikes of all images."""
        array = _images(self.images, size)
        length = checked_count("steps an image", self.steps, 1)
        checked_number("rate", self.rate, 0, 1, "a number of spikes a step that must lie in 0 to 1")
        phase = checked_array("phase", self.phase, (size,))
        if phase.size and not (phase.min() >= 0 and phase.max() < 1):
            raise ParameterError("phases must lie in 0 to below 1.")
        kept = self.kept(_length(array, length), len(array) * length, run)
        when, who = np.nonzero(rate_code(array, length, self.rate, phase).reshape(-1, size)[:kept])
        return when, who


@dataclass(frozen=True, eq=False, repr=False)
class LatencyCode(Within, Stimulus):
    """Images by latency: a pixel fires once, the earlier the brighter, and one of 0 not at all.

    Parameters
    ----------
    images, steps, beyond
        As in `RateCode`. A pixel of value p fires at step round((1 - p) * (steps - 1)) of its image.

    Examples
    --------
    >>> LatencyCode([[0.0, 0.5, 1.0]], steps=9)
    LatencyCode([1, 3] values, 9 steps each)
    """

    images: ArrayLike
    steps: int = 32

    def __repr__(self) -> str:
        return f"LatencyCode({shown(self.images, '')}, {self.steps!r} steps each)"

    def events(self, run: Run, size: int) -> Events:
        """Spikes of all images."""
        array = _images(self.images, size)
        length = checked_count("steps an image", self.steps, 1)
        kept = self.kept(_length(array, length), len(array) * length, run)
        image, pixel = np.nonzero(array)
        late = np.rint((1 - array[image, pixel]) * (length - 1)).astype(np.int64)
        when = image * length + late
        return when[when < kept], pixel[when < kept]
