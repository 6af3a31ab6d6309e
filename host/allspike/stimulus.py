"""Stimuli: what the inputs do during a run.

A stimulus gives, for a run of so many steps, the input spikes as arrays (steps, inputs); a Poisson stimulus
gives rates instead, which the device draws from by itself.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .checks import checked_array, checked_count, checked_indices, checked_number, plain_array
from .errors import ParameterError

Events = tuple[NDArray[np.int64], NDArray[np.int64]]


class Stimulus(Protocol):
    """What `Simulation.run` takes for a population of inputs."""

    def events(self, steps: int, size: int) -> Events:
        """Spikes (steps, inputs) of `size` inputs in a run of `steps` steps, counted from its start."""


@dataclass(frozen=True, eq=False)
class SpikeList:
    """Spikes one by one: input `inputs[k]` fires at step `steps[k]` of the run."""

    steps: ArrayLike
    inputs: ArrayLike

    @classmethod
    def from_times(cls, times: ArrayLike, inputs: ArrayLike, dt: float = 1e-3) -> "SpikeList":
        """Spikes at times in seconds, each taken to the step that it falls in."""
        times = np.atleast_1d(plain_array("spike times", times))
        if not np.isfinite(times).all():
            raise ParameterError("spike times must be finite numbers of seconds.")
        tiny, huge = np.finfo(float).tiny, np.finfo(float).max
        dt = checked_number("dt", dt, tiny, huge, "a number of seconds above 0")
        # A time meant as a multiple of dt may lie a rounding error below it.
        return cls(np.floor(times / dt + 1e-6).astype(np.int64), inputs)

    def events(self, steps: int, size: int) -> Events:
        """The spikes as listed."""
        when = checked_indices(f"a spike list for a run of {steps} steps", self.steps, steps)
        who = checked_indices("the inputs of a spike list", self.inputs, size)
        if when.size != who.size:
            raise ParameterError(f"{when.size} spike steps and {who.size} inputs do not pair.")
        return when, who


@dataclass(frozen=True, eq=False)
class SpikeArray:
    """Spikes as a boolean array [steps, inputs]; a run longer than the array ends in silence."""

    spikes: ArrayLike

    def events(self, steps: int, size: int) -> Events:
        """The places of the true entries."""
        array = np.asarray(self.spikes)
        if array.ndim != 2 or array.shape[1] != size:
            raise ParameterError(f"a spike array of shape {array.shape} is not [steps, {size}].")
        if array.dtype != bool and not np.isin(array, (0, 1)).all():
            raise ParameterError("a spike array holds true and false, or 0 and 1, alone.")
        if array.shape[0] > steps:
            raise ParameterError(
                f"a spike array of {array.shape[0]} steps is longer than the run of {steps}."
            )
        when, who = np.nonzero(array)
        return when, who


@dataclass(frozen=True, eq=False)
class Poisson:
    """Independent Poisson spikes, drawn by the device; each draw is once a step, so at most 1 / dt Hz."""

    rate: ArrayLike
    """Hz, one number or one an input."""

    def events(self, steps: int, size: int) -> Events:
        """None: the device draws them."""
        return np.zeros(0, np.int64), np.zeros(0, np.int64)

    def rates(self, size: int, dt: float) -> NDArray[np.float64]:
        """Probability of a spike in a step, [inputs]."""
        rates = checked_array("rate", self.rate, (size,)) * dt
        if rates.size and (rates.min() < 0 or rates.max() > 1):
            bad = (rates.min() if rates.min() < 0 else rates.max()) / dt
            raise ParameterError(f"rate = {bad:g} Hz must lie in 0 to {1 / dt:g} Hz, one spike a step.")
        return rates


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


@dataclass(frozen=True, eq=False)
class RateCode:
    """Images [images, pixels] (or [images, rows, columns]) of 0 to 1, one after another, `steps` steps each;
    a pixel of value p fires p * `rate` times a step, evenly spaced."""

    images: ArrayLike
    steps: int = 32
    rate: float = 1.0
    """Spikes a step of a full pixel, up to 1."""
    phase: ArrayLike = 0.5
    """Where in its first interval a pixel starts, 0 (a full interval before its first spike) to below 1, one
    number or one a pixel; different phases keep equal pixels from firing in lockstep."""

    def events(self, steps: int, size: int) -> Events:
        """Spikes of all images."""
        array = _images(self.images, size)
        length = checked_count("steps an image", self.steps, 1)
        checked_number("rate", self.rate, 0, 1, "a number of spikes a step that must lie in 0 to 1")
        phase = checked_array("phase", self.phase, (size,))
        if phase.size and not (phase.min() >= 0 and phase.max() < 1):
            raise ParameterError("phases must lie in 0 to below 1.")
        spikes = rate_code(array, length, self.rate, phase)
        return SpikeArray(spikes.reshape(-1, size)).events(steps, size)


@dataclass(frozen=True, eq=False)
class LatencyCode:
    """Images as above; a pixel fires once, the earlier the brighter, and one of 0 not at all."""

    images: ArrayLike
    steps: int = 32

    def events(self, steps: int, size: int) -> Events:
        """Spikes of all images: a pixel of value p at step round((1 - p) * (steps - 1))."""
        array = _images(self.images, size)
        length = checked_count("steps an image", self.steps, 1)
        if len(array) * length > steps:
            raise ParameterError(f"{len(array)} images of {length} steps are longer than the run of {steps}.")
        image, pixel = np.nonzero(array)
        late = np.rint((1 - array[image, pixel]) * (length - 1)).astype(np.int64)
        return image * length + late, pixel
