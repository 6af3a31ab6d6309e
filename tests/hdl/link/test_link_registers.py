"""What the link counts, and the rate of the line."""

import pytest

from allspike.map.link_map import LINE, LINK, LINK_RECORD, LINK_VERSION, MAX_DAMAGED, MAX_DIVISOR
from allspike_hdl.link.link_registers import COUNTED, LinkRegisters

from ..bench import pulse, receive, seeded, send, simulate

DIVISOR = 26


def made() -> LinkRegisters:
    return LinkRegisters(buffer=512, divisor=DIVISOR)


async def read(ctx, dut, address: int) -> int:
    await send(ctx, dut.bus.request, {"address": address // 4, "write": 0, "mask": 0, "data": 0, "more": 0})
    return await receive(ctx, dut.bus.reply)


async def settle(ctx, dut) -> None:
    """Whatever is to be done is done."""
    await ctx.tick().repeat(30)
    assert not ctx.get(dut.pending)


async def write(ctx, dut, value: int, mask: int = 0b1111) -> None:
    payload = {"address": LINE.base // 4, "write": 1, "mask": mask, "data": value, "more": 0}
    await send(ctx, dut.bus.request, payload)
    await receive(ctx, dut.bus.reply)


def test_everything_is_counted_whatever_comes_together() -> None:
    dut, rng = made(), seeded("counts")

    async def bench(ctx):
        expected = dict.fromkeys(COUNTED, 0)
        for _ in range(400):
            chosen = [name for name in COUNTED if rng.random() < 0.7]
            for name in chosen:
                ctx.set(getattr(dut, name), 1)
                expected[name] += 1
            await ctx.tick()
            for name in chosen:
                ctx.set(getattr(dut, name), 0)
            if rng.random() < 0.2:
                assert await read(ctx, dut, LINK.base) == LINK_VERSION
            await ctx.tick().repeat(25)
        for name, count in expected.items():
            assert await read(ctx, dut, LINK.base + LINK_RECORD.offset(name)) == count
        assert await read(ctx, dut, LINK.base + LINK_RECORD.offset("buffer")) == 512
        assert max(expected.values()) > 256

    simulate(dut, bench)


def test_a_divisor_holds_from_when_it_is_applied() -> None:
    dut = made()

    async def bench(ctx):
        await settle(ctx, dut)
        assert await read(ctx, dut, LINE.base) == DIVISOR
        for value in (4, 5, 200, MAX_DIVISOR):
            before = ctx.get(dut.interval) + 2
            await write(ctx, dut, value)
            assert ctx.get(dut.pending) and ctx.get(dut.interval) + 2 == before
            await pulse(ctx, dut.apply)
            await settle(ctx, dut)
            assert ctx.get(dut.interval) + 2 == value
            assert await read(ctx, dut, LINE.base) == value
        for value, mask in ((0, 15), (3, 15), (1 << 16, 15), ((1 << 31) + 9, 15), (9, 1), (9, 7), (9, 0)):
            await write(ctx, dut, value, mask)
            assert not ctx.get(dut.pending)
            assert await read(ctx, dut, LINE.base) == MAX_DIVISOR
        await pulse(ctx, dut.broken)
        await settle(ctx, dut)
        assert await read(ctx, dut, LINE.base) == DIVISOR
        assert ctx.get(dut.interval) + 2 == DIVISOR

    simulate(dut, bench)


@pytest.mark.parametrize("valid_at", [None, 0, 40, MAX_DAMAGED - 1])
def test_damage_in_a_row_brings_the_first_divisor_back(valid_at: int | None) -> None:
    dut, rng = made(), seeded(valid_at)

    async def bench(ctx):
        await settle(ctx, dut)
        await write(ctx, dut, 9)
        await pulse(ctx, dut.apply)
        await settle(ctx, dut)
        for k in range(MAX_DAMAGED):
            if k == valid_at:
                await pulse(ctx, dut.frames)
            assert ctx.get(dut.interval) + 2 == 9
            await pulse(ctx, rng.choice((dut.damaged, dut.framing)))
            await pulse(ctx, dut.overruns)
        await settle(ctx, dut)
        assert ctx.get(dut.interval) + 2 == (DIVISOR if valid_at in (None, 0) else 9)

    simulate(dut, bench)
