"""The ring of spikes: each word once, in its order, and none that has no room."""

from amaranth import Module, Signal, Value

from allspike.map.config import Config
from allspike.map.device_map import RING_MARKER
from allspike_hdl.fabric.pipeline import DelayLine
from allspike_hdl.machine.spike_ring import SpikeRing

from .harness import Harness, anything, assume, claim, something
from .opened import Opened
from .proof import Break, Proof

_WORDS = 8
_OFFSET_BITS = 32
_FAR = 1 << 15
"""Steps after which a marker comes without a spike."""


class Spikes(Harness):
    """The ring between a datapath that may offer any words, and a host that may read anywhere and claim to
    have read any offset.

    Assumed of the datapath: a word stands until it is taken, as the ring says itself in simulation.

    What is expected is counted here in whole offsets of 32 bits, as docs/memory_map.md has them.
    """

    def states(self, m: Module) -> None:
        dut = SpikeRing(Config(neurons=16, inputs=2, lanes=1, spike_ring=2 * _WORDS))
        opened = Opened(dut)
        m.submodules.ring = opened.fragment
        clear = anything(m, 1, "clear")
        m.d.comb += dut.clear.eq(clear)
        head, ack = Signal(_OFFSET_BITS), Signal(_OFFSET_BITS)
        self._host(m, dut, head, ack)
        stored, needs = self._datapath(m, dut)
        with m.If(stored):
            m.d.sync += head.eq(head + 2)
        with m.If(clear):
            m.d.sync += [head.eq(0), ack.eq(0)]
        valid = (head - ack)[:_OFFSET_BITS]
        claim(
            m,
            never_more_than_it_holds=valid <= 2 * _WORDS,
            whole_words=(valid[0] == 0) & (head[0] == 0),
            used=dut.used == valid >> 1,
            nothing_stored_without_room=~stored | (valid < 2 * _WORDS),
            head_is_the_offset=opened("head") == head[1:][: len(opened("head"))],
            ack_is_the_offset=opened("ack") == ack[1:][: len(opened("head"))],
        )
        self._memory(m, dut, opened, stored, needs, head, ack)

    def _host(self, m: Module, dut: SpikeRing, head: Signal, ack: Signal) -> None:
        offset = anything(m, _OFFSET_BITS, "offset")
        further = (offset - ack)[:_OFFSET_BITS]
        m.d.comb += [dut.offset.eq(offset), dut.further.eq(further)]
        m.d.comb += dut.take.eq(anything(m, 1, "take") & dut.fits)
        possible = (further[0] == 0) & (further <= (head - ack)[:_OFFSET_BITS])
        claim(m, fits=dut.fits == possible)
        with m.If(dut.take):
            m.d.sync += ack.eq(offset)

    def _datapath(self, m: Module, dut: SpikeRing) -> tuple[Value, Value]:
        """Any words; whether one is stored, and whether it is a marker."""
        valid, word = anything(m, 1, "valid"), anything(m, dut.word.p.shape(), "word")
        step, discard = anything(m, 15, "step"), anything(m, 1, "discard")
        m.d.comb += [
            dut.word.valid.eq(valid),
            dut.word.p.eq(word),
            dut.step.eq(step),
            dut.discard.eq(discard),
        ]
        before = DelayLine(m, Value.cast(word))[1]
        waits = DelayLine(m, valid & ~dut.word.ready, resettable=True)[1]
        assume(m, ~waits | (valid & (Value.cast(word) == before)))
        store, since = Signal(), Signal(16, init=1)  # steps since the last that has a marker
        needs = Signal()
        ends = dut.word.ready & valid & word.end
        # A step that has ended without its words is forgotten with the ring, before words are taken again.
        spoiled = Signal()
        m.d.sync += spoiled.eq((spoiled | (ends & discard)) & ~dut.clear)
        assume(m, ~spoiled | discard)
        m.d.comb += [
            needs.eq(valid & ~discard & ((~word.end & (since != 0)) | (word.end & (since == _FAR)))),
            store.eq(valid & ~discard & (needs | ~word.end) & ~dut.used[-1]),
        ]
        with m.If(ends):
            m.d.sync += since.eq(since + 1)
        with m.Elif(store & needs):
            m.d.sync += since.eq(0)
        with m.If(dut.clear):
            m.d.sync += since.eq(1)
        takes = dut.word.ready & valid
        claim(
            m,
            marker_is_known=spoiled | (dut.marker == -since),
            no_gap_is_too_long=spoiled | (since <= _FAR),
            neuron_taken_is_stored=~takes | discard | word.end | (store & ~needs),
            neuron_stored_is_taken=~(store & ~needs) | takes,
            marker_takes_no_neuron=~needs | ~takes,
            waits_for_room=dut.full == (valid & ~discard & (needs | ~word.end) & dut.used[-1]),
        )
        return store, needs

    def _memory(
        self,
        m: Module,
        dut: SpikeRing,
        opened: Opened,
        stored: Value,
        marks: Value,
        head: Signal,
        ack: Signal,
    ) -> None:
        """A word, which may be any: it stays what was stored, up to when the host has read it."""
        watched = something(m, _OFFSET_BITS - 1, "watched")
        value, there = Signal(16), Signal()
        with m.If(stored & (head >> 1 == watched)):
            m.d.sync += [there.eq(1), value.eq(dut.word.p.neuron)]
            with m.If(marks):
                m.d.sync += value.eq(RING_MARKER | dut.step)
        port = opened.peek()
        m.d.comb += port.addr.eq(watched)
        behind = (watched - (ack >> 1))[: _OFFSET_BITS - 1] < (head - ack)[:_OFFSET_BITS] >> 1
        with m.If(dut.clear):
            m.d.sync += there.eq(0)
        kept = Signal()
        m.d.comb += kept.eq(there & behind)
        with m.If(there & ~behind):
            m.d.sync += there.eq(0)

        enable, address = anything(m, 1, "enable"), anything(m, len(dut.port.address), "address")
        m.d.comb += [dut.port.enable.eq(enable), dut.port.address.eq(address)]
        m.d.comb += dut.port.write.eq(anything(m, 1, "write"))
        reads = enable & ~dut.port.write & (address == watched[: len(address)]) & kept
        claim(
            m,
            word_stays_what_was_stored=~kept | (port.data == value),
            host_reads_it=~DelayLine(m, reads, resettable=True)[1]
            | (dut.port.value == DelayLine(m, value)[1]),
        )


PROOFS = (
    Proof(
        name="spike ring",
        claim="Every spike comes into the ring once, behind a marker of its step, and stays until the host "
        "has read it; none is taken without room; an offset of the host is taken if and only if it "
        "can be true. For all offsets, of a ring of 8 words.",
        make=Spikes,
        depth=3,
        breaks=(
            Break("machine/spike_ring.py", "store.en.eq(writes & room)", "store.en.eq(writes)"),
            Break("machine/spike_ring.py", "(word.p.end | room)", "(word.p.end | ~used.all())"),
            Break("machine/spike_ring.py", "m.d.sync += gap.eq(~0)", "m.d.sync += gap.eq(gap)"),
            Break("machine/spike_ring.py", "lows & ~gap[-1], ~(lows", "lows & gap[-1], ~(lows"),
            Break("machine/event_ring.py", "(low <= words)", "(low < words)"),
            Break("machine/event_ring.py", "~others.any() & (low", "~others[1:].any() & (low"),
        ),
    ),
)
