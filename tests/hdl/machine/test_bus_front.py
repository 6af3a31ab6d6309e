"""The front keeps a word for datapath and rings: what the host does not write of it is what was found."""

import pytest

from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike_hdl.machine.bus_front import BusFront
from allspike_hdl.machine.datapath import NIBBLES
from allspike_hdl.machine.ring_port import PORT_LATENCY
from allspike_hdl.map.regions import top

from ..bench import receive, seeded, send, simulate

MEMORIES = (dm.NEURON_PARAMS, dm.NEURON_STATE, dm.INPUT_PARAMS, dm.TRACES, dm.WEIGHTS, dm.PLASTIC)
CONFIG = Config(neurons=4, inputs=2, lanes=1, event_ring=16, spike_ring=16)


class Datapath:
    """Behind the front: as slow as it likes, finds in parts of any size or in turns, stores whole words."""

    def __init__(self, seed: int) -> None:
        self.dut = BusFront(CONFIG)
        self.rng = seeded(seed)
        self.words: dict[tuple[int, int], int] = {}

    async def hold(self, ctx):
        async for _, _, hold in ctx.tick().sample(self.dut.hold):
            ctx.set(self.dut.held, hold and (self.rng.random() < 0.3 or ctx.get(self.dut.held)))

    async def clock(self, ctx, found: int = 0, takes: int = 0, **turns: int) -> None:
        """A clock of finding or of turning; what is found else means nothing."""
        access = self.dut.access
        assert ctx.get(access.request.valid), "it stays"
        ctx.set(access.found, found if takes else self.rng.getrandbits(32))
        ctx.set(access.takes, takes)
        ctx.set(access.turns, turns)
        await ctx.tick()
        ctx.set(access.takes, 0)
        ctx.set(access.turns, {})

    async def in_place(self, ctx, word: int) -> None:
        left = list(range(NIBBLES))
        self.rng.shuffle(left)
        while left:
            takes = [left.pop() for _ in range(self.rng.randrange(min(3, len(left)) + 1))]
            await self.clock(ctx, word, sum(1 << k for k in takes))

    async def by_bytes(self, ctx, word: int) -> None:
        for k in range(4):
            await self.clock(ctx, word >> 8 * k & 0xFF, 0b11)
            await self.clock(ctx, byte=1)

    async def by_bits(self, ctx, word: int) -> None:
        for k in range(32):
            others = ctx.get(self.dut.access.request.payload.data) & 0b1110
            await self.clock(ctx, others | word >> k & 1, 1)
            await self.clock(ctx, bit=1, byte=k % 8 == 7)

    async def serve(self, ctx):
        access, rng = self.dut.access, self.rng
        while True:
            while not ctx.get(access.request.valid):
                await ctx.tick()
            request = ctx.get(access.request.payload)
            place = (request.region, request.word)
            assert ctx.get(self.dut.held) and ctx.get(self.dut.hold)
            await rng.choice((self.in_place, self.by_bytes, self.by_bits))(ctx, self.words.get(place, 0))
            assert ctx.get(access.request.payload.mask) == request.mask, "full circle"
            stored = ctx.get(access.request.payload.data)
            if request.write:
                self.words[place] = stored
            ctx.set(access.request.ready, 1)
            await ctx.tick()
            ctx.set(access.request.ready, 0)
            assert not ctx.get(access.request.valid)


@pytest.mark.parametrize("seed", range(3))
def test_a_word_is_what_the_host_writes_and_otherwise_what_was_found(seed: int) -> None:
    datapath = Datapath(seed)
    dut, rng = datapath.dut, datapath.rng
    expected: dict[int, int] = {}

    async def bench(ctx):
        addresses = [region.base // 4 + k for region in MEMORIES for k in (0, 1, (1 << 22) - 1)]
        for _ in range(150):
            address = rng.choice(addresses)
            write, mask, data = rng.randrange(2), rng.randrange(16), rng.getrandbits(32)
            payload = {"address": address, "write": write, "mask": mask, "data": data, "more": 0}
            await send(ctx, dut.bus.request, payload)
            reply = await receive(ctx, dut.bus.reply)
            if write:
                taken = sum(0xFF << 8 * k for k in range(4) if mask >> k & 1)
                expected[address] = expected.get(address, 0) & ~taken | data & taken
            else:
                assert reply == expected.get(address, 0)
        assert {address >> 22 for address in expected} == {top(region) for region in MEMORIES}

    simulate(dut, bench, background=(datapath.hold, datapath.serve))


def test_what_is_no_address_is_nobodys() -> None:
    datapath = Datapath(0)
    dut = datapath.dut

    async def bench(ctx):
        for base in (0x05000000, 0x14000000, 0x22000000, 0x40000000, 0xFF000000):
            for write, data in ((1, 0xFFFFFFFF), (0, 0x12345678), (0, 0)):
                payload = {"address": base // 4, "write": write, "mask": 15, "data": data, "more": 0}
                await send(ctx, dut.bus.request, payload)
                assert await receive(ctx, dut.bus.reply) == data
        assert not datapath.words

    simulate(dut, bench, background=(datapath.hold, datapath.serve))


class Ring:
    """Halves of words behind a port of the front: a value stands for the one clock in which it is due."""

    def __init__(self, port, seed: int) -> None:
        self.port, self.rng = port, seeded(seed)
        self.halves: dict[int, int] = {}
        self.written = 0

    async def serve(self, ctx):
        port = self.port
        due: list[int | None] = [None] * (PORT_LATENCY - 1)
        async for *_, address, enable, write, data in ctx.tick().sample(
            port.address, port.enable, port.write, port.data
        ):
            if enable and write:
                self.halves[address] = data
                self.written += 1
            due.append(self.halves.get(address, 0) if enable and not write else None)
            value = due.pop(0)
            ctx.set(port.value, self.rng.getrandbits(16) if value is None else value)


@pytest.mark.parametrize("seed", range(3))
def test_a_word_of_a_ring_is_two_halves_of_its_own_ring(seed: int) -> None:
    dut, rng = BusFront(CONFIG), seeded(seed)
    rings = {dm.EVENT_RING: Ring(dut.events, seed), dm.SPIKE_RING: Ring(dut.spikes, seed + 1)}
    expected: dict[int, int] = {}

    async def bench(ctx):
        addresses = [region.base // 4 + k for region in rings for k in range(4)]
        writes = 0
        for _ in range(80):
            address = rng.choice(addresses)
            write, mask, data = rng.randrange(2), rng.randrange(16), rng.getrandbits(32)
            payload = {"address": address, "write": write, "mask": mask, "data": data, "more": 0}
            await send(ctx, dut.bus.request, payload)
            reply = await receive(ctx, dut.bus.reply)
            if write:
                taken = sum(0xFF << 8 * k for k in range(4) if mask >> k & 1)
                expected[address] = expected.get(address, 0) & ~taken | data & taken
            else:
                assert reply == expected.get(address, 0)
            writes += 2 * write
            assert sum(ring.written for ring in rings.values()) == writes, "a read writes nothing back"
        for region, ring in rings.items():
            words = {k: expected.get(region.base // 4 + k, 0) for k in range(4)}
            assert {
                k: ring.halves.get(2 * k, 0) | ring.halves.get(2 * k + 1, 0) << 16 for k in words
            } == words

    simulate(dut, bench, background=[ring.serve for ring in rings.values()])
