"""No two things lie in one place of the store, and it is no larger than it has to be."""

from itertools import pairwise

import pytest
from amaranth import Const
from amaranth.hdl import Module, Signal
from amaranth.sim import Simulator

from allspike.map.config import SINGLE_PORT_LANES, Config, Memory
from allspike.map.presets import PRESETS
from allspike_boards.chips import UP5K
from allspike_hdl.compact.extent import BLOCK, SIDES
from allspike_hdl.compact.layout import StoreLayout
from allspike_hdl.compact.record import spot_of

Place = tuple[int, int]  # entry and side


def config(neurons: int, inputs: int, plasticity: bool) -> Config:
    lanes = SINGLE_PORT_LANES[plasticity]
    return Config(
        neurons=neurons,
        inputs=inputs,
        weight_bits=7,
        lanes=lanes,
        memory=Memory.SINGLE_PORT,
        plasticity=plasticity,
    )


def places(layout: StoreLayout, indices: list[tuple[int, int]], of) -> list[Place]:
    """Where `of` says that things lie, by two indices each."""
    m = Module()
    first, second, entry, side = Signal(16), Signal(16), Signal(layout.entry_bits), Signal()
    value, where = of(first, second)
    m.d.comb += [entry.eq(value), side.eq(where)]
    found = []

    async def testbench(ctx) -> None:
        for one, other in indices:
            ctx.set(first, one)
            ctx.set(second, other)
            await ctx.delay(1e-9)
            found.append((ctx.get(entry), ctx.get(side)))

    simulator = Simulator(m)
    simulator.add_testbench(testbench)
    simulator.run()
    return found


@pytest.mark.parametrize("plasticity", [True, False])
@pytest.mark.parametrize(("neurons", "inputs"), [(8, 0), (8, 1), (8, 128), (16, 7), (32, 70), (64, 3)])
def test_everything_has_a_place_of_its_own(neurons: int, inputs: int, plasticity: bool) -> None:
    layout = StoreLayout(config(neurons, inputs, plasticity))
    blocks = [(i, b) for i in range(neurons + inputs) for b in range(neurons // BLOCK)]
    bits = layout.neuron_bits - 2
    taken = places(layout, blocks, lambda i, b: layout.synapses(i, b[:bits]))
    for side in range(SIDES):
        words = [spot_of(k, of_state=of_state) for of_state, n in ((False, 8), (True, 4)) for k in range(n)]
        records = [(j, word.entry) for j in range(neurons) for word in words if word.side == side]
        taken += places(layout, records, lambda j, w, side=side: (layout.record(j, w[:3]), Const(side)))
    if inputs:
        taken += places(layout, [(k, 0) for k in range(inputs)], lambda k, _: layout.input_word(k))
    assert len(set(taken)) == len(taken)
    assert 2 * layout.entries >= 1 << layout.entry_bits


def test_rows_and_columns_lie_on_both_sides_by_turns() -> None:
    """So what a walk that learns reads never meets what it wrote three elements before."""
    layout = StoreLayout(config(16, 3, True))
    blocks = layout.neuron_bits - 2
    row, column = [(5, b) for b in range(4)], [(i, 2) for i in range(19)]
    for walk in (row, column):
        found = places(layout, walk, lambda i, b: layout.synapses(i, b[:blocks]))
        assert all(one[1] != other[1] for one, other in pairwise(found))


def test_the_presets_fill_the_chip() -> None:
    for name in ("up5k", "up5k-static"):
        assert SIDES * UP5K.single_port_bytes // 3 < StoreLayout(PRESETS[name]).size <= UP5K.single_port_bytes


@pytest.mark.parametrize("plasticity", [True, False])
@pytest.mark.parametrize(("neurons", "inputs"), [(8, 0), (8, 3), (16, 7), (32, 70)])
def test_a_wipe_comes_to_every_entry(neurons: int, inputs: int, plasticity: bool) -> None:
    """As `Steps` and `Walk` do it: rows of all indices, block by block, of each both sides."""
    layout = StoreLayout(config(neurons, inputs, plasticity))
    blocks = range(0, neurons // BLOCK, layout.config.lanes // BLOCK)
    wiped = [(row, block) for row in range(1 << layout.index_bits) for block in blocks]
    bits = layout.neuron_bits - 2
    found = places(layout, wiped, lambda i, b: layout.synapses(i, b[:bits]))
    assert {entry for entry, _ in found} == set(range(1 << layout.entry_bits))
