"""A whole device behind its pins: frames in, frames out."""

import gc
import struct
from dataclasses import replace
from typing import Any

import pytest
from cobs import cobs

from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.device_map import encode_identity
from allspike.map.link_map import BREAK_CLOCKS, LINE, LINK, LINK_RECORD, LINK_VERSION, Code, Op, Token
from allspike_hdl.link.decoder import LONGEST
from allspike_hdl.link.link import Link
from allspike_hdl.top import Top

from ..bench import seeded, simulate
from .line import Ear, send_bits, send_bytes
from .reference import answer, on_line, request, sealed

BAUD = 3_000_000
DIVISOR = 4
CONFIG = Config(
    neurons=4, inputs=2, lanes=2, event_ring=16, spike_ring=64, clock_hz=DIVISOR * BAUD, max_delay=1
)  # fmt: skip


class Wire:
    """What is sent to a device, and what it answers."""

    def __init__(self, dut: Top | Link) -> None:
        self.dut = dut
        self.ear = Ear(DIVISOR)
        self.answered = 0

    def run(self, *benches, background=()) -> None:
        simulate(self.dut, *benches, background=(self.ear.bench(self.dut.tx), *background))

    async def send(self, ctx, data: bytes, divisor: float = DIVISOR) -> None:
        await send_bytes(ctx, self.dut.rx, data, divisor)

    async def answers(self, ctx, count: int, limit: int = 200_000) -> list[bytes]:
        """The next answers, without their CRCs."""
        end = self.answered + count
        for _ in range(limit):
            if len(self.ear.frames()) >= end:
                break
            await ctx.tick()
        found = [cobs.decode(frame) for frame in self.ear.frames()[self.answered : end]]
        self.answered = end
        assert len(found) == count
        assert all(sealed(frame[:-4]) == frame for frame in found)
        return [frame[:-4] for frame in found]

    async def ask(self, ctx, *bodies: bytes) -> list[bytes]:
        """Send requests at once."""
        await self.send(ctx, b"".join(on_line(sealed(body)) for body in bodies))
        return await self.answers(ctx, len(bodies))

    async def counts(self, ctx) -> dict[str, int]:
        """The link's counters."""
        (found,) = await self.ask(ctx, request(0, Op.READ, LINK.base, size=LINK_RECORD.size))
        names = ("version", "reserved", "buffer", "frames", "damaged", "overruns", "framing", "refused")
        return dict(zip(names, struct.unpack("<HH6I", found[3:]), strict=True))


def whole(config: Config = CONFIG, **options: Any) -> Wire:
    """To a whole device."""
    return Wire(Top(config, baud=config.clock_hz // DIVISOR, build="a test", **options))


def alone() -> Wire:
    """To a link without a core, which is simulated in a fraction of the time."""
    return Wire(Link(CONFIG, divisor=DIVISOR))


def test_identity_and_memory_over_the_line() -> None:
    wire = whole()
    data = bytes(range(200, 200 + 24))

    async def bench(ctx):
        await wire.send(ctx, b"\0")
        bodies = [
            request(1, Op.READ, dm.IDENTITY.base, size=64),
            request(2, Op.WRITE, dm.WEIGHTS.base, data),
            request(3, Op.READ, dm.WEIGHTS.base + 1, size=22),
            request(4, Op.WRITE_PACKED, dm.WEIGHTS.base + 4, bytes([Token.ZEROS + 9]), size=10),
            request(5, Op.READ, dm.WEIGHTS.base, size=24),
            request(6, Op.WRITE, dm.IDENTITY.base, b"\0"),
        ]
        assert await wire.ask(ctx, *bodies) == [
            answer(bodies[0], Code.DONE, encode_identity(CONFIG, "a test").tobytes()),
            answer(bodies[1], Code.DONE),
            answer(bodies[2], Code.DONE, data[1:23]),
            answer(bodies[3], Code.DONE),
            answer(bodies[4], Code.DONE, data[:4] + bytes(10) + data[14:]),
            answer(bodies[5], Code.READ_ONLY),
        ]
        assert await wire.counts(ctx) == {
            "version": LINK_VERSION, "reserved": 0, "buffer": 1024, "frames": 7, "damaged": 0, "overruns": 0,
            "framing": 0, "refused": 1,
        }  # fmt: skip

    wire.run(bench)


def test_it_runs_steps_and_its_lamp_is_lit() -> None:
    wire = whole()

    async def bench(ctx):
        assert not ctx.get(wire.dut.activity)
        control = request(1, Op.WRITE, dm.CONTROL.address("run_until"), (3).to_bytes(8, "little"))
        status = request(2, Op.READ, dm.STATUS.address("step"), size=8)
        await wire.ask(ctx, control)
        await ctx.tick().repeat(2000)
        (found,) = await wire.ask(ctx, status)
        assert found == answer(status, Code.DONE, (3).to_bytes(8, "little"))
        assert ctx.get(wire.dut.activity) and not ctx.get(wire.dut.error)

    wire.run(bench)


def test_the_lamp_goes_out_when_nothing_has_come_for_two_blinks() -> None:
    """A slow clock has short blinks: 1,024 clocks here."""
    blink = 1 << 10
    wire = whole(replace(CONFIG, clock_hz=16 * (blink - 24)))

    async def bench(ctx):
        await wire.ask(ctx, request(1, Op.READ, dm.IDENTITY.base, size=4))
        assert ctx.get(wire.dut.activity)
        await ctx.tick().repeat(2 * blink)
        assert not ctx.get(wire.dut.activity)

    wire.run(bench)


def test_what_is_damaged_is_counted_and_never_answered() -> None:
    wire = whole()
    frame = sealed(request(7, Op.READ, dm.IDENTITY.base, size=4))

    async def bench(ctx):
        flipped = bytearray(frame)
        flipped[5] ^= 4
        await wire.send(ctx, on_line(bytes(flipped)))
        await wire.send(ctx, on_line(sealed(b"\1\2\3")))  # too short
        await wire.send(ctx, on_line(frame)[:-4] + b"\0")  # a group cut short
        await wire.send(ctx, b"\0\0\0")  # nothing at all
        await send_bits(ctx, wire.dut.rx, [0] * 10 + [1] * 3, DIVISOR)  # a byte without a stop bit ...
        await wire.send(ctx, on_line(frame))  # ... takes the rest of its frame with it
        counts = await wire.counts(ctx)
        assert ctx.get(wire.dut.error)
        assert (counts["frames"], counts["damaged"], counts["framing"]) == (1, 4, 1)

    wire.run(bench)


def test_a_frame_without_room_is_dropped_and_counted() -> None:
    wire = whole(buffer=128)

    async def bench(ctx):
        await wire.ask(ctx, request(1, Op.WRITE, dm.WEIGHTS.base, bytes(24)))
        await wire.send(ctx, on_line(sealed(request(2, Op.WRITE, dm.WEIGHTS.base, b"\1" * 60))))
        counts = await wire.counts(ctx)
        assert (counts["frames"], counts["damaged"], counts["overruns"]) == (2, 0, 1)
        body = request(3, Op.READ, dm.WEIGHTS.base, size=24)
        assert await wire.ask(ctx, body) == [answer(body, Code.DONE, bytes(24))]

    wire.run(bench)


def rate(divisor: int) -> bytes:
    return request(9, Op.WRITE, LINE.base, divisor.to_bytes(4, "little"))


def test_another_rate_from_the_end_of_the_answer_on() -> None:
    wire = alone()
    body = request(3, Op.READ, LINE.base, size=4)

    async def bench(ctx):
        ctx.set(wire.dut.rx, 1)
        await ctx.tick().repeat(2)
        for refused in (0, 3, 1 << 16, 1 << 31):
            await wire.ask(ctx, rate(refused))
        await wire.ask(ctx, request(9, Op.WRITE, LINE.base, b"\7"), body)
        await wire.ask(ctx, rate(7))
        await ctx.tick().repeat(DIVISOR)
        wire.ear.divisor = 7
        await wire.send(ctx, on_line(sealed(body)), 7)
        assert await wire.answers(ctx, 1) == [answer(body, Code.DONE, (7).to_bytes(4, "little"))]
        # A break brings the old one back.
        await send_bits(ctx, wire.dut.rx, [0, 1], BREAK_CLOCKS + 11 * 7)
        wire.ear.divisor = DIVISOR
        await wire.send(ctx, b"\0")
        assert await wire.ask(ctx, body) == [answer(body, Code.DONE, DIVISOR.to_bytes(4, "little"))]

    wire.run(bench)


def test_a_host_at_another_rate_is_heard_after_many_damaged_frames() -> None:
    wire = alone()
    body = request(3, Op.READ, LINE.base, size=4)

    async def bench(ctx):
        ctx.set(wire.dut.rx, 1)
        await ctx.tick().repeat(2)
        await wire.ask(ctx, rate(13))
        await ctx.tick().repeat(DIVISOR)
        rng = seeded("rates")
        for _ in range(64):
            await wire.send(ctx, on_line(rng.randbytes(16)))
            await ctx.tick().repeat(200)
        await wire.send(ctx, b"\0")
        assert await wire.ask(ctx, body) == [answer(body, Code.DONE, DIVISOR.to_bytes(4, "little"))]

    wire.run(bench)


def test_a_read_fills_the_line() -> None:
    """Once the first group is complete there is no gap, although each byte is an access to the synapses."""
    config = Config(
        neurons=16, inputs=24, lanes=2, event_ring=64, spike_ring=16, clock_hz=DIVISOR * BAUD, max_delay=1
    )
    wire = whole(config)

    async def bench(ctx):
        size = dm.WEIGHTS.size(config)
        fill = request(1, Op.WRITE_PACKED, dm.WEIGHTS.base, bytes([Token.REPEAT + 63, 5]) * 10, size=size)
        assert await wire.ask(ctx, fill) == [answer(fill, Code.DONE)]
        sent = len(wire.ear.gaps)
        body = request(2, Op.READ, dm.WEIGHTS.base, size=size)
        assert await wire.ask(ctx, body) == [answer(body, Code.DONE, b"\5" * size)]
        assert len(wire.ear.gaps) - sent > 2 * LONGEST
        # The head has zeros in it, and waits for no long group.
        assert not any(wire.ear.gaps[sent + LONGEST :])

    wire.run(bench)


@pytest.mark.filterwarnings("ignore::amaranth.hdl.UnusedElaboratable")
def test_rates_that_cannot_be_made_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be made"):
        Top(Config(clock_hz=12_000_000), baud=2_900_000)
    with pytest.raises(ValueError, match="clock_hz = 0"):
        Top(Config(), baud=115_200)
    with pytest.raises(ValueError, match="power of two"):
        Top(Config(clock_hz=12_000_000), baud=115_200, buffer=1000)
    gc.collect()  # here, where the warning of gateware that was never built is ignored
