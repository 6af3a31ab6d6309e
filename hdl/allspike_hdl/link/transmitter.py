"""The sending half of a UART."""

from amaranth import Cat, Module, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..fabric.counting import minus_one_if
from .receiver import BYTE_BITS, DIVISOR_BITS

_BITS = BYTE_BITS + 2  # with start and stop


class Transmitter(wiring.Component):
    """Bytes to a serial line: a start bit, 8 data bits from the lowest on, a stop bit.

    Members
    -------
    byte : In(stream of 8 bits)
        Taken when the line is idle, or in the last clock of a stop bit: bytes follow each other without gaps.
    interval : In(16)
        Clocks a bit, less 2.
    tx : Out(1)
        The line; a start bit begins in the clock after its byte is taken.
    idle : Out(1)
        The last stop bit has been sent.
    """

    byte: In(stream.Signature(BYTE_BITS))
    interval: In(DIVISOR_BITS)
    tx: Out(1)
    idle: Out(1, init=1)

    def elaborate(self, platform):
        m = Module()
        count = Signal(signed(DIVISOR_BITS + 1))  # down to -1
        counts = Signal()
        tick = Signal()
        m.d.comb += [tick.eq(count[-1]), counts.eq(~tick & ~self.idle)]
        with m.If(counts):
            m.d.sync += count.eq(minus_one_if(counts, count))
        with m.Else():
            m.d.sync += count.eq(self.interval)

        bits = Signal(
            1 + BYTE_BITS, init=-1
        )  # what is left to send but for the stop bit: it and idle are high
        left = Signal(range(_BITS))
        m.d.comb += [self.tx.eq(bits[0]), self.byte.ready.eq(self.idle | (tick & (left == 0)))]
        with m.If(self.byte.ready):
            m.d.sync += [left.eq(_BITS - 1), self.idle.eq(~self.byte.valid)]
            with m.If(self.byte.valid):
                m.d.sync += bits.eq(Cat(0, self.byte.p))
        with m.Elif(tick):
            m.d.sync += [left.eq(left - 1), bits.eq(Cat(bits[1:], 1))]
        return m
