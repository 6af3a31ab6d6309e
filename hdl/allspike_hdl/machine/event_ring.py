"""The ring of input events, and the reader that takes the words of a step from it."""

from amaranth import Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config
from allspike.map.device_map import RING_WORD, STEP_BITS

from ..fabric.holds import holds
from ..fabric.read_port import ATTRIBUTES, read_port
from ..fabric.target import Target
from ..map.rings import MARKER_BIT, STEP_LOW_BITS, WORD_SHIFT, offset_bits
from .ring_port import HalfPort


def within(further: Value, words: Value) -> Value:
    """A byte offset that lies so much `further` is even, and by no more than `words`."""
    low = further[WORD_SHIFT:][: len(words)]
    others = Cat(further[:WORD_SHIFT], further[WORD_SHIFT + len(words) :])
    return ~others.any() & (low <= words)


class EventRing(wiring.Component):
    """Takes words up to the first marker of a later step, and names the inputs in them.

    The reader keeps the step of the last marker as a distance, `lag = step - last`, which is 1 after a reset
    (last = -1). A marker with low bits m lies `d + 1` steps after the last one, `d = (m - last - 1) mod
    2**15`; it is due if `lag - (d + 1) >= 0`, which is then the new lag. A word is late if the lag is not 0.
    Offsets are kept as far as they tell the words of the ring apart: the host's own has the other bits.

    Members
    -------
    port : Out(HalfPort), flipped
        The host's reads and writes, at any time.
    offset : In(32), further : In(32), fits : Out(1), take : In(1)
        The host's `event_head`, and how far it lies past the one before; whether it can be true (not behind
        that, no further from the tail than the ring is long, even); with `take` it is the head.
    ahead : Out(signed)
        Words up to which words were taken, less those up to which there are any: 0 or below.
    start : In(1), done : Out(1)
        Take the words of this step; done, for a clock, after the last clock. 2 clocks an event, 6 a marker,
        2 if there is none, and up to 3 more for each read of the host.
    event : Out(stream of 15 bits), never waits
        Word of an event, which may name no input.
    late : Out(1)
        With an event: it was due before this step.
    advance : In(1)
        The step ends.
    clear : In(1)
        As after power-on, but for the memory.
    """

    def __init__(self, config: Config) -> None:
        self._words = config.event_ring // RING_WORD
        self._bits = (self._words - 1).bit_length()
        super().__init__(
            {
                "port": In(HalfPort(self._bits)),
                "offset": In(32),
                "further": In(32),
                "fits": Out(1),
                "take": In(1),
                "ahead": Out(signed(offset_bits(self._words))),
                "start": In(1),
                "done": Out(1),
                "event": Out(stream.Signature(STEP_LOW_BITS, always_ready=True)),
                "late": Out(1),
                "advance": In(1),
                "clear": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = Memory(shape=16, depth=self._words, init=[], attrs=ATTRIBUTES)
        # Words are read when an offset says that they are valid, later than they are written.
        store = memory.write_port()
        read = read_port(m, memory, store, "ring", Target.of(platform))

        head = Signal(offset_bits(self._words))
        tail = Signal.like(head)
        following = Signal.like(head)
        ahead = self.ahead
        m.d.comb += [
            following.eq(tail + 1),
            ahead.eq(tail - head),
            # So many words more than `ahead` is a turn of its highest bit.
            self.fits.eq(within(self.further, Cat(ahead[:-1], ~ahead[-1]))),
        ]
        with m.If(self.take):
            m.d.sync += head.eq(self.offset[WORD_SHIFT:])

        port = self.port
        reading = port.enable & ~port.write
        shown = Signal()  # what the host reads stays for another clock
        taken = reading | shown
        m.d.sync += shown.eq(reading)
        m.d.comb += [
            port.value.eq(read.data),
            read.en.eq(~shown),
            store.addr.eq(port.address),
            store.data.eq(port.data),
            store.en.eq(port.enable & port.write),
        ]

        place = Signal(self._bits)
        m.d.comb += read.addr.eq(Mux(reading, port.address, place))

        word = Signal(16)
        marker = word[MARKER_BIT]
        lag = Signal(STEP_BITS, init=1)
        last = Signal(STEP_LOW_BITS)  # the complement of the last marker's low bits, as that of -1 is 0
        # Added to the lag: -1, which tells whether it is 0; less d + 1 of a marker; 1 at the end of a step.
        addend = Signal(STEP_LOW_BITS, init=1)
        moved = Signal(STEP_BITS + 1)
        due = ~moved[-1]
        measures = Signal()  # how far a marker is
        takes = Signal()  # it is due
        idle = Signal()
        advanced = Signal()  # a clock late, which is in time: no word is looked at before
        m.d.sync += advanced.eq(self.advance)
        m.d.comb += moved.eq(lag + Cat(addend, (~advanced).replicate(len(moved) - len(addend))))
        with m.If(advanced | takes):
            m.d.sync += lag.eq(moved)
        with m.If(takes):
            m.d.sync += last.eq(~word)

        m.d.comb += self.event.p.eq(word)
        m.d.sync += self.done.eq(0)
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += idle.eq(1)
                with m.If(self.start):
                    m.next = "FETCH"
            with m.State("FETCH"):
                m.d.comb += place.eq(tail)
                with m.If(~ahead.any()):
                    m.d.sync += self.done.eq(1)
                    m.next = "IDLE"
                with m.Elif(~taken):
                    m.next = "LATCH"
            with m.State("LATCH"):
                m.d.sync += [word.eq(read.data), self.late.eq(due)]
                m.next = "TAKE"
            with m.State("TAKE"):
                m.d.comb += place.eq(following)
                with m.If(marker):
                    m.d.comb += measures.eq(1)
                    m.next = "MARKER"
                with m.Else():
                    m.d.comb += self.event.valid.eq(1)
                    m.d.sync += tail.eq(following)
                    m.next = "FETCH"
                    with m.If(~ahead.all() & ~taken):  # it is -1 with the last word
                        m.next = "LATCH"
            with m.State("MARKER"):
                m.next = "FETCH"
                with m.If(due):
                    m.d.comb += takes.eq(1)
                    m.d.sync += tail.eq(following)
                with m.Else():
                    m.d.sync += self.done.eq(1)
                    m.next = "IDLE"
        # In this order each bit needs one lookup table.
        m.d.sync += addend.eq(~0)
        with m.If(measures):
            m.d.sync += addend.eq(~(word + last))
        with m.If(idle):
            m.d.sync += addend.eq(1)
        with m.If(self.clear):
            m.d.sync += [head.eq(0), tail.eq(0), lag.eq(1), last.eq(0)]
        holds(m, platform, no_more_than_it_has_room_for=-ahead <= self._words)
        return m
