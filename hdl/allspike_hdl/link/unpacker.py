"""The data of a request as bytes, packed or not."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from allspike.map.link_map import Token

from ..fabric.counting import minus_one_if
from .receiver import BYTE_BITS

_LONG_BITS, _SHORT_BITS = 7, 6
"""Bits of the count of a literal, and of the other tokens."""


class Unpacker(wiring.Component):
    """Hands on the bytes of a request; while `packed`, what tokens stand for. No latency.

    Parameters
    ----------
    count_bits : int
        Width of the count of data bytes less 1, and of its sign.

    Members
    -------
    source : In(stream of 8 bits)
        Lengths and requests, as `RequestBuffer` has them.
    bytes : Out(stream of 8 bits)
    load : In(2)
        The byte handed on in this clock is the low, the high part of the count.
    counting : In(1)
        What comes is data, up to the count.
    packed : In(1)
        The data are tokens.
    dry : Out(1)
        No byte of the data is left to hand on.
    whole : Out(1)
        ... and no token is cut short, neither by the end of the data nor by who takes no more of it.
    """

    def __init__(self, count_bits: int) -> None:
        self._count_bits = count_bits
        super().__init__(
            {
                "source": In(stream.Signature(BYTE_BITS)),
                "bytes": Out(stream.Signature(BYTE_BITS)),
                "load": In(2),
                "counting": In(1),
                "packed": In(1),
                "dry": Out(1),
                "whole": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        count = Signal(self._count_bits)
        spent = Signal()
        offered = Signal()
        taken = Signal()
        m.d.comb += [
            spent.eq(count[-1]),
            offered.eq(self.source.valid & ~(self.counting & spent)),
            self.source.ready.eq(taken & offered),
        ]
        counts = Signal()
        m.d.comb += counts.eq(self.counting & self.source.ready)
        # Whether it counts is known late, so that is no operand of the subtraction.
        less = (count - 1)[: len(count)]
        for load, part in zip(self.load, (slice(BYTE_BITS), slice(BYTE_BITS, None)), strict=True):
            with m.If(counts | load):
                m.d.sync += count[part].eq(Mux(load, self.source.p, less[part]))

        kind = Signal(2)
        repeats = Signal(_LONG_BITS)  # of the token, after the present byte
        zeros = Signal()
        last = Signal()
        passes = Signal()
        busy = Signal()
        m.d.comb += [last.eq(repeats == 0), self.dry.eq(spent & ~zeros)]
        m.d.comb += [self.bytes.p.eq(Mux(zeros, 0, self.source.p)), self.bytes.valid.eq(offered | zeros)]
        token = self.source.p
        with m.If(passes):
            m.d.sync += repeats.eq(minus_one_if(passes, repeats))
        with m.Elif(~busy):
            m.d.sync += repeats.eq(Cat(token[:_SHORT_BITS], token[_SHORT_BITS] & ~token[-1]))
        with m.FSM():
            with m.State("TOKEN"):
                m.d.comb += [self.whole.eq(spent), taken.eq(self.packed | self.bytes.ready)]
                with m.If(self.packed):
                    m.d.comb += self.bytes.valid.eq(0)
                    m.d.sync += kind.eq(token[_SHORT_BITS:])
                    with m.If(offered):
                        m.next = "DATA"
            with m.State("DATA"):
                literal = ~kind[1]
                m.d.comb += [
                    busy.eq(1),
                    zeros.eq(kind == Token.ZEROS >> _SHORT_BITS),
                    passes.eq(self.bytes.valid & self.bytes.ready),
                    taken.eq(self.bytes.ready & (literal | (last & ~zeros))),
                ]
                with m.If(passes):
                    with m.If(last):
                        m.next = "TOKEN"
                with m.If(~self.packed):
                    m.next = "TOKEN"
        return m
