"""A whole board in this process: the real gateware, its UART pins, and the line that they hang on."""

import ctypes
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Lock
from time import monotonic

import numpy as np

from allspike.errors import DeviceError

from .native import HANDLE, U64, bound, check_assertions

_FUNCTIONS = {
    "create": (HANDLE, (ctypes.c_char_p, ctypes.c_char_p)),
    "destroy": (None, (HANDLE,)),
    "clocks": (U64, (HANDLE,)),
    "broken": (ctypes.c_int, (HANDLE,)),
    "rate": (None, (HANDLE, ctypes.c_double)),
    "send": (None, (HANDLE, ctypes.c_void_p, ctypes.c_size_t, U64)),
    "break": (None, (HANDLE, U64, U64)),
    "run": (ctypes.c_size_t, (HANDLE, U64)),
    "take": (ctypes.c_size_t, (HANDLE, ctypes.c_void_p, ctypes.c_size_t)),
    "busy": (ctypes.c_int, (HANDLE,)),
    "lost": (U64, (HANDLE,)),
}
"""What board.cpp exports."""
_SLICE = 2048
"""Clocks between two looks for bytes to send."""
_RESTLESS = 1 << 23
"""Clocks after the last byte for which the board is simulated as fast as it goes, for it may be at work: more
than any request takes."""
_REST = 0.002
"""Seconds between two slices afterwards."""


class Board:
    """A board as after power-on, and an adapter between its pins and a host.

    Clocks pass only in `receive`. Any thread may send meanwhile; only one at a time may receive.

    Parameters
    ----------
    library : Path
        See `allspike_sim.verilate.library`, with the driver board.cpp.
    clock_hz : float
        Clock of the board.
    latency : float
        Seconds of simulated time that the adapter takes, each way.
    waves : Path, optional
        File of the waveform (VCD); the library must be one that can write it.
    arguments : sequence of str
        What the Verilog asks for by `$value$plusargs`, besides the clock.

    Raises
    ------
    DeviceError
        If the file cannot be written.
    """

    def __init__(
        self,
        library: Path,
        clock_hz: float,
        latency: float = 0.0,
        waves: Path | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self.clock_hz = clock_hz
        self.latency = latency
        self._library = library
        self._driver = driver = bound(library, _FUNCTIONS)
        given = " ".join([f"+clock_hz={round(clock_hz)}", *arguments])
        self._handle = handle = driver.allspike_create(
            given.encode(), None if waves is None else bytes(waves)
        )
        if handle is None:
            raise DeviceError(
                f"cannot write the waveform to {waves}: name a file in a folder that can be written."
            )
        self._receiving = Lock()
        self._closing = Event()
        self._release = weakref.finalize(self, _destroy, driver, handle, self._closing, self._receiving)
        self._outbox: deque[Callable[[int], None]] = deque()  # told the first clock that they may take
        self._posted = Event()
        self._woken = False
        self._inbox: deque[tuple[float, bytes]] = deque()  # bytes, and when the host gets them
        self._clocks = 0  # as of the last slice
        self._last = 0  # the clock of the last byte, either way
        self._rested = 0.0

    def close(self) -> None:
        """Release the board; the waveform is complete after that."""
        self._release()

    @property
    def time(self) -> float:
        """Seconds since power-on: simulated ones, and, while nothing moves, real ones."""
        return self._clocks / self.clock_hz + self._rested

    @property
    def clocks(self) -> int:
        """Clocks simulated so far."""
        return self._clocks

    def let_pass(self, clocks: int) -> None:
        """Let clocks pass while nothing moves, as fast as they go."""
        with self._receiving:
            self._check_open()
            for _ in range(0, clocks, _SLICE):
                self._advance(_SLICE)

    def send(self, data: bytes) -> None:
        """Bytes for the board."""
        held = np.frombuffer(data, np.uint8).copy()
        self._post(
            lambda earliest: self._driver.allspike_send(self._handle, held.ctypes.data, held.size, earliest)
        )

    def send_break(self, seconds: float) -> None:
        """Hold the line low."""
        length = round(seconds * self.clock_hz)
        self._post(lambda earliest: self._driver.allspike_break(self._handle, length, earliest))

    def set_rate(self, baud: float) -> None:
        """The rate of the host's port, from now on."""
        bit = self.clock_hz / baud
        self._post(lambda _: self._driver.allspike_rate(self._handle, bit))

    def receive(self, seconds: float) -> bytes:
        """What has come from the board; lets up to `seconds` pass if there is nothing yet."""
        with self._receiving:
            return self._receive(seconds)

    def _receive(self, seconds: float) -> bytes:
        deadline = self.time + seconds
        self._woken = False
        while True:
            self._hand_over()
            if self._inbox and self._inbox[0][0] <= self.time:
                return self._inbox.popleft()[1]
            if self.time >= deadline or self._woken or self._closing.is_set():
                return b""
            until = min(deadline, self._inbox[0][0]) if self._inbox else deadline
            self._advance(round((until - self.time) * self.clock_hz) + 1)
            if self._clocks - self._last > _RESTLESS and not self._driver.allspike_busy(self._handle):
                began = monotonic()
                self._posted.wait(_REST)
                self._rested += monotonic() - began

    def wake(self) -> None:
        """Have a call of `receive` in another thread return, with nothing if nothing has come."""
        self._woken = True
        self._posted.set()

    def _post(self, action: Callable[[int], None]) -> None:
        self._check_open()
        self._outbox.append(action)
        self._posted.set()

    def _hand_over(self) -> None:
        self._check_open()
        self._posted.clear()
        while self._outbox:
            self._outbox.popleft()(self._clocks + round(self.latency * self.clock_hz))
            self._last = self._clocks

    def _advance(self, clocks: int) -> None:
        count = self._driver.allspike_run(self._handle, self._clocks + min(clocks, _SLICE))
        self._clocks = self._driver.allspike_clocks(self._handle)
        check_assertions(self._driver, self._handle, self._library)
        if count:
            data = np.zeros(count, np.uint8)
            self._driver.allspike_take(self._handle, data.ctypes.data, count)
            self._last = self._clocks
            self._inbox.append((self.time + self.latency, data.tobytes()))

    def _check_open(self) -> None:
        if not self._release.alive:
            raise DeviceError("the virtual board is closed: open it again.")


def _destroy(driver: ctypes.CDLL, handle: int, closing: Event, receiving: Lock) -> None:
    """Release a board, but not under the feet of a thread that receives, as at the end of a program."""
    closing.set()
    with receiving:
        driver.allspike_destroy(handle)
