"""Plain ports for Verilog: of a core, and of a core with its link."""

from amaranth import ClockDomain, ClockSignal, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .top import Top

CLOCK_PORTS = {
    "clk": "clock; all is synchronous to its rising edge, but for rx",
    "rst": "synchronous reset: all is as after power-on, but for old words in the rings, which mean nothing",
}
BUS_PORTS = {
    "request_valid": (In(1), "a request is offered; stays, with the request, until it is taken"),
    "request_ready": (Out(1), "the core takes the request at this edge if it is offered"),
    "request_address": (In(30), "word of the memory map: byte address over 4"),
    "request_write": (In(1), "1: write, 0: read"),
    "request_mask": (In(4), "bytes that a write takes; bit 0 is the byte at the lowest address"),
    "request_data": (In(32), "what is written, little-endian"),
    "request_more": (In(1), "the next request is the next word of the same command"),
    "reply_valid": (Out(1), "a reply is offered; stays, with its data, until it is taken"),
    "reply_ready": (In(1), "the host takes the reply at this edge if it is offered"),
    "reply_data": (Out(32), "what was read, little-endian; of a write it means nothing"),
}
"""Ports of a core beside clock and reset: how each is declared, and what it means."""
BOARD_PORTS = {
    "rx": (In(1, init=1), "serial line from the host, idle when high; may be asynchronous"),
    "tx": (Out(1), "serial line to the host, idle when high"),
    "activity": (Out(1), "for a lamp: the core runs, or a valid request came lately"),
    "error": (Out(1), "for a lamp: a frame was damaged or dropped, or a byte in error, lately"),
}
"""Those of a core with its link."""


class PlainPorts(wiring.Component):
    """A component with a bus, its streams taken apart into plain ports.

    Wires alone: no logic, no latency.

    Parameters
    ----------
    inner : wiring.Component
        Has a member `bus : In(BusSignature())`, as the core has.
    reset : bool
        There is a port `rst`. Without, what is inside starts once, with its initial values: a simulator then
        has less to do at every clock.

    Members
    -------
    See `BUS_PORTS`.
    """

    def __init__(self, inner: wiring.Component, reset: bool = True) -> None:
        self._inner = inner
        self._reset = reset
        super().__init__(_members(BUS_PORTS, reset))

    def elaborate(self, platform):
        m = Module()
        m.submodules.core = inner = self._inner
        if not self._reset:
            _clock(m, self.clk)
        request, reply = inner.bus.request, inner.bus.reply
        m.d.comb += [
            request.valid.eq(self.request_valid),
            self.request_ready.eq(request.ready),
            request.payload.address.eq(self.request_address),
            request.payload.write.eq(self.request_write),
            request.payload.mask.eq(self.request_mask),
            request.payload.data.eq(self.request_data),
            request.payload.more.eq(self.request_more),
            self.reply_valid.eq(reply.valid),
            reply.ready.eq(self.reply_ready),
            self.reply_data.eq(reply.payload),
        ]
        return m


class BoardPorts(wiring.Component):
    """A `Top`, its clock and reset as those of `PlainPorts`.

    Members
    -------
    See `BOARD_PORTS`.
    """

    def __init__(self, top: Top, reset: bool = True) -> None:
        self._top = top
        self._reset = reset
        super().__init__(_members(BOARD_PORTS, reset))

    def elaborate(self, platform):
        m = Module()
        m.submodules.board = top = self._top
        if not self._reset:
            _clock(m, self.clk)
        m.d.comb += [
            top.rx.eq(self.rx),
            self.tx.eq(top.tx),
            self.activity.eq(top.activity),
            self.error.eq(top.error),
        ]
        return m


def _members(ports: dict, reset: bool) -> dict:
    """The members of a component with these ports; a clock among them if there is no reset."""
    own_clock = {} if reset else {"clk": In(1)}
    return {name: member for name, (member, _) in ports.items()} | own_clock


def _clock(m: Module, clk: Signal) -> None:
    """A clock domain that starts once."""
    m.domains.sync = ClockDomain(reset_less=True)
    m.d.comb += ClockSignal().eq(clk)
