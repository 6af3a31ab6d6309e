"""Currents that flow into neurons during a run, in amperes."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_array, checked_number, plain_array
from ..errors import ParameterError, TimingWarning
from ..notices import warn
from .base import Addable, Beyond, Run, check_beyond, shown
from .times import place

Levels = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Steps of a run [K], ascending, and amperes from each on until the next, [K, neurons] or [K, 1]; 0 "
"before."""


class Current(Addable, ABC):
    """What `Simulation.run` takes for a population of neurons, or a view of one.

    It is added to `i_offset`, and to other currents into the same neurons, for as long as the run lasts.
    """

    graded = False
    """Whether it takes many values, so that a small one need not be realised as exactly as a large one."""

    @abstractmethod
    def levels(self, run: Run, size: int) -> Levels:
        """What flows into `size` neurons.

        Raises
        ------
        ParameterError
            If it does not fit the neurons or the run.
        """


@dataclass(frozen=True, eq=False, repr=False)
class ConstantCurrent(Current):
    """A constant current from `start` to `stop`.

    Parameters
    ----------
    amplitude : float or [neurons]
        A. For neurons whose weights are volts (`delta_lif`) it acts through `c_m`, as `i_offset` does:
        amplitude / c_m volts a second.
    start, stop : float
        s, counted from the start of the run, each taken to the step in which it falls: the current flows from
        the step of `start` on, and no longer in that of `stop`. Without `stop`, to the end of the run.
    beyond : "refuse" or "drop"
        What becomes of what lies after the run: an error (the default), or it is left out.

    Examples
    --------
    >>> ConstantCurrent(0.5e-9, start=0.1, stop=0.3)
    ConstantCurrent(5e-10 A, 0.1 s to 0.3 s)
    """

    amplitude: ArrayLike
    start: float = 0.0
    stop: float | None = None
    beyond: Beyond = field(default="refuse", kw_only=True)

    def __repr__(self) -> str:
        end = "the end" if self.stop is None else shown(self.stop, "s")
        return f"ConstantCurrent({shown(self.amplitude, 'A')}, {shown(self.start, 's')} to {end})"

    def levels(self, run: Run, size: int) -> Levels:
        """The amplitude at its start, and 0 at its stop."""
        amplitude = checked_array("amplitude", self.amplitude, (size,))
        first, last = self._span(run)
        steps = np.array([first, last], np.int64)
        amperes = np.stack((_finite("amplitude", amplitude), np.zeros(size)))
        return steps[steps < run.steps], amperes[steps < run.steps]

    def _span(self, run: Run) -> tuple[int, int]:
        """The step in which it starts, and that in which it no longer flows."""
        huge = np.finfo(float).max
        checked_number("start of a current", self.start, 0, huge, "a number of seconds from 0")
        if self.stop is None:
            first, last = int(_edges(self.start, run)[0]), run.steps
        else:
            meaning = f"a number of seconds above its start, {self.start:g}"
            checked_number("stop of a current", self.stop, self.start, huge, meaning)
            first, last = _edges([self.start, self.stop], run).tolist()
            if last == first:
                raise ParameterError(
                    f"a current from {self.start:g} to {self.stop:g} s starts and stops in one step of "
                    f"{run.dt:g} s: it would never flow."
                )
        if check_beyond(self.beyond) == "refuse" and (last > run.steps or 0 < first >= run.steps):
            raise ParameterError(
                f'{self!r} goes beyond {run}: run longer, leave out stop, or say beyond="drop".'
            )
        return first, last


@dataclass(frozen=True, eq=False, repr=False)
class StepCurrent(Current):
    """A current that steps: `amplitudes[k]` from `times[k]` on, the last to the end of the run; 0 before.

    Parameters
    ----------
    times : array [changes]
        s, counted from the start of the run, ascending, each taken to the step in which it falls.
    amplitudes : array [changes] or [changes, neurons]
        A.
    beyond : "refuse" or "drop"
        What becomes of changes after the run: an error (the default), or they are left out.

    Examples
    --------
    >>> StepCurrent([0.1, 0.2, 0.3], [1e-9, 2e-9, 0.0])
    StepCurrent([3] values)
    """

    times: ArrayLike
    amplitudes: ArrayLike
    beyond: Beyond = field(default="refuse", kw_only=True)

    def __repr__(self) -> str:
        return f"StepCurrent({shown(self.times, 's')})"

    def levels(self, run: Run, size: int) -> Levels:
        """The amplitudes at the steps of their times."""
        steps = _edges(self.times, run)
        amperes = _finite("amplitudes", np.atleast_1d(plain_array("amplitudes", self.amplitudes)))
        amperes = amperes[:, None] if amperes.ndim == 1 else amperes
        if amperes.shape not in ((steps.size, 1), (steps.size, size)):
            raise ParameterError(
                f"amplitudes have shape {np.shape(self.amplitudes)}; {steps.size} times and {size} neurons "
                f"need [{steps.size}] or [{steps.size}, {size}]."
            )
        if (steps < 0).any():
            raise ParameterError("times of a current count from 0, the start of the run; one is negative.")
        close = np.diff(steps) <= 0
        if close.any():
            k = int(np.argmax(close))
            pair = " and ".join(f"{time:.9g}" for time in np.ravel(np.asarray(self.times))[k : k + 2])
            raise ParameterError(
                f"times of a current must ascend by at least a step of {run.dt:g} s; two are {pair} s."
            )
        inside = steps < run.steps
        if check_beyond(self.beyond) == "refuse" and not inside.all():
            raise ParameterError(
                f"{np.count_nonzero(~inside)} of {steps.size} times of a current lie beyond {run}: run "
                'longer, or leave them out with beyond="drop".'
            )
        return steps[inside], amperes[inside]


@dataclass(frozen=True, eq=False, repr=False)
class CurrentArray(Current):
    """A current from an array, a row a step.

    Parameters
    ----------
    values : array [steps, neurons], [steps] or [neurons]
        A. Rows are the steps from the start of the run on; after them no current flows. One-dimensional and
        as long as the run, it is the same for all neurons; else it is a constant value a neuron.
    beyond : "refuse" or "drop"
        What becomes of rows after the run: an error (the default), or they are left out.

    Examples
    --------
    >>> CurrentArray([[0.0, 1e-9], [0.0, 2e-9], [0.0, 3e-9]])
    CurrentArray([3, 2] values)
    """

    values: ArrayLike
    beyond: Beyond = field(default="refuse", kw_only=True)
    graded = True

    def __repr__(self) -> str:
        return f"CurrentArray({shown(self.values, 'A')})"

    def levels(self, run: Run, size: int) -> Levels:
        """Every row that differs from the one before it."""
        given = _finite("values of a current", plain_array("values of a current", self.values))
        cut = check_beyond(self.beyond) == "drop"
        if given.shape == (run.steps,) or (given.ndim == 1 and cut and given.size > run.steps):
            rows = given[:, None]
        elif given.shape == (size,):
            return np.arange(min(run.steps, 1)), given[None][: run.steps]
        elif given.ndim == 2 and given.shape[1] in (1, size):
            rows = given
        else:
            raise ParameterError(
                f"values of a current have shape {given.shape}; {run} of {size} neurons takes "
                f"[steps, {size}], [{run.steps}] for all neurons alike, or [{size}] for all steps alike."
            )
        if len(rows) > run.steps and not cut:
            raise ParameterError(
                f'{len(rows)} steps of current go beyond {run}: run longer, or say beyond="drop".'
            )
        if len(rows) < run.steps:
            rows = np.concatenate((rows, np.zeros((1, rows.shape[1]))))
        rows = rows[: run.steps]
        new = np.ones(len(rows), bool)
        new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
        return np.flatnonzero(new), rows[new]


def _finite(what: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    if not np.isfinite(values).all():
        bad = values[~np.isfinite(values)][0]
        raise ParameterError(f"{what} must be finite numbers of amperes; one is {bad}.")
    return values


def _edges(times: ArrayLike, run: Run) -> NDArray[np.int64]:
    """Steps of the times at which a current changes; those between two steps are told."""
    steps, between = place("times of a current", times, run.dt)
    if between.any():
        first, taken = np.ravel(np.asarray(times))[between][0], steps[between][0] * run.dt
        warn(
            f"{np.count_nonzero(between)} of {between.size} times of a current are no multiples of the "
            f"step of {run.dt:g} s: {first:g} s is taken to {taken:g} s, where its step begins.",
            TimingWarning,
        )
    return steps
