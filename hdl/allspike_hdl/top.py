"""The top of a device: a core and its link, behind the pins of a serial line."""

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config
from allspike.map.link_map import divisor_of

from .cores import core_of
from .link.link import DEFAULT_BUFFER, Link

_BLINKS = 16
"""A lamp that something short has lit stays on for a sixteenth of a second at least."""


class Top(wiring.Component):
    """A device: all it needs is a clock, and a serial line to a host.

    Parameters
    ----------
    config : Config
        What to build; `clock_hz` is the clock's.
    baud : int
        Rate of the line at power-on. `link_map.divisor_of` refuses one that cannot be made from the clock.
    build : str
        What `identity.build` says: up to 32 ASCII characters.
    buffer : int
        Bytes of requests that may be unanswered at a time, a power of two.

    Members
    -------
    rx : In(1), tx : Out(1)
        The line, idle when high; `rx` may be asynchronous.
    activity : Out(1)
        For a lamp: the core runs, or a valid request came lately.
    error : Out(1)
        For a lamp: a frame was damaged or dropped, or a byte had no stop bit, lately.
    """

    rx: In(1, init=1)
    tx: Out(1)
    activity: Out(1)
    error: Out(1)

    def __init__(
        self, config: Config, *, baud: int, build: str = "rtl", buffer: int = DEFAULT_BUFFER
    ) -> None:
        if not config.clock_hz:
            raise ValueError("config.clock_hz = 0: a device with a link needs to know its clock.")
        self._clocks = config.clock_hz // _BLINKS
        self._link = Link(config, divisor=divisor_of(config.clock_hz, baud), buffer=buffer)
        self._core = core_of(config, build)
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.submodules.core = core = self._core
        m.submodules.link = link = self._link
        wiring.connect(m, link.bus, core.bus)
        m.d.comb += [link.rx.eq(self.rx), self.tx.eq(link.tx)]

        clock = Signal(self._clocks.bit_length())
        blink = Signal()
        m.d.sync += clock.eq(clock + 1)
        m.d.comb += blink.eq(clock == 0)
        for lamp, cause in ((self.activity, link.accepted | core.running), (self.error, link.trouble)):
            old = Signal()  # lit before the last blink
            with m.If(cause):
                m.d.sync += [lamp.eq(1), old.eq(0)]
            with m.Elif(blink):
                m.d.sync += [lamp.eq(lamp & ~old), old.eq(1)]
        return m
