"""COBS, decoded: bytes of the line to bytes of frames."""

from amaranth import Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ..fabric.counting import minus_one_if
from .receiver import BYTE_BITS

LONGEST = 0xFF
"""The code of a group that no zero follows."""


class Decoded(data.StructLayout):
    """A byte of a frame, or its end.

    `end`: the frame is over, and `data` means nothing; `broken`: it was no COBS, or a byte of it was lost.
    """

    def __init__(self) -> None:
        super().__init__({"data": BYTE_BITS, "end": 1, "broken": 1})


class Decoder(wiring.Component):
    """Takes frames from a line on which a zero byte ends each. No latency.

    A frame without any byte is none, and has no end.

    Members
    -------
    byte : In(stream of 8 bits), never waits
    error : In(1)
        A byte was lost.
    decoded : Out(stream of Decoded), never waits
        At most one for each byte of the line.
    """

    byte: In(stream.Signature(BYTE_BITS, always_ready=True))
    error: In(1)
    decoded: Out(stream.Signature(Decoded(), always_ready=True))

    def elaborate(self, platform):
        m = Module()
        byte = self.byte
        left = Signal(BYTE_BITS, init=1)  # bytes up to and with the next code
        empty = Signal(init=1)  # no byte of this frame has come
        implied = Signal()  # a zero comes before the next group
        lost = Signal()
        at_code = Signal()
        ends = Signal()
        code = Signal()
        within = Signal()
        m.d.comb += [
            at_code.eq(left == 1),
            ends.eq(byte.valid & (byte.p == 0)),
            code.eq(byte.valid & at_code),
            within.eq(byte.valid & ~at_code),
            self.decoded.p.data.eq(byte.p),
            self.decoded.p.end.eq(ends),
            self.decoded.p.broken.eq(lost | ~at_code),
            self.decoded.valid.eq(within | (byte.valid & implied) | (ends & ~empty)),
        ]
        with m.If(at_code):  # the zero before the group, decoded when its code comes
            m.d.comb += self.decoded.p.data.eq(0)
        with m.If(within):
            m.d.sync += left.eq(minus_one_if(within, left))
        with m.Elif(code):
            m.d.sync += [left.eq(byte.p), implied.eq(byte.p != LONGEST)]
        with m.If(byte.valid | self.error):
            m.d.sync += empty.eq(0)
        with m.If(self.error):
            m.d.sync += lost.eq(1)
        with m.If(ends):
            m.d.sync += [left.eq(1), empty.eq(1), implied.eq(0), lost.eq(0)]
        return m
