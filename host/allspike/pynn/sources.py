"""Spikes of sources, on the host: given, or drawn so that a run in pieces has the spikes of one run.

Times are in ms; a spike belongs to the first step that begins no earlier. What is drawn falls on steps, with
one spike a step at most, which is all that an input of the device has.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..errors import ParameterError
from ..stimulus.base import Run
from ..stimulus.poisson import Poisson
from .values import ROUNDING, check_sign, steps_begun

Parameters = Mapping[str, NDArray]
Spikes = tuple[NDArray[np.float64], NDArray[np.int64]]
"""Times, ms, and cells, [spikes]."""


class Train:
    """The spikes of a population of sources.

    Parameters
    ----------
    size : int
        Cells.
    dt : float
        ms a step.
    seed : tuple of int
        What is drawn from.
    """

    def __init__(self, size: int, dt: float, seed: tuple[int, int]) -> None:
        self.size, self.dt, self.seed = size, dt, seed
        self.rewind(0)

    def rewind(self, segment: int) -> None:
        """At time 0 again: of other segments the draws are others."""
        self.segment = segment
        self.begin = 0
        self.past: Spikes = (np.zeros(0), np.zeros(0, np.int64))

    def changed(self, step: int) -> None:
        """From this step on the parameters are others."""

    def spikes(self, parameters: Parameters, last: int) -> Spikes:
        """Those that were not fired yet, up to the step `last`."""
        return self.drawn(parameters, self.begin, last)

    def fired(self, spikes: Spikes, last: int, horizon: int) -> None:
        """Time has come to the step `last`; spikes of the last `horizon` steps may still be under way."""
        self.begin = last + 1
        times, cells = (np.concatenate(parts) for parts in zip(self.past, spikes, strict=True))
        recent = self.steps(times) >= last - horizon
        self.past = times[recent], cells[recent]

    def drawn(self, parameters: Parameters, first: int, last: int) -> Spikes:
        """Spikes of the steps from `first` to `last`."""
        raise NotImplementedError

    def steps(self, times: NDArray[np.float64]) -> NDArray[np.int64]:
        """The steps to which times belong."""
        return steps_begun(times, self.dt)

    def _active(self, parameters: Parameters, times: NDArray, cells: NDArray) -> NDArray[np.bool_]:
        """Which of these lie from `start` on, for `duration`."""
        check_sign("duration", parameters["duration"], "ms", zero=True)
        start, slack = parameters["start"][cells], self.dt * ROUNDING
        after = times >= start - slack
        return after & (times < start + parameters["duration"][cells] - slack)


class GivenTrain(Train):
    """`SpikeSourceArray`."""

    def changed(self, step: int) -> None:
        """Other times from this step on, which itself is still to come."""
        self.begin = min(self.begin, step)

    def drawn(self, parameters: Parameters, first: int, last: int) -> Spikes:
        """As given, less what was fired before the times were changed."""
        trains = [np.asarray(train.value, np.float64) for train in parameters["spike_times"]]
        times = np.concatenate([np.zeros(0), *trains])
        cells = np.repeat(np.arange(self.size), [train.size for train in trains])
        steps = self.steps(times)
        inside = (steps >= first) & (steps <= last)
        before = set(zip(self.steps(self.past[0]).tolist(), self.past[1].tolist(), strict=True))
        for k in np.flatnonzero(steps == first):
            inside[k] &= (first, int(cells[k])) not in before
        return times[inside], cells[inside]


class PoissonTrain(Train):
    """`SpikeSourcePoisson`: in each step a spike with the probability rate * dt."""

    def drawn(self, parameters: Parameters, first: int, last: int) -> Spikes:
        """As the host's stimulus `Poisson` draws them."""
        seed, number = self.seed
        run = Run(last + 1 - first, self.dt * 1e-3, first, (number, self.segment))
        steps, cells = Poisson(parameters["rate"], seed=seed).events(run, self.size)
        times = np.around((steps + first) * self.dt, 9)
        inside = self._active(parameters, times, cells)
        return times[inside], cells[inside]


class RenewalTrain(Train):
    """Sources whose intervals are drawn one after another, each cell from a generator of its own."""

    def rewind(self, segment: int) -> None:
        """At time 0 again."""
        super().rewind(segment)
        self._generators = [np.random.default_rng([*self.seed, segment, cell]) for cell in range(self.size)]
        self._drawn: list[NDArray[np.float64]] = [np.zeros(0)] * self.size

    def changed(self, step: int) -> None:
        """What was drawn beyond this step is drawn again."""
        self._drawn = [times[self.steps(times) <= step] for times in self._drawn]

    def drawn(self, parameters: Parameters, first: int, last: int) -> Spikes:
        """Drawn as far as they are asked for."""
        self.check(parameters)
        found: list[Spikes] = [(np.zeros(0), np.zeros(0, np.int64))]
        for cell in range(self.size):
            own = {name: values[cell] for name, values in parameters.items()}
            times = self._up_to(cell, own, (last + 1) * self.dt)
            near = (times >= (first - 1) * self.dt) & (times <= (last + 1) * self.dt)
            steps = np.unique(self.steps(times[near]))
            steps = steps[(steps >= first) & (steps <= last)]
            found.append((np.around(steps * self.dt, 9), np.full(steps.size, cell)))
        times, cells = (np.concatenate(parts) for parts in zip(*found, strict=True))
        inside = self._active(parameters, times, cells)
        return times[inside], cells[inside]

    def _up_to(self, cell: int, own: Mapping[str, Any], end: float) -> NDArray[np.float64]:
        times = self._drawn[cell]
        end = min(end, float(own["start"]) + float(own["duration"]))
        while (times[-1] if times.size else float(own["start"])) <= end:
            last = float(times[-1]) if times.size else float(own["start"])
            times = np.concatenate((times, self.after(last, own, self._generators[cell])))
            self._drawn[cell] = times
        return times

    def check(self, parameters: Parameters) -> None:
        """Refuse what makes no process.

        Raises
        ------
        ParameterError
            If a parameter is out of range.
        """
        raise NotImplementedError

    def after(
        self, last: float, own: Mapping[str, Any], generator: np.random.Generator
    ) -> NDArray[np.float64]:
        """Some spikes that follow one at `last`."""
        raise NotImplementedError


_BATCH = 16
"""Intervals that are drawn at a time."""
_NEVER = 1e300
"""A time, ms, that no run comes to."""


class RefractoryTrain(RenewalTrain):
    """`SpikeSourcePoissonRefractory`: a dead time, then an exponential interval; of the rate in all."""

    def check(self, parameters: Parameters) -> None:
        """The dead time leaves room for the rate."""
        rate, dead = parameters["rate"], parameters["tau_refrac"]
        bad = (rate < 0) | (dead < 0) | (rate * dead >= 1000.0)
        if bad.any():
            raise ParameterError(
                f"a rate of {rate[bad][0]:g} Hz with tau_refrac = {dead[bad][0]:g} ms is no process: both "
                "are 0 or more, and the dead time is shorter than the mean interval."
            )

    def after(
        self, last: float, own: Mapping[str, Any], generator: np.random.Generator
    ) -> NDArray[np.float64]:
        """Intervals."""
        if own["rate"] == 0:
            return np.array([_NEVER])
        mean = 1000.0 / own["rate"] - own["tau_refrac"]
        return last + np.cumsum(own["tau_refrac"] + generator.exponential(mean, _BATCH))


class GammaTrain(RenewalTrain):
    """`SpikeSourceGamma`: intervals of shape alpha and rate beta."""

    def check(self, parameters: Parameters) -> None:
        """Shape and rate are positive."""
        for name in ("alpha", "beta"):
            if (parameters[name] <= 0).any():
                raise ParameterError(f"a gamma process needs {name} above 0, not {parameters[name].min():g}.")

    def after(
        self, last: float, own: Mapping[str, Any], generator: np.random.Generator
    ) -> NDArray[np.float64]:
        """Intervals."""
        return last + np.cumsum(generator.gamma(own["alpha"], 1000.0 / own["beta"], _BATCH))


class ChangingGammaTrain(RenewalTrain):
    """`SpikeSourceInhGamma`: a gamma process whose shape a and scale b change at `tbins`, by thinning
    (E. Müller et al., Neural Computation 19, 2007)."""

    def check(self, parameters: Parameters) -> None:
        """As many shapes and scales as bins; a shape below 1 has no bound to thin from."""
        for a, b, bins in zip(parameters["a"], parameters["b"], parameters["tbins"], strict=True):
            if not a.value.size == b.value.size == bins.value.size > 0:
                raise ParameterError(
                    f"a, b and tbins of SpikeSourceInhGamma have {a.value.size}, {b.value.size} and "
                    f"{bins.value.size} values: they have one a bin each."
                )
            if (np.diff(bins.value) <= 0).any() or (a.value < 1).any() or (b.value <= 0).any():
                raise ParameterError(
                    "SpikeSourceInhGamma takes tbins that ascend, shapes a of 1 or more and scales b above 0."
                )

    def after(
        self, last: float, own: Mapping[str, Any], generator: np.random.Generator
    ) -> NDArray[np.float64]:
        """The next spike."""
        shapes, scales, bins = own["a"].value, own["b"].value * 1000.0, own["tbins"].value
        time, bound = max(last, float(bins[0])), 1 / scales.min()
        end = float(own["start"]) + float(own["duration"])
        while time <= end:
            time += generator.exponential(1 / bound)
            here = int(np.searchsorted(bins, time, side="right")) - 1
            if generator.random() * bound * scales[here] < _hazard(
                (time - last) / scales[here], shapes[here]
            ):
                return np.array([time])
        return np.array([_NEVER])


_NODES, _WEIGHTS = np.polynomial.laguerre.laggauss(48)


def _hazard(age: float, shape: float) -> float:
    """Of a gamma process of scale 1: its density by its survival, whose quotient is an integral over
    exp(-u)."""
    return float(1 / (_WEIGHTS @ (1 + _NODES / max(age, 1e-12)) ** (shape - 1)))


SOURCES: Mapping[str, type[Train]] = {
    "SpikeSourceArray": GivenTrain,
    "SpikeSourcePoisson": PoissonTrain,
    "SpikeSourcePoissonRefractory": RefractoryTrain,
    "SpikeSourceGamma": GammaTrain,
    "SpikeSourceInhGamma": ChangingGammaTrain,
}
