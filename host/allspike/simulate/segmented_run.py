"""How a simulation takes its device through a run: cut where weights are read, and whatever ends it, what had
come by then is kept."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..aliases import NDArray, Spikes
from ..device.device import Device
from ..device.running import Progress
from ..errors import DeviceError
from ..image.image import Image, PopulationSymbol
from ..results.result import Result
from ..stimulus.biases import Changes
from .recording import WeightHistory

_NONE = np.zeros(0, np.int64)


@dataclass
class SegmentedRun:
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
    drive: Changes
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

    def result(
        self,
        image: Image,
        recorded: dict[str, NDArray[np.int64]],
        notes: tuple[str, ...],
        weights: Mapping[str, NDArray[np.float64]] | None = None,
        counters: dict[str, int] | None = None,
    ) -> Result:
        """What came by now, in the user's units.

        Parameters
        ----------
        image : Image
            What the device holds.
        recorded : dict
            Of each population the neurons that `probes` are, in that order.
        notes, weights, counters
            As in `Result`.
        """
        populations = {symbol.name: symbol for symbol in image.populations if symbol.kind == "neurons"}
        spikes = self.spikes
        steps, history = self.history.arrays()
        return Result(
            dt=image.dt,
            start=self.start,
            steps=self.done,
            sizes={name: symbol.size for name, symbol in populations.items()},
            spikes={name: _spikes_of(symbol, spikes) for name, symbol in populations.items()},
            v=self._volts(image, {name: len(chosen) for name, chosen in recorded.items()}),
            v_neurons=recorded,
            weights={} if weights is None else weights,
            weight_steps=steps,
            weight_history=history,
            counters=counters or {},
            notes=notes,
        )

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

    def _volts(self, image: Image, counts: dict[str, int]) -> dict[str, NDArray[np.float64]]:
        """V, [steps, recorded neurons] of each population, of which so many neurons are probed."""
        units, found, first = self.v, {}, 0
        for name, count in counts.items():
            part = slice(first, first + count)
            found[name] = units[:, part] * image.v_unit[self.probes[part]]
            found[name] += image.v_rest[self.probes[part]]
            first += count
        return found


def _spikes_of(symbol: PopulationSymbol, spikes: Spikes) -> Spikes:
    when, who = spikes
    mine = (who >= symbol.start) & (who < symbol.start + symbol.size)
    return when[mine], who[mine] - symbol.start
