"""The receiving half of a UART."""

from amaranth import Cat, Module, Mux, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from allspike.map.link_map import BREAK_CLOCKS, MAX_DIVISOR

DIVISOR_BITS = MAX_DIVISOR.bit_length()
BYTE_BITS = 8


class Receiver(wiring.Component):
    """Bytes from a serial line: a start bit, 8 data bits from the lowest on, a stop bit.

    The line's level is what two of the last three clocks say, for the edge of the start bit as well as for
    the bits. A bit is taken `divisor // 2` clocks after the edge and whole bits from there on. After a byte
    without a stop bit the line must be high before a start bit is looked for.

    Members
    -------
    rx : In(1)
        The line, asynchronous.
    interval : In(16)
        Clocks a bit, less 2.
    byte : Out(stream of 8 bits), never waits
        In the middle of the stop bit, 4 clocks late.
    error : Out(1)
        A byte had no stop bit: pulsed instead of `byte.valid`.
    broken : Out(1)
        The line has been low for BREAK_CLOCKS clocks since then.
    """

    rx: In(1)
    interval: In(DIVISOR_BITS)
    byte: Out(stream.Signature(BYTE_BITS, always_ready=True))
    error: Out(1)
    broken: Out(1)

    def elaborate(self, platform):
        m = Module()
        line = Signal(init=1)
        m.submodules.synchronizer = FFSynchronizer(self.rx, line, init=1)
        earlier = Signal(2, init=0b11)
        level = Signal()
        m.d.sync += earlier.eq(Cat(line, earlier[0]))
        m.d.comb += level.eq(Mux(line, earlier.any(), earlier.all()))

        count = Signal(signed(DIVISOR_BITS + 1), reset_less=True)  # down to -1
        half = Signal()  # count half a bit: by two
        rest = Signal()
        counts = Signal()
        tick = Signal()
        breaks = Signal()  # count down from the highest
        m.d.comb += [tick.eq(count[-1]), counts.eq(~rest)]
        with m.If(counts):
            m.d.sync += count.eq(count + Cat(counts & ~half, counts.replicate(DIVISOR_BITS)))
        with m.Else():
            m.d.sync += count.eq(self.interval)

        index = Signal(range(BYTE_BITS))
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += [half.eq(1), rest.eq(level)]
                with m.If(~level):
                    m.next = "START"
            with m.State("START"):
                m.d.comb += [half.eq(1), rest.eq(tick)]
                with m.If(tick):
                    m.next = "DATA"
                    with m.If(level):
                        m.next = "IDLE"
            with m.State("DATA"):
                m.d.comb += rest.eq(tick)
                with m.If(tick):
                    m.d.sync += [self.byte.p.eq(Cat(self.byte.p[1:], level)), index.eq(index + 1)]
                    with m.If(index == BYTE_BITS - 1):
                        m.next = "STOP"
            with m.State("STOP"):
                m.d.comb += rest.eq(tick)
                with m.If(tick):
                    m.d.comb += [self.byte.valid.eq(level), self.error.eq(~level)]
                    m.next = "IDLE"
                    with m.If(~level):
                        m.d.comb += breaks.eq(1)
                        m.next = "WAIT"
            with m.State("WAIT"):
                m.d.comb += self.broken.eq(~count[BREAK_CLOCKS.bit_length() - 1])
                with m.If(level):
                    m.d.comb += rest.eq(1)
                    m.next = "IDLE"
        with m.If(breaks):
            m.d.sync += count.eq((1 << DIVISOR_BITS) - 1)
        return m
