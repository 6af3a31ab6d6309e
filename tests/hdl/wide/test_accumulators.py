"""The accumulators: rows without a gap, for any number of blocks."""

from random import Random

import pytest
from amaranth.sim import Simulator

from allspike.map.config import Config
from allspike_hdl.map.sizes import Sizes
from allspike_hdl.wide.accumulators import Accumulators


@pytest.mark.parametrize("lanes, blocks", [(1, 1), (4, 1), (2, 2), (4, 3), (1, 4), (4, 4), (2, 5), (16, 4)])
def test_rows_add_up_without_a_gap(lanes, blocks):
    sizes = Sizes(Config(neurons=lanes * blocks, inputs=9, lanes=lanes))
    accumulators = Accumulators(sizes)
    random = Random(lanes * blocks)

    async def clear_all(ctx) -> None:
        for block in range(blocks):
            ctx.set(accumulators.block, block)
            ctx.set(accumulators.clear, 1)
            await ctx.tick()
        ctx.set(accumulators.clear, 0)

    async def read(ctx, clear: int) -> list[int]:
        found = []
        for block in range(blocks):
            ctx.set(accumulators.port.block, block)
            ctx.set(accumulators.port.enable, 1)
            ctx.set(accumulators.port.clear, clear)
            await ctx.tick()
            ctx.set(accumulators.port.enable, 0)
            found += list(ctx.get(accumulators.port.values))
        return found

    async def testbench(ctx) -> None:
        await clear_all(ctx)
        await ctx.tick().repeat(4)
        for _ in range(4):
            rows = [[random.choice([-128, 127, 5]) for _ in range(lanes * blocks)] for _ in range(9)]
            slots = [(row, block) for row in rows for block in range(blocks)]
            for clock in range(len(slots) + 2):
                ctx.set(accumulators.add, clock < len(slots))
                ctx.set(accumulators.block, clock % blocks)
                if clock >= 2:
                    row, block = slots[clock - 2]
                    ctx.set(accumulators.weights, row[block * lanes :][:lanes])
                await ctx.tick()
            await ctx.tick().repeat(2)
            sums = [sum(column) for column in zip(*rows, strict=True)]
            assert await read(ctx, clear=0) == sums
            assert await read(ctx, clear=1) == sums
            await ctx.tick().repeat(3)
            assert await read(ctx, clear=0) == [0] * lanes * blocks

    simulator = Simulator(accumulators)
    simulator.add_clock(1e-6)
    simulator.add_testbench(testbench)
    simulator.run()
