"""The board's system, run: clock, reset, PLL and serial line of each family, from pin to pin."""

import os
from dataclasses import dataclass
from typing import Any

import pytest
from amaranth.hdl import Signal

from allspike.map import device_map as dm
from allspike.map.link_map import LINE
from allspike_boards import BOARDS, Board
from allspike_boards.options import Options, configured
from allspike_boards.system import System
from tests.evidence.counted import Count

from .chip import Chip
from .entries import registers_behind
from .line import Line
from .pll_model import BOUNCES
from .tiny import tiny

WEIGHTS = b"\x03\x05"
SETTLE = 100e-6
"""Seconds of reset after a lock: docs/boards.md."""
CLOCKS_A_BIT = 8
LATENCY = 2 + 1 + 2
"""Clocks from a lock to the end of the reset beside those of `SETTLE`: the lock passes two registers, one
tells that the time is over, and the reset's end passes two."""


@dataclass(frozen=True)
class Run:
    """A board that is simulated, at a low clock, as `SETTLE` then has fewer."""

    board: str
    clock_hz: int
    oscillator: str
    """Its pin."""
    rx: str
    tx: str


RUNS = [
    Run("icebreaker", 18_000_000, "35", "6", "9"),
    Run("ice40-hx8k-evn", 16_500_000, "J3", "B10", "B12"),
    Run("ulx3s-25f", 15_000_000, "G2", "M1", "L4"),
    Run("tang-nano-9k", 13_500_000, "52", "18", "17"),
    Run("arty-a7-35t", 12_500_000, "E3", "A9", "D10"),
]
"""One of each way to a clock. The pins are those of the boards' schematics."""
QUICK = ("icebreaker",)
CHOSEN = RUNS if os.environ.get("ALLSPIKE_SOAK") else [run for run in RUNS if run.board in QUICK]


class Bench:
    """A board's system with the smallest device, a host on its line, and a look at its clock and reset."""

    def __init__(self, run: Run) -> None:
        self.board: Board = tiny(BOARDS[run.board], run.clock_hz)
        config, baud = configured(self.board, Options(baud=run.clock_hz // CLOCKS_A_BIT))
        self.hz = config.clock_hz
        system = System(self.board, config, baud=baud, build="pins")
        self.chip = Chip(system, self.board.make_platform(), run.oscillator, self.board.oscillator_hz)
        (self.pll,) = self.chip.plls
        self.line = Line(self.chip.pins[run.rx], self.chip.pins[run.tx], self.hz / CLOCKS_A_BIT)
        self.clk: Signal = self.chip.sync.clk
        assert self.chip.sync.rst is not None
        self.rst: Signal = self.chip.sync.rst

    async def clocks_until(self, ctx: Any, level: int, most: int) -> int:
        """Clocks until the reset has this level."""
        for clocks in range(most):
            if ctx.get(self.rst) == level:
                return clocks
            await ctx.posedge(self.clk)
        raise AssertionError(f"the reset is not {level} within {most} clocks")

    async def locked(self, ctx: Any) -> None:
        """Until the lock is told for good. All that time there is a reset."""
        for _ in range(len(BOUNCES) // 2 + 1):
            await ctx.posedge(self.pll.lock)
            assert ctx.get(self.rst), "a lock that bounces ends no reset"

    async def started(self, ctx: Any) -> None:
        """Until the reset has ended, which it does in its clock."""
        await self.locked(ctx)
        settle = int(SETTLE * self.hz)
        assert await self.clocks_until(ctx, 0, 2 * settle) == settle + LATENCY


@pytest.mark.parametrize("run", CHOSEN, ids=lambda run: run.board)
def test_a_device_answers_at_its_pins_and_starts_anew_when_the_lock_is_lost(
    run: Run, evidence: Count
) -> None:
    bench = Bench(run)
    line, upset = bench.line, bench.pll.upset
    assert bench.pll.made.out == bench.hz, "the clock that its identity tells"

    async def testbench(ctx: Any) -> None:
        line.idle(ctx)
        await bench.started(ctx)
        await line.write(ctx, dm.WEIGHTS.base, WEIGHTS)
        assert await line.read(ctx, dm.WEIGHTS.base, len(WEIGHTS)) == WEIGHTS
        await line.write(ctx, LINE.base, (2 * CLOCKS_A_BIT).to_bytes(4, "little"))

        ctx.set(upset, 1)
        assert await bench.clocks_until(ctx, 1, most=8), "in clocks of its own, wherever it was lost"
        await ctx.delay(5e-6)
        ctx.set(upset, 0)
        await bench.started(ctx)
        # At the rate of the build, too.
        assert await line.read(ctx, dm.WEIGHTS.base, len(WEIGHTS)) == bytes(len(WEIGHTS))

    bench.chip.run(testbench)
    evidence("systems")


def test_the_line_passes_two_registers_before_anything_looks_at_it() -> None:
    board = tiny(BOARDS["icebreaker"])
    config, baud = configured(board, Options())
    behind = registers_behind(System(board, config, baud=baud, build="pins"), board.make_platform())
    assert behind == {"SB_IO.D_IN_0": 2, "SB_PLL40_PAD.LOCK": 2}
