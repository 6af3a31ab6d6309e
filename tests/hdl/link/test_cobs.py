"""COBS against an implementation by others."""

import pytest
from cobs import cobs

from allspike_hdl.link.decoder import Decoder
from allspike_hdl.link.encoder import RING_BYTES, Encoder

from ..bench import pulse, seeded, simulate
from .harness import drain, feed


def frames_of(rng, count: int) -> list[bytes]:
    """Frames with few and many zeros, of lengths about those of the longest group."""
    frames = [b"\1" * size for size in (1, 253, 254, 255, 508, 509)]
    frames += [b"\1" * 254 + b"\0", b"\0" * 3, b"\0" + b"\2" * 254, b"\1" * 253 + b"\0\3"]
    for _ in range(count):
        size = rng.choice((1, 2, 11, 40, 300, 700))
        few = rng.choice((2, 20, 256))
        frames.append(bytes(rng.randrange(few) for _ in range(rng.randint(1, size))))
    return frames


def decode(data: list[int | None]) -> list[bytes | None]:
    """Frames as a decoder has them from bytes of a line; None: a lost byte, a frame that is broken."""
    dut = Decoder()
    found: list[bytes | None] = []

    async def line(ctx):
        rng = seeded(len(data))
        for byte in data:
            if byte is None:
                await pulse(ctx, dut.error)
            else:
                ctx.set(dut.byte.payload, byte)
                await pulse(ctx, dut.byte.valid)
            await ctx.tick().repeat(rng.randrange(1, 3))

    async def listen(ctx):
        frame = bytearray()
        async for _, _, valid, payload in ctx.tick().sample(dut.decoded.valid, dut.decoded.payload):
            if valid and payload.end:
                found.append(None if payload.broken else bytes(frame))
                frame.clear()
            elif valid:
                frame.append(payload.data)

    simulate(dut, line, background=(listen,))
    return found


def test_frames_are_decoded() -> None:
    frames = frames_of(seeded("decoder"), 25)
    assert decode(list(b"\0\0".join(cobs.encode(frame) for frame in frames) + b"\0")) == frames


def test_of_any_bytes_each_zero_ends_a_frame() -> None:
    rng = seeded("garbage")
    data = bytes(rng.choice((0, rng.randrange(8), rng.randrange(256))) for _ in range(4000)) + b"\0"
    expected: list[bytes | None] = []
    for piece in data.split(b"\0"):
        if piece:
            try:
                expected.append(cobs.decode(piece))
            except cobs.DecodeError:
                expected.append(None)
    assert decode(list(data)) == expected


@pytest.mark.parametrize("at", range(5))
def test_a_lost_byte_breaks_its_frame_alone(at: int) -> None:
    whole: list[int | None] = [*cobs.encode(b"ab"), 0]
    broken = list(whole)
    broken.insert(at, None)
    found = decode([*broken, 0, *whole, 0])
    assert found == ([None, b"ab"] if at < len(whole) else [b"ab", None, b"ab"])


@pytest.mark.parametrize("waits", [(0, 0), (0, 0.9), (0.7, 0), (0.3, 0.3)])
def test_frames_are_encoded_whatever_waits(waits: tuple[float, float]) -> None:
    rng = seeded(waits)
    frames = frames_of(rng, 8)
    assert sum(map(len, frames)) > 4 * RING_BYTES
    dut = Encoder()

    async def answers(ctx):
        items = []
        for frame in frames:
            items += [{"data": byte, "end": 0} for byte in frame] + [{"data": rng.randrange(256), "end": 1}]
        await feed(ctx, dut.answered, items, rng, waits[0])

    async def line(ctx):
        for frame in frames:
            expected = cobs.encode(frame) + b"\0"
            assert bytes([await drain(ctx, dut.byte, rng, waits[1]) for _ in expected]) == expected
        await ctx.tick().repeat(5)
        assert ctx.get(dut.empty)

    simulate(dut, answers, line)
