"""The buffer keeps whole frames in order, and nothing of the others."""

import pytest

from allspike_hdl.link.request_buffer import LENGTH_BYTES, RequestBuffer
from tests.examples import examples

from ..bench import pulse, receive, seeded, simulate

HEAD, CRC = 7, 4


class Bench:
    def __init__(self, size: int) -> None:
        self.dut = RequestBuffer(size)
        self.size = size
        self.outcomes: list[str] = []

    async def watch(self, ctx):
        dut = self.dut
        names = ("accepted", "damaged", "overrun")
        async for _, _, *found in ctx.tick().sample(*(getattr(dut, name) for name in names)):
            self.outcomes += [name for name, pulsed in zip(names, found, strict=True) if pulsed]

    async def frame(self, ctx, data: bytes, matches: int = 1, broken: int = 0) -> str:
        """Send a frame; what became of it."""
        dut = self.dut
        for byte in data:
            ctx.set(dut.decoded.payload, {"data": byte, "end": 0, "broken": 0})
            await pulse(ctx, dut.decoded.valid)
            await ctx.tick()
        ctx.set(dut.matches, matches)
        ctx.set(dut.decoded.payload, {"data": 99, "end": 1, "broken": broken})
        await pulse(ctx, dut.decoded.valid)
        ctx.set(dut.matches, 0)
        await ctx.tick().repeat(8)
        return self.outcomes.pop()

    async def read(self, ctx) -> bytes:
        """The next request."""
        low, high = await receive(ctx, self.dut.byte), await receive(ctx, self.dut.byte)
        length = (low + 256 * high + 1) % (2 * self.size)
        return bytes([await receive(ctx, self.dut.byte) for _ in range(length + HEAD)])


@pytest.mark.parametrize("size", [64, 1024])
def test_frames_that_are_valid_and_fit_come_out_in_order(size: int) -> None:
    bench, rng = Bench(size), seeded(size)

    async def run(ctx):
        waiting: list[bytes] = []
        read: list[bytes] = []
        used = 0  # bytes not released
        seen = set()
        for _ in range(examples(60)):
            data = rng.randbytes(rng.choice((rng.randint(1, 14), rng.randint(11, size // 2), size - 2)))
            matches, broken = rng.random() < 0.8, rng.random() < 0.1
            outcome = await bench.frame(ctx, data, matches, broken)
            seen.add(outcome)
            if used + LENGTH_BYTES + len(data) > size or len(data) > size // 2:
                assert outcome == "overrun"
            elif broken or not matches or len(data) < HEAD + CRC:
                assert outcome == "damaged"
            else:
                assert outcome == "accepted"
                waiting.append(data[:-CRC])
                used += LENGTH_BYTES + len(data) - CRC
            while waiting and rng.random() < 0.5:
                assert await bench.read(ctx) == waiting[0]
                read.append(waiting.pop(0))
            if rng.random() < 0.5:
                await pulse(ctx, bench.dut.release)
                used -= sum(LENGTH_BYTES + len(body) for body in read)
                read.clear()
            if not waiting:
                await ctx.tick().repeat(3)
                assert not ctx.get(bench.dut.byte.valid)
        assert seen == {"accepted", "damaged", "overrun"}

    simulate(bench.dut, run, background=(bench.watch,))


@pytest.mark.parametrize("lengths", [[32, 32], [11] * 5, [11, 31, 22], [32, 21, 11]])
def test_frames_that_make_up_the_buffer_together_have_room(lengths: list[int]) -> None:
    bench = Bench(64)

    async def run(ctx):
        for _ in range(7):
            frames = [seeded(k).randbytes(length) for k, length in enumerate(lengths)]
            for data in frames:
                assert await bench.frame(ctx, data) == "accepted"
            for data in frames:
                assert await bench.read(ctx) == data[:-CRC]
            await pulse(ctx, bench.dut.release)

    simulate(bench.dut, run, background=(bench.watch,))


def test_a_request_is_read_while_the_next_comes() -> None:
    bench = Bench(64)
    frames = [seeded(k).randbytes(11 + k % 15) for k in range(40)]
    found: list[bytes] = []

    async def write(ctx):
        for data in frames:
            assert await bench.frame(ctx, data) == "accepted"

    async def read(ctx):
        for _ in frames:
            found.append(await bench.read(ctx))
            await pulse(ctx, bench.dut.release)

    simulate(bench.dut, write, read, background=(bench.watch,))
    assert found == [data[:-CRC] for data in frames]
