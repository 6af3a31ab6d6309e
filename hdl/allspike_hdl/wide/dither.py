"""The dither of stochastic rounding."""

from amaranth import Module, Mux, Signal, unsigned
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.device_map import DITHER_BITS, DITHER_STRIDE, SEED_LEARNING

from ..fabric.xorshift import XORSHIFT32
from ..map.sizes import Sizes


class Dither(wiring.Component):
    """`u_k = (r + DITHER_STRIDE * k) mod 2**DITHER_BITS` for element k of a walk; r is one draw a walk.

    Members
    -------
    seed : In(32), restart : In(1)
        Start the generator again.
    walk : In(1)
        A walk that learns begins: draw. Its blocks follow, one a clock.
    nearest : In(1)
        Round to the nearest: no draw, and half a unit for every element.
    dither : Out
        Of each lane's element, two clocks after the block.
    """

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        super().__init__(
            {
                "seed": In(32),
                "restart": In(1),
                "walk": In(1),
                "nearest": In(1),
                "dither": Out(data.ArrayLayout(unsigned(DITHER_BITS), sizes.config.lanes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        lanes = self.sizes.config.lanes
        m.submodules.generator = generator = XORSHIFT32.create()
        m.d.comb += [
            generator.seed.eq(self.seed ^ SEED_LEARNING),
            generator.restart.eq(self.restart),
            generator.advance.eq(self.walk & ~self.nearest),
        ]
        base = Signal(DITHER_BITS, reset_less=True)
        draw = generator.value[-DITHER_BITS:]
        m.d.sync += base.eq(Mux(self.walk, draw, base + DITHER_STRIDE * lanes))
        for lane in range(lanes):
            with m.If(self.nearest):
                m.d.sync += self.dither[lane].eq(1 << DITHER_BITS - 1)
            with m.Else():
                m.d.sync += self.dither[lane].eq(base + DITHER_STRIDE * lane % (1 << DITHER_BITS))
        return m
