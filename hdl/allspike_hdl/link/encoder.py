"""COBS, encoded: answers to bytes of the line."""

from amaranth import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..fabric.block_memory import BlockMemory
from .checksum import Answered
from .decoder import LONGEST
from .receiver import BYTE_BITS

RING_BYTES = 512
"""Room for the longest group while another is sent: one block RAM."""


class Encoder(wiring.Component):
    """Groups answers, in a ring of bytes.

    A group's code stands before it and is known after it. So the code's place is left free, and what lies
    before it is what the line can have.

    Members
    -------
    answered : In(stream of Answered)
        A byte a clock and two where a group ends, while there is room.
    byte : Out(stream of 8 bits)
        A byte in two clocks, once its group is complete.
    empty : Out(1)
        All that is complete has been taken.
    """

    answered: In(stream.Signature(Answered()))
    byte: Out(stream.Signature(BYTE_BITS))
    empty: Out(1)

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = BlockMemory(BYTE_BITS, RING_BYTES)
        code_at = Signal.like(memory.write_address)
        place = Signal.like(code_at, init=1)
        taken = Signal.like(code_at)
        code = Signal(BYTE_BITS, init=1)  # of the group so far

        source = self.answered
        room = Signal()
        whole = Signal()  # the group cannot be longer
        ends = Signal()  # it ends before the byte, which may be the zero it stands for
        closed = Signal()  # the frame's last group has ended: what is left to write is the zero after it
        m.d.comb += [
            room.eq(place != taken),
            whole.eq(code == LONGEST),
            ends.eq(whole | (source.p.data == 0) | source.p.end),
            source.ready.eq(room & Mux(source.p.end, closed, ~whole)),
            memory.write_address.eq(Mux(ends, code_at, place)),
            memory.write_value.eq(Mux(ends & ~closed, code, Mux(source.p.end, 0, source.p.data))),
            memory.enable.eq(source.valid & room),
        ]
        with m.If(memory.enable):
            m.d.sync += [place.eq(place + 1), code.eq(code + 1), closed.eq(source.p.end & ~closed)]
            with m.If(ends):
                m.d.sync += [code_at.eq(place), code.eq(1)]

        m.d.comb += [
            self.empty.eq(taken == code_at),
            memory.addresses[0].eq(taken),
            self.byte.p.eq(memory.values[0]),
        ]
        with m.FSM():
            with m.State("FETCH"):
                with m.If(~self.empty):
                    m.next = "OFFER"
            with m.State("OFFER"):
                m.d.comb += self.byte.valid.eq(1)
                with m.If(self.byte.ready):
                    m.d.sync += taken.eq(taken + 1)
                    m.next = "FETCH"
        return m
