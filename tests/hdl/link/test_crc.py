"""CRCs against zlib's."""

import struct
import zlib

from allspike_hdl.link.checker import Checker
from allspike_hdl.link.checksum import Checksum, Kind

from ..bench import pulse, seeded, simulate
from .harness import drain, feed
from .reference import sealed


def test_a_frame_matches_if_it_ends_in_its_crc() -> None:
    dut, rng = Checker(), seeded("checker")

    async def frame(ctx, data: bytes) -> int:
        for byte in data:
            ctx.set(dut.decoded.payload, {"data": byte, "end": 0, "broken": 0})
            await pulse(ctx, dut.decoded.valid)
            await ctx.tick().repeat(9)
        found = ctx.get(dut.matches)
        ctx.set(dut.decoded.payload, {"data": 0x55, "end": 1, "broken": 0})
        await pulse(ctx, dut.decoded.valid)
        await ctx.tick().repeat(9)
        return found

    async def bench(ctx):
        assert await frame(ctx, sealed(b""))
        for _ in range(12):
            whole = sealed(rng.randbytes(rng.randint(1, 30)))
            assert await frame(ctx, whole)
            assert not await frame(ctx, whole[:-1])
            damaged = bytearray(whole)
            damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
            assert not await frame(ctx, bytes(damaged))

    simulate(dut, bench)


def test_answers_carry_their_own_crc_and_those_of_memory() -> None:
    dut, rng = Checksum(), seeded("checksum")

    async def bench(ctx):
        for _ in range(10):
            sent, memory = rng.randbytes(rng.randint(1, 9)), rng.randbytes(rng.randint(1, 30))
            items = [(byte, Kind.SEND) for byte in sent] + [(byte, Kind.DIGEST) for byte in memory]
            rng.shuffle(items)
            sent = bytes(byte for byte, kind in items if kind is Kind.SEND)
            memory = bytes(byte for byte, kind in items if kind is Kind.DIGEST)
            items += [(rng.randrange(256), Kind.SEND_DIGEST)] * 4 + [(rng.randrange(256), Kind.SEND_CRC)] * 4
            queue.append([{"data": byte, "kind": kind} for byte, kind in [*items, (0, Kind.END)]])
            body = sent + struct.pack("<I", zlib.crc32(memory))
            for byte in sealed(body):
                found = await drain(ctx, dut.answered, rng, 0.3)
                assert (found.data, found.end) == (byte, 0)
            assert (await drain(ctx, dut.answered, rng, 0.3)).end
            await pulse(ctx, dut.restart)

    queue: list[list[dict]] = []

    async def items(ctx):
        while True:
            if queue:
                await feed(ctx, dut.item, queue.pop(), rng, 0.3)
            await ctx.tick()

    simulate(dut, bench, background=(items,))
