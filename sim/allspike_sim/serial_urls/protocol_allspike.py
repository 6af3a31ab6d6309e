"""`serial.serial_for_url("allspike://PRESET?option=value")`: a virtual board behind a serial port.

Options: see `allspike_sim.virtual.Virtual`. The port's own `baudrate` is the rate of the host's side; as with
a real adapter nothing is understood unless it is the board's.
"""

from typing import Any

from serial.serialutil import PortNotOpenError, SerialBase, SerialException

from allspike.errors import AllspikeError, DeviceError

from ..board import Board
from ..virtual import Virtual

_ENDLESS = 3600.0
"""Seconds to which a read without a time-out returns at times."""


class Serial(SerialBase):
    """A virtual board, powered on when the port is opened and gone when it is closed."""

    is_open: bool
    _board: Board | None = None

    def open(self) -> None:
        """Compile the gateware, where that was not done before, and power the board on."""
        if self.is_open:
            raise SerialException("the port is open already.")
        try:
            self._board = self.power_on()
        except AllspikeError as error:
            raise SerialException(str(error)) from error
        self._waiting = bytearray()
        self._cancelled = False
        self._broken_at = 0.0
        self._reconfigure_port()
        self.is_open = True

    def power_on(self) -> Board:
        """The board that the URL tells of."""
        return Virtual.from_url(self.port).power_on()

    def close(self) -> None:
        """Switch the board off."""
        if self.is_open:
            self.is_open = False
            self.board.close()
            self._board = None

    @property
    def board(self) -> Board:
        """The board behind the port."""
        if self._board is None:
            raise PortNotOpenError
        return self._board

    def clock(self) -> float:
        """The board's time in seconds, for whoever measures or waits; see `Board.time`."""
        return self.board.time

    @property
    def in_waiting(self) -> int:
        """Bytes that can be read at once."""
        self._waiting += self.board.receive(0)
        return len(self._waiting)

    def read(self, size: int = 1) -> bytes:
        """Up to `size` bytes; fewer where the time-out, in the board's time, ends before."""
        board = self.board
        deadline = board.time + (_ENDLESS if self.timeout is None else self.timeout)
        self._cancelled = False
        while len(self._waiting) < size and self.is_open and not self._cancelled:
            left = deadline - board.time
            try:
                came = board.receive(max(left, 0))
            except DeviceError as gone:
                raise PortNotOpenError from gone
            if not came and left <= 0 and self.timeout is not None:
                break
            self._waiting += came
        data = bytes(self._waiting[:size])
        del self._waiting[:size]
        return data

    def cancel_read(self) -> None:
        """Have a read in another thread return with what it has."""
        self._cancelled = True
        self.board.wake()

    def write(self, data: Any) -> int:
        """Send bytes; the adapter takes any number at once."""
        self.board.send(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Bytes leave at the line's rate whatever the host does."""

    def reset_input_buffer(self) -> None:
        """Drop what has come."""
        while self.in_waiting:
            self._waiting.clear()

    def reset_output_buffer(self) -> None:
        """What was written is on its way."""

    def send_break(self, duration: float = 0.25) -> None:
        """Hold the line low for `duration` seconds."""
        self.board.send_break(duration)

    def _reconfigure_port(self) -> None:
        if self._board is not None:
            self._board.set_rate(self._baudrate)

    def _update_break_state(self) -> None:
        # The line is held low once it is known for how long.
        if self._break_state:
            self._broken_at = self.board.time
        else:
            self.board.send_break(self.board.time - self._broken_at)

    def _update_rts_state(self) -> None:
        """The board has no such pin."""

    def _update_dtr_state(self) -> None:
        """The board has no such pin."""

    cts = dsr = cd = property(lambda self: True)
    ri = property(lambda self: False)
