"""The host's way to single weights, plastic bits and traces."""

from amaranth import Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..map.sizes import Sizes
from .interfaces import SynapseAccess, SynapseItem, WalkKind
from .sequencer import Slot

_TRACE_CLOCKS = 6
"""A trace that is written is in its memory, and out of its pipeline, after this many clocks."""


class HostAccess(wiring.Component):
    """Serves requests one at a time, by letting a slot stand at the entry of the walker's pipeline.

    A slot that stands still fills every stage with the same addresses. So after `depth` clocks whatever was
    to be read is there; and a write, of the word as it was with one part of it changed, can be made in any
    clock. Other synapses of the block are there too: while the slot goes on standing, a request for one of
    them is done at once. A synapse is written in the clock after.

    Members
    -------
    access : In(SynapseAccess)
        A request is taken when it is done; its reply follows in the next clock. One that says `same` has to
        be there for a clock before it is valid, and all of it to stay for a clock after it was taken.
    idle : In(1)
        The walker stands still.
    probe : Out(1), probed : Out(Slot)
        The slot that stands at the entry.
    exchange : Out
        Brings the weight that was asked for to lane 0, and is its bank.
    weight, plastic : In
        As read.
    trace : In
        As read.
    write_synapse : Out(1)
        In the next clock.
    write_trace : Out(1)
        In this clock.
    new_weight, new_plastic, new_trace : Out
        What they write; constant from one clock before it is written, the last also after.
    """

    def __init__(self, sizes: Sizes, *, depth: int) -> None:
        self.sizes = sizes
        self._depth = depth
        config = sizes.config
        super().__init__(
            {
                "access": In(SynapseAccess(sizes)),
                "idle": In(1),
                "probe": Out(1),
                "probed": Out(Slot(sizes)),
                "exchange": Out(sizes.lane_bits),
                "weight": In(signed(config.weight_bits)),
                "plastic": In(1),
                "trace": In(config.trace_bits),
                "write_synapse": Out(1),
                "write_trace": Out(1),
                "new_weight": Out(signed(config.weight_bits)),
                "new_plastic": Out(1),
                "new_trace": Out(config.trace_bits),
            }
        )

    def elaborate(self, platform):
        m = Module()
        request, reply = self.access.request, self.access.reply
        asks = request.payload
        of_trace = (asks.item == SynapseItem.X) | (asks.item == SynapseItem.Y)
        serving = Signal()
        clocks = Signal(range(self._depth + _TRACE_CLOCKS + 1))
        begins = request.valid & self.idle & ~reply.valid
        end = self._depth + Mux(asks.write & of_trace, _TRACE_CLOCKS, 0)
        done = Signal()
        m.d.comb += [
            done.eq(Mux(asks.same, begins, serving & (clocks == end))),
            self.probe.eq(serving | asks.same | reply.valid),
            request.ready.eq(done),
            self.write_trace.eq(serving & asks.write & of_trace & (clocks == self._depth + 1)),
            self.write_synapse.eq(done & asks.write & ~of_trace),
        ]
        with m.If(~serving):
            m.d.sync += [serving.eq(begins & ~asks.same), clocks.eq(0)]
        with m.Else():
            m.d.sync += [serving.eq(~done), clocks.eq(clocks + 1)]
        with m.If(done):
            m.d.sync += reply.valid.eq(1)
        with m.Elif(reply.ready):
            m.d.sync += reply.valid.eq(0)
        self._items(m, done)
        return m

    def _items(self, m: Module, done: Value) -> None:
        """Which slot a request needs, what of it the reply holds, and what a write keeps."""
        request, lane_bits = self.access.request.payload, self.sizes.lane_bits
        reply = self.access.reply
        answer = Signal(signed(len(reply.payload)))
        m.d.comb += [
            self.probed.index.eq(request.axon),
            self.probed.block.eq(request.neuron[lane_bits:]),
            self.exchange.eq(request.axon[:lane_bits] ^ request.neuron[:lane_bits]),
            self.new_weight.eq(self.weight),
            self.new_plastic.eq(self.plastic),
            self.new_trace.eq(request.data),
        ]
        with m.If(done):
            m.d.sync += reply.payload.eq(answer)
        with m.If(request.item == SynapseItem.WEIGHT):
            m.d.comb += [answer.eq(self.weight), self.new_weight.eq(request.data)]
        if not self.sizes.config.plasticity:
            return
        with m.Elif(request.item == SynapseItem.PLASTIC):
            m.d.comb += [answer.eq(self.plastic), self.new_plastic.eq(request.data)]
        with m.Else():
            m.d.comb += answer.eq(self.trace)
        with m.If(request.item == SynapseItem.Y):
            m.d.comb += [self.probed.kind.eq(WalkKind.FIRED), self.probed.index.eq(request.neuron)]
