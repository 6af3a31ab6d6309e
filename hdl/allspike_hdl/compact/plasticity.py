"""Learning in a compact datapath: whose trace is at hand, and the synapses of a walk that learns."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..map.register_file import Learning
from ..map.sizes import Sizes
from .extent import SIDES
from .interfaces import AtHand, Elements, StoreRequest, TracePort, Walking, WalkOrder
from .layout import BLOCK_BITS, StoreLayout
from .learner import Learner
from .store import STORE_BYTES, STORE_WORD

_BYTE = 8
PLASTIC_BIT = _BYTE - 1
"""Of a synapse's byte; its weight lies below."""


class Plasticity(wiring.Component):
    """Gives `Learner` its traces and weights, and writes what it makes of them.

    A walk over a row needs the traces y of its neurons, one over a column the traces x of its axons, and when
    it has ended that of the one at hand is touched. The word of a synapse is read in clock 0 and kept as long
    as the walk is in it; its byte is at hand in clock 3, in which it is written again if it is plastic.

    Members
    -------
    at : In(AtHand), order : In(WalkOrder), elements : In(Elements)
    learns : In(1)
        With `order.row`: the row learns.
    learning : In(Learning), seed : In(32), restart : In(1)
        See `Learner`.
    traces : In(TracePort)
    value : In(32)
        Of the store, the word of the element in clock 1.
    asks : Out(StoreRequest)
        The synapse in clock 3 is written.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        super().__init__(
            {
                "at": In(AtHand(sizes)),
                "order": In(WalkOrder()),
                "elements": In(Elements(sizes)),
                "learns": In(1),
                "learning": In(Learning(sizes.config)),
                "seed": In(32),
                "restart": In(1),
                "traces": In(TracePort(sizes)),
                "value": In(STORE_WORD),
                "asks": Out(StoreRequest(StoreLayout(sizes.config))),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.learner = learner = Learner(self._sizes)
        at, order, traces = self.at, self.order, self.traces
        index, valid = self.elements.index, self.elements.valid
        column = order.kind == Walking.COLUMN
        m.d.comb += [
            learner.learning.eq(self.learning),
            learner.seed.eq(self.seed),
            learner.restart.eq(self.restart),
            learner.walk.eq(order.column | (order.row & self.learns)),
            learner.column.eq(column),
            learner.rounds.eq(valid[2]),
        ]

        fading = order.kind == Walking.FADE
        fades = fading & valid[2]
        of_y = Mux(at.clear, at.stage[0], column)  # of the one at hand
        own = Mux(of_y, at.index, at.axon)
        walked_y = Mux(fading, at.post, order.kind == Walking.ROW)
        m.d.comb += [
            learner.index.eq(Mux(traces.valid, traces.index, Mux(valid[0], index[0], own))),
            learner.post.eq(Mux(traces.valid, traces.post, Mux(valid[0], walked_y, of_y))),
            learner.at.eq(Mux(traces.valid, traces.index, Mux(fades, index[2], own))),
            learner.at_post.eq(Mux(traces.valid, traces.post, Mux(fades, at.post, of_y))),
            learner.touch.eq(order.touch),
            learner.fading.eq(fading),
            learner.fade.eq(fades),
            learner.put.eq(at.clear | traces.write),
            learner.data.eq(Mux(at.clear, 0, traces.data)),
            traces.value.eq(learner.value),
        ]

        word = Signal(STORE_WORD, reset_less=True)
        weight = Signal(_BYTE)
        with m.If(valid[1] & (column | ~index[1][:BLOCK_BITS].any())):
            m.d.sync += word.eq(self.value)
        m.d.sync += weight.eq(word.word_select(Mux(column, at.index, index[2])[:BLOCK_BITS], _BYTE))
        changes = valid[-1] & order.learning & weight[PLASTIC_BIT]
        m.d.comb += [
            learner.weight.eq(weight),
            self.asks.valid.eq(changes),
            self.asks.mask.eq(1 << Mux(column, at.index, index[-1])[:BLOCK_BITS]),
            self.asks.data.eq(Cat(*[learner.changed] * STORE_BYTES)),
        ]
        for side in range(SIDES):
            m.d.comb += self.asks.entries[side].eq(self.elements.entry)
            m.d.comb += self.asks.write[side].eq(changes & (self.elements.side == side))
        return m
