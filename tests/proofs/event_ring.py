"""The ring of events: each word is taken once, in its order and in its step."""

from typing import Any

from amaranth import Module, Mux, Signal, Value

from allspike.map.config import Config
from allspike.map.device_map import STEP_BITS
from allspike_hdl.fabric.pipeline import DelayLine
from allspike_hdl.machine.event_ring import EventRing
from allspike_hdl.machine.ring_port import PORT_LATENCY

from .harness import Harness, anything, assume, claim
from .opened import Opened
from .proof import Break, Proof

_WORDS = 8
_OFFSET_BITS = 32
_LOW = 15
_STEP_BITS = STEP_BITS + 1
"""Of the steps that are counted here: none wraps."""


class Events(Harness):
    """The ring between a host that may write and read at any time and put its head anywhere, and a datapath
    that may start at any time.

    Assumed of the host: it does not write over words that are valid, and uses its port once in three clocks;
    of the datapath: it starts, and ends a step, while no reading is under way.
    """

    def states(self, m: Module) -> None:
        dut = EventRing(Config(neurons=16, inputs=2, lanes=1, event_ring=2 * _WORDS))
        opened = Opened(dut, peeks=2)
        m.submodules.ring = opened.fragment
        clear = anything(m, 1, "clear")
        m.d.comb += dut.clear.eq(clear)
        head, tail = Signal(_OFFSET_BITS), Signal(_OFFSET_BITS)
        port = opened.peek()  # the word at the tail
        m.d.comb += port.addr.eq(tail >> 1)
        self._host(m, dut, head, tail)
        self._reads(m, dut.port, opened.peek(k=1))
        takes = self._reader(m, dut, opened, port.data)
        with m.If(takes):
            m.d.sync += tail.eq(tail + 2)
        with m.If(clear):
            m.d.sync += [head.eq(0), tail.eq(0)]
        valid = (head - tail)[:_OFFSET_BITS]
        bits = len(opened("tail"))
        claim(
            m,
            never_more_than_it_holds=(valid <= 2 * _WORDS) & (valid[0] == 0) & (tail[0] == 0),
            takes_what_there_is=~takes | (valid != 0),
            tail_is_the_offset=opened("tail") == tail[1:][:bits],
            head_is_the_offset=opened("head") == head[1:][:bits],
            ahead=-dut.ahead == valid >> 1,
        )

    def _host(self, m: Module, dut: EventRing, head: Signal, tail: Signal) -> None:
        offset = anything(m, _OFFSET_BITS, "offset")
        further = (offset - head)[:_OFFSET_BITS]
        m.d.comb += [dut.offset.eq(offset), dut.further.eq(further)]
        m.d.comb += dut.take.eq(anything(m, 1, "take") & dut.fits)
        valid = (head - tail)[:_OFFSET_BITS]
        claim(m, fits=dut.fits == ((further[0] == 0) & (further <= 2 * _WORDS - valid)))
        with m.If(dut.take):
            m.d.sync += head.eq(offset)

        port = dut.port
        for name in ("enable", "write", "address", "data"):
            signal = getattr(port, name)
            m.d.comb += signal.eq(anything(m, signal.shape(), name))
        recent = DelayLine(m, port.enable, resettable=True)
        over = (port.address - (tail >> 1))[: len(port.address)]
        full = valid == 2 * _WORDS
        assume(m, ~port.enable | ~(recent[1] | recent[2]))
        assume(m, ~(port.enable & port.write) | ((over >= valid >> 1) & ~full))

    def _reads(self, m: Module, port: Any, peek: Any) -> None:
        m.d.comb += peek.addr.eq(port.address)
        late = DelayLine(m, port.enable & ~port.write, resettable=True)[PORT_LATENCY]
        claim(m, host_reads_what_is_there=~late | (port.value == DelayLine(m, peek.data)[PORT_LATENCY]))

    def _reader(self, m: Module, dut: EventRing, opened: Opened, word: Value) -> Value:
        """Steps and markers, as docs/memory_map.md has them; whether a word is taken."""
        start, advance = anything(m, 1, "start"), anything(m, 1, "advance")
        m.d.comb += [dut.start.eq(start), dut.advance.eq(advance)]
        running = Signal()
        with m.If(dut.done):
            m.d.sync += running.eq(0)
        with m.If(start):
            m.d.sync += running.eq(1)
        assume(m, ~start | ~running, ~advance | ~(running | start), ~dut.clear | ~(running | start | advance))

        step, last = Signal(_STEP_BITS, init=1), Signal(_STEP_BITS)  # both and 1, as the first "last" is -1
        marked = (last + 1 + (word[:_LOW] - last)[:_LOW])[:_STEP_BITS]  # of a marker, less and with 1
        is_marker, due = word[-1], marked <= step
        at_marker = opened.at("MARKER")
        takes = dut.event.valid | (at_marker & due)
        with m.If(at_marker & due):
            m.d.sync += last.eq(marked)
        with m.If(advance):
            m.d.sync += step.eq(step + 1)
        with m.If(dut.clear):
            m.d.sync += [step.eq(1), last.eq(0)]
        assume(m, step < 1 << STEP_BITS)
        lag = opened("lag")
        claim(
            m,
            gives_the_word_at_the_tail=~dut.event.valid | ((dut.event.p == word[:_LOW]) & ~is_marker),
            late_if_its_step_is_over=~dut.event.valid | (dut.late == (last != step)),
            marker_is_taken_when_due=~at_marker | (opened("takes") == due),
        )
        # What an induction has to know of the inside.
        settles = opened("advanced")
        waits, waited = opened.at("IDLE"), Signal(init=1)
        m.d.sync += waited.eq(waits)
        claim(
            m,
            order=last <= step,
            lag_is_the_distance=lag + settles == (step - last)[:_STEP_BITS],
            low_bits=opened("last") == (-last)[:_LOW],
            runs_while_running=waits | running,
            settled=waits | ~settles,
            done_when_idle=~dut.done | waits,
            word_in_hand=~(opened.at("TAKE") | at_marker) | (opened("word") == word),
            word_read=~opened.at("LATCH") | (opened("ring_value") == word),
            a_marker_in_hand=~at_marker | is_marker,
            some_there=waits | opened.at("FETCH") | (dut.ahead != 0),
            addend=Mux(
                at_marker,
                opened("addend") == ~(word[:_LOW] - last)[:_LOW],
                opened("addend") == Mux(waited, 1, (1 << _LOW) - 1),
            ),
        )
        return takes


PROOFS = (
    Proof(
        name="event ring",
        claim="Every word up to the host's head is taken once, in its order: an event in the first step "
        "that is not before its marker's, a marker when its step has come; an offset of the host is "
        "taken if and only if it can be true. For all offsets, of a ring of 8 words.",
        make=Events,
        depth=4,
        breaks=(
            Break("machine/event_ring.py", "Cat(ahead[:-1], ~ahead[-1])", "Cat(ahead[:-1], 1)"),
            Break("machine/event_ring.py", "with m.If(~ahead.all() & ~taken)", "with m.If(~ahead.all())"),
            Break("machine/event_ring.py", "with m.If(~ahead.all() & ~taken)", "with m.If(~taken)"),
            Break("machine/event_ring.py", "read.en.eq(~shown)", "read.en.eq(1)"),
            Break("machine/event_ring.py", "addend.eq(~(word + last))", "addend.eq(-(word + last))"),
            Break("machine/event_ring.py", "last.eq(~word)", "last.eq(word)"),
        ),
    ),
)
