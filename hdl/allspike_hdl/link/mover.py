"""Bytes to words of the bus, and words to bytes."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..machine.bus import BusSignature
from ..map.regions import PLACE_BITS, REGION_BITS, WORD
from .cursor import LANE_BITS
from .receiver import BYTE_BITS


class Mover(wiring.Component):
    """Reads or writes the bytes from a cursor on, a word of the bus at a time.

    A word passes through a register of 4 bytes, from the upper end to the lower: 4 clocks, of which those
    for bytes that the request has not got do nothing but shift. Where the bytes to write end too soon, those
    that came are written.

    Members
    -------
    start : In(1), write : In(1)
        `write` stays to the end.
    done : Out(1)
        In the last clock.
    source : In(stream of 8 bits), dry : In(1)
        What to write; `dry`: nothing more comes.
    bytes : Out(stream of 8 bits)
        What was read.
    bus : Out(BusSignature)
    region : In(8), word : In(22), lane : In(2), finished : In(1)
        The cursor.
    count, next_word : Out(1)
        Moves it: a byte less, and the byte after it in the word; the word after it.
    """

    start: In(1)
    write: In(1)
    done: Out(1)
    source: In(stream.Signature(BYTE_BITS))
    dry: In(1)
    bytes: Out(stream.Signature(BYTE_BITS))
    bus: Out(BusSignature())
    region: In(REGION_BITS)
    word: In(PLACE_BITS)
    lane: In(LANE_BITS)
    finished: In(1)
    count: Out(1)
    next_word: Out(1)

    def elaborate(self, platform):
        m = Module()
        request, reply = self.bus.request, self.bus.reply
        value = Signal(8 * WORD)
        mask = Signal(WORD)
        lane = Signal(LANE_BITS)  # of the register's lowest byte, or of the next to come
        ended = Signal()
        in_request = Signal()
        shift = Signal()
        m.d.comb += [
            ended.eq(self.finished | (self.write & self.dry)),
            in_request.eq((lane == self.lane) & ~ended),
            request.p.address.eq(Cat(self.word, self.region)),
            request.p.write.eq(self.write),
            request.p.mask.eq(mask),
            request.p.data.eq(value),
            request.p.more.eq(~ended),
            self.bytes.p.eq(value[:BYTE_BITS]),
        ]
        with m.FSM():
            with m.State("IDLE"):
                with m.If(self.start):
                    m.next = "ASK"
                    with m.If(self.write):
                        m.next = "BYTES"
            with m.State("ASK"):
                m.d.comb += request.valid.eq(self.write | ~ended)
                with m.If(request.valid & request.ready):
                    m.next = "REPLY"
                with m.If(~self.write & ended):
                    m.d.comb += self.done.eq(1)
                    m.next = "IDLE"
            with m.State("REPLY"):
                m.d.comb += reply.ready.eq(1)
                with m.If(reply.valid):
                    m.d.sync += value.eq(reply.p)
                    m.d.comb += self.next_word.eq(1)
                    m.next = "BYTES"
                    with m.If(self.write & ended):
                        m.d.comb += self.done.eq(1)
                        m.next = "IDLE"
            with m.State("BYTES"):
                other = Mux(self.write, self.source.valid, self.bytes.ready)
                m.d.comb += [
                    self.bytes.valid.eq(in_request & ~self.write),
                    self.source.ready.eq(in_request & self.write),
                    self.count.eq(in_request & other),
                    shift.eq(~in_request | other),
                ]
                with m.If(shift):
                    m.d.sync += [
                        value.eq(Cat(value[BYTE_BITS:], self.source.p)),
                        mask.eq(Cat(mask[1:], in_request)),
                        lane.eq(lane + 1),
                    ]
                    with m.If(lane == WORD - 1):
                        m.next = "ASK"
        return m
