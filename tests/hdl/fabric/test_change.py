"""The change of a weight: software, hardware and the model of the tests round and bound alike."""

from random import Random

import pytest
from amaranth import Module, Signal, signed

from allspike_hdl.fabric.change import SCALES, STEP, Change
from tests.reference.learning import change as of_model

from ..bench import simulate

E_BITS = 17
GAINS = (-128, -127, -1, 1, 64, 127)


def cases(random: Random, shift: int) -> list[tuple[int, int, int]]:
    """e, gain and dither: extremes, and what lies near the bounds and near a half."""
    found = []
    for gain in (*GAINS, random.randint(-128, 127) or 1):
        near = (127 << shift) // gain
        values = (0, 1, -1, 2**16 - 1, 1 - 2**16, near, near + 1, random.randint(-(2**16) + 1, 2**16 - 1))
        found += [
            (min(max(e, 1 - 2**16), 2**16 - 1), gain, random.choice((0, 1, 127, 128, 255))) for e in values
        ]
    return found


def expected(weight_bits: int, e: int, gain: int, shift: int, dither: int) -> int:
    bound = 2**weight_bits - 1
    return min(max(of_model(e, gain, shift) + dither >> 8, -bound), bound)


@pytest.mark.parametrize("weight_bits", [2, 7, 8])
def test_what_is_computed_is_the_models(weight_bits: int) -> None:
    change = Change(weight_bits)
    for shift in range(32):
        for e, gain, dither in cases(Random(shift), shift):
            assert change.compute(e, gain, shift, dither) == expected(weight_bits, e, gain, shift, dither)


@pytest.mark.parametrize("point", [STEP, STEP - 1])
@pytest.mark.parametrize("weight_bits", [2, 8])
def test_hardware_gives_what_is_computed(weight_bits: int, point: int) -> None:
    change = Change(weight_bits, point)
    m = Module()
    e, gain, shift = Signal(signed(E_BITS)), Signal(signed(9)), Signal(5)
    factor, scale = change.scaled(gain, shift)
    m.submodules.rounding = rounding = change.create(E_BITS + 9 + STEP)
    m.d.comb += rounding.scale.eq(scale)
    with m.If(scale < SCALES):
        m.d.comb += rounding.product.eq(e * factor)

    async def testbench(ctx) -> None:
        for k in range(32):
            for values in cases(Random(100 + k), k):
                for signal, value in zip((e, gain, rounding.dither), values, strict=True):
                    ctx.set(signal, value)
                ctx.set(shift, k)
                await ctx.tick().repeat(2)
                found = ctx.get(rounding.rounded)
                units = change.compute(values[0], values[1], k, values[2])
                assert (found["units"], found["any"]) == (units, units != 0), (values, k)

    simulate(m, testbench)
