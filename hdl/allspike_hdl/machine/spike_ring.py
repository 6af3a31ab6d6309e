"""The ring of spikes: words, markers, waypoints, and no word lost."""

from amaranth import Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config
from allspike.map.device_map import RING_MARKER, RING_WORD

from ..fabric.holds import holds, stands
from ..fabric.read_port import ATTRIBUTES, read_port
from ..fabric.target import Target
from ..map.rings import STEP_LOW_BITS, WORD_SHIFT, offset_bits
from ..map.sizes import Sizes
from .event_ring import within
from .ring_port import HalfPort


class SpikeWord(data.StructLayout):
    """A neuron that fired in this step, or `end`: there is no more, the step ends."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__({"neuron": sizes.neuron_bits, "end": 1})


class SpikeRing(wiring.Component):
    """Writes the spikes of each step behind a marker, and takes none that has no room.

    A neuron needs a marker first if the step has none yet, the end of the step if that was 2**15 steps ago.

    Members
    -------
    port : Out(HalfPort), flipped
        The host's reads, at any time; writes are ignored.
    offset : In(32), further : In(32), fits : Out(1), take : In(1)
        The host's `spike_ack`, and how far it lies past the one before; whether it can be true (not behind
        that nor past the head, even); with `take` it is the one.
    used : Out
        Words up to which words are valid, less those up to which the host has read.
    step : In
        The low bits of the step.
    marker : Out(signed)
        The step of the last marker less this step: 0 once it has one, down to -2**15. -1 after a reset, as if
        step -1 had one.
    word : In(stream of SpikeWord)
        A word is taken when it is in the ring; a marker before it takes one clock more.
    full : Out(1)
        A word waits for room.
    discard : In(1)
        Words are taken and forgotten.
    clear : In(1)
        As after power-on, but for the memory.
    """

    def __init__(self, config: Config) -> None:
        self._words = config.spike_ring // RING_WORD
        self._bits = (self._words - 1).bit_length()
        super().__init__(
            {
                "port": In(HalfPort(self._bits)),
                "offset": In(32),
                "further": In(32),
                "fits": Out(1),
                "take": In(1),
                "used": Out(offset_bits(self._words)),
                "step": In(STEP_LOW_BITS),
                "marker": Out(signed(STEP_LOW_BITS + 1)),
                "word": In(stream.Signature(SpikeWord(Sizes(config)))),
                "full": Out(1),
                "discard": In(1),
                "clear": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = Memory(shape=16, depth=self._words, init=[], attrs=ATTRIBUTES)
        # Words are read when an offset says that they are valid, later than they are written.
        store = memory.write_port()
        read = read_port(m, memory, store, "ring", Target.of(platform))

        port = self.port
        m.d.comb += [
            read.addr.eq(port.address),
            read.en.eq(port.enable & ~port.write),
            port.value.eq(read.data),
        ]

        head = Signal(offset_bits(self._words))
        ack = Signal.like(head)
        used = self.used
        m.d.comb += [used.eq(head - ack), self.fits.eq(within(self.further, used))]
        with m.If(self.take):
            m.d.sync += ack.eq(self.offset[WORD_SHIFT:])

        gap = Signal(STEP_LOW_BITS + 1)  # the complement of `marker`, as that of -1 is 0
        word = self.word
        lows = gap[:-1].all()
        opens = Mux(word.p.end, lows & ~gap[-1], ~(lows & gap[-1]))
        writes = Signal()
        room = ~used[-1]
        m.d.comb += [
            self.marker.eq(~gap),
            writes.eq(word.valid & ~self.discard & (opens | ~word.p.end)),
            self.full.eq(writes & ~room),
            word.ready.eq(self.discard | (~opens & (word.p.end | room))),
            store.addr.eq(head),
            store.data.eq(Mux(opens, RING_MARKER | self.step, word.p.neuron)),
            store.en.eq(writes & room),
        ]
        with m.If(store.en):
            m.d.sync += head.eq(head + 1)
            with m.If(opens):
                m.d.sync += gap.eq(~0)
        with m.If(word.valid & word.ready & word.p.end):
            m.d.sync += gap.eq(gap + 1)
        with m.If(self.clear):
            m.d.sync += [head.eq(0), ack.eq(0), gap.eq(0)]
        stands(m, platform, word, "word")
        holds(m, platform, no_more_than_it_has_room_for=used <= self._words)
        return m
