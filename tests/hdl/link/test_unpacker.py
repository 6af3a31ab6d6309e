"""Tokens against a plain loop."""

import pytest

from allspike_hdl.link.unpacker import Unpacker

from ..bench import receive, seeded, send, simulate
from .harness import drain, feed
from .reference import packed, unpacked


@pytest.mark.parametrize("waits", [(0, 0), (0.5, 0), (0, 0.5)])
def test_tokens_become_what_they_stand_for(waits: tuple[float, float]) -> None:
    dut, rng = Unpacker(11), seeded(waits)
    cases = [b"\x7f" + bytes(range(128)), b"\xbf", b"\xff\7", b"\0\5" * 9, b"\x05abc", b"\xc3", b"\x80\x00"]
    for _ in range(15):
        data = b"".join(rng.choice((b"\0", b"\1", b"\2\3")) * rng.randint(1, 70) for _ in range(4))
        cases.append(packed(rng, data))

    async def source(ctx):
        for tokens in cases:
            await feed(ctx, dut.source, (len(tokens) - 1).to_bytes(2, "little") + tokens, rng, waits[0])

    async def bench(ctx):
        for tokens in cases:
            for k in range(2):
                ctx.set(dut.load, 1 << k)
                ctx.set(dut.bytes.ready, 1)
                await ctx.tick().until(dut.bytes.valid)
            ctx.set(dut.bytes.ready, 0)
            ctx.set(dut.load, 0)
            ctx.set(dut.packed, 1)
            ctx.set(dut.counting, 1)
            expected, whole = unpacked(tokens)
            assert bytes([await drain(ctx, dut.bytes, rng, waits[1]) for _ in expected]) == expected
            while not ctx.get(dut.dry):
                assert not ctx.get(dut.bytes.valid)
                await ctx.tick()
            assert ctx.get(dut.whole) == whole
            ctx.set(dut.packed, 0)
            ctx.set(dut.counting, 0)
            await ctx.tick()

    simulate(dut, source, bench)


def test_a_token_that_nobody_takes_to_its_end_is_not_whole() -> None:
    dut = Unpacker(11)

    async def bench(ctx):
        ctx.set(dut.load, 1)
        ctx.set(dut.bytes.ready, 1)
        await send(ctx, dut.source, 0)
        ctx.set(dut.load, 0)
        ctx.set(dut.packed, 1)
        ctx.set(dut.counting, 1)
        ctx.set(dut.bytes.ready, 0)
        await send(ctx, dut.source, 0x83)
        for _ in range(3):
            assert await receive(ctx, dut.bytes) == 0
            assert not ctx.get(dut.whole) and not ctx.get(dut.dry)
        ctx.set(dut.packed, 0)
        await ctx.tick()
        assert ctx.get(dut.whole) and ctx.get(dut.dry)

    simulate(dut, bench)
