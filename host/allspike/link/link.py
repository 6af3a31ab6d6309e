"""A link: a window of requests on a port, kept going by a thread of its own."""

import atexit
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import serial

from ..device.traffic import Traffic
from ..errors import LinkError
from ..map.link_map import BREAK_CLOCKS
from .frames import END, Splitter
from .port import Port
from .window import Pending, Window

LATENCY = 0.1
"""Seconds that an answer may take beyond what line and device need: adapters, hubs and the host's own."""
TIMEOUT = 1.5
"""Seconds without any answer after which a link is given up."""
_MOST_DOUBLINGS = 4
_HEARD = 4096
_BREAK_SECONDS = 0.02
assert BREAK_CLOCKS / _BREAK_SECONDS < 2e6, "long enough for every clock"


class Link:
    """Requests and answers on a port.

    Parameters
    ----------
    port : Port
        An open port, which the link then owns.
    name : str
        What messages call it.
    latency, timeout : float
        Seconds, above 0; see LATENCY and TIMEOUT.

    Every method may be called from any thread.
    """

    def __init__(self, port: Port, name: str, latency: float = LATENCY, timeout: float = TIMEOUT) -> None:
        self.name = name
        self.latency = latency
        self.timeout = timeout
        self.clock: Callable[[], float] = getattr(port, "clock", time.monotonic)
        """Seconds of the line's time."""
        self.heard = b""
        """The first bytes received since the last `listen`."""
        self._port = port
        self._began = self.clock()
        self._traffic = Traffic(baud=port.baudrate)
        self._window = Window(self._traffic)
        self._splitter = Splitter()
        self._changed = threading.Condition(threading.RLock())
        self._asked = self._deadline = 0.0
        self._misses = 0
        self._closing = False
        self._broken: LinkError | None = None
        self._thread = threading.Thread(target=self._work, name=f"allspike link {name}", daemon=True)
        self._thread.start()
        atexit.register(self.close)  # a port that is still read when Python ends may take it down

    @property
    def baud(self) -> int:
        """Rate of the line, bits a second."""
        return self._port.baudrate

    @property
    def traffic(self) -> Traffic:
        """What the link did so far."""
        with self._changed:
            return replace(self._traffic, seconds=self.clock() - self._began, baud=self.baud)

    @property
    def buffer(self) -> int:
        """How many bytes of requests the device takes at a time."""
        return self._window.buffer

    @buffer.setter
    def buffer(self, size: int) -> None:
        with self._changed:
            self._window.buffer = size

    @property
    def room(self) -> int:
        """Bytes of data in a full request."""
        return self._window.room

    # Asking

    def read(self, address: int, size: int) -> Pending:
        """Ask for `size` bytes, 1 or more, without waiting."""
        return self._ask(lambda window: window.read(address, size))

    def write(self, address: int, data: bytes) -> Pending:
        """Ask to write `data`, 1 byte or more, without waiting."""
        return self._ask(lambda window: window.write(address, data))

    def digest(self, address: int, size: int) -> Pending:
        """Ask for the CRC-32 of `size` bytes, 1 or more, without waiting."""
        return self._ask(lambda window: window.digest(address, size))

    def wait(self, *asked: Pending) -> None:
        """Wait until all of it is answered.

        Raises
        ------
        LinkError
            If one of them failed; the others are then given up.
        """
        try:
            with self._changed:
                for pending in asked:
                    while not pending.done:
                        self._changed.wait()
            for pending in asked:
                if pending.error is not None:
                    raise LinkError(str(pending.error))
        except BaseException:
            self.give_up(*asked)
            raise

    def give_up(self, *asked: Pending) -> None:
        """Neither send nor repeat it any more."""
        with self._changed:
            for pending in asked:
                pending.error = pending.error or LinkError(f"{pending.what} was given up.")

    def _ask(self, asking: Callable[[Window], Pending]) -> Pending:
        with self._changed:
            pending = asking(self._window)
            if self._broken is not None:
                self._window.fail(self._broken)
            self._guarded(self._send)
            return pending

    # The line itself

    def listen(self, baud: int) -> None:
        """Go to a rate; whatever came before is forgotten, and the device's receiver is in step.

        Raises
        ------
        LinkError
            If the port is gone.
        ValueError
            If it cannot have that rate.
        """
        with self._changed:
            self._line(lambda: self._begin(baud))

    def send_break(self) -> None:
        """Hold the line low, which takes a device back to the rate that it has at power-on."""
        self._hold()

    def close(self) -> None:
        """Release the port."""
        atexit.unregister(self.close)
        self._closing = True
        with suppress(AttributeError, OSError, serial.SerialException):
            self._port.cancel_read()  # type: ignore[attr-defined]
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=1.0)
        with self._changed:
            self._window.fail(LinkError(f"the link to {self.name} is closed."))
            self._broken = LinkError(f"the link to {self.name} is closed: open the device again.")
            self._changed.notify_all()
        self._port.close()

    def _begin(self, baud: int) -> None:
        before = self._port.baudrate
        try:
            if baud != before:
                self._port.baudrate = baud
        except (OSError, serial.SerialException, ValueError) as error:
            self._port.baudrate = before
            raise ValueError(f"{self.name} has no rate of {baud:,} baud: {error}") from None
        if baud != before:
            self._misses = 0  # what is asked at another rate has its own time
        self._splitter.clear()
        self.heard = b""
        self._port.write(END)

    def _hold(self) -> None:
        with suppress(OSError, serial.SerialException, NotImplementedError):  # not every port has breaks
            self._port.break_condition = True
            until = self.clock() + _BREAK_SECONDS
            while self.clock() < until and self._broken is None:
                time.sleep(_BREAK_SECONDS / 4)
            self._port.break_condition = False

    def _line(self, action: Callable[[], None]) -> None:
        self._guarded(action)
        if self._broken is not None:
            raise LinkError(str(self._broken))

    # The thread

    def _work(self) -> None:
        while not self._closing and self._broken is None:
            data = b""
            try:
                data = self._port.read(self._port.in_waiting or 1)
            except (
                OSError,
                serial.SerialException,
                TypeError,
            ) as error:  # pyserial's on a port that was closed
                self._break_off(error)
            with self._changed:
                self._take(data)
                self._guarded(self._go_on)
                self._changed.notify_all()

    def _take(self, data: bytes) -> None:
        self._traffic.bytes_received += len(data)
        self.heard += data[: _HEARD - len(self.heard)]
        dropped = self._splitter.dropped
        frames = self._splitter.feed(data)
        self._traffic.damaged += self._splitter.dropped - dropped
        stale = self._traffic.stale
        answered = [self._window.receive(frame) for frame in frames]
        if self._traffic.stale > stale:  # it was asked again too early
            self.latency = max(min(2 * self.latency, self.timeout / 4), self.latency)
        if any(answered):
            self._misses = 0
            self._asked = self.clock()
            self._extend()

    def _go_on(self) -> None:
        if len(self._window) and self.clock() > self._deadline:
            self._traffic.timeouts += 1
            self._misses += 1
            spent = self.clock() - self._asked
            if spent > self.timeout:
                self._window.fail(
                    LinkError(
                        f"{self.name} did not answer for {spent:.1f} s at {self.baud:,} baud: check that the "
                        "board has power and its cable is in, then open it again."
                    )
                )
            else:
                self._window.lose_all()
                self._put(END)  # whatever its receiver was in the middle of
        self._send()

    def _send(self) -> None:
        while (frame := self._window.next()) is not None:
            if len(self._window) == 1 and not self._misses:
                self._asked = self.clock()
            self._put(frame)
            self._extend()

    def _put(self, data: bytes) -> None:
        self._port.write(data)
        self._traffic.bytes_sent += len(data)

    def _extend(self) -> None:
        patience = self.latency * 2 ** min(max(self._misses - 1, 0), _MOST_DOUBLINGS)
        patience = min(patience, max(self._asked + self.timeout - self.clock(), 0.0) + self.latency / 10)
        self._deadline = self.clock() + patience + self._window.seconds(self.baud)

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except (OSError, serial.SerialException) as error:
            self._break_off(error)

    def _break_off(self, error: Exception) -> None:
        with self._changed:
            self._broken = LinkError(
                f"{self.name} went away ({error}): plug the board in, and open the device again."
            )
            self._window.fail(self._broken)
            self._changed.notify_all()
