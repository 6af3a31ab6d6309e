"""Runs: events go in, spikes come out, and time stands still rather than that one is lost."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..aliases import NDArray, Spikes
from ..errors import DeviceError
from ..map import device_map as dm
from ..map import ring_words
from ..map.config import Config
from .tap import OFFSETS, Rings, Tap

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


_FIRST_WINDOW = 256
_LONGEST_WINDOW = 1 << 24
_PROGRESS_SECONDS = 0.05
_BUFFERED = 256
"""Pieces of spikes that wait for the user, each no longer than the spike ring."""


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
