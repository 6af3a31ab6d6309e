"""Spikes under way arrive when they are due, whatever else is."""

import random

import pytest

from allspike.map.config import Config, Memory
from allspike_hdl.compact.arrivals import Arrivals
from allspike_hdl.map.sizes import Sizes

from ..bench import simulate


@pytest.mark.parametrize("max_delay", [1, 2, 16])
def test_spikes_arrive_after_their_delay_and_once(max_delay: int) -> None:
    config = Config(
        neurons=8, inputs=5, lanes=4, weight_bits=7, max_delay=max_delay, memory=Memory.SINGLE_PORT
    )
    sizes = Sizes(config)
    dut = Arrivals(sizes, 3)
    rng = random.Random(max_delay)
    due: dict[int, set[tuple[int, int]]] = {}

    async def mark(ctx, at: int, post: int, delay: int) -> None:
        ctx.set(dut.at, at)
        ctx.set(dut.at_post, post)
        ctx.set(dut.delay, delay % max_delay)
        ctx.set(dut.mark, 1)
        await ctx.tick()
        ctx.set(dut.mark, 0)

    async def testbench(ctx) -> None:
        for step in range(60):
            ctx.set(dut.step, step % max_delay)
            for _ in range(rng.randrange(6)):  # events of this step, some twice
                at = rng.randrange(5)
                due.setdefault(step, set()).add((0, at))
                await mark(ctx, at, 0, 0)
            for post, count in ((0, 5), (1, 8)):
                for index in range(count):
                    ctx.set(dut.index, index)
                    ctx.set(dut.post, post)
                    await ctx.tick()
                    assert ctx.get(dut.here) == ((post, index) in due.get(step, ())), (step, post, index)
                    ctx.set(dut.at, index)
                    ctx.set(dut.at_post, post)
                    ctx.set(dut.take, 1)
                    await ctx.tick()
                    ctx.set(dut.take, 0)
            for index in range(8):
                if rng.random() < 0.4:
                    delay = rng.randint(1, max_delay)
                    due.setdefault(step + delay, set()).add((1, index))
                    await mark(ctx, index, 1, delay)

    simulate(dut, testbench)
