"""A PLL as a simulation has it: it locks late, its lock bounces, and it can be upset."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import cycle
from typing import Any

from amaranth.hdl import Signal

from .makers import CELLS, Words

LATE = 96
"""Clocks of the reference until it first tells a lock."""
BOUNCES = (3.3, 1.7, 0.4, 5.6, 2.2)
"""How many of its clocks the lock is told, and then again not, and so on, before it stays."""
_WANDERS = (0.31, 0.9, 0.07, 1.4, 0.55)
"""Its clock while there is no lock: half-periods, as parts of the right ones, or above 1 as multiples."""


class PllModel:
    """Behaves as the words of its cell say: its clock is what the maker's formula gives.

    Parameters
    ----------
    cell : str
        The cell's name.
    words : mapping
        Its parameters.
    hz : int
        Of the reference.

    Attributes
    ----------
    reference, clock, lock : Signal
        In; out; out.
    upset : Signal
        It has no lock while this is high, and then needs a new one.
    """

    def __init__(self, cell: str, words: Words, hz: int) -> None:
        self.made = CELLS[cell].clocks(words, Fraction(hz))
        self.reference, self.clock, self.lock = (Signal(name=n) for n in ("reference", "clock", "lock"))
        self.upset = Signal()
        self._half = float(0.5 / self.made.out)
        self._steady = False

    def processes(self) -> Iterator[Callable[[Any], Any]]:
        """What a simulator is to run."""
        yield self._oscillates
        yield self._locks

    async def _oscillates(self, ctx: Any) -> None:
        wanders = cycle(_WANDERS)
        while True:
            for level in (1, 0):
                await ctx.delay(self._half * (1 if self._steady else next(wanders)))
                ctx.set(self.clock, level)

    async def _locks(self, ctx: Any) -> None:
        while True:
            for _ in range(LATE):
                await ctx.posedge(self.reference)
            self._steady = True
            for clocks, told in zip(BOUNCES, cycle((1, 0)), strict=False):
                ctx.set(self.lock, told)
                await ctx.delay(2 * self._half * clocks)
            ctx.set(self.lock, 1)
            await ctx.posedge(self.upset)
            ctx.set(self.lock, 0)
            self._steady = False
            await ctx.negedge(self.upset)
