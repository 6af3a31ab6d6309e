"""Streams with random waits, and a memory behind a bus."""

from random import Random
from typing import Any

from ..bench import receive, send


async def feed(ctx: Any, stream: Any, payloads: Any, rng: Random, waits: float) -> None:
    """Offer one payload after the other, with pauses."""
    for payload in payloads:
        while rng.random() < waits:
            await ctx.tick()
        await send(ctx, stream, payload)


async def drain(ctx: Any, stream: Any, rng: Random, waits: float) -> Any:
    """The next payload, which may have to wait. While it waits it must not change."""
    while rng.random() < waits:
        before = (ctx.get(stream.valid), ctx.get(stream.payload))
        await ctx.tick()
        if before[0]:
            assert (ctx.get(stream.valid), ctx.get(stream.payload)) == before
    return await receive(ctx, stream)


class BusMemory:
    """Answers a bus from the bytes of a `Reference`, and keeps what was written."""

    def __init__(self, device: Any, rng: Random) -> None:
        self.device, self.rng = device, rng
        self.writes: list[tuple[int, int, int, int]] = []
        """Word address, mask, data, more."""
        self.reads: list[int] = []

    def serve(self, bus: Any, waits: float) -> Any:
        """A bench that answers the bus."""

        async def bench(ctx):
            while True:
                request = await drain(ctx, bus.request, self.rng, waits)
                word, value = int(request.address), 0
                region, offset = self.device.region_of(4 * word)
                memory = self.device.memory[region]
                if request.write:
                    self.writes.append((word, int(request.mask), int(request.data), int(request.more)))
                    for k in range(4):
                        if request.mask >> k & 1:
                            memory[offset + k] = request.data >> 8 * k & 0xFF
                    value = self.rng.getrandbits(32)
                else:
                    self.reads.append(word)
                    value = int.from_bytes(memory[offset : offset + 4].ljust(4, b"\0"), "little")
                while self.rng.random() < waits:
                    await ctx.tick()
                await send(ctx, bus.reply, value)

        return bench
