"""Walks of a compact core: one index counts up, and elements pass a short pipeline."""

from amaranth import Cat, Module, Mux, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..map.sizes import Sizes

DEPTH = 3
"""The clock in which an element that learns is written."""


class Walk(wiring.Component):
    """Counts through the elements of a walk, from 0 to `end`.

    Members
    -------
    start : In(1)
        Element 0 is in clock 0 in the next clock.
    end : In
        The last index; it stays until the walk has ended.
    blocks : In(1)
        Only the first element of each block of `lanes` counts. It stays, too.
    index : Out(ArrayLayout), valid : Out(4)
        The element in clocks 0 to 3, and whether there is one.
    last : Out(1)
        The last element is in clock 0.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._lanes = sizes.config.lanes
        bits = sizes.axon_bits
        super().__init__(
            {
                "start": In(1),
                "end": In(bits),
                "blocks": In(1),
                "index": Out(bits).array(DEPTH + 1),
                "valid": Out(DEPTH + 1),
                "last": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        first = self.index[0]
        # Neither end nor a block's begin need a comparison of all bits in a walk of blocks.
        at_end = Mux(self.blocks, first | self._lanes - 1, first) == self.end
        m.d.comb += self.last.eq(self.valid[0] & at_end)
        m.d.sync += [late.eq(early) for early, late in zip(self.index, list(self.index)[1:], strict=False)]
        m.d.sync += self.valid.eq(Cat(self.start | (self.valid[0] & ~self.last), self.valid[:-1]))
        with m.If(self.valid[0]):
            m.d.sync += first.eq(first + Mux(self.blocks, self._lanes, 1))
        with m.If(self.start):
            m.d.sync += first.eq(0)
        return m


def block_of(index: Value, lanes: int) -> Value:
    """The block of `lanes` elements that an element is in."""
    return index[lanes.bit_length() - 1 :]
