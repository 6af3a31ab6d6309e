"""The check of a received frame."""

from amaranth import Cat, Module, ResetInserter, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.crc.catalog import CRC32_ISO_HDLC
from amaranth.lib.wiring import In, Out

from ..fabric.holds import holds
from .decoder import Decoded
from .receiver import BYTE_BITS

CRC = CRC32_ISO_HDLC(data_width=1)
"""zlib's CRC-32, a bit a clock: a byte lasts longer than that on any line, and a byte a clock takes four
times the logic."""


class Checker(wiring.Component):
    """Whether the bytes of a frame end in the CRC-32 of those before.

    Members
    -------
    decoded : In(stream of Decoded), never waits
        At least 10 clocks apart.
    matches : Out(1)
        Up to the end of a frame, from 9 clocks after its last byte: they do.
    """

    decoded: In(stream.Signature(Decoded(), always_ready=True))
    matches: Out(1)

    def elaborate(self, platform):
        m = Module()
        crc = CRC.create()
        clear = Signal()
        m.submodules.crc = ResetInserter(clear)(crc)
        bits = Signal(BYTE_BITS)
        left = Signal(range(BYTE_BITS + 1))
        m.d.comb += [
            clear.eq(self.decoded.valid & self.decoded.p.end),
            crc.data.eq(bits[0]),
            crc.valid.eq(left != 0),
            self.matches.eq(crc.match_detected),
        ]
        with m.If(self.decoded.valid):
            m.d.sync += [bits.eq(self.decoded.p.data), left.eq(BYTE_BITS)]
        with m.Elif(crc.valid):
            m.d.sync += [bits.eq(Cat(bits[1:], 0)), left.eq(left - 1)]
        with m.If(clear):
            m.d.sync += left.eq(0)
        holds(m, platform, bytes_are_apart=~self.decoded.valid | (left == 0))
        return m
