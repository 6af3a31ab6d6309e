"""A virtual board behind a terminal device: any program that opens a serial port opens it like a board."""

import os
import select
import termios
import tty
from threading import Event

from allspike.errors import DeviceError

from .board import Board

_CHUNK = 4096
_SPAN = 0.002
"""Seconds of the board's time between two looks at the terminal."""
_SPEED = 5
"""Place of the output speed among the attributes of a terminal."""
_RATES = {
    getattr(termios, name): int(name[1:])
    for name in dir(termios)
    if name[0] == "B" and name[1:].isdecimal() and name != "B0"
}
"""Line rates by their codes."""


class Terminal:
    """A board and the terminal that its line ends at.

    A program may open and close the terminal as often as it likes; the board stays on. The rate that it sets
    is the rate of its side of the line. A terminal cannot pass on a break.

    Parameters
    ----------
    board : Board
    baud : int
        The rate that the terminal is set to, until a program sets another.

    Attributes
    ----------
    name : str
        Path of the terminal device.

    Raises
    ------
    DeviceError
        If the system has no terminal to give.
    """

    def __init__(self, board: Board, baud: int) -> None:
        self.board = board
        try:
            self._ours, self._theirs = os.openpty()
        except OSError as error:
            raise DeviceError(
                f"the system has no terminal device to give ({error.strerror}): close some programs, or use "
                "the virtual board through its URL, allspike://."
            ) from None
        tty.setraw(self._theirs)
        board.set_rate(baud)
        self._set_rate(baud)
        self.name = os.ttyname(self._theirs)
        self._rate: int | None = None

    def close(self) -> None:
        """Take the terminal away, and switch the board off."""
        os.close(self._theirs)
        os.close(self._ours)
        self.board.close()

    def serve(self, stop: Event) -> None:
        """Pass bytes on until `stop` is set."""
        while not stop.is_set():
            asked = os.read(self._ours, _CHUNK) if select.select([self._ours], [], [], 0)[0] else b""
            self._follow_rate()  # whoever wrote had set it before
            self.board.send(asked)
            came = self.board.receive(_SPAN)
            while came:
                came = came[os.write(self._ours, came) :]

    def _set_rate(self, baud: int) -> None:
        codes = [code for code, rate in _RATES.items() if rate == baud]
        if codes:  # else whoever opens the terminal has to know
            attributes = termios.tcgetattr(self._theirs)
            attributes[_SPEED - 1] = attributes[_SPEED] = codes[0]
            termios.tcsetattr(self._theirs, termios.TCSANOW, attributes)

    def _follow_rate(self) -> None:
        rate = _RATES.get(termios.tcgetattr(self._theirs)[_SPEED])
        if rate is not None and rate != self._rate:
            self._rate = rate
            self.board.set_rate(rate)
