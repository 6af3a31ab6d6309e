"""A port with a device at its other end: what a link needs of pyserial, on a wire that has a time of its own.

Nothing in it waits for the machine's time: that of the wire goes on to the next byte that is to come, and
where an answer was lost and none will, as long as a read waits.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np
import serial

from allspike.link.port import POLL
from allspike.map import device_map as dm

from .model import Model

Faulty = Callable[[bytes], bytes]
_STEP = 1e-6
"""Seconds that the device takes for a step."""
_PATIENCE = 50
"""Reads in which nothing comes, after which time goes on though nothing is known to be lost."""


class ModelPort:
    """The host's end of a line to a `Model`.

    Parameters
    ----------
    model : Model
    to_device, to_host : callable, optional
        What arrives of bytes that are sent: see `faults`.
    device_clock : float
        Clock of the device's UART, Hz: with its divisor the rate at which it listens. 0: any rate will do.
    timed : bool
        Bytes take their time, 10 bits each; otherwise none.
    slowness : float
        If above 0, the wire keeps the machine's time, of which one of its seconds lasts so many.
    latency : float
        Seconds each way.
    """

    def __init__(
        self,
        model: Model,
        to_device: Faulty = bytes,
        to_host: Faulty = bytes,
        device_clock: float = 0.0,
        timed: bool = False,
        slowness: float = 0.0,
        latency: float = 0.0,
    ) -> None:
        self.model = model
        self.baudrate = 1_000_000
        self.most_unanswered = 0
        self.unplugged = False
        self._to_device, self._to_host = to_device, to_host
        self._device_clock = device_clock
        self._timed, self._slowness, self._latency = timed, slowness, latency
        self._began, self._now = time.monotonic(), 0.0
        self._arriving: deque[tuple[float, bytes]] = deque()
        self._ready: deque[tuple[float, bytes]] = deque()
        self._sent_until = self._answered_until = 0.0
        self._unanswered: deque[int] = deque()
        self._lost = False
        """Something was sent to which no answer may come."""
        self._silent = 0
        """Reads in a row in which nothing came."""
        self._changed = threading.Condition()
        self.alone: Callable[[], bool] = lambda: True
        """Whether all wait for the wire: as long as somebody may still send, its time stands still."""

    def clock(self) -> float:
        """The time of the wire, seconds."""
        return (time.monotonic() - self._began) / self._slowness if self._slowness else self._now

    @property
    def break_condition(self) -> bool:
        return False

    @break_condition.setter
    def break_condition(self, low: bool) -> None:
        if low:
            with self._changed:
                self._lost = True
                self.model.line_break()

    @property
    def in_waiting(self) -> int:
        with self._changed:
            self._check()
            self._run()
            return sum(len(data) for when, data in self._ready if when <= self.clock())

    def write(self, data: bytes) -> int:
        with self._changed:
            self._check()
            self._sent_until = max(self._sent_until, self.clock()) + self._seconds(data)
            if len(data) > 1:
                self._unanswered.append(len(data) - 2 - (len(data) - 2) // 255)
                self.most_unanswered = max(self.most_unanswered, sum(self._unanswered))
            self._arriving.append((self._sent_until + self._latency, data))
            self._run()
            self._changed.notify_all()
        return len(data)

    def read(self, size: int = 1) -> bytes:
        with self._changed:
            limit = self.clock() + POLL
            while self.clock() < limit:
                self._check()
                self._run()
                if self._ready and self._ready[0][0] <= self.clock():
                    self._silent = 0
                    return self._some(size)
                coming = [queue[0][0] for queue in (self._arriving, self._ready) if queue]
                until = min(limit, *coming) if coming else limit
                if self._slowness:
                    self._changed.wait(max((until - self.clock()) * self._slowness, 1e-4))
                elif coming and not self.alone():
                    self._changed.wait(POLL / 20)
                elif coming:
                    self._now = until
                elif not self._changed.wait(POLL):  # nobody sends anything
                    self._silent += 1
                    if self._lost or (self._silent > _PATIENCE and self.alone()):
                        self._now = until
                    return b""
            return b""

    def close(self) -> None:
        self.unplugged = True

    def _check(self) -> None:
        if self.unplugged:
            raise serial.SerialException("device disconnected")

    def _seconds(self, data: bytes) -> float:
        return 10 * len(data) / self.baudrate if self._timed or self._slowness else 0.0

    def _some(self, size: int) -> bytes:
        out = b""
        while len(out) < size and self._ready and self._ready[0][0] <= self.clock():
            when, data = self._ready.popleft()
            taken = size - len(out)
            out += data[:taken]
            if len(data) > taken:
                self._ready.appendleft((when, data[taken:]))
            elif self._unanswered:
                self._unanswered.popleft()
        return out

    def _run(self) -> None:
        """What has arrived by now acts, and its answers set out."""
        while self._arriving and self._arriving[0][0] <= self.clock():
            when, data = self._arriving.popleft()
            when = max(when, self._answered_until)
            before = self._step()
            answers = self._answers(data)
            self._now += _STEP * max(self._step() - before, 0)
            for answer in answers:
                when = self._answered_until = when + self._seconds(answer)
                arrives = self._to_host(answer)
                self._lost |= arrives != answer
                self._ready.append((when + self._latency, arrives))

    def _step(self) -> int:
        return int.from_bytes(self.model.bus.read(dm.STATUS.address("step"), 8), "little")

    def _answers(self, data: bytes) -> list[bytes]:
        if self._device_clock:
            device = self._device_clock / self.model.divisor
            if abs(device / self.baudrate - 1) > 0.04:
                self._lost = True
                for _ in data:
                    self.model.garbage()
                return [np.random.default_rng(len(data)).bytes(3)] if device < self.baudrate else []
        arrives = self._to_device(data)
        answers = self.model.feed(arrives)
        self._lost |= arrives != data
        return answers
