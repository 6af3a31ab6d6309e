"""A device on the pins of a board."""

from typing import Any

from amaranth import ClockDomain, Elaboratable, Module, Signal
from amaranth.build import Attrs, Pins, Resource, Subsignal
from amaranth.lib import io

from allspike.map.config import Config
from allspike_hdl.top import Top

from .board import Board, Header, resource_of
from .clocking import Clocking

_HEADER = "header_uart"
"""Resource of a serial line on pins of a header."""


class System(Elaboratable):
    """Clock, device, serial line and LEDs of a board: what is placed and routed.

    Parameters
    ----------
    board : Board
    config : Config
        What to build; `clock_hz` is a clock that the board's PLL makes exactly.
    baud : int
        Rate of the line at power-on.
    build : str
        What `identity.build` says.
    """

    def __init__(self, board: Board, config: Config, *, baud: int, build: str) -> None:
        self._board, self._config = board, config
        self._top = Top(config, baud=baud, build=build, buffer=board.buffer)

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        m.domains.sync = ClockDomain()
        m.submodules.clocking = Clocking(self._board, self._config.clock_hz)
        m.submodules.device = top = self._top
        line = self._line(platform)
        m.submodules.rx = rx = io.Buffer("i", line.rx)
        m.submodules.tx = tx = io.Buffer("o", line.tx)
        m.d.comb += [top.rx.eq(rx.i), tx.o.eq(top.tx)]
        half = self._config.clock_hz // 2
        blink = Signal()
        count = Signal(range(half))
        m.d.sync += count.eq(count + 1)
        with m.If(count == half - 1):
            m.d.sync += [count.eq(0), blink.eq(~blink)]
        self._lamps(m, platform, {"alive": blink, "activity": top.activity, "error": top.error})
        return m

    def _line(self, platform: Any) -> Any:
        """The pins `rx` and `tx` of the serial line, without buffers."""
        uart = self._board.uart
        if isinstance(uart, Header):
            pins = Subsignal("rx", Pins(uart.rx, dir="i")), Subsignal("tx", Pins(uart.tx, dir="o"))
            platform.add_resources([Resource(_HEADER, 0, *pins, Attrs(**uart.attributes))])
            return platform.request(_HEADER, 0, dir={"rx": "-", "tx": "-"})
        name, number, _ = resource_of(uart)
        pins = platform.lookup(name, number).ios
        return platform.request(name, number, dir={pin.name: "-" for pin in pins})

    def _lamps(self, m: Module, platform: Any, values: dict[str, Signal]) -> None:
        """Drive the LEDs that the board has; those of one resource are requested together."""
        wanted: dict[tuple[str, int], dict[str, Signal]] = {}
        for role, value in values.items():
            if place := getattr(self._board, role):
                name, number, part = resource_of(place)
                wanted.setdefault((name, number), {})[part] = value
        for (name, number), parts in wanted.items():
            whole = "" in parts
            direction = "-" if whole else {pin.name: "-" for pin in platform.lookup(name, number).ios}
            pins = platform.request(name, number, dir=direction)
            for part, value in parts.items():
                label = f"led_{name}_{number}_{part}".rstrip("_")
                m.submodules[label] = buffer = io.Buffer("o", pins if whole else getattr(pins, part))
                m.d.comb += buffer.o.eq(value)
