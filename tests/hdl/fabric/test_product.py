"""A shift by a distance that varies is the same with multipliers and without."""

import pytest
from amaranth import Module, Signal, signed

from allspike_hdl.fabric.product import shifted_left
from allspike_hdl.fabric.target import Target

from ..bench import simulate


@pytest.mark.parametrize("device", ["iCE40UP5K", "iCE40HX8K"])
def test_every_distance(device: str) -> None:
    m = Module()
    value, distance, found = Signal(signed(6)), Signal(4), Signal(signed(24))
    moved, negated = shifted_left(Target.named(device), value, distance)
    m.d.comb += found.eq(-moved if negated else moved)
    m.d.sync += Signal().eq(0)
    assert negated == Target.named(device).multipliers

    async def testbench(ctx) -> None:
        for z in (0, 1, -1, 31, -32):
            for k in range(16):
                ctx.set(value, z)
                ctx.set(distance, k)
                assert ctx.get(found) == z << k

    simulate(m, testbench)
