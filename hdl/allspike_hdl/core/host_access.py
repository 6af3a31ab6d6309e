"""The host's way to single weights, plastic bits and traces."""

from amaranth import Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .interfaces import SynapseAccess, SynapseItem, WalkKind
from .sequencer import Slot
from .sizes import Sizes

_WRITE_CLOCKS = 6
"""A write is in its memory, and out of its pipeline, after this many clocks."""


class HostAccess(wiring.Component):
    """Serves requests one at a time, by letting a slot stand at the entry of the walker's pipeline.

    A slot that stands still fills every stage with the same addresses. So after `depth` clocks whatever was
    to be read is there; and a write, of the word as it was with one part of it changed, can be made in any
    clock. Where blocks are paired (see `PairedSynapses`), a request begins such that its write comes in a
    clock for its block of the pair.

    Members
    -------
    access : In(SynapseAccess)
        A request is taken when it is done; its reply follows in the next clock.
    idle : In(1)
        The walker stands still.
    second : In(1)
        What is written to the synapses in this clock is of the second block of a pair.
    probe : Out(1), probed : Out(Slot)
        The slot that stands at the entry.
    exchange : Out
        Brings the weight that was asked for to lane 0, and is its bank.
    weight, plastic : In
        As read.
    trace : In
        As read.
    write_synapse, write_trace : Out(1)
        In this clock.
    new_weight, new_plastic, new_trace : Out
        What they write; constant from one clock before, the last also after.
    """

    def __init__(self, sizes: Sizes, *, depth: int) -> None:
        self.sizes = sizes
        self._depth = depth
        config = sizes.config
        super().__init__(
            {
                "access": In(SynapseAccess(sizes)),
                "idle": In(1),
                "second": In(1),
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
        serving = Signal()
        writes = self._depth + 1
        written = self._depth + _WRITE_CLOCKS
        clocks = Signal(range(written + 1))
        done = Signal()
        end = Mux(request.payload.write, written, self._depth)
        begins = request.valid & self.idle & ~reply.valid
        if self.sizes.paired:  # the write comes `writes` + 1 clocks after this one
            begins &= self.probed.block[0] == self.second ^ (writes + 1) % 2
        m.d.comb += done.eq(serving & (clocks == end))
        with m.If(~serving):
            m.d.sync += [serving.eq(begins), clocks.eq(0)]
        with m.Else():
            m.d.sync += [serving.eq(~done), clocks.eq(clocks + 1)]
        with m.If(done):
            m.d.sync += reply.valid.eq(1)
        with m.Elif(reply.ready):
            m.d.sync += reply.valid.eq(0)
        m.d.comb += [self.probe.eq(serving), request.ready.eq(done)]
        self._items(m, done, serving & request.payload.write & (clocks == writes))
        return m

    def _items(self, m: Module, done: Value, write: Value) -> None:
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
            m.d.comb += [
                answer.eq(self.weight),
                self.new_weight.eq(request.data),
                self.write_synapse.eq(write),
            ]
        if not self.sizes.config.plasticity:
            return
        with m.Elif(request.item == SynapseItem.PLASTIC):
            m.d.comb += [
                answer.eq(self.plastic),
                self.new_plastic.eq(request.data),
                self.write_synapse.eq(write),
            ]
        with m.Else():
            m.d.comb += [answer.eq(self.trace), self.write_trace.eq(write)]
        with m.If(request.item == SynapseItem.Y):
            m.d.comb += [self.probed.kind.eq(WalkKind.FIRED), self.probed.index.eq(request.neuron)]
