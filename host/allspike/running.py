"""Runs: events go in, spikes come out, and time stands still rather than that one is lost."""

import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import device_map as dm
from . import ring_words
from .aliases import NDArray, Spikes
from .config import Config
from .errors import DeviceError

if TYPE_CHECKING:
    from .bus import Bus

Progress = Callable[[int, int], None]
"""Called with steps done and steps asked for."""


@dataclass(frozen=True)
class Arrived:
    """What had come of a run when its device failed."""

    steps: int
    """How many, of which all had come."""
    spikes: Spikes
    v: NDArray[np.int32]
    """[steps, K]: V where it was recorded."""


OFFSETS = 1 << 32
"""Ring offsets count bytes modulo this."""
_RUN_FIELDS = np.dtype([("event_head", "<u4"), ("run_until", "<u8"), ("spike_ack", "<u4")])
_FIRST_WINDOW = 256
_LONGEST_WINDOW = 1 << 24
_PROGRESS_SECONDS = 0.05
_BUFFERED = 256
"""Pieces of spikes that wait for the user, each no longer than the spike ring."""


@dataclass
class Rings:
    """How far host and device have come since the reset: byte offsets, and the steps of markers."""

    epoch: int
    event_head: int = 0
    """Up to here events were sent."""
    spike_ack: int = 0
    """Up to here spikes were read."""
    last_event: int = -1
    last_spike: int = -1

    def check(self, status: np.void) -> None:
        """Refuse a status of another epoch.

        Raises
        ------
        DeviceError
            If the device was reset, by somebody else or by its power.
        """
        if status["epoch"] != self.epoch:
            raise DeviceError(
                f"the device was reset in mid-run: it is in epoch {status['epoch']} instead of {self.epoch}, "
                "and what it held is lost; check its power, load the network and run again."
            )


class Tap:
    """What takes a device through a run: sends events, lets it go on, takes spikes.

    This one is for a device in this process, where a write returns when the core can go no further.

    Parameters
    ----------
    bus : Bus
    config : Config
        The device's.
    rings : Rings
        Kept up to date.
    """

    window = 0.1
    """Seconds that the core is let run ahead, about."""
    waits = True
    """Whether `go_on` returns when the core can go no further."""
    current = True
    """Whether the last status is younger than all that was sent."""

    def __init__(self, bus: "Bus", config: Config, rings: Rings) -> None:
        self._bus = bus
        self._config = config
        self._rings = rings

    def clock(self) -> float:
        """Seconds, in which the core's pace is measured."""
        return time.perf_counter()

    def feed(self, words: NDArray[np.uint16]) -> None:
        """Put words into the event ring, which has room for them; they count from the next `go_on` on."""
        for address, data in self._event_parts(words):
            self._bus.write(address, data)

    def go_on(self, until: int) -> None:
        """Let the core run while its step is below `until`; what was taken makes room in the spike ring."""
        self._bus.write(dm.CONTROL.address("event_head"), self._run_fields(until))

    def take(self) -> tuple[np.void, NDArray[np.uint16]]:
        """A status record, and the spike words that are there by then.

        Raises
        ------
        DeviceError
            If the device was reset, or its line fails.
        """
        data = self._bus.read(dm.STATUS.base, dm.STATUS_LAYOUT.size)
        status = np.frombuffer(data, dm.STATUS.dtype)[0]
        self._rings.check(status)
        count = self._ready(status)
        place, size = self._rings.spike_ack % self._config.spike_ring, self._config.spike_ring
        first = min(count, size - place)
        words = self._bus.read(dm.SPIKE_RING.base + place, first) if first else b""
        if count > first:
            words += self._bus.read(dm.SPIKE_RING.base, count - first)
        return status, self._taken(words)

    def close(self) -> None:
        """Wait until the device has heard all that was said."""

    def _event_parts(self, words: NDArray[np.uint16]) -> Iterator[tuple[int, bytes]]:
        data = words.astype(dm.EVENT_RING.dtype).tobytes()
        size = self._config.event_ring
        place = self._rings.event_head % size
        for part, address in ((data[: size - place], place), (data[size - place :], 0)):
            if part:
                yield dm.EVENT_RING.base + address, part
        self._rings.event_head = (self._rings.event_head + len(data)) % OFFSETS

    def _run_fields(self, until: int) -> bytes:
        fields = (self._rings.event_head, until, self._rings.spike_ack)
        return np.array([fields], _RUN_FIELDS).tobytes()

    def _ready(self, status: np.void) -> int:
        """Bytes in the spike ring.

        Raises
        ------
        DeviceError
            If there cannot be so many.
        """
        count = (int(status["spike_head"]) - self._rings.spike_ack) % OFFSETS
        if count > self._config.spike_ring:
            raise DeviceError(
                f"the device tells of {count} bytes of spikes in a ring of {self._config.spike_ring}: it was "
                "reset, or its gateware is at fault; load the network and run again."
            )
        return count

    def _taken(self, data: bytes) -> NDArray[np.uint16]:
        self._rings.spike_ack = (self._rings.spike_ack + len(data)) % OFFSETS
        return np.frombuffer(data, dm.SPIKE_RING.dtype)


@dataclass
class Plan:
    """What a run is to do."""

    start: int
    end: int
    words: NDArray[np.uint16]
    """Events, as ring words."""
    times: NDArray[np.int64]
    """[words]: the step of each."""
    sent: int = 0


def pump(
    tap: Tap,
    rings: Rings,
    config: Config,
    plan: Plan,
    stopped: Callable[[], bool],
    progress: Progress | None,
) -> Iterator[Spikes]:
    """Take a device through a run; yields spikes as they come.

    The core is let run as far as its events have been sent, about `tap.window` seconds ahead. Once
    `stopped` says so, or the iterator is closed, the core stops after the events it was sent.
    """
    pace = _Pace(tap.window, plan.start)
    until = plan.start
    began = tap.clock()
    told = -1.0
    came = plan.start
    try:
        while not stopped():
            status, words = tap.take()
            step = int(status["step"])
            pace.ran(tap.clock() - began, step, idle=step >= until and not tap.waits)
            yield _decoded(words, rings)
            empty = int(status["spike_head"]) == rings.spike_ack
            came = step if empty else max(came, rings.last_spike)
            finished = step >= plan.end and empty
            if progress is not None and (finished or time.monotonic() > told + _PROGRESS_SECONDS):
                told = time.monotonic()
                progress(min(step, plan.end) - plan.start, plan.end - plan.start)
            if finished:
                return
            until = max(until, _feed(tap, rings, config, plan, min(pace.until, plan.end), status))
            began = tap.clock()
            tap.go_on(until)
        yield from settle(tap, rings)
    except DeviceError as error:
        none = np.zeros(0, np.int64)
        error.arrived = Arrived(came - plan.start, (none, none), np.zeros((0, 0), np.int32))
        raise
    except (GeneratorExit, KeyboardInterrupt):
        for _ in settle(tap, rings):
            pass
        raise
    finally:
        tap.close()


def settle(tap: Tap, rings: Rings) -> Iterator[Spikes]:
    """Stop the core once it has taken the events it was sent; yields the spikes until then."""
    while True:
        tap.go_on(rings.last_event + 1)
        status, words = tap.take()
        yield _decoded(words, rings)
        empty = int(status["spike_head"]) == rings.spike_ack
        if tap.current and empty and not status["state"] & dm.State.RUNNING:
            return


def _decoded(words: NDArray[np.uint16], rings: Rings) -> Spikes:
    when, who, rings.last_spike = ring_words.decode(words, rings.last_spike)
    return when, who


def _feed(tap: Tap, rings: Rings, config: Config, plan: Plan, until: int, status: np.void) -> int:
    """Send the events of whole steps below `until`, as far as there is room; where that ended."""
    room = (config.event_ring - (rings.event_head - int(status["event_tail"])) % OFFSETS) // dm.RING_WORD
    limit = int(np.searchsorted(plan.times, until))
    if limit - plan.sent > room:
        until = int(plan.times[plan.sent + room])
        limit = int(np.searchsorted(plan.times, until))
    if limit > plan.sent:
        tap.feed(plan.words[plan.sent : limit])
        rings.last_event = int(plan.times[limit - 1])
        plan.sent = limit
    return until


class _Pace:
    """How many steps the core makes in a window of time, from what it made lately."""

    def __init__(self, window: float, step: int) -> None:
        self._window = window
        self._length = _FIRST_WINDOW
        self._spent = 0.0
        self._step = step

    def ran(self, seconds: float, step: int, idle: bool) -> None:
        """The core came to `step` in so many more seconds, part of which it may have been idle."""
        self._spent += seconds
        made = step - self._step
        if made > 0:
            fitting = min(made * self._window / max(self._spent, 1e-6), self._length * 16, _LONGEST_WINDOW)
            self._length = max(self._length if idle else 1, int(fitting))
            self._spent = 0.0
            self._step = step

    @property
    def until(self) -> int:
        """The step to run to."""
        return self._step + self._length


def background(pieces: Iterator[Spikes], left: threading.Event) -> Iterator[Spikes]:
    """The same pieces, made by a thread that goes on while the user computes, a bounded number ahead.

    Whoever leaves early sets `left`, at which the pieces must come to an end.
    """
    ready: queue.Queue[Spikes | BaseException | None] = queue.Queue(_BUFFERED)

    def work() -> None:
        try:
            for piece in pieces:
                ready.put(piece)
            ready.put(None)
        except BaseException as error:
            ready.put(error)

    thread = threading.Thread(target=work, name="allspike run", daemon=True)
    thread.start()
    try:
        while not isinstance(piece := ready.get(), BaseException | None):
            yield piece
        thread.join()
        if piece is not None:
            raise piece
    finally:
        while thread.is_alive():
            left.set()
            try:
                ready.get(timeout=0.02)
            except queue.Empty:
                continue


_TOLD: list[Callable[[], None]] = []
"""Called at the Ctrl-C that stops a run."""


@contextmanager
def telling_of_interrupts(tell: Callable[[], None]) -> Iterator[None]:
    """Inside, `tell` is called at once when Ctrl-C stops a run, which may need a while to come to rest."""
    _TOLD.append(tell)
    try:
        yield
    finally:
        _TOLD.remove(tell)


@contextmanager
def interrupts() -> Iterator[threading.Event]:
    """Ctrl-C as an event, so that it can stop a run between two pieces; a second Ctrl-C is as ever."""
    stop = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    # Other libraries, such as Brian2, put a handler of their own in front of Python's.
    ours = threading.current_thread() is threading.main_thread() and callable(before)

    def handle(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        stop.set()
        for tell in _TOLD:
            tell()

    if ours:
        signal.signal(signal.SIGINT, handle)
    try:
        yield stop
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
