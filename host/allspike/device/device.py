"""A device: the same host code for the emulator, the simulated gateware and every board.

Values here are the device's integers; `allspike.Simulation` speaks the user's units.
"""

import threading
from collections.abc import Iterator, Sequence

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..errors import DeviceError, ParameterError
from ..map import device_map as dm
from ..map import ring_words
from .acts import Run
from .loaded import LoadedDevice
from .observing import Drive, Observation, run_in_pieces
from .running import Arrived, Plan, Progress, Spikes, background, pump

_SPAN = dm.RING_STEP_MASK + 1
_UNCHANGED = np.zeros((3, 0), np.int64)


class Device(LoadedDevice):
    """An open device.

    Parameters
    ----------
    bus : Bus

    Attributes
    ----------
    bus : Bus
    config : Config
        What the build has, as its identity tells.
    build : str
        Name or hash of the build.
    journal : Journal or None
        What was done to it since it was loaded.

    Raises
    ------
    DeviceError
        If something else answers, or a device of another map version.

    Examples
    --------
    >>> device = asp.open("emulator", Config(neurons=8, inputs=4))
    >>> device.read("neuron_state.v")
    array([0, 0, 0, 0, 0, 0, 0, 0], dtype=int32)
    """

    def run(
        self,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> Spikes:
        """Run `steps` steps from where the device is.

        Parameters
        ----------
        steps : int
        events : (steps, inputs), optional
            Input spikes [events]: steps counted from the start of this run, inputs 0 to M - 1, in any order.
        progress : callable, optional
            Called now and then with the steps done and the steps asked for.
        stop : threading.Event, optional
            When it is set, the run ends early, after the step in which the core is and the events it was
            sent; `step` tells where.

        Returns
        -------
        steps, neurons : int64 [spikes]
            Who fired when, sorted; steps counted from the reset.

        Raises
        ------
        ParameterError
            If an event lies outside the run or names no input.
        DeviceError
            If the device was reset in mid-run, or its line fails; what had come is its `arrived`. If another
            thread runs it.
        """
        with self.alone():
            return self._run(steps, events, progress, stop, _UNCHANGED)

    def _run(
        self,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None,
        progress: Progress | None,
        stop: threading.Event | None,
        changes: NDArray[np.int64],
    ) -> Spikes:
        """As `run`; `changes` of biases, [3, changes], are made by the device."""
        start = self._at_rest()
        came: list[Spikes] = []
        try:
            came.extend(self._stream(start, steps, events, progress, stop, changes))
        except DeviceError as error:
            done = 0 if error.arrived is None else error.arrived.steps
            when, who = _joined(came)
            whole = when < start + done
            error.arrived = Arrived(done, (when[whole], who[whole]), np.zeros((done, 0), np.int32))
            raise
        return _joined(came)

    def run_observed(
        self,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None = None,
        *,
        probes: ArrayLike | None = None,
        drive: Drive | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> tuple[Spikes, NDArray[np.int32]]:
        """Run as `run` does, and record V or change biases on the way; results are the same on every device.

        An emulator does both at full speed. Any other device is stopped at the steps concerned, to be read
        and written: every step, where V is recorded.

        Parameters
        ----------
        steps, events, progress, stop
            As in `run`.
        probes : int [K], optional
            Neurons whose V is recorded after every step.
        drive : (steps, neurons, biases), optional
            Changes [changes]: from that step on, counted from the start of the run and ascending, the neuron
            has that bias. Of several for one neuron in one step the last counts.

        Returns
        -------
        spikes : (steps, neurons)
            As from `run`.
        v : int32 [steps done, K]
            In units of the device.

        Raises
        ------
        ParameterError
            If an event, a neuron, a step or a bias is out of range.
        DeviceError
            If the device was reset in mid-run, or its line fails, or another thread runs it.

        Notes
        -----
        Biases stay as the last change left them.

        Examples
        --------
        >>> spikes, v = asp.open("emulator").run_observed(3, probes=[0, 1], drive=([1], [0], [-5]))
        >>> v.shape
        (3, 2)
        """
        with self.alone():
            return self._run_observed(steps, events, probes, drive, progress, stop)

    def _run_observed(
        self,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None,
        probes: ArrayLike | None,
        drive: Drive | None,
        progress: Progress | None,
        stop: threading.Event | None,
    ) -> tuple[Spikes, NDArray[np.int32]]:
        start = self._at_rest()
        self._check_steps(start, steps)
        asked = Observation.of(self.config, start, steps, probes, drive)
        if self.bus.observe(asked):
            try:
                spikes = self._run(steps, events, progress, stop, asked.changes)
            finally:
                self.bus.observe(None)
        else:
            checked = self._checked_events(steps, events)
            spikes = self._run_in_pieces(asked, checked, progress, stop)
        return spikes, asked.v[: self.step - start]

    def _run_in_pieces(
        self, asked: Observation, events: Spikes, progress: Progress | None, stop: threading.Event | None
    ) -> Spikes:
        came: list[Spikes] = []
        done = 0
        try:
            for end, piece in run_in_pieces(self, asked, events, progress, stop):
                came.append(piece)
                done = end
        except DeviceError as error:
            if error.arrived is not None and not asked.probes.size:
                came.append(error.arrived.spikes)
                done += error.arrived.steps
            error.arrived = Arrived(done, _joined(came), asked.v[:done])
            raise
        return _joined(came)

    def stream(
        self,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Spikes]:
        """As `run`, but yields the spikes as they come, so that memory stays bounded in long runs.

        Behind a line a thread takes them while the user computes, a bounded number ahead; when the user is
        slower than the core, time stands still. A reader who leaves early, or Ctrl-C, stops the core after
        the events it was sent.
        """
        with self.alone():
            yield from self._stream(self._at_rest(), steps, events, progress, stop, _UNCHANGED)

    def _stream(
        self,
        start: int,
        steps: int,
        events: tuple[ArrayLike, ArrayLike] | None,
        progress: Progress | None,
        stop: threading.Event | None,
        changes: NDArray[np.int64],
    ) -> Iterator[Spikes]:
        if self.journal is not None:
            self.journal.ended(start)  # a run before it that was stopped
        self._check_steps(start, steps)
        last = self._rings.last_event
        words, times = self._event_words(start, steps, events)
        left = threading.Event()

        def stopped() -> bool:
            return left.is_set() or (stop is not None and stop.is_set())

        tap = self.bus.tap(self.config, self._rings)
        plan = Plan(start, start + steps, words, times)
        if steps and self.config.plasticity and (self.journal is None or self.journal.learns):
            self.keep_weights()
        pieces = pump(tap, self._rings, self.config, plan, stopped, progress)
        if self.journal is not None:
            self.journal.began(Run(start, words, last, changes))
        self._under_way = True
        try:
            yield from background(pieces, left) if self.bus.background else pieces
        finally:
            self._under_way = False
        if self.journal is not None and not stopped():
            self.journal.ended(start + steps)

    def _check_steps(self, start: int, steps: int) -> None:
        if not 0 <= steps < 2**dm.STEP_BITS - start:
            raise ParameterError(
                f"cannot run {steps} steps: from step {start} there are 0 to {2**dm.STEP_BITS - start - 1}."
            )

    def _checked_events(self, steps: int, events: tuple[ArrayLike, ArrayLike] | None) -> Spikes:
        """Steps and inputs of the events."""
        when, who = (np.asarray(part, np.int64).ravel() for part in events or ((), ()))
        if when.size != who.size:
            raise ParameterError(f"{when.size} event steps and {who.size} inputs do not pair.")
        if when.size and (when.min() < 0 or when.max() >= steps):
            raise ParameterError(
                f"events lie at steps {when.min()} to {when.max()}; this run has steps 0 to {steps - 1}."
            )
        if who.size and (who.min() < 0 or who.max() >= self.config.inputs):
            raise ParameterError(
                f"events name inputs {who.min()} to {who.max()}; the device has inputs 0 to "
                f"{self.config.inputs - 1}."
            )
        return when, who

    def _event_words(
        self, start: int, steps: int, events: tuple[ArrayLike, ArrayLike] | None
    ) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
        """Ring words of the events, and the absolute step of each word."""
        when, who = self._checked_events(steps, events)
        inputs = max(self.config.inputs, 1)
        unique = np.unique(when * inputs + who)
        when, who = start + unique // inputs, unique % inputs
        words, times = ring_words.encode(when, who, self._rings.last_event)
        # Markers up to the end of the run, so that no silence ever outgrows what the ring can hold.
        last = int(times[-1]) if times.size else self._rings.last_event
        quiet = np.arange(last + _SPAN, start + steps, _SPAN)
        opening = (dm.RING_MARKER | (quiet & dm.RING_STEP_MASK)).astype(np.uint16)
        return np.concatenate([words, opening]), np.concatenate([times, quiet])


def _joined(pieces: Sequence[Spikes]) -> Spikes:
    none = np.zeros(0, np.int64)
    when, who = (np.concatenate([none, *(piece[k] for piece in pieces)]) for k in range(2))
    return when, who
