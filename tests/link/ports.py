"""A port with a device at its other end: what a link needs of pyserial; its wire may keep time."""

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np
import serial

from .model import Model

Faulty = Callable[[bytes], bytes]


class ModelPort:
    """The host's end of a line to a `Model`.

    Parameters
    ----------
    model : Model
    to_device, to_host : callable, optional
        What arrives of bytes that are sent: see `faults`.
    device_clock : float
        Clock of the device's UART, Hz: with its divisor the rate at which it listens. 0: any rate will do.
    slowness : float
        If above 0, bytes take their time (10 bits each, and `latency` seconds each way), and a second of the
        line lasts so many seconds here.
    """

    def __init__(
        self,
        model: Model,
        to_device: Faulty = bytes,
        to_host: Faulty = bytes,
        device_clock: float = 0.0,
        slowness: float = 0.0,
        latency: float = 0.0,
    ) -> None:
        self.model = model
        self.baudrate = 1_000_000
        self.most_unanswered = 0
        self.unplugged = False
        self._to_device, self._to_host = to_device, to_host
        self._device_clock = device_clock
        self._slowness, self._latency = slowness, latency
        self._began = time.monotonic()
        self._arriving: deque[tuple[float, bytes]] = deque()
        self._ready: deque[tuple[float, bytes]] = deque()
        self._sent_until = self._answered_until = 0.0
        self._unanswered: deque[int] = deque()
        self._changed = threading.Condition()
        if slowness:
            self.clock = self._time

    def _time(self) -> float:
        return (time.monotonic() - self._began) / self._slowness if self._slowness else 0.0

    @property
    def break_condition(self) -> bool:
        return False

    @break_condition.setter
    def break_condition(self, low: bool) -> None:
        if low:
            with self._changed:
                self.model.line_break()

    @property
    def in_waiting(self) -> int:
        with self._changed:
            self._check()
            self._run()
            return sum(len(data) for when, data in self._ready if when <= self._time())

    def write(self, data: bytes) -> int:
        with self._changed:
            self._check()
            seconds = 10 * len(data) / self.baudrate if self._slowness else 0.0
            self._sent_until = max(self._sent_until, self._time()) + seconds
            if len(data) > 1:
                self._unanswered.append(len(data) - 2 - (len(data) - 2) // 255)
                self.most_unanswered = max(self.most_unanswered, sum(self._unanswered))
            self._arriving.append((self._sent_until + self._latency, data))
            self._run()
            self._changed.notify_all()
        return len(data)

    def read(self, size: int = 1) -> bytes:
        with self._changed:
            limit = time.monotonic() + 0.02
            while True:
                self._check()
                self._run()
                if self._ready and self._ready[0][0] <= self._time():
                    return self._some(size)
                left = limit - time.monotonic()
                if left <= 0:
                    return b""
                self._changed.wait(min(left, self._next_event()))

    def close(self) -> None:
        self.unplugged = True

    def _check(self) -> None:
        if self.unplugged:
            raise serial.SerialException("device disconnected")

    def _next_event(self) -> float:
        times = [queue[0][0] for queue in (self._arriving, self._ready) if queue]
        return max((min(times) - self._time()) * self._slowness, 1e-4) if times else 1.0

    def _some(self, size: int) -> bytes:
        out = b""
        while len(out) < size and self._ready and self._ready[0][0] <= self._time():
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
        while self._arriving and self._arriving[0][0] <= self._time():
            when, data = self._arriving.popleft()
            when = max(when, self._answered_until)
            for answer in self._answers(data):
                seconds = 10 * len(answer) / self.baudrate if self._slowness else 0.0
                when = self._answered_until = when + seconds
                self._ready.append((when + self._latency, self._to_host(answer)))

    def _answers(self, data: bytes) -> list[bytes]:
        if self._device_clock:
            device = self._device_clock / self.model.divisor
            if abs(device / self.baudrate - 1) > 0.04:
                for _ in data:
                    self.model.garbage()
                return [np.random.default_rng(len(data)).bytes(3)] if device < self.baudrate else []
        return self.model.feed(self._to_device(data))
