"""Spikes that are known beforehand: by their times, by their steps, or as an array."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_indices
from ..errors import ParameterError
from ..showing import brief
from .base import Beyond, Events, Run, Stimulus, Within, shown
from .times import place


@dataclass(frozen=True, eq=False, repr=False)
class SpikeTimes(Within, Stimulus):
    """Spikes at times in seconds: input `inputs[k]` fires at `times[k]`, counted from the start of the run.

    Times stay seconds until the run, which knows its step: each goes to the step in which it falls, as exact
    as its type is. A time that lies below the beginning of a step by no more than its type may have rounded
    it (4 units in the last place; at least a millionth and at most a tenth of a step) belongs to that step.

    Parameters
    ----------
    times : array [spikes]
        s, in any order and any type of numbers.
    inputs : int array [spikes]
        Which input fires, in the population or in the view.
    beyond : "refuse" or "drop"
        What becomes of spikes before 0 or after the run: an error (the default), or they are left out.
    merge : bool, optional
        Whether several spikes of one input in one step may become one, which is all that a device has: True:
        silently; False: never, an error; by default with a `TimingWarning` that counts them.

    Examples
    --------
    >>> SpikeTimes([0.01, 0.02], [0, 3])
    SpikeTimes(2 spikes of 2 inputs, 0.01 to 0.02 s)
    """

    times: ArrayLike
    inputs: ArrayLike
    merge: bool | None = field(default=None, kw_only=True)

    def __repr__(self) -> str:
        return f"SpikeTimes({_span(self.times, self.inputs)} s)"

    @classmethod
    def from_neo(cls, trains: Any, *, beyond: Beyond = "refuse", merge: bool | None = None) -> "SpikeTimes":
        """The spikes of Neo's spike trains, of which the k-th is input k.

        Parameters
        ----------
        trains : neo.Segment, or iterable of neo.SpikeTrain
            In any unit of time; the run starts at the earliest `t_start` of them.
        beyond, merge
            As in `SpikeTimes`.

        Raises
        ------
        ParameterError
            If these are no spike trains.

        Examples
        --------
        >>> import neo
        >>> train = neo.SpikeTrain([12, 15], units="ms", t_start=10, t_stop=20)
        >>> SpikeTimes.from_neo([train, train])
        SpikeTimes(4 spikes of 2 inputs, 0.002 to 0.005 s)
        """
        try:
            each = list(getattr(trains, "spiketrains", trains))
            times = [np.asarray(train.rescale("s").magnitude, np.float64) for train in each]
            first = min((float(train.t_start.rescale("s").magnitude) for train in each), default=0.0)
        except (AttributeError, TypeError):
            raise ParameterError(
                f"{brief(trains)} is no list of Neo's spike trains: give a segment, or its spiketrains."
            ) from None
        inputs = np.repeat(np.arange(len(times)), [one.size for one in times])
        return cls(np.concatenate([np.zeros(0), *times]) - first, inputs, beyond=beyond, merge=merge)

    def events(self, run: Run, size: int) -> Events:
        """The spikes, each in the step in which it falls."""
        when, _ = place("spike times", self.times, run.dt)
        return _paired(self, "spike times", when, self.inputs, run, size)


@dataclass(frozen=True, eq=False, repr=False)
class SpikeList(Within, Stimulus):
    """Spikes one by one: input `inputs[k]` fires at step `steps[k]` of the run.

    Parameters
    ----------
    steps : int array [spikes]
        Counted from the start of the run, in any order.
    inputs : int array [spikes]
        Which input fires, in the population or in the view.
    beyond, merge
        As in `SpikeTimes`.

    Examples
    --------
    >>> SpikeList([5, 8], [0, 3])
    SpikeList(2 spikes of 2 inputs, 5 to 8)
    """

    steps: ArrayLike
    inputs: ArrayLike
    merge: bool | None = field(default=None, kw_only=True)

    def __repr__(self) -> str:
        return f"SpikeList({_span(self.steps, self.inputs)})"

    @classmethod
    def from_times(cls, times: ArrayLike, inputs: ArrayLike, dt: None = None) -> SpikeTimes:
        """Spikes at times in seconds: `SpikeTimes`.

        Raises
        ------
        ParameterError
            If `dt` is given: the run knows its step.
        """
        if dt is not None:
            raise ParameterError(
                f"from_times takes no dt (here {dt!r:.40}): times stay seconds until the run, which knows "
                "its own step."
            )
        return SpikeTimes(times, inputs)

    def events(self, run: Run, size: int) -> Events:
        """The spikes as listed."""
        when = _whole("the steps of a spike list", self.steps, ": for times in seconds use SpikeTimes")
        return _paired(self, "spike steps", when, self.inputs, run, size)


@dataclass(frozen=True, eq=False, repr=False)
class SpikeArray(Within, Stimulus):
    """Spikes as an array [steps, inputs] of booleans, or of 0 and 1; a longer run ends in silence.

    Parameters
    ----------
    spikes : array [steps, inputs]
        True, or 1, where an input fires.
    beyond : "refuse" or "drop"
        What becomes of an array that is longer than the run: an error (the default), or its end is left out.

    Examples
    --------
    >>> SpikeArray([[True, False], [True, True]])
    SpikeArray([2, 2] values)
    """

    spikes: ArrayLike

    def __repr__(self) -> str:
        return f"SpikeArray({shown(self.spikes, '')})"

    def events(self, run: Run, size: int) -> Events:
        """The places of the true entries."""
        array = self._array(size)
        kept = self.kept(f"a spike array of {len(array)} steps is", len(array), run)
        when, who = np.nonzero(array[:kept])
        return when, who

    def _array(self, size: int) -> NDArray:
        try:
            array = np.asarray(self.spikes)
        except (TypeError, ValueError, RuntimeError) as error:
            raise ParameterError(f"a spike array is [steps, {size}] of true and false: {error}.") from None
        if array.ndim == size == 1:
            array = array[:, None]
        if array.ndim != 2 or array.shape[1] != size:
            turned = array.ndim == 2 and array.shape[0] == size
            hint = ": it may have to be transposed (array.T)" if turned else ""
            raise ParameterError(f"a spike array of shape {array.shape} is not [steps, {size}]{hint}.")
        if array.dtype.kind not in "biuf":
            raise ParameterError(f"a spike array holds true and false, or 0 and 1, not {array.dtype}.")
        odd = (array != 0) & (array != 1)  # NaN is neither
        if odd.any():
            raise ParameterError(
                f"a spike array holds true and false, or 0 and 1, alone, not {array[odd][0]:g}: an input "
                "has at most one spike a step, so give array > 0, a shorter dt, or more inputs; "
                "times take SpikeTimes, and intensities RateCode or Poisson."
            )
        return array


def _whole(what: str, values: ArrayLike, hint: str = "") -> NDArray[np.int64]:
    """One-dimensional whole numbers."""
    try:
        array = np.atleast_1d(np.asarray(values)).ravel()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ParameterError(f"{what} must be an array of whole numbers: {error}.") from None
    if array.size and array.dtype.kind not in "iu":
        raise ParameterError(f"{what} must be whole numbers, not {array.dtype}{hint}.")
    return array.astype(np.int64)


def _paired(
    stimulus: Within, what: str, when: NDArray[np.int64], inputs: ArrayLike, run: Run, size: int
) -> Events:
    """Steps and inputs, checked, without what is to be dropped."""
    who = checked_indices("the inputs of a stimulus", inputs, size)
    if when.size != who.size:
        raise ParameterError(f"{when.size} {what} and {who.size} inputs do not pair.")
    inside = stimulus.inside(what, when, run)
    return when[inside], who[inside]


def _span(when: Any, inputs: Any) -> str:
    """What a list of spikes has, for its repr."""
    try:
        when, who = np.atleast_1d(np.asarray(when)), np.atleast_1d(np.asarray(inputs))
        reach = f", {when.min():.6g} to {when.max():.6g}" if when.size else ", 0 to 0"
        return f"{when.size:,} spikes of {np.unique(who).size:,} inputs{reach}"
    except (TypeError, ValueError, RuntimeError):
        return "..."
