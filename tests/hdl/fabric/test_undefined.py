"""What hardware does not define is garbage in a simulation, of the simulation's seed, and nothing else is."""

import numpy as np
import pytest
from amaranth import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.data import ArrayLayout
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In

from allspike_hdl.fabric import undefined
from allspike_hdl.fabric.block_memory import BlockMemory
from allspike_hdl.fabric.read_port import ATTRIBUTES, read_port
from allspike_hdl.fabric.single_port_memory import SinglePortMemory
from allspike_hdl.fabric.target import ANY, SIMULATED
from allspike_hdl.generate import to_verilog
from allspike_hdl.machine.bus import BusSignature
from allspike_sim.native import garbage
from allspike_sim.simulation import Simulation
from allspike_sim.verilate import Toolchain, library

from ..bench import simulate

WORDS = 8
SINGLE, BLOCK, LEFT, SET = range(0, 4 * WORDS, WORDS)
"""Where the parts of `Parts` lie."""


class Parts(wiring.Component):
    """A single-port memory, a block memory, a register that a reset leaves alone, and two of the bitstream.

    Words of the block memory are read in the clock in which they are written, if they are.
    """

    bus: In(BusSignature())

    def elaborate(self, platform):
        m = Module()
        m.submodules.single = single = SinglePortMemory(WORDS)
        m.submodules.block = block = BlockMemory(16, WORDS, init=[7] * WORDS)
        left = Signal(16, reset_less=True)
        fixed, kept = Signal(8, init=9), Signal(8, init=5, reset_less=True, attrs=undefined.SET)
        request, reply = self.bus.request, self.bus.reply
        taken = Signal()
        part, place = request.p.address[3:5], request.p.address[:3]
        writes = request.valid & request.ready & request.p.write
        m.d.comb += [
            request.ready.eq(~taken & ~reply.valid),
            single.address.eq(place),
            single.write.eq(writes & (part == SINGLE // WORDS)),
            single.mask.eq(-1),
            single.data.eq(request.p.data),
            block.addresses[0].eq(place),
            block.write_address.eq(place),
            block.enable.eq(writes & (part == BLOCK // WORDS)),
            block.write_value.eq(request.p.data),
        ]
        m.d.sync += [left.eq(left), fixed.eq(fixed), kept.eq(kept), taken.eq(request.valid & request.ready)]
        with m.If(taken):
            m.d.sync += reply.valid.eq(1)
            with m.Switch(part):
                for k, value in enumerate((single.value, block.values[0], left, Cat(fixed, kept))):
                    with m.Case(k):
                        m.d.sync += reply.p.eq(value)
        with m.Elif(reply.ready):
            m.d.sync += reply.valid.eq(0)
        return m


@pytest.fixture(scope="module")
def verilog() -> str:
    return to_verilog(Parts(), reset=False, target=SIMULATED)


def woken(verilog: str, seed: int) -> Simulation:
    return Simulation(library(verilog, Toolchain()), limit=10, arguments=garbage(seed))


def test_at_power_on_single_port_memory_and_registers_without_reset_hold_anything(verilog: str) -> None:
    found = {}
    for seed in (0, 1, 2, 3):
        simulation = woken(verilog, seed)
        words = simulation.read(0, SET + 1)
        assert (words[BLOCK:LEFT] == 7).all() and words[SET] == 0x0509, "a bitstream sets them"
        found[seed] = words[SINGLE], words[LEFT]
        simulation.close()
    assert found[0] == (0, 0)
    for part in zip(*(found[seed] for seed in (1, 2, 3)), strict=True):
        assert len(set(part)) == 3, "each seed has its own"


def test_a_word_is_read_as_it_is_but_in_the_clock_in_which_it_is_written(verilog: str) -> None:
    for seed in (1, 2):
        simulation = woken(verilog, seed)
        for start in (SINGLE, BLOCK):
            words = np.arange(100, 100 + WORDS, dtype=np.uint32)
            simulation.write(start, words, np.full(WORDS, 15))
            assert (simulation.read(start, WORDS) == words).all()


@pytest.mark.parametrize("enabled", [False, True], ids=["BlockMemory", "read_port"])
def test_a_read_that_collides_gives_neither_word(enabled: bool) -> None:
    """Nor is a read touched by a write elsewhere."""
    m = Module()
    address, place, value, enable = Signal(3), Signal(3), Signal(8), Signal()
    if enabled:
        m.submodules.memory = memory = Memory(shape=8, depth=WORDS, init=range(WORDS), attrs=ATTRIBUTES)
        write = memory.write_port()
        port = read_port(m, memory, write, "word", SIMULATED)
        m.d.comb += [port.addr.eq(address), write.addr.eq(place), write.data.eq(value), write.en.eq(enable)]
        found = port.data
    else:
        m.submodules.memory = block = BlockMemory(8, WORDS, init=range(WORDS))
        m.d.comb += [block.addresses[0].eq(address), block.write_address.eq(place)]
        m.d.comb += [block.write_value.eq(value), block.enable.eq(enable)]
        found = block.values[0]

    async def bench(ctx) -> None:
        for at, writes, expected in ((3, 0, 3), (3, 1, None), (3, 0, 0x55), (4, 1, 4), (4, 0, 4)):
            ctx.set(address, at)
            ctx.set(place, 3)
            ctx.set(value, 0x55)
            ctx.set(enable, writes)
            await ctx.tick()
            if expected is None:
                assert ctx.get(found) not in (3, 0x55)
            else:
                assert ctx.get(found) == expected

    simulate(m, bench)


def test_what_has_an_enable_of_its_own_does_not_collide_with_the_rest_of_its_word() -> None:
    m = Module()
    shape = ArrayLayout(4, 3)
    m.submodules.memory = block = BlockMemory(shape, WORDS, split=True, init=[[1, 2, 3]] * WORDS)

    async def bench(ctx) -> None:
        ctx.set(block.write_value, [9, 9, 9])
        for enable, expected in (
            (0b010, [1, None, 3]),
            (0, [1, 9, 3]),
            (0b101, [None, 9, None]),
            (0, [9, 9, 9]),
        ):
            ctx.set(block.enable, enable)
            await ctx.tick()
            for k, value in enumerate(expected):
                assert (
                    ctx.get(block.values[0][k]) == value
                    if value
                    else ctx.get(block.values[0][k]) not in (1, 3, 9)
                )

    simulate(m, bench)


def test_what_is_made_for_a_chip_is_not_touched() -> None:
    text = to_verilog(Parts(), target=ANY)
    assert "turned" not in text and "undefined" not in text
    assert "left = 16'h0000;" in text
    assert "left;" in to_verilog(Parts(), target=SIMULATED)
