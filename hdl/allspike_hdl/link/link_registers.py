"""The regions that the link answers itself: what it counts, and the rate of the line."""

from amaranth import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.link_map import LINE, LINK, LINK_LAYOUT, LINK_VERSION, MAX_DAMAGED, MIN_DIVISOR

from ..core.block_memory import BlockMemory
from ..core.interfaces import BusSignature
from ..core.register_file import WORD
from .receiver import DIVISOR_BITS

COUNT_BITS = 16
COUNTED = ("frames", "damaged", "overruns", "framing", "refused")
"""Fields that count."""
_DEPTH = 1 << (LINK_LAYOUT.size // WORD - 1).bit_length()
_LINE_BIT = ((LINE.base ^ LINK.base) // WORD).bit_length() - 1
"""A bit of an address in which the regions differ."""
_LINE_VALUE = LINE.base // WORD >> _LINE_BIT & 1


class LinkRegisters(wiring.Component):
    """A bus for LINK and LINE, in one block RAM of 16-bit words; the divisor in registers.

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
        4 on. 4 clocks, and 3 more while something is counted.
    frames, damaged, overruns, framing, refused : In(1)
        Count one more.
    broken : In(1)
        Back to the divisor at power-on; so, too, after MAX_DAMAGED of `damaged` and `framing` without one of
        `frames` between them.
    divisor : Out(16)
    pending : Out(1), apply : In(1)
        Another divisor was written; it holds from here on.
    """

    def __init__(self, *, buffer: int, divisor: int) -> None:
        words = [0] * _DEPTH
        words[LINK_LAYOUT.offset("version") // WORD] = LINK_VERSION
        words[LINK_LAYOUT.offset("buffer") // WORD] = buffer
        self._memory = BlockMemory(COUNT_BITS, _DEPTH, init=words)
        self._divisor = divisor
        super().__init__(
            {
                "bus": In(BusSignature()),
                **{name: In(1) for name in COUNTED},
                "broken": In(1),
                "divisor": Out(DIVISOR_BITS, init=divisor),
                "pending": Out(1),
                "apply": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = self._memory
        request, reply = self.bus.request, self.bus.reply
        waiting = Signal(len(COUNTED))  # to be counted
        counting = Signal()
        is_line = Signal()
        place = Signal(range(_DEPTH))
        m.d.comb += [
            memory.addresses[0].eq(place),
            memory.write_address.eq(place),
            memory.write_value.eq(memory.values[0] + 1),
            reply.p.eq(Mux(is_line, self.divisor, memory.values[0])),
        ]
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += request.ready.eq(1)
                m.d.sync += [counting.eq(~request.valid), place.eq(request.p.address)]
                m.d.sync += is_line.eq(request.p.address[_LINE_BIT] == _LINE_VALUE)
                with m.If(request.valid):
                    m.next = "FETCH"
                with m.Else():
                    for k, name in enumerate(COUNTED):
                        with m.If(waiting[k]):
                            m.d.sync += place.eq(LINK_LAYOUT.offset(name) // WORD)
                            m.next = "FETCH"
            with m.State("FETCH"):
                m.next = "REPLY"
                with m.If(counting):
                    m.next = "COUNT"
            with m.State("COUNT"):
                m.d.comb += memory.enable.eq(1)
                m.next = "IDLE"
            with m.State("REPLY"):
                m.d.comb += reply.valid.eq(1)
                with m.If(reply.ready):
                    m.next = "IDLE"
        for k, name in enumerate(COUNTED):
            with m.If(memory.enable & (place == LINK_LAYOUT.offset(name) // WORD)):
                m.d.sync += waiting[k].eq(0)
            with m.If(getattr(self, name)):
                m.d.sync += waiting[k].eq(1)
        self._line(m, request.valid & request.ready & request.p.write)
        return m

    def _line(self, m: Module, writes) -> None:
        """The divisor: what was written, what holds, and when it goes back to that of the build."""
        request = self.bus.request.p
        written = Signal(DIVISOR_BITS)
        low = (MIN_DIVISOR - 1).bit_length()
        with m.If(writes):
            value = request.data
            m.d.sync += written.eq(value)
            m.d.sync += self.pending.eq(
                request.mask.all() & ~value[DIVISOR_BITS:].any() & value[low:DIVISOR_BITS].any()
            )
        with m.If(self.apply):
            m.d.sync += [self.divisor.eq(written), self.pending.eq(0)]

        run = Signal(range(MAX_DAMAGED + 1))
        with m.If(self.frames | self.broken | (run == MAX_DAMAGED)):
            m.d.sync += run.eq(0)
        with m.Elif(self.damaged | self.framing):
            m.d.sync += run.eq(run + 1)
        with m.If(self.broken | (run == MAX_DAMAGED)):
            m.d.sync += [self.divisor.eq(self._divisor), self.pending.eq(0)]
