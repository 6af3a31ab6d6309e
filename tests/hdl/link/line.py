"""The other end of a serial line, for Amaranth's simulator: times in clocks, which need not be whole."""

from collections.abc import Iterable
from typing import Any


async def send_bits(ctx: Any, rx: Any, levels: Iterable[int], clocks_a_bit: float) -> None:
    """Levels of the line, each for one bit."""
    now, due = 0, 0.0
    for level in levels:
        ctx.set(rx, level)
        due += clocks_a_bit
        await ctx.tick().repeat(round(due) - now)
        now = round(due)


def bits_of(data: bytes) -> list[int]:
    """Levels of the line for bytes."""
    levels = []
    for byte in data:
        levels += [0, *(byte >> k & 1 for k in range(8)), 1]
    return levels


async def send_bytes(ctx: Any, rx: Any, data: bytes, clocks_a_bit: float) -> None:
    """Bytes without gaps."""
    await send_bits(ctx, rx, bits_of(data), clocks_a_bit)


class Ear:
    """Hears bytes on a line: each must have its start and stop bit, and levels constant within a bit."""

    def __init__(self, divisor: int) -> None:
        self.divisor = divisor
        self.heard = bytearray()
        self.gaps: list[int] = []
        """Clocks between a byte and the one before."""
        self._changed: int | None = None

    async def _level(self, ctx: Any, tx: Any) -> int:
        level = ctx.get(tx)
        for _ in range(self.divisor):
            assert ctx.get(tx) == level
            await ctx.tick()
        return level

    def bench(self, tx: Any) -> Any:
        """Listens as long as the simulation runs."""

        async def listen(ctx):
            gap = 0
            while True:
                if ctx.get(tx):
                    gap += 1
                    await ctx.tick()
                    continue
                levels = [await self._level(ctx, tx) for _ in range(10)]
                assert (levels[0], levels[9]) == (0, 1)
                self.heard.append(sum(level << k for k, level in enumerate(levels[1:9])))
                self.gaps.append(gap)
                gap = 0

        return listen

    def frames(self) -> list[bytes]:
        """Whole frames heard so far, as on the line."""
        return bytes(self.heard).split(b"\0")[:-1]
