"""Small cores with a bus: what the simulation's own tests drive instead of the real core."""

from amaranth import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In

from allspike_hdl.machine.bus import BusSignature

WORDS = 64
COUNTER = 1 << 8
"""Word address of a register that counts down to 0 at every clock; all below it is memory."""


class Memoryful(wiring.Component):
    """`WORDS` words of memory, and a register that counts down to 0, one at every clock.

    A request is taken one clock after it is offered, its reply is offered one clock later.
    """

    bus: In(BusSignature())

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = Memory(shape=32, depth=WORDS, init=[])
        read, write = memory.read_port(domain="comb"), memory.write_port(granularity=8)
        request, reply = self.bus.request, self.bus.reply
        left = Signal(32)
        waited = Signal()
        m.d.comb += [
            read.addr.eq(request.payload.address),
            write.addr.eq(request.payload.address),
            write.data.eq(request.payload.data),
        ]
        m.d.sync += waited.eq(request.valid & ~waited & ~reply.valid)
        m.d.comb += request.ready.eq(waited)
        with m.If(left != 0):
            m.d.sync += left.eq(left - 1)
        with m.If(request.valid & request.ready):
            m.d.sync += reply.valid.eq(1)
            with m.If(request.payload.address == COUNTER):
                m.d.sync += reply.payload.eq(left)
                with m.If(request.payload.write):
                    mask = Cat(bit.replicate(8) for bit in request.payload.mask)
                    m.d.sync += left.eq(request.payload.data & mask)
            with m.Else():
                m.d.sync += reply.payload.eq(read.data)
                m.d.comb += write.en.eq(request.payload.mask & request.payload.write.replicate(4))
        with m.If(reply.valid & reply.ready):
            m.d.sync += reply.valid.eq(0)
        return m


class Mute(wiring.Component):
    """Takes requests and never replies."""

    bus: In(BusSignature())

    def elaborate(self, platform):
        m = Module()
        m.d.sync += self.bus.request.ready.eq(1)
        return m


class Halves(wiring.Component):
    """Replies at once, with a word whose upper half is constant and whose lower half counts the clocks."""

    UPPER = 0xABCD

    bus: In(BusSignature())

    def elaborate(self, platform):
        m = Module()
        request, reply = self.bus.request, self.bus.reply
        clocks = Signal(16)
        m.d.sync += clocks.eq(clocks + 1)
        m.d.comb += [
            reply.valid.eq(request.valid),
            request.ready.eq(reply.ready),
            reply.payload[16:].eq(self.UPPER),
        ]
        with m.If(request.valid):
            m.d.comb += reply.payload[:16].eq(clocks)
        return m


class Wide(wiring.Component):
    """Replies with a word whose upper half is constant, from a module whose ports take several lines."""

    UPPER = 0xABCD
    PORTS = 24

    bus: In(BusSignature())

    def elaborate(self, platform):
        m = Module()
        m.submodules.part = part = Module()
        inputs = [Signal(name=f"input_{k}") for k in range(self.PORTS)]
        total = Signal(32)
        request, reply = self.bus.request, self.bus.reply
        m.d.comb += [
            request.ready.eq(reply.ready),
            reply.valid.eq(request.valid),
            reply.payload.eq(total),
        ]
        m.d.sync += [each.eq(request.payload.data[k]) for k, each in enumerate(inputs)]
        part.d.comb += total[16:].eq(self.UPPER)
        with part.If(request.valid):
            part.d.comb += total[:16].eq(sum(inputs))
        return m
