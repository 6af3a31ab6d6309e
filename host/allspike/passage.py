"""How a simulation takes its device through a run: cut where weights are read, and whatever ends it, what had
come by then is kept."""

import threading
from dataclasses import dataclass, field

import numpy as np

from .aliases import NDArray, Spikes
from .device import Device
from .errors import DeviceError
from .recording import WeightHistory
from .running import Progress
from .stimulus.biases import Drive

_NONE = np.zeros(0, np.int64)


@dataclass
class Passage:
    """A run of a device, and what came of it so far.

    Parameters
    ----------
    device : Device
    steps : int
        To run.
    events : (steps, inputs)
        Input spikes, counted from the start of the run.
    drive : (steps, neurons, biases)
        Changes of biases, by ascending steps. The biases stay as the last change left them.
    probes : int64 [K]
        Neurons of the device whose V is recorded.
    history : WeightHistory
    """

    device: Device
    steps: int
    events: Spikes
    drive: Drive
    probes: NDArray[np.int64]
    history: WeightHistory
    start: int = field(init=False)
    """Steps since the reset, when it began."""
    done: int = field(init=False, default=0)
    """Steps that are done."""
    _spikes: list[Spikes] = field(init=False)
    _v: list[NDArray[np.int32]] = field(init=False)

    def __post_init__(self) -> None:
        order = np.argsort(self.events[0], kind="stable")
        self.events = (self.events[0][order], self.events[1][order])
        self.start = self.device.step
        self._spikes = [(_NONE, _NONE)]
        self._v = [np.zeros((0, self.probes.size), np.int32)]

    @property
    def spikes(self) -> Spikes:
        """Steps since the reset, and neurons, sorted."""
        when, who = (np.concatenate(parts) for parts in zip(*self._spikes, strict=True))
        return when, who

    @property
    def v(self) -> NDArray[np.int32]:
        """[steps done, K], in units of the device."""
        return self._v[0] if len(self._v) == 1 else np.concatenate(self._v)

    def go(self, progress: Progress | None, stop: threading.Event) -> None:
        """To its end, or until `stop` is set.

        Raises
        ------
        DeviceError
            If the device fails; what had come by then is here.
        """
        length = self.history.every or max(self.steps, 1)
        if self.history.every:
            self.history.note(self.start)
        while self.done < self.steps and not stop.is_set():
            self._piece(min(self.done + length, self.steps), progress, stop)
            if self.history.every:
                self.history.note(self.start + self.done)

    def _piece(self, until: int, progress: Progress | None, stop: threading.Event) -> None:
        begin = self.done
        first, last = np.searchsorted(self.events[0], (begin, until))
        events = (self.events[0][first:last] - begin, self.events[1][first:last])
        first, last = np.searchsorted(self.drive[0], (begin, until))
        steps, neurons, biases = (part[first:last] for part in self.drive)

        def told(done: int, _: int) -> None:
            if progress is not None:
                progress(begin + done, self.steps)

        try:
            spikes, v = self.device.run_observed(
                until - begin,
                events,
                probes=self.probes,
                drive=(steps - begin, neurons, biases),
                progress=told,
                stop=stop,
            )
        except DeviceError as error:
            if error.arrived is not None:
                self._keep(error.arrived.spikes, error.arrived.v)
                self.done = begin + error.arrived.steps
            raise
        self._keep(spikes, v)
        self.done = self.device.step - self.start if stop.is_set() else until

    def _keep(self, spikes: Spikes, v: NDArray[np.int32]) -> None:
        self._spikes.append(spikes)
        # The usual case is one piece, of which nothing needs to be copied.
        self._v = [v] if not len(self._v[0]) else [*self._v, v]
