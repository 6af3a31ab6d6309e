"""Words of the memory map become requests for the elements that lie in them, and come back as words."""

import numpy as np
import pytest
from amaranth.hdl import Elaboratable, Module
from amaranth.lib import wiring

from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike_hdl.machine.bus_front import BusFront
from allspike_hdl.machine.ring_port import PORT_LATENCY
from allspike_hdl.map.register_file import Block
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.access import WideAccess
from allspike_hdl.wide.interfaces import SynapseItem

from ..bench import receive, seeded, send, simulate, when

CONFIGS = [
    Config(neurons=8, inputs=3, lanes=2, event_ring=16, spike_ring=32),
    Config(neurons=11, inputs=4, lanes=1, event_ring=16, spike_ring=16),
    Config(neurons=5, inputs=2, lanes=1, event_ring=16, spike_ring=16, plasticity=False),
    Config(neurons=1, inputs=0, lanes=1, event_ring=16, spike_ring=16),
    Config(neurons=12, inputs=4, lanes=4, event_ring=16, spike_ring=16),
]
BY_ELEMENT = (
    dm.NEURON_PARAMS, dm.NEURON_STATE, dm.INPUT_PARAMS, dm.TRACES, dm.WEIGHTS, dm.PLASTIC, dm.EVENT_RING,
    dm.SPIKE_RING,
)  # fmt: skip


class Host(Elaboratable):
    """The bus of a machine as far as the memories of its wide datapath."""

    def __init__(self, config: Config) -> None:
        self.front, self.access = BusFront(config), WideAccess(Sizes(config))

    def elaborate(self, platform):
        m = Module()
        m.submodules.front, m.submodules.access = self.front, self.access
        wiring.connect(m, self.front.access, self.access.access)
        return m


class Memories:
    """What answers: plain dictionaries, as slow as they like, which keep every bit."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.host = Host(config)
        self.front, self.access = self.host.front, self.host.access
        self.rng = seeded(config)
        self.synapses: dict[tuple, int] = {}
        self.neurons: dict[tuple, int] = {}
        self.ports: dict[str, dict[int, int]] = {"events": {}, "spikes": {}, "inputs": {}}
        self.registers: list[tuple] = []
        self.touched_unheld = False
        self.held_last = False

    def run(self, bench) -> None:
        ports = [self._port(name) for name in self.ports]
        simulate(
            self.host, bench, background=(self._synapses, self._neurons, self._registers, self._hold, *ports)
        )

    async def _hold(self, ctx):
        dut = self.front
        async for _, _, hold in ctx.tick().sample(dut.hold):
            ctx.set(dut.held, hold and (self.rng.random() < 0.5 or ctx.get(dut.held)))

    def _check_held(self, ctx) -> None:
        self.touched_unheld |= not (ctx.get(self.front.hold) and ctx.get(self.front.held))

    async def _synapses(self, ctx):
        access = self.access.synapses
        last = None
        while True:
            request = await receive(ctx, access.request)
            self._check_held(ctx)
            item = SynapseItem(request.item)
            block = (item, request.axon, request.neuron // self.config.lanes)
            assert not request.same or block == last, "the slot stood for another block"
            last = block
            place = {
                SynapseItem.X: (item, request.axon),
                SynapseItem.Y: (item, request.neuron),
            }.get(item, (item, request.axon, request.neuron))
            width = {SynapseItem.WEIGHT: 8, SynapseItem.PLASTIC: 1}.get(item, 16)
            if request.write:
                self.synapses[place] = request.data % (1 << width)
            reply = self.synapses.get(place, 0)
            if item is SynapseItem.WEIGHT and reply >> 7:
                reply |= 0xFF00
            await ctx.tick().repeat(1 + self.rng.randrange(3))
            await send(ctx, access.reply, reply)

    async def _neurons(self, ctx):
        access = self.access.neurons
        while True:
            request = await receive(ctx, access.request)
            self._check_held(ctx)
            place = (request.state, request.neuron, request.word)
            if request.write:
                kept = 0xFFFF if place[0] and place[2] == 3 else 0xFFFFFFFF
                self.neurons[place] = request.data & kept
            await ctx.tick().repeat(1 + self.rng.randrange(3))
            await send(ctx, access.reply, self.neurons.get(place, 0))

    def _port(self, name: str):
        port, memory = getattr(self.access if name == "inputs" else self.front, name), self.ports[name]

        async def bench(ctx):
            values = []
            async for _, _, enable, write, address, data in ctx.tick().sample(
                port.enable, port.write, port.address, port.data
            ):
                if enable and write:
                    memory[address] = data
                values.append(memory.get(address, 0) if enable and not write else None)
                if len(values) >= PORT_LATENCY and values[-PORT_LATENCY] is not None:
                    ctx.set(port.value, values[-PORT_LATENCY])

        return bench

    async def _registers(self, ctx):
        dut = self.front
        while True:
            payload = await when(ctx, dut.registers.valid, dut.registers.payload)
            self.held_last = bool(ctx.get(dut.hold))
            self.registers.append(
                tuple(int(getattr(payload, name)) if name != "block" else Block(payload.block)
                      for name in ("block", "word", "write", "mask", "data", "more"))
            )  # fmt: skip
            await ctx.tick().repeat(2)
            ctx.set(dut.answer.payload, 0x1000 + payload.word)
            ctx.set(dut.answer.valid, 1)
            ctx.set(dut.registers.ready, 1)
            await when(ctx, dut.answer.ready)
            ctx.set(dut.answer.valid, 0)
            ctx.set(dut.registers.ready, 0)

    async def word(
        self, ctx, address: int, write: int = 0, mask: int = 0, data: int = 0, more: int = 0
    ) -> int:
        bus = self.front.bus
        payload = {"address": address // 4, "write": write, "mask": mask, "data": data, "more": more}
        await send(ctx, bus.request, payload)
        return await receive(ctx, bus.reply)


def kept(region: dm.Region, config: Config, image: np.ndarray) -> np.ndarray:
    """The bytes of a region that a build has at all."""
    values = image.copy()
    if not config.plasticity:
        if region in (dm.TRACES, dm.PLASTIC):
            values[:] = 0
        if region is dm.NEURON_STATE:
            values.view(region.dtype(config))["y"] = 0
    if region is dm.PLASTIC:
        rows = values.reshape(region.shape(config))
        bits = np.unpackbits(rows, axis=1, bitorder="little")
        bits[:, config.neurons :] = 0
        values = np.packbits(bits, axis=1, bitorder="little").ravel()
    return values


@pytest.mark.parametrize("config", CONFIGS)
def test_memories_read_back_what_was_written_byte_by_byte(config: Config) -> None:
    memories = Memories(config)
    rng = memories.rng

    async def bench(ctx):
        for region in BY_ELEMENT:
            size = region.size(config)
            image = np.zeros(-(-size // 4) * 4, np.uint8)
            words = list(range(len(image) // 4))
            for _ in range(2 if len(words) < 40 else 1):  # in order, then in any order
                for k in words:
                    mask = rng.choice((15, 15, rng.randrange(16)))
                    data = rng.getrandbits(32)
                    await memories.word(ctx, region.base + 4 * k, 1, mask, data)
                    for byte in range(4):
                        if mask >> byte & 1:
                            image[4 * k + byte] = data >> 8 * byte & 255
                rng.shuffle(words)
            expected = kept(region, config, image[:size])
            for k in words:
                reply = await memories.word(ctx, region.base + 4 * k)
                found = np.frombuffer(reply.to_bytes(4, "little"), np.uint8)[: size - 4 * k]
                assert (found == expected[4 * k : 4 * k + 4]).all(), (region.name, k)
                assert reply >> 8 * min(4, size - 4 * k) == 0
        assert not memories.touched_unheld
        check_places(memories)

    memories.run(bench)


def check_places(memories: Memories) -> None:
    """Nothing was written where there is nothing."""
    config = memories.config
    for place in memories.synapses:
        item, *index = place
        bounds = {
            SynapseItem.X: (config.axons,),
            SynapseItem.Y: (config.neurons,),
        }.get(item, (config.axons, config.neurons))
        assert all(k < bound for k, bound in zip(index, bounds, strict=True)), place
    words = {1: range(4), 0: range(8)}
    assert all(neuron < config.neurons and word in words[state] for state, neuron, word in memories.neurons)
    assert all(k < 2 * config.inputs for k in memories.ports["inputs"])


def test_synapses_are_found_wherever_the_host_looks() -> None:
    """Rows that begin within a word, and words out of order: the quotient is right."""
    config = Config(neurons=11, inputs=4, lanes=1, event_ring=16, spike_ring=16)
    memories = Memories(config)
    for axon in range(config.axons):
        for neuron in range(config.neurons):
            memories.synapses[SynapseItem.WEIGHT, axon, neuron] = (17 * axon + neuron) % 256

    async def bench(ctx):
        size = dm.WEIGHTS.size(config)
        for _ in range(60):
            first = memories.rng.randrange(size // 4)
            for k in range(first, min(first + memories.rng.randrange(1, 4), size // 4)):
                reply = await memories.word(ctx, dm.WEIGHTS.base + 4 * k)
                places = [divmod(4 * k + byte, config.neurons) for byte in range(4)]
                expected = bytes((17 * axon + neuron) % 256 for axon, neuron in places)
                assert reply.to_bytes(4, "little") == expected

    memories.run(bench)


def test_registers_get_the_request_as_it_is() -> None:
    memories = Memories(CONFIGS[0])

    async def bench(ctx):
        for region in (dm.IDENTITY, dm.CONTROL, dm.LEARNING, dm.STATUS, dm.COUNTERS):
            block = Block(region.base >> 24)
            for word in range(region.record.size // 4):
                request = (
                    memories.rng.randrange(2),
                    memories.rng.randrange(16),
                    memories.rng.getrandbits(32),
                    1,
                )
                reply = await memories.word(ctx, region.base + 4 * word, *request)
                assert request[0] or reply == 0x1000 + word  # of a write it means nothing
                assert memories.registers[-1] == (block, word, *request)
                steady = region is dm.COUNTERS or (region is dm.LEARNING and request[0])
                assert memories.held_last == steady

    memories.run(bench)


def test_what_is_no_address_reads_as_nothing() -> None:
    memories = Memories(CONFIGS[0])

    async def bench(ctx):
        for base in (0x05000000, 0x14000000, 0x22000000, 0x40000000, 0xFF000000):
            await memories.word(ctx, base, 1, 15, 0xFFFFFFFF)
            assert await memories.word(ctx, base) == 0
        assert not memories.registers and not memories.synapses and not memories.neurons

    memories.run(bench)
