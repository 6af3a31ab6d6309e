"""The generator: software, hardware and the model of the tests give the same numbers."""

import random

import pytest

from allspike_hdl.fabric.xorshift import XORSHIFT32
from tests.reference.arithmetic import Generator

from ..bench import simulate


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 - 1, random.Random(5).getrandbits(32)])
def test_hardware_and_model_draw_what_is_computed(seed: int) -> None:
    dut, model = XORSHIFT32.create(), Generator(seed)

    async def testbench(ctx) -> None:
        ctx.set(dut.seed, seed)
        ctx.set(dut.restart, 1)
        await ctx.tick()
        ctx.set(dut.restart, 0)
        z = XORSHIFT32.first(seed)
        for draw in range(100):
            z = XORSHIFT32.compute(z)
            assert ctx.get(dut.value) == z
            if draw % 3 == 0:  # it stays without `advance`
                await ctx.tick()
                assert ctx.get(dut.value) == z
            assert model.top(32) == z
            ctx.set(dut.advance, 1)
            await ctx.tick()
            ctx.set(dut.advance, 0)

    simulate(dut, testbench)
