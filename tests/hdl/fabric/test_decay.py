"""Decay: software, hardware and the model of the tests, at edges and at random."""

from random import Random

import pytest

from allspike_hdl.fabric.decay import Decay
from tests.reference.arithmetic import decay as of_model

from ..bench import simulate

FACTORS = (0, 1, 2**14 - 1, 2**14, 2**14 + 1, 2**15 - 1, 2**15, 2**15 + 1, 2**16 - 1)


def cases(width: int) -> list[tuple[int, int]]:
    random = Random(width)
    top = 2 ** (width - 1) - 1
    values = [0, 1, -1, 2, -2, 3, -3, top, -top, top - 1, *(random.randint(-top, top) for _ in range(8))]
    factors = [*FACTORS, *(random.getrandbits(16) for _ in range(8))]
    return [(z, factor) for z in values for factor in factors]


@pytest.mark.parametrize("width", [16, 24])
def test_hardware_and_model_give_what_is_computed(width: int) -> None:
    decay = Decay(width)
    dut = decay.create()

    async def testbench(ctx) -> None:
        for z, factor in cases(width):
            expected = decay.compute(z, factor)
            assert of_model(z, factor) == expected
            ctx.set(dut.z, z)
            ctx.set(dut.factor, factor)
            await ctx.tick().repeat(2)
            floor, rounds, negate = ctx.get(dut.floor), ctx.get(dut.round), ctx.get(dut.negate)
            assert (-floor if negate else floor + rounds) == expected, (z, factor)
            assert not (negate and rounds)

    simulate(dut, testbench)
