"""Walks of a compact datapath: one index counts up, and elements pass a short pipeline."""

from amaranth import Cat, Module, Mux, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..map.sizes import Sizes
from .extent import SIDES
from .interfaces import AtHand, Elements, StoreRequest, Walking, WalkOrder
from .layout import BLOCK_BITS, StoreLayout


class Walk(wiring.Component):
    """Counts through the elements of a walk of the one at hand, and says where their synapses lie.

    An element is in clock k of its way k clocks after clock 0, in which the store reads its word. A row that
    does not learn passes in blocks of `lanes`, and so does a wipe, which writes where a row would read: only
    the first element of each block counts.

    Members
    -------
    order : In(WalkOrder)
    at : In(AtHand)
        Both stay until the walk has ended.
    elements : Out(Elements)
    asks : Out(StoreRequest)
        For the element in clock 0.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._config = sizes.config
        self._layout = StoreLayout(sizes.config)
        super().__init__(
            {
                "order": In(WalkOrder()),
                "at": In(AtHand(sizes)),
                "elements": Out(Elements(sizes)),
                "asks": Out(StoreRequest(self._layout)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config, order, elements = self._config, self.order, self.elements
        kind, index, valid = order.kind, elements.index, elements.valid
        blocks = (kind == Walking.WIPE) | ((kind == Walking.ROW) & ~order.learning)
        over_axons = (kind == Walking.COLUMN) | ((kind == Walking.FADE) & ~self.at.post)
        end = Mux(over_axons, config.axons - 1, config.neurons - 1)
        first = index[0]
        # Neither end nor a block's begin need a comparison of all bits in a walk of blocks.
        at_end = Mux(blocks, first | config.lanes - 1, first) == end
        m.d.sync += [late.eq(early) for early, late in zip(index, list(index)[1:], strict=False)]
        m.d.sync += valid.eq(Cat(order.start | (valid[0] & ~elements.last), valid[:-1]))
        with m.If(valid[0]):
            m.d.sync += first.eq(first + Mux(blocks, config.lanes, 1))
        with m.If(order.start):
            m.d.sync += first.eq(0)
        m.d.comb += [
            elements.last.eq(valid[0] & at_end),
            elements.kind.eq(kind),
            elements.learning.eq(order.learning),
        ]

        entry, side = self._synapse(first)
        m.d.comb += [
            self.asks.valid.eq(valid[0]),
            self.asks.side.eq(side),
            self.asks.write.eq((valid[0] & (kind == Walking.WIPE)).replicate(SIDES)),
            self.asks.mask.eq(-1),
            *(self.asks.entries[each].eq(entry) for each in range(SIDES)),
            Cat(elements.entry, elements.side).eq(Cat(*self._synapse(index[-1]))),
        ]
        return m

    def _synapse(self, element: Value) -> tuple[Value, Value]:
        """Entry and side of an element's synapse."""
        column = self.order.kind == Walking.COLUMN
        axon = Mux(column, element, self.at.axon)
        neuron = Mux(column, self.at.index, element)
        return self._layout.synapses(axon, neuron[BLOCK_BITS : self._layout.neuron_bits])
