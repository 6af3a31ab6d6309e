"""The clock of the core: from a board's oscillator through the PLL, and its reset."""

from typing import Any

from amaranth import ClockDomain, ClockSignal, Elaboratable, Module, Signal
from amaranth.lib import io
from amaranth.lib.cdc import FFSynchronizer, ResetSynchronizer

from . import pll_cells
from .board import Board, resource_of
from .chips import Family
from .pll import solve

_SETTLE = 100e-6
"""Seconds of reset after the PLL has locked. iCE40 block RAM reads as zero for the first microseconds."""


class Clocking(Elaboratable):
    """Drives the domain `sync` of a board.

    Parameters
    ----------
    board : Board
        Whose oscillator is taken.
    hz : int
        The clock asked for; where it is not that of the oscillator, a PLL makes it.

    The domain, which is that of the parent, is in reset until the PLL has locked, and for 100 us after; so it
    is again whenever the lock is lost. The lock owes nothing to the clock, and passes two registers first.
    """

    def __init__(self, board: Board, hz: int) -> None:
        self._board = board
        self._pll = solve(board.chip.family, board.oscillator_hz, hz)
        self._hz = board.oscillator_hz if self._pll is None else self._pll.hz

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        clock = Signal()
        locked = Signal()
        name, number, _ = resource_of(self._board.oscillator)
        pin = platform.request(name, number, dir="-")
        if self._pll is not None and self._board.pll_on_pad:
            m.submodules.pll = pll_cells.ice40(self._pll, clock, locked, i_PACKAGEPIN=pin.io)
        else:
            m.submodules.pin = buffer = io.Buffer("i", pin)
            if self._pll is None:
                m.d.comb += [clock.eq(buffer.i), locked.eq(1)]
            else:
                m.submodules.pll = self._cell(platform, buffer.i, clock, locked)
        m.d.comb += ClockSignal("sync").eq(clock)
        platform.add_clock_constraint(clock, self._hz)

        m.domains.settling = ClockDomain(reset_less=True, local=True)
        m.d.comb += ClockSignal("settling").eq(clock)
        steady = Signal()
        m.submodules.lock = FFSynchronizer(locked, steady, o_domain="settling")
        clocks = int(_SETTLE * self._hz)
        timer = Signal(range(clocks + 1), init=clocks)
        settled = Signal()
        with m.If(~steady):
            m.d.settling += [timer.eq(timer.init), settled.eq(0)]
        with m.Elif(timer != 0):
            m.d.settling += timer.eq(timer - 1)
        with m.Else():
            m.d.settling += settled.eq(1)
        m.submodules.reset = ResetSynchronizer(~settled, domain="sync")
        return m

    def _cell(self, platform: Any, source: Signal, clock: Signal, locked: Signal) -> Elaboratable:
        pll, hz = self._pll, self._board.oscillator_hz
        assert pll is not None
        match self._board.chip.family:
            case Family.ICE40:
                return pll_cells.ice40(pll, clock, locked, i_REFERENCECLK=source)
            case Family.ECP5:
                return pll_cells.ecp5(pll, source, clock, locked)
            case Family.GOWIN:
                return pll_cells.gowin(pll, source, clock, locked, hz, platform.family)
            case Family.XILINX7:
                return pll_cells.xilinx7(pll, source, clock, locked, hz)
