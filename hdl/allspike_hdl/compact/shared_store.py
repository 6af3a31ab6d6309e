"""Who has the store: one user in a clock, and beside it a synapse that has learned."""

from amaranth import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..fabric.holds import holds
from .interfaces import StoreRequest
from .layout import StoreLayout
from .store import SIDES, STORE_WORD, Store


class SharedStore(wiring.Component):
    """The store, and the requests of all who use it.

    The first of `host`, `walk` and `neuron` that is valid has both sides; where none is, `scan` has them. On
    a side on which `learned` writes it comes before them all: by the layout the walk does not read there.

    Members
    -------
    host, walk, neuron, scan, learned : In(StoreRequest)
        Each named after what asks. None answers: who has it follows from the order of a step.
    value : Out(32)
        One clock after a request, the word on its `side`, unless that was written.
    values : Out(32).array(2)
        The same of both sides.
    """

    def __init__(self, layout: StoreLayout) -> None:
        self._layout = layout
        request = StoreRequest(layout)
        super().__init__(
            {
                "host": In(request),
                "walk": In(request),
                "neuron": In(request),
                "scan": In(request),
                "learned": In(request),
                "value": Out(STORE_WORD),
                "values": Out(STORE_WORD).array(SIDES),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.store = store = Store(self._layout)
        learned = self.learned
        chosen = Signal(StoreRequest(self._layout))
        with m.If(self.host.valid):
            m.d.comb += chosen.eq(self.host)
        with m.Elif(self.walk.valid):
            m.d.comb += chosen.eq(self.walk)
        with m.Elif(self.neuron.valid):
            m.d.comb += chosen.eq(self.neuron)
        with m.Else():
            m.d.comb += chosen.eq(self.scan)

        side = Signal()
        m.d.sync += side.eq(chosen.side)
        for each in range(SIDES):
            m.d.comb += [
                store.entries[each].eq(Mux(learned.write[each], learned.entries[each], chosen.entries[each])),
                store.write[each].eq(learned.write[each] | chosen.write[each]),
                self.values[each].eq(store.values[each]),
            ]
        m.d.comb += [
            store.mask.eq(Mux(learned.valid, learned.mask, chosen.mask)),
            store.data.eq(Mux(learned.valid, learned.data, chosen.data)),
            self.value.eq(Mux(side, store.values[1], store.values[0])),
        ]
        holds(m, platform, learned_writes_alone=~(learned.valid & chosen.write.any()))
        return m
