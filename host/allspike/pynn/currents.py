"""Current sources of PyNN: what they inject in each step, from the step in which they start on."""

from typing import Any

import numpy as np
from pyNN.parameters import ParameterSpace, Sequence
from pyNN.standardmodels import StandardCurrentSource, build_translations, electrodes

from ..aliases import NDArray
from ..errors import ParameterError
from ..stimulus.base import Run
from ..stimulus.currents import Current, Levels
from .simulator import state
from .values import check_finite, check_sign, whole_steps


class CurrentSource(StandardCurrentSource):
    """A source of current, nA, into the cells that it was injected into."""

    changes_always = False
    """Whether the current is another one in every step."""

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._step = state.dt
        self._cells = np.zeros(0, np.int64)
        self._recorded = False
        self._number = len(state.current_sources)
        self._values: dict[str, Any] = {}
        self.rewind()
        state.current_sources.append(self)
        space = ParameterSpace(self.default_parameters, self.get_schema(), shape=(1,))
        space.update(**parameters)
        self.set_native_parameters(self.translate(space))

    def set_native_parameters(self, parameters: Any) -> None:
        """Change some, from the present step on."""
        parameters.evaluate(simplify=True)
        given = dict(self._values)
        for name, value in parameters.items():
            given[name] = (
                np.asarray(value.value, np.float64)
                if isinstance(value, Sequence)
                else float(np.ravel(value)[0])
            )
            check_finite(f"{type(self).__name__}: {name}", given[name])
        self._values = self.checked(given)

    def get_native_parameters(self) -> Any:
        """As they are kept."""
        return ParameterSpace(dict(self._values))

    def get_parameters(self) -> dict[str, Any]:
        """By name; times and amplitudes as arrays."""
        return dict(self._values)

    def checked(self, given: dict[str, Any]) -> dict[str, Any]:
        """The parameters as they are kept."""
        return given

    def inject_into(self, cells: Any) -> None:
        """Inject the current into these cells, too."""
        chosen = list(cells)
        for cell in chosen:
            if not cell.celltype.injectable:
                raise TypeError("Can't inject current into a spike source.")
        self._cells = np.concatenate((self._cells, np.array([int(cell) for cell in chosen], np.int64)))

    @property
    def cells(self) -> NDArray[np.int64]:
        """Numbers of the cells; one that it was injected into twice is named twice."""
        return self._cells

    def rewind(self) -> None:
        """At time 0 again."""
        self._pieces: list[NDArray[np.float64]] = []

    def record(self) -> None:
        """Record the current."""
        self._recorded = True

    def keep(self, first: int, steps: int) -> None:
        """Keep the current of a run, if it is recorded."""
        if self._recorded:
            self._pieces.append(self.current(np.arange(first, first + steps)))

    def _get_data(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        end = state.step
        current = np.concatenate([*self._pieces, self.current(np.array([end]))])
        first = end + 1 - current.size
        return np.around(np.arange(first, end + 1) * state.dt, 9), current

    def _on(self, steps: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether it flows in these steps."""
        start, stop = (_step_of(self._values[name], self._step) for name in ("start", "stop"))
        return (steps >= start) & (steps < stop)

    def current(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """nA in these steps, which ascend and are asked for once, or again."""
        raise NotImplementedError

    def edges(self) -> list[int]:
        """Steps at which the current may change, unless it does always."""
        return [_step_of(self._values[name], self._step) for name in ("start", "stop")]


def _step_of(time: float, dt: float) -> int:
    return round(min(time / dt, 2.0**52))


def _own(base: type) -> Any:
    return build_translations(*((name, name) for name in base.default_parameters))  # type: ignore[attr-defined]


class DCSource(CurrentSource, electrodes.DCSource):
    """A pulse of current."""

    translations = _own(electrodes.DCSource)

    def current(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """The amplitude, while it is on."""
        return np.where(self._on(steps), self._values["amplitude"], 0.0)


class ACSource(CurrentSource, electrodes.ACSource):
    """A sine."""

    translations = _own(electrodes.ACSource)
    changes_always = True

    def current(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """A sine whose phase is that of its start."""
        own = self._values
        elapsed = (steps * self._step - own["start"]) * 1e-3
        angle = 2 * np.pi * own["frequency"] * elapsed + np.deg2rad(own["phase"])
        return np.where(self._on(steps), own["offset"] + own["amplitude"] * np.sin(angle), 0.0)


class StepCurrentSource(CurrentSource, electrodes.StepCurrentSource):
    """A current that steps."""

    translations = _own(electrodes.StepCurrentSource)

    def checked(self, given: dict[str, Any]) -> dict[str, Any]:
        """Times on steps; of several in one step the last counts."""
        times, amplitudes = given["times"], given["amplitudes"]
        if times.size != amplitudes.size:
            raise ParameterError(
                f"a StepCurrentSource has {times.size} times and {amplitudes.size} amplitudes: it needs as "
                "many of one as of the other."
            )
        if (times < 0).any() or (np.diff(times) < 0).any():
            raise ParameterError("times of a StepCurrentSource are 0 or more and ascend; here they do not.")
        steps = np.rint(times / self._step)
        last = np.append(np.diff(steps) > 0, True)[: steps.size]
        kept = np.around(steps[last] * self._step, 9)
        return given | {"times": kept, "amplitudes": amplitudes[last]}

    def current(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """The amplitude of the last time, 0 before the first."""
        amplitudes = np.concatenate(([0.0], self._values["amplitudes"]))
        return amplitudes[np.searchsorted(np.array(self.edges(), np.int64), steps, side="right")]

    def edges(self) -> list[int]:
        """Its times."""
        return [_step_of(time, self._step) for time in self._values["times"]]


class NoisyCurrentSource(CurrentSource, electrodes.NoisyCurrentSource):
    """White noise, of one value an interval."""

    translations = _own(electrodes.NoisyCurrentSource)
    changes_always = True

    def rewind(self) -> None:
        """At time 0 again: in other segments the noise is another."""
        super().rewind()
        seed = [state.seed, state.segment_counter, self._number]
        self._generator = np.random.default_rng(seed)
        self._noise = np.zeros(0)

    def checked(self, given: dict[str, Any]) -> dict[str, Any]:
        """The interval is a number of steps, and the deviation none below 0."""
        whole_steps("a NoisyCurrentSource's dt", given["dt"], self._step)
        check_sign("a NoisyCurrentSource's stdev", np.array([given["stdev"]]), "nA", zero=True)
        return given

    def current(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """A normal number each interval, from its start on."""
        on = self._on(steps)
        interval = (steps - _step_of(self._values["start"], self._step)) // round(
            self._values["dt"] / self._step
        )
        needed = int(interval[on].max()) + 1 if on.any() else 0
        if needed > self._noise.size:
            more = self._generator.standard_normal(needed - self._noise.size)
            self._noise = np.concatenate((self._noise, more))
        noise = self._noise[interval[on]]
        found = np.zeros(steps.shape)
        found[on] = self._values["mean"] + self._values["stdev"] * noise
        return found


class Injected(Current):
    """What a source injects into some cells of a population in a run, for the simulation.

    Parameters
    ----------
    source : CurrentSource
    times : array [cells]
        How often it was injected into each.
    first : int
        The source's step at which the device's time began.
    """

    def __init__(self, source: CurrentSource, times: NDArray[np.int64], first: int) -> None:
        self._source, self._times, self._first = source, times, first
        self.graded = source.changes_always

    def levels(self, run: Run, size: int) -> Levels:
        """Where the current changes, and to what."""
        begin = run.start + self._first
        if self._source.changes_always:
            steps = np.arange(run.steps)
        else:
            edges = np.array([0, *self._source.edges()], np.int64) - begin
            steps = np.unique(np.maximum(edges[edges < run.steps], 0))
        amperes = self._source.current(begin + steps) * 1e-9
        return steps, amperes[:, None] * self._times
