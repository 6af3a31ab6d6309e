"""Requests against a plain memory: every answer, every byte written, whatever waits."""

from random import Random

import pytest
from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.link_map import LINE, LINK, MAX_READ, Code, Op, Token
from allspike_hdl.link.checksum import Answered, Checksum
from allspike_hdl.link.engine import Engine
from allspike_hdl.link.regions import REGIONS
from allspike_hdl.machine.bus import BusSignature
from tests.examples import examples

from ..bench import seeded, simulate
from .harness import BusMemory, drain, feed
from .reference import Reference, packed, request, sealed, stored

CONFIG = Config(neurons=12, inputs=5, lanes=4, event_ring=32, spike_ring=16)
BUFFER = 1024


class EngineWithChecksum(wiring.Component):
    def __init__(self, config: Config) -> None:
        self._config = config
        super().__init__(
            {
                "request": In(stream.Signature(8)),
                "release": Out(1),
                "answered": Out(stream.Signature(Answered())),
                "core": Out(BusSignature()),
                "local": Out(BusSignature()),
                "refused": Out(1),
                "pending": In(1),
                "sent": In(1),
                "apply": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.engine = engine = Engine(self._config, BUFFER)
        m.submodules.checksum = checksum = Checksum()
        wiring.connect(m, engine.item, checksum.item)
        wiring.connect(m, checksum.answered, wiring.flipped(self.answered))
        wiring.connect(m, wiring.flipped(self.request), engine.request)
        wiring.connect(m, engine.core, wiring.flipped(self.core))
        wiring.connect(m, engine.local, wiring.flipped(self.local))
        m.d.comb += [
            checksum.restart.eq(engine.restart),
            engine.pending.eq(self.pending),
            engine.sent.eq(self.sent),
            self.apply.eq(engine.apply),
            self.release.eq(engine.release),
            self.refused.eq(engine.refused),
        ]
        return m


class Bench:
    """Sends requests to an engine; its answers must be those of the reference, and its memory the same."""

    def __init__(self, rng: Random, waits: float = 0.2, config: Config = CONFIG) -> None:
        self.rng, self.waits = rng, waits
        self.dut = EngineWithChecksum(config)
        self.expected = Reference(config)
        self.device = Reference(config)
        for region, memory in self.device.memory.items():
            memory[:] = self.expected.memory[region][:] = rng.randbytes(len(memory))
        self.core = BusMemory(self.device, rng)
        self.local = BusMemory(self.device, rng)

    def run(self, requests: list[bytes]) -> None:
        dut = self.dut
        refused = 0

        async def send_all(ctx):
            held = b"".join(stored(body) for body in requests)
            await feed(ctx, dut.request, held, self.rng, self.waits)

        async def compare(ctx):
            for body in requests:
                expected = sealed(self.expected.carry_out(body))
                found = bytearray()
                while True:
                    byte = await drain(ctx, dut.answered, self.rng, self.waits)
                    if byte.end:
                        break
                    found.append(byte.data)
                assert bytes(found) == expected, (body.hex(), found.hex(), expected.hex())
                assert self.device.memory == self.expected.memory

        async def count(ctx):
            nonlocal refused
            async for _, _, pulse in ctx.tick().sample(dut.refused):
                refused += pulse

        simulate(
            dut,
            send_all,
            compare,
            background=(
                count,
                self.core.serve(dut.core, self.waits),
                self.local.serve(dut.local, self.waits),
            ),
        )
        assert refused == self.expected.refused


def ranges(rng: Random, config: Config):
    """A region, an address and a size in it."""
    while True:
        region = rng.choice(REGIONS)
        whole = region.size(config)
        if whole:
            size = rng.randint(1, min(whole, rng.choice((4, 9, 200))))
            return region, region.base + rng.randint(0, whole - size), size


def content(rng: Random, size: int) -> bytes:
    """Bytes with runs in them."""
    data = bytearray()
    while len(data) < size:
        data += rng.choice(
            (rng.randbytes(rng.randint(1, 9)), bytes(rng.randint(1, 90)), b"\7" * rng.randint(1, 80))
        )
    return bytes(data[:size])


def random_request(rng: Random, config: Config) -> bytes:
    """Right or wrong, in every way."""
    op = rng.choice(list(Op))
    region, address, size = ranges(rng, config)
    tag = rng.getrandbits(16)
    if region in (LINK, LINE) and op in (Op.WRITE, Op.WRITE_PACKED):
        op = Op.READ
    wrong = rng.random()
    if wrong < 0.05:
        op = rng.choice((0, 5, 6, 9, 12, 255))
    elif wrong < 0.1:
        address ^= 1 << rng.randrange(32)
    elif wrong < 0.15:
        size += rng.choice((1, 4, 100, MAX_READ, 1 << rng.randrange(32)))
        size %= 1 << 32
    if op == Op.WRITE:
        return request(tag, op, address, content(rng, size % 500))
    if op == Op.WRITE_PACKED:
        tokens = packed(rng, content(rng, size % 500))
        if 0.15 < wrong < 0.35:
            tokens = rng.choice(
                (tokens[: rng.randrange(len(tokens) + 1)], tokens + rng.randbytes(3), rng.randbytes(9))
            )
        return request(tag, op, address, tokens, size)
    rest = rng.randbytes(rng.choice((1, 5))) if 0.15 < wrong < 0.2 else b""
    return request(tag, op, address, rest, size)[: rng.randint(7, 10) if 0.2 < wrong < 0.25 else None]


@pytest.mark.parametrize(("seed", "waits"), [(0, 0.0), (1, 0.2), (2, 0.6)])
def test_any_requests_are_answered_as_by_a_plain_memory(seed: int, waits: float) -> None:
    rng = seeded(seed)
    Bench(rng, waits).run([random_request(rng, CONFIG) for _ in range(examples(60))])


def test_regions_beyond_16_bits() -> None:
    config = Config(neurons=256, inputs=128)
    rng = seeded("large")
    base, size = dm.WEIGHTS.base, dm.WEIGHTS.size(config)
    requests = [
        request(1, Op.WRITE, base + size - 9, rng.randbytes(9)),
        request(2, Op.WRITE, base + size - 9, rng.randbytes(10)),
        request(3, Op.READ, base + size - 9, size=9),
        request(4, Op.READ, base + size - 9, size=10),
        request(5, Op.READ, base + 70_001, size=MAX_READ),
        request(6, Op.READ, base, size=MAX_READ + 1),
        request(7, Op.WRITE_PACKED, base + 65_530, bytes([Token.REPEAT + 19, 5]), size=20),
        request(8, Op.READ, base + 65_520, size=40),
        request(9, Op.READ, base + size, size=1),
        request(10, Op.DIGEST, base + size - 1, size=2),
        request(11, Op.DIGEST, base, size=1 << 31),
    ]
    bench = Bench(rng, 0.0, config)
    bench.run(requests)


def test_a_digest_of_a_whole_region() -> None:
    bench = Bench(seeded("digest"), 0.0)
    bench.run([request(0, Op.DIGEST, r.base, size=r.size(CONFIG)) for r in REGIONS])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (request(1, Op.READ, dm.IDENTITY.base, size=4), Code.DONE),
        (request(1, 0, dm.IDENTITY.base, size=4), Code.BAD_REQUEST),
        (request(1, 5, dm.IDENTITY.base, size=4), Code.BAD_REQUEST),
        (request(1, Op.READ, dm.IDENTITY.base), Code.BAD_REQUEST),
        (request(1, Op.READ, dm.IDENTITY.base, b"\0\0\0"), Code.BAD_REQUEST),
        (request(1, Op.READ, dm.IDENTITY.base, size=0), Code.BAD_REQUEST),
        (request(1, Op.READ, dm.IDENTITY.base, b"\0", size=4), Code.BAD_REQUEST),
        (request(1, Op.READ, dm.IDENTITY.base, size=MAX_READ + 1), Code.BAD_REQUEST),
        (request(1, Op.READ, dm.IDENTITY.base, size=MAX_READ), Code.BAD_ADDRESS),
        (request(1, Op.READ, dm.IDENTITY.base + 64, size=1), Code.BAD_ADDRESS),
        (request(1, Op.READ, 0x0F000000, size=1), Code.BAD_ADDRESS),
        (request(1, Op.READ, 0xFFFFFFFF, size=1), Code.BAD_ADDRESS),
        (request(1, Op.DIGEST, dm.WEIGHTS.base, size=0xFFFFFFFF), Code.BAD_ADDRESS),
        (request(1, Op.WRITE, dm.CONTROL.base), Code.BAD_REQUEST),
        (request(1, Op.WRITE, dm.IDENTITY.base, b"\0"), Code.READ_ONLY),
        (request(1, Op.WRITE, LINK.base, b"\0"), Code.READ_ONLY),
        (request(1, Op.WRITE, dm.IDENTITY.base + 64, b"\0"), Code.BAD_ADDRESS),
        (request(1, Op.WRITE_PACKED, dm.CONTROL.base, size=4), Code.BAD_REQUEST),
        (request(1, Op.WRITE_PACKED, dm.CONTROL.base, b"\x83", size=4), Code.DONE),
        (request(1, Op.WRITE_PACKED, dm.CONTROL.base, b"\x84", size=4), Code.BAD_REQUEST),
        (request(1, Op.WRITE_PACKED, dm.CONTROL.base, b"\x82", size=4), Code.BAD_REQUEST),
        (request(1, Op.WRITE_PACKED, dm.CONTROL.base, b"\x83\x00", size=4), Code.BAD_REQUEST),
        (request(1, Op.WRITE_PACKED, dm.CONTROL.base, b"\xc3", size=4), Code.BAD_REQUEST),
        (request(1, Op.WRITE_PACKED, dm.CONTROL.base, b"\x03abc", size=4), Code.BAD_REQUEST),
        (request(1, Op.WRITE_PACKED, dm.STATUS.base, b"\x83", size=4), Code.READ_ONLY),
    ],
)
def test_every_code(body: bytes, code: Code) -> None:
    assert Reference(CONFIG).carry_out(body)[2] == code
    Bench(seeded(body), 0.0).run([body, request(2, Op.READ, dm.IDENTITY.base, size=64)])


@pytest.mark.parametrize("offset", range(4))
@pytest.mark.parametrize("size", [1, 2, 4, 7, 12])
def test_the_words_of_a_write_are_one_command(offset: int, size: int) -> None:
    bench = Bench(seeded(offset, size), 0.0)
    data = bytes(range(1, size + 1))
    bench.run([request(1, Op.WRITE, dm.CONTROL.base + 4 + offset, data)])
    writes = bench.core.writes
    first = dm.CONTROL.base // 4 + 1
    assert [word for word, *_ in writes] == list(range(first, first + -(-(offset + size) // 4)))
    assert [more for *_, more in writes] == [1] * (len(writes) - 1) + [0]
    assert sum(mask.bit_count() for _, mask, _, _ in writes) == size


@pytest.mark.parametrize(
    "tokens", [b"\x83", b"\x82", b"\x01ab", b"\x01a", b"\xc5\7", b"\x80\x80", b"\xc0", b"\x05abcd"]
)
def test_a_command_ends_even_if_its_data_do_not(tokens: bytes) -> None:
    """Words are written up to where the data end, and the last that is written says so."""
    bench = Bench(seeded(tokens), 0.0)
    bench.run([request(1, Op.WRITE_PACKED, dm.CONTROL.base + 4, tokens, size=12)])
    assert [more for *_, more in bench.core.writes][-1] == 0
    assert all(more for *_, more in bench.core.writes[:-1])


def test_a_read_asks_for_its_words_alone() -> None:
    bench = Bench(seeded("reads"), 0.0)
    at = dm.IDENTITY.base
    bench.run(
        [
            request(1, Op.READ, at + 3, size=6),
            request(1, Op.READ, at + 4, size=4),
            request(1, Op.READ, at, size=1),
        ]
    )
    assert bench.core.reads == [0, 1, 2, 1, 0]


def test_another_rate_waits_until_the_answer_is_sent() -> None:
    bench = Bench(seeded("rate"), 0.0)
    dut = bench.dut
    events = []

    async def line(ctx):
        """The rate is to change from the first request on; the line needs its time."""
        ctx.set(dut.pending, 1)
        for _ in range(3000):
            await ctx.tick()
        events.append("sent")
        ctx.set(dut.sent, 1)

    async def watch(ctx):
        async for _, _, apply, end in ctx.tick().sample(
            dut.apply, dut.answered.p.end & dut.answered.valid & dut.answered.ready
        ):
            events.extend(["apply"] * apply + ["end"] * end)
            if apply:
                ctx.set(dut.pending, 0)

    async def requests(ctx):
        body = request(1, Op.READ, LINE.base, size=4)
        for _ in range(2):
            await feed(ctx, dut.request, stored(body), bench.rng, 0)

    async def answers(ctx):
        ends = 0
        while ends < 2:
            ends += (await drain(ctx, dut.answered, bench.rng, 0)).end
        await ctx.tick().repeat(10)

    simulate(dut, requests, answers, background=(line, watch, bench.local.serve(dut.local, 0)))
    assert events == ["end", "sent", "apply", "end"]
