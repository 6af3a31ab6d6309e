"""A network on a device: run it, and read and change it in the user's units."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from ..aliases import NDArray
from ..checks import checked_count, checked_number
from ..compiler.given import WeightUnit
from ..describe.network import Network
from ..device.device import Device, Progress
from ..errors import DescriptionWarning, DeviceError, ParameterError, TimingWarning
from ..image.image import Image
from ..interrupts import interrupts
from ..map import device_map as dm
from ..map.config import Config
from ..map.presets import config_of
from ..names import checked_arguments
from ..notices import warn
from ..results.result import Result
from ..stimulus.base import Run
from ..stimulus.biases import Changes, drive
from ..stimulus.currents import Current
from ..stimulus.device import events, rates
from ..stimulus.given import Share, shares
from ..stimulus.times import place
from ..writing import check_writable
from .checkpoint import Checkpoint
from .devices import is_made_to_order
from .devices import open as open_device
from .loaded import LoadedNetwork
from .recording import WeightHistory, check_memory, recorded_neurons
from .segmented_run import SegmentedRun
from .source import Source

Stimuli = Mapping[Any, Any]
"""Stimuli, currents, arrays, or lists of them, for populations, views or names."""


class Simulation(LoadedNetwork):
    """A network, compiled and loaded.

    Parameters
    ----------
    network : Network or Image
    device : str or Device
        Where it runs: the name of a device, or an open one.
    config : Config or str, optional
        The build to compile for; by default the device's if it is open or a board, else the smallest preset
        that fits.
    seed : int
        Start of the device's random generators; by default the image's, or 0.
    weight_unit, weight_shift : optional
        As in `compile_network`; not for an image, which is compiled already.

    Attributes
    ----------
    image : Image
    device : Device
    last : Result or None
        Of the last run, also of one that Ctrl-C or a failing device ended early.

    Examples
    --------
    >>> net = Network()
    >>> cells = net.neurons(3, LIF(i_offset=1e-9), "cells")
    >>> Simulation(net).run(0.1).counts("cells")
    array([3, 3, 3])
    """

    last: Result | None

    @checked_arguments
    def __init__(
        self,
        network: Network | Image,
        device: str | Device = "emulator",
        config: Config | str | None = None,
        *,
        seed: int | None = None,
        weight_unit: WeightUnit | None = None,
        weight_shift: int | None = None,
    ) -> None:
        self.last = None
        if not isinstance(device, str | Device):
            raise ParameterError(
                f"{device!r:.60} is no device: give its name, or open it with allspike.open."
            )
        self._source = Source(network, weight_unit, weight_shift)
        self._owned = isinstance(device, str)
        if isinstance(device, str) and not is_made_to_order(device):
            device = open_device(device)
        try:
            if isinstance(device, Device) and config is None and isinstance(network, Network):
                config = device.config
            image = self._source.image(config, seed)
            if isinstance(device, str):
                build = image.config if config is None else config_of(config)
                device = open_device(device, build if isinstance(network, Image) else image.config)
            device.load(image)
        except BaseException:
            if self._owned and isinstance(device, Device):
                device.close()
            raise
        super().__init__(image, device)

    def __repr__(self) -> str:
        return f"<Simulation of {len(self._populations)} populations on {self._device!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owned:
            self._device.close()

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
        self._source.tell_additions()
        learning = tuple(p.name for p in self.image.projections if p.plastic)
        every = 0 if record_weights is None else checked_count("record_weights", record_weights, 1)
        if every and not learning:
            warn("record_weights records nothing: no projection of this network learns.", DescriptionWarning)
        neurons = [s.name for s in self.image.populations if s.kind == "neurons"]
        recorded = recorded_neurons(record_v, neurons, lambda key: self._members(key, "neurons"))
        check_memory(steps, sum(map(len, recorded.values())))
        with self.device.alone():
            return self._run_alone(
                steps, stimuli, recorded, WeightHistory(self._weights_of, learning, every), progress
            )

    def _run_alone(
        self,
        steps: int,
        stimuli: Stimuli | None,
        recorded: dict[str, NDArray[np.int64]],
        history: WeightHistory,
        progress: Progress | None,
    ) -> Result:
        """The run itself, of what was found to be in order."""
        given = shares(
            {} if stimuli is None else stimuli,
            self._populations,
            Run(steps, self.image.dt, self.device.step),
        )
        spikes = events(given)
        drawn = rates(given, self.device.config.inputs, self.image.dt)
        changes, biases = self._drive(given)
        self._set_poisson(drawn.words)
        places = [self._populations[name].start + chosen for name, chosen in recorded.items()]
        probes = np.concatenate([np.zeros(0, np.int64), *places])
        run = SegmentedRun(self.device, steps, spikes, changes, probes, history)
        before = self.device.counters()
        with interrupts() as stop:
            try:
                run.go(progress, stop)
                if changes[0].size:
                    self.device.write("bias", biases)
                after = self.device.counters()
                weights = self._weights_of(history.names)
            except DeviceError:
                self.last = run.result(self.image, recorded, drawn.notes)
                raise
            except BaseException:  # a second Ctrl-C, or what `progress` raised
                if changes[0].size:
                    self.device.write("bias", biases)
                raise
            interrupted = stop.is_set()
        counters = {name: after[name] - before[name] for name in after}
        self.last = run.result(self.image, recorded, drawn.notes, weights, counters)
        if interrupted:
            raise KeyboardInterrupt
        return self.last

    def _check_compiled(self, key: Any) -> None:
        self._source.check_compiled(key, {*self._populations, *self._projections})

    def reset(self, seed: int | None = None) -> None:
        """State and time as at the start; weights stay as they are. Optionally another seed.

        Raises
        ------
        ParameterError
            If the seed is no whole number from 0 to 2**32 - 1.
        """
        self.device.reset(seed)

    def checkpoint(self, path: str | Path) -> None:
        """Write all that it takes to go on from here, later or elsewhere, as if nothing had been between.

        Between two runs, or after one that Ctrl-C ended. The file holds arrays and no code. That of the
        emulator is the state itself; that of any other device also what was done since the last `reset`,
        which `resume` does again.

        Parameters
        ----------
        path : str or Path
            Such as "half.npz".

        Raises
        ------
        FileError
            If the place cannot be written.
        DeviceError
            If a run is under way; or the device is no emulator and what was done since the last reset takes
            more than 256 MB, or was not done by this simulation alone.

        Examples
        --------
        >>> net = Network()
        >>> cells = net.neurons(3, LIF(i_offset=1e-9), "cells")
        >>> Simulation(net).checkpoint("start.npz")
        >>> Simulation.resume("start.npz").run(0.1).counts("cells")
        array([3, 3, 3])
        """
        check_writable(path)
        Checkpoint.of(self.image, self.device).save(path)

    @classmethod
    def resume(
        cls,
        path: str | Path | Checkpoint,
        device: str | Device = "emulator",
        *,
        progress: Progress | None = None,
    ) -> Self:
        """The simulation of a checkpoint, where it stood: state, weights, spikes under way, generators, step.

        What it then computes is what the uninterrupted simulation would have, on whatever device each part
        ran. On the emulator a checkpoint of the emulator is set at once; otherwise everything since the last
        reset runs again, which takes as long as it took, and what comes of it is compared.

        Parameters
        ----------
        path : str, Path or Checkpoint
            What `checkpoint` wrote, or that file already read.
        device : str or Device
            Where it goes on: the name of a device, or an open one.
        progress : callable, optional
            Called now and then with the steps done again and those to do.

        Returns
        -------
        Simulation
            Its next result starts at the step of the checkpoint, and its device's counters go on.

        Raises
        ------
        FileError
            If the file is missing, damaged, or no checkpoint.
        DeviceError
            If the device is of another build, or comes to something else.
        """
        kept = path if isinstance(path, Checkpoint) else Checkpoint.load(path)
        simulation = cls(kept.journal.base, device)
        try:
            kept.bring(simulation.device, progress)
        except BaseException:
            simulation.__exit__(None, None, None)
            raise
        simulation.image = kept.image
        return simulation

    def _drive(self, given: list[Share]) -> tuple[Changes, NDArray[np.int64]]:
        """What the currents make of the biases, and the biases [N] as they are without them."""
        if not any(isinstance(share.stimulus, Current) for share in given):
            return (np.zeros(0, np.int64),) * 3, np.zeros(0, np.int64)
        biases = self.device.read("bias").astype(np.int64)
        return drive(given, self.image, biases), biases

    def _set_poisson(self, rates: NDArray[np.int64]) -> None:
        drawing = bool(rates.any())
        if drawing and not self.device.config.poisson:
            raise ParameterError(
                "this device draws no Poisson spikes: draw them on the host, with Poisson(rate, seed=...) "
                "or as a SpikeArray."
            )
        if rates.size and not np.array_equal(self.device.read("rate"), rates):
            self.device.write("rate", rates)
        flags = int(self.device.read("control.flags")[0]) & ~dm.ControlFlag.POISSON
        self.device.write("control.flags", flags | (dm.ControlFlag.POISSON if drawing else 0))
