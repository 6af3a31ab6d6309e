"""A host's end of a serial line, at the pins of a simulated chip: frames, and each bit in its time."""

import struct
import zlib
from typing import Any

from amaranth.hdl import Signal
from cobs import cobs

from ..link.model import DONE, READ, WRITE

_BITS = 10


class Line:
    """Asks, one request at a time.

    Parameters
    ----------
    to, back : Signal
        The pins.
    baud : float
    """

    def __init__(self, to: Signal, back: Signal, baud: float) -> None:
        self._to, self._back, self._bit = to, back, 1 / baud
        self._tag = 0

    def idle(self, ctx: Any) -> None:
        """As a host that is there holds it."""
        ctx.set(self._to, 1)

    async def read(self, ctx: Any, address: int, size: int) -> bytes:
        """Bytes of the map."""
        return await self._ask(ctx, READ, address, struct.pack("<I", size))

    async def write(self, ctx: Any, address: int, data: bytes) -> None:
        """Write to the map."""
        assert await self._ask(ctx, WRITE, address, data) == b""

    async def send(self, ctx: Any, data: bytes) -> None:
        """Bytes, one after the other."""
        for byte in data:
            for level in f"{byte | 0x100:09b}0"[::-1]:
                ctx.set(self._to, int(level))
                await ctx.delay(self._bit)

    async def _ask(self, ctx: Any, op: int, address: int, rest: bytes) -> bytes:
        self._tag += 1
        body = struct.pack("<HBI", self._tag, op, address) + rest
        await self.send(ctx, cobs.encode(body + struct.pack("<I", zlib.crc32(body))) + b"\0")
        answer = cobs.decode(await self._frame(ctx))
        assert struct.unpack("<I", answer[-4:]) == (zlib.crc32(answer[:-4]),)
        assert struct.unpack("<HB", answer[:3]) == (self._tag, DONE)
        return answer[3:-4]

    async def _frame(self, ctx: Any) -> bytes:
        found = bytearray()
        while True:
            began, _ = await ctx.negedge(self._back).delay(60 * _BITS * self._bit)
            assert began, f"no answer, or not all of it: {found.hex()}"
            await ctx.delay(self._bit / 2)
            bits = []
            for _ in range(_BITS):
                bits.append(ctx.get(self._back))
                if len(bits) < _BITS:
                    await ctx.delay(self._bit)
            assert (bits[0], bits[-1]) == (0, 1), "start and stop bit"
            byte = sum(bit << k for k, bit in enumerate(bits[1:-1]))
            if byte == 0:
                return bytes(found)
            found.append(byte)
