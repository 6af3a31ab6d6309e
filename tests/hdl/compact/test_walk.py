"""A walk passes each element once, and knows where its synapse lies."""

import pytest

from allspike_hdl.compact.interfaces import WALK_DEPTH, Walking
from allspike_hdl.compact.walk import Walk
from allspike_hdl.map.sizes import Sizes

from ..bench import seeded, simulate
from .plain_store import build, place

N, M = 16, 5
AXONS = M + N


@pytest.mark.parametrize(
    ("plasticity", "kind", "learning", "post", "expected"),
    [
        (True, Walking.ROW, True, False, range(N)),
        (True, Walking.ROW, False, True, range(0, N, 4)),
        (False, Walking.ROW, False, False, range(0, N, 8)),
        (True, Walking.COLUMN, True, True, range(AXONS)),
        (True, Walking.FADE, False, False, range(AXONS)),
        (True, Walking.FADE, False, True, range(N)),
        (True, Walking.WIPE, False, False, range(0, N, 4)),
    ],
)
def test_elements_follow_each_other(
    plasticity: bool, kind: Walking, learning: bool, post: bool, expected: range
) -> None:
    config = build(N, M, plasticity)
    dut = Walk(Sizes(config))
    rng = seeded(kind, learning, post)
    size = N if post else M

    async def walk(ctx, index: int) -> None:
        axon = M + index if post else index
        seen: list[list[int]] = [[] for _ in range(WALK_DEPTH + 1)]
        last = []

        def synapse(element: int) -> tuple[int, int]:
            return place(config, element, index) if kind is Walking.COLUMN else place(config, axon, element)

        ctx.set(dut.at.index, index)
        ctx.set(dut.at.post, post)
        ctx.set(dut.at.axon, axon)
        ctx.set(dut.order.kind, kind)
        ctx.set(dut.order.learning, learning)
        ctx.set(dut.order.start, 1)
        await ctx.tick()
        ctx.set(dut.order.start, 0)
        for _ in range(len(expected) + WALK_DEPTH + 2):
            valid = ctx.get(dut.elements.valid)
            elements = [ctx.get(each) for each in dut.elements.index]
            for clock, element in enumerate(elements):
                if valid >> clock & 1:
                    seen[clock].append(element)
            assert ctx.get(dut.asks.valid) == valid & 1
            if valid & 1 and kind is not Walking.FADE:
                entry, side = synapse(elements[0])
                assert [ctx.get(each) for each in dut.asks.entries] == [entry, entry]
                assert ctx.get(dut.asks.side) == side
            if valid >> WALK_DEPTH and kind is not Walking.FADE:
                assert (ctx.get(dut.elements.entry), ctx.get(dut.elements.side)) == synapse(elements[-1])
            assert ctx.get(dut.asks.write) == (3 if valid & 1 and kind is Walking.WIPE else 0)
            last.append(ctx.get(dut.elements.last))
            await ctx.tick()
        assert seen == [list(expected)] * (WALK_DEPTH + 1)
        assert [clock for clock, is_last in enumerate(last) if is_last] == [len(expected) - 1]

    async def testbench(ctx) -> None:
        for index in (0, size - 1, *rng.sample(range(size), 4)):
            await walk(ctx, index)
            await ctx.tick().repeat(rng.randint(1, 3))

    simulate(dut, testbench)
