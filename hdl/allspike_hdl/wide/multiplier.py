"""The multipliers: one a lane, for the changes of weights and for the fading of traces."""

from amaranth import Module, Mux, Signal, signed, unsigned
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from ..map.sizes import Sizes
from .operands import FACTOR_SHAPE, Contribution


def product_shape(sizes: Sizes):
    """Shape of the product of a contribution and a factor: no product needs its last bit."""
    return signed(sizes.config.trace_bits + FACTOR_SHAPE.width - 1)


class Multiplier(wiring.Component):
    """`products_l = (e(z_l) - target) * factor`, each lane with its own multiplier.

    Members
    -------
    traces : In
        z, a block of traces.
    contribution : In(Contribution)
        With `traces`.
    factor : In
        One clock after them.
    products : Out
        Two clocks after them.
    """

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        lanes, trace = sizes.config.lanes, unsigned(sizes.config.trace_bits)
        super().__init__(
            {
                "traces": In(data.ArrayLayout(trace, lanes)),
                "contribution": In(Contribution(sizes)),
                "factor": In(FACTOR_SHAPE),
                "products": Out(data.ArrayLayout(product_shape(sizes), lanes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        bits = self.sizes.config.trace_bits
        how = self.contribution
        for lane in range(self.sizes.config.lanes):
            trace, product = self.traces[lane], self.products[lane]
            operand = Signal(signed(bits + 1), reset_less=True, name=f"operand_{lane}")
            window = trace.any().replicate(bits) & how.increment
            m.d.sync += [
                operand.eq(Mux(how.windowed, window, trace) - how.target),
                product.eq(operand * self.factor),
            ]
        return m
