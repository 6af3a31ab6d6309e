"""Bytes over a line: every divisor, senders that are off, glitches, bytes without a stop bit, breaks."""

import pytest

from allspike.map.link_map import BREAK_CLOCKS, MIN_DIVISOR
from allspike_hdl.link.receiver import Receiver
from allspike_hdl.link.transmitter import Transmitter

from ..bench import seeded, send, simulate
from .line import Ear, bits_of, send_bits, send_bytes

DIVISORS = (MIN_DIVISOR, 5, 6, 7, 8, 13, 37, 208)


class Heard:
    """What a receiver says."""

    def __init__(self) -> None:
        self.dut = Receiver()
        self.bytes = bytearray()
        self.errors = 0
        self.broken = 0

    async def listen(self, ctx):
        dut = self.dut
        async for _, _, valid, byte, error, broken in ctx.tick().sample(
            dut.byte.valid, dut.byte.payload, dut.error, dut.broken
        ):
            if valid:
                self.bytes.append(byte)
            self.errors += error
            self.broken += broken

    def run(self, divisor: int, bench) -> None:
        async def start(ctx):
            ctx.set(self.dut.interval, divisor - 2)
            ctx.set(self.dut.rx, 1)
            await ctx.tick().repeat(10)
            await bench(ctx)
            await ctx.tick().repeat(2 * divisor + 10)

        simulate(self.dut, start, background=(self.listen,))


@pytest.mark.parametrize("off", [-0.02, 0, 0.02])
@pytest.mark.parametrize("divisor", DIVISORS)
def test_bytes_are_received_from_a_sender_that_is_a_little_off(divisor: int, off: float) -> None:
    heard, rng = Heard(), seeded(divisor, off)
    data = bytes([0, 255, 0x55, 0xAA, 1, 128]) + rng.randbytes(40)

    async def bench(ctx):
        half = len(data) // 2
        await send_bytes(ctx, heard.dut.rx, data[:half], divisor * (1 + off))
        for byte in data[half:]:
            await send_bytes(ctx, heard.dut.rx, bytes([byte]), divisor * (1 + off))
            await ctx.tick().repeat(rng.randrange(1, 3 * divisor))

    heard.run(divisor, bench)
    assert (bytes(heard.bytes), heard.errors) == (data, 0)


@pytest.mark.parametrize("divisor", DIVISORS)
def test_a_clock_that_is_wrong_harms_no_bit(divisor: int) -> None:
    """One in the idle line, and one in the middle of each bit."""
    heard, rng = Heard(), seeded(divisor)
    data = rng.randbytes(20)

    async def flip(ctx, level: int) -> None:
        ctx.set(heard.dut.rx, 1 - level)
        await ctx.tick()
        ctx.set(heard.dut.rx, level)

    async def bench(ctx):
        for _ in range(4):
            await flip(ctx, 1)
            await ctx.tick().repeat(divisor)
        for level in bits_of(data):
            ctx.set(heard.dut.rx, level)
            await ctx.tick().repeat(divisor // 2)
            await flip(ctx, level)
            await ctx.tick().repeat(divisor - divisor // 2 - 1)

    heard.run(divisor, bench)
    assert (bytes(heard.bytes), heard.errors) == (data, 0)


def test_a_start_bit_that_is_too_short_is_none() -> None:
    heard = Heard()

    async def bench(ctx):
        await send_bits(ctx, heard.dut.rx, [0, 1], 5)
        await ctx.tick().repeat(40)
        await send_bytes(ctx, heard.dut.rx, b"\x5a", 16)

    heard.run(16, bench)
    assert (bytes(heard.bytes), heard.errors) == (b"\x5a", 0)


@pytest.mark.parametrize("low", [0, 1, 7, 30])
def test_after_a_byte_without_a_stop_bit_the_line_must_be_high_first(low: int) -> None:
    heard = Heard()

    async def bench(ctx):
        await send_bits(ctx, heard.dut.rx, [0, 1, 1, 0, 0, 1, 0, 1, 1, 0, *[0] * low, 1, 1], 6)
        await send_bytes(ctx, heard.dut.rx, b"\x35", 6)

    heard.run(6, bench)
    assert (bytes(heard.bytes), heard.errors, heard.broken) == (b"\x35", 1, 0)


@pytest.mark.parametrize(("extra", "breaks"), [(-20, False), (20, True)])
def test_a_break_is_a_line_that_is_low_for_long(extra: int, breaks: bool) -> None:
    heard = Heard()

    async def bench(ctx):
        await send_bits(ctx, heard.dut.rx, [0], int(9.5 * 4) + BREAK_CLOCKS + extra)
        await send_bits(ctx, heard.dut.rx, [1], 20)
        await send_bytes(ctx, heard.dut.rx, b"\0", 4)

    heard.run(4, bench)
    assert (bytes(heard.bytes), heard.errors, heard.broken > 0) == (b"\0", 1, breaks)


@pytest.mark.parametrize("divisor", DIVISORS)
def test_what_is_sent_is_heard_bit_by_bit(divisor: int) -> None:
    dut, ear, rng = Transmitter(), Ear(divisor), seeded(divisor)
    data = rng.randbytes(20)

    async def bench(ctx):
        ctx.set(dut.interval, divisor - 2)
        assert ctx.get(dut.idle) and ctx.get(dut.tx)
        await ctx.tick()
        for byte in data[:10]:
            await send(ctx, dut.byte, byte)
            assert not ctx.get(dut.idle)
        for byte in data[10:]:
            await ctx.tick().repeat(rng.randrange(1, 15 * divisor))
            await send(ctx, dut.byte, byte)
        await ctx.tick().until(dut.idle)
        assert bytes(ear.heard) == data

    simulate(dut, bench, background=(ear.bench(dut.tx),))
    assert ear.gaps[1:10] == [0] * 9
