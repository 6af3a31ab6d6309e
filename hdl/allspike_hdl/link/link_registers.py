"""The regions that the link answers itself: what it counts, and the rate of the line."""

from amaranth import Module, Mux, Signal
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.link_map import LINE, LINK_RECORD, LINK_VERSION, MAX_DAMAGED, MIN_DIVISOR

from ..fabric.block_memory import BlockMemory
from ..fabric.counting import plus_one_unless
from ..machine.bus import BusSignature
from ..map.regions import PLACE_BITS, WORD, top
from .receiver import DIVISOR_BITS

COUNT_BITS = 16
COUNTED = ("frames", "damaged", "overruns", "framing", "refused")
"""Fields that count."""
_SPAN = 1 << (LINK_RECORD.size // WORD).bit_length()
_LINE_AT = _SPAN - 1
"""The place of the divisor, after LINK."""
_BUILD_AT = _LINE_AT + _SPAN
"""The place of the divisor of the build, less one. Counting writes in the lower half alone: so to count here
is to restore the divisor. A state that wrote it would cost a table a bit, as that of the counter is full: it
holds the sum, its carry and the choice of the host's value."""


def _word(field: str) -> int:
    return LINK_RECORD.offset(field) // WORD


class _Job(enum.Enum, shape=2):
    """What is done with a word of the memory."""

    REPLY = 0
    COUNT = 1
    LOAD = 2  # the divisor


class LinkRegisters(wiring.Component):
    """A bus for LINK and LINE, in one block RAM of 16-bit words. A reset leaves the counts as they are.

    Parameters
    ----------
    buffer : int
        What `link.buffer` says.
    divisor : int
        Clocks a bit at power-on.

    Members
    -------
    bus : In(BusSignature)
        Words of the two regions alone; the divisor takes a write of all its bytes, if they make a value from
        MIN_DIVISOR on. 3 clocks, and 3 more while something is counted.
    frames, damaged, overruns, framing, refused : In(1)
        Count one more.
    broken : In(1)
        Back to the divisor at power-on; so, too, after MAX_DAMAGED of `damaged` and `framing` without one of
        `frames` between them. Takes up to 30 clocks, as other things may have to be counted before.
    interval : Out(16)
        The divisor less 2.
    pending : Out(1), apply : In(1)
        Another divisor was written; it shall hold from here on. Not `pending` any more: it does.
    """

    def __init__(self, *, buffer: int, divisor: int) -> None:
        words = [0] * (2 * _SPAN)
        words[_word("version")] = LINK_VERSION
        words[_word("buffer")] = buffer
        words[_LINE_AT] = divisor
        words[_BUILD_AT] = divisor - 1
        self._memory = BlockMemory(COUNT_BITS, len(words), init=words)
        super().__init__(
            {
                "bus": In(BusSignature()),
                **{name: In(1) for name in COUNTED},
                "broken": In(1),
                "interval": Out(DIVISOR_BITS, init=divisor - 2),
                "pending": Out(1),
                "apply": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = self._memory
        request, reply = self.bus.request, self.bus.reply
        job = Signal(_Job)
        place = Signal(range(2 * _SPAN))
        storing = Signal()
        lost = Signal(init=1)  # the divisor at power-on is to come back, after a reset too
        stale = Signal()  # the divisor in the memory is to hold
        waiting = Signal(len(COUNTED))  # to be counted
        value = request.p.data
        low = (MIN_DIVISOR - 1).bit_length()
        usable = request.p.mask.all() & ~value[DIVISOR_BITS:].any() & value[low:DIVISOR_BITS].any()
        is_line = request.p.address[PLACE_BITS:] == top(LINE)
        m.d.comb += [
            memory.addresses[0].eq(place),
            memory.write_address.eq(place[:-1]),
            memory.write_value.eq(Mux(storing, value, plus_one_unless(storing, memory.values[0]))),
            reply.p.eq(memory.values[0]),
        ]
        with m.FSM():
            with m.State("IDLE"):
                with m.If(request.valid):
                    m.d.sync += [job.eq(_Job.REPLY), place.eq(Mux(is_line, _LINE_AT, request.p.address))]
                    m.next = "STORE"
                with m.Else():
                    m.d.sync += job.eq(_Job.COUNT)
                    for k, name in enumerate(COUNTED):
                        with m.If(waiting[k]):
                            m.d.sync += place.eq(_word(name))
                    with m.If(stale):
                        m.d.sync += [job.eq(_Job.LOAD), place.eq(_LINE_AT)]
                    with m.If(lost):
                        m.d.sync += [job.eq(_Job.COUNT), place.eq(_BUILD_AT)]
                    with m.If(waiting.any() | stale | lost):
                        m.next = "FETCH"
            with m.State("STORE"):  # what is written, if anything is
                m.d.comb += [storing.eq(1), request.ready.eq(1)]
                m.d.comb += memory.enable.eq(request.p.write & usable)
                with m.If(memory.enable):
                    m.d.sync += self.pending.eq(1)
                m.next = "FETCH"
            with m.State("FETCH"):
                m.next = "DO"
            with m.State("DO"):
                m.d.comb += [reply.valid.eq(job == _Job.REPLY), memory.enable.eq(job == _Job.COUNT)]
                with m.If(job == _Job.LOAD):
                    m.d.sync += [self.interval.eq(memory.values[0] - 2), stale.eq(0), self.pending.eq(0)]
                with m.If(~reply.valid | reply.ready):
                    m.next = "IDLE"

        counts = memory.enable & ~storing
        for k, name in enumerate(COUNTED):
            with m.If(counts & (place == _word(name))):
                m.d.sync += waiting[k].eq(0)
            with m.If(getattr(self, name)):
                m.d.sync += waiting[k].eq(1)
        with m.If(counts & (place == _BUILD_AT)):
            m.d.sync += [lost.eq(0), stale.eq(1)]
        with m.If(self.apply):
            m.d.sync += stale.eq(1)

        run = Signal(range(MAX_DAMAGED + 1))
        too_many = run[-1]
        with m.If(self.frames | too_many):
            m.d.sync += run.eq(0)
        with m.Elif(self.damaged | self.framing):
            m.d.sync += run.eq(run + 1)
        with m.If(self.broken | too_many):
            m.d.sync += lost.eq(1)
        return m
