"""The butterfly between lanes and banks."""

from random import Random

import pytest
from amaranth.sim import Simulator

from allspike_hdl.fabric.butterfly import Butterfly


@pytest.mark.parametrize("lanes", [1, 2, 4, 8, 16, 32, 64])
def test_a_butterfly_moves_lane_l_to_l_xor_select_in_one_clock(lanes):
    butterfly = Butterfly(9, lanes)
    random = Random(lanes)

    async def testbench(ctx) -> None:
        expected = None
        for select in [*range(lanes), 0]:
            items = [random.randrange(1 << 9) for _ in range(lanes)]
            ctx.set(butterfly.inputs, items)
            ctx.set(butterfly.select, select)
            if expected:
                assert list(ctx.get(butterfly.outputs)) == expected
            await ctx.tick()
            expected = [items[lane ^ select] for lane in range(lanes)]
            assert list(ctx.get(butterfly.outputs)) == expected

    simulator = Simulator(butterfly)
    simulator.add_clock(1e-6)
    simulator.add_testbench(testbench)
    simulator.run()
