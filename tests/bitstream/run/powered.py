"""A board whose chip is what its bitstream makes of it, powered on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from serial.serialutil import SerialException

from allspike.link.bus import LinkBus
from allspike.link.link import Link
from allspike.link.port import POLL
from allspike.map.link_map import MIN_DIVISOR
from allspike_boards import Board
from allspike_sim import board as sim
from allspike_sim.native import garbage
from allspike_sim.serial_urls.protocol_allspike import Serial
from allspike_sim.verilate import BOARD_MODULE, Toolchain, library
from allspike_sim.virtual import DRIVER

from ..pins import pins_of

MODULE = "chip"
"""Of a chip, in Verilog."""
_START = 200e-6
"""Seconds in which a board has started: its reset lasts 100 us after the lock of the PLL."""
_SEED = 1
"""Of what a chip does not define: single-port memories at power-on, and what they show when written."""
_WIRING = """\
module {board} (input clk, input rx, output tx, output activity, output error);
	// With a PLL the clock of the simulation is what it makes; the oscillator then only has to swing.
	reg slow = 0;
	always @(posedge clk) slow <= !slow;
	{chip} chip ({connections});
endmodule
"""


@dataclass(frozen=True)
class Chip:
    """What a bitstream makes of a chip."""

    verilog: str
    """The module `MODULE`, with a port pin_17 for the pin 17, and all that it is made of. What a PLL makes is
    `allspike_board.clk`."""
    clock_hz: float
    """What the PLL makes of the board's oscillator, by its words."""
    has_pll: bool


def verilog_of(board: Board, chip: Chip) -> str:
    """A board around its chip, with the ports of `allspike_hdl.ports.BOARD_PORTS`."""
    clock = "slow" if chip.has_pll else "clk"
    wires = {"oscillator": clock} | {role: role for role in ("rx", "tx", "activity", "error")}
    pins = pins_of(board)
    assert not any(pins[role].inverted for role in ("oscillator", "rx", "tx"))
    connections = ", ".join(f".pin_{pins[role].name}({wire})" for role, wire in wires.items() if role in pins)
    return _WIRING.format(board=BOARD_MODULE, chip=MODULE, connections=connections) + chip.verilog


class Powered(Serial):
    """The port of a board that was just powered on, at the clock that its PLL says, and has started.

    Parameters
    ----------
    board : Board
    chip : Chip
    arguments : str
        What its Verilog asks for by `$value$plusargs`.
    most : int
        Clocks after which its patience ends.

    Raises
    ------
    SerialException
        In `read`, if more clocks than that have passed.
    """

    def __init__(self, board: Board, chip: Chip, *arguments: str, most: int = 1 << 40) -> None:
        self._made_for, self._chip, self._arguments, self._most = board, chip, arguments, most
        super().__init__(baudrate=board.baud, timeout=POLL)
        self.port = "allspike://"
        self.open()
        self.board.let_pass(round(_START * self.board.clock_hz))

    def power_on(self) -> sim.Board:
        """The board."""
        board, chip = self._made_for, self._chip
        text = verilog_of(board, chip)
        made = library(text, Toolchain(), BOARD_MODULE, f"the bitstream of {board.name}", DRIVER)
        return sim.Board(made, chip.clock_hz, arguments=(*garbage(_SEED), *self._arguments))

    def read(self, size: int = 1) -> bytes:
        """As of any port, until its patience ends."""
        if self.board.clocks > self._most:
            raise SerialException(f"the board was not done in {self._most} clocks.")
        return super().read(size)


@contextmanager
def answering(port: Powered) -> Iterator[LinkBus]:
    """The device on a port, at the highest rate that it can make.

    Raises
    ------
    AllspikeError
        If it does not answer.
    """
    bus = LinkBus(Link(port, "the bitstream"))
    try:
        hz = round(port.board.clock_hz)
        bus.set_rate(hz // MIN_DIVISOR, hz)
        yield bus
    finally:
        bus.close()
