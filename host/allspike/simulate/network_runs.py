"""A network that is run: what it is given goes in, what comes of it comes out."""

from typing import Any

import numpy as np

from ..aliases import NDArray
from ..checks import checked_count, checked_number
from ..device.device import Progress
from ..errors import DescriptionWarning, DeviceError, ParameterError, TimingWarning
from ..interrupts import interrupts
from ..map import device_map as dm
from ..names import checked_arguments
from ..notices import warn
from ..results.result import Result
from ..stimulus.times import place
from .given import Given, Stimuli
from .loaded import LoadedNetwork
from .recording import WeightHistory, check_memory, recorded_neurons
from .segmented_run import SegmentedRun


class RunningNetwork(LoadedNetwork):
    """Runs of a loaded network; `Simulation` documents it."""

    last: Result | None

    def _tell_additions(self) -> None:
        """Warn of what the network has and the device has not, where there is a network to ask."""

    @checked_arguments
    def run(
        self,
        duration: float,
        stimuli: Stimuli | None = None,
        *,
        record_v: Any = None,
        record_weights: int | None = None,
        progress: Progress | None = None,
    ) -> Result:
        """Run for `duration` seconds from where the network is; else as `run_steps`.

        Parameters
        ----------
        duration : float
            s. If it is no multiple of the step the nearest number of steps is run, with a `TimingWarning`.
        stimuli, record_v, record_weights, progress
            As in `run_steps`.
        """
        return self.run_steps(
            self.steps_of(duration),
            stimuli,
            record_v=record_v,
            record_weights=record_weights,
            progress=progress,
        )

    def steps_of(self, duration: float) -> int:
        """Steps in `duration` seconds, to the nearest, with a `TimingWarning` if it is no multiple of a step.

        Raises
        ------
        ParameterError
            If that is no number of 0 or more.
        """
        dt = self.image.dt
        longest = (2**dm.STEP_BITS - 1) * dt
        meaning = f"a number of seconds from 0 to {longest:g}"
        exact = checked_number("duration", duration, 0, longest, meaning) / dt
        steps = round(exact)
        if place("duration", duration, dt)[1].any():
            warn(
                f"duration = {float(duration):.9g} s is {exact:.9g} steps of {dt:.9g} s: {steps} are run, "
                f"{steps * dt:.9g} s.",
                TimingWarning,
            )
        return steps

    @checked_arguments
    def run_steps(
        self,
        steps: int,
        stimuli: Stimuli | None = None,
        *,
        record_v: Any = None,
        record_weights: int | None = None,
        progress: Progress | None = None,
    ) -> Result:
        """Run `steps` steps from where the network is.

        Parameters
        ----------
        steps : int
        stimuli : mapping, optional
            From populations, views of them or their names to what happens there: of inputs a stimulus
            (`SpikeTimes`, `Poisson`, ...) or an array [steps, inputs] of booleans; of neurons a current
            (`ConstantCurrent`, ...). Several, in a list or under several keys, add up.
        record_v : "all", population, view, name, list of those, or mapping, optional
            Whose membrane potential to record, after every step; a mapping goes from populations, views or
            names to "all" or to the indices of neurons. V takes 12 bytes a neuron and step, and 8 in the end.
        record_weights : int, optional
            Record the weights of the plastic projections every so many steps, first and last step included.
        progress : callable, optional
            Called now and then with the steps done and the steps asked for.

        Returns
        -------
        Result

        Raises
        ------
        ParameterError
            If a stimulus does not fit its population or the run.
        CapacityError
            If there is no memory for the potentials.
        DeviceError
            If the device fails; `last` has the result up to there, without weights and counters. If another
            thread runs it, or it was loaded with something else since.
        KeyboardInterrupt
            After Ctrl-C; the device then stands still, and `last` has the result up to there.

        Notes
        -----
        The emulator records V and changes currents at full speed. A board is stopped at each step where a
        current changes, and at every step where V is recorded, to be written and read: the result is the
        same, and each stop costs a few round trips of the line. Currents end with the run.
        """
        steps = checked_count("steps", steps)
        if progress is not None and not callable(progress):
            raise ParameterError(
                f"progress = {progress!r:.60} is no function of steps done and steps asked for."
            )
        for keys in (stimuli, record_v):
            self._check_compiled(keys)
        self._tell_additions()
        learning = tuple(p.name for p in self.image.projections if p.plastic)
        every = 0 if record_weights is None else checked_count("record_weights", record_weights, 1)
        if every and not learning:
            warn("record_weights records nothing: no projection of this network learns.", DescriptionWarning)
            every = 0
        neurons = [s.name for s in self.image.populations if s.kind == "neurons"]
        recorded = recorded_neurons(record_v, neurons, lambda key: self._members(key, "neurons"))
        check_memory(steps, sum(map(len, recorded.values())))
        history = WeightHistory(self._weights_now, learning, every)
        with self.device.alone():
            return self._run_alone(steps, stimuli, recorded, history, progress)

    def _run_alone(
        self,
        steps: int,
        stimuli: Stimuli | None,
        recorded: dict[str, NDArray[np.int64]],
        history: WeightHistory,
        progress: Progress | None,
    ) -> Result:
        """The run itself, of what was found to be in order."""
        device = self.device
        given = Given.of(stimuli, self.image, self._parts, device, steps)
        given.begin(device)
        places = [self._parts.populations[name].start + chosen for name, chosen in recorded.items()]
        probes = np.concatenate([np.zeros(0, np.int64), *places])
        run = SegmentedRun(device, steps, given.spikes, given.changes, probes, history)
        before = device.counters()
        self.last = None  # whose weights would have to be fetched before they change, for nobody else
        with interrupts() as stop:
            try:
                run.go(progress, stop)
                given.end(device)
                after = device.counters()
            except DeviceError:
                self.last = run.result(self.image, recorded, given.rates.notes)
                raise
            except BaseException:  # a second Ctrl-C, or what `progress` raised
                given.end(device)
                raise
            interrupted = stop.is_set()
        counters = {name: after[name] - before[name] for name in after}
        weights = history.last or self._weights_later(history.names)
        self.last = run.result(self.image, recorded, given.rates.notes, weights, counters)
        if interrupted:
            raise KeyboardInterrupt
        return self.last
