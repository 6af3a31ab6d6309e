"""Counters that can be loaded: each against plain arithmetic, over all values."""

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike_hdl.fabric.counting import minus_one_if, plus_one_unless

from ..bench import simulate

BITS = 4


class Sums(wiring.Component):
    """Both functions, of one value and one condition; and `plus_one_unless` of a condition for each bit."""

    value: In(BITS)
    chosen: In(1)
    chosen_bits: In(BITS)
    less: Out(BITS)
    more: Out(BITS)
    more_bits: Out(BITS)

    def elaborate(self, platform):
        m = Module()
        m.d.comb += [
            self.less.eq(minus_one_if(self.chosen, self.value)),
            self.more.eq(plus_one_unless(self.chosen, self.value)),
            self.more_bits.eq(plus_one_unless(self.chosen_bits, self.value)),
        ]
        m.d.sync += Signal().eq(0)
        return m


def test_one_is_counted_where_the_condition_says_so() -> None:
    dut = Sums()

    async def testbench(ctx) -> None:
        for value in range(1 << BITS):
            ctx.set(dut.value, value)
            for chosen in (0, 1):
                ctx.set(dut.chosen, chosen)
                assert ctx.get(dut.less) == (value - chosen) % (1 << BITS)
                assert ctx.get(dut.more) == (value + 1 - chosen) % (1 << BITS)
            assert ctx.get(dut.more_bits) == (value + 1) % (1 << BITS)
            await ctx.tick()

    simulate(dut, testbench)
