"""Whatever may change at any time passes two registers in series before it meets logic: in a device."""

from collections.abc import Callable

import pytest
from amaranth import Module, Signal
from amaranth.back import rtlil
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map.config import Config
from allspike_hdl.fabric.target import ANY
from allspike_hdl.ports import BoardPorts
from allspike_hdl.top import Top

from .crossings import crossings, netlist_of, unsynchronised

CLOCK = frozenset({"clk", "rst"})
CONFIG = Config(
    neurons=4, inputs=2, lanes=2, state_bits=12, max_delay=1, event_ring=16, spike_ring=16,
    clock_hz=12_000_000,
)  # fmt: skip


def test_the_line_of_a_device_passes_two_registers() -> None:
    ports = BoardPorts(Top(CONFIG, baud=1_000_000))
    netlist = netlist_of(lambda: rtlil.convert(ports, platform=ANY))
    assert crossings(netlist, CLOCK) == 1
    assert unsynchronised(netlist, CLOCK) == []


class Crossing(wiring.Component):
    """A line that some registers pass before something is made of it."""

    line: In(1)
    other: In(1)
    value: Out(1)

    def __init__(self, pass_by: Callable[["Crossing", Module], Signal]) -> None:
        super().__init__()
        self._pass_by = pass_by

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.d.comb += self.value.eq(self._pass_by(self, m) & self.other)
        return m


def registers(m: Module, line: Signal, count: int) -> Signal:
    for _ in range(count):
        following = Signal(reset_less=True)
        m.d.sync += following.eq(line)
        line = following
    return line


def enabled(part: Crossing, m: Module) -> Signal:
    """The first register asks something else."""
    first, second = Signal(reset_less=True), Signal(reset_less=True)
    with m.If(part.other):
        m.d.sync += first.eq(part.line)
    m.d.sync += second.eq(first)
    return second


def read_between(part: Crossing, m: Module) -> Signal:
    """Somebody looks at the first of the two."""
    first, second, early = (Signal(reset_less=True) for _ in range(3))
    m.d.sync += [first.eq(part.line), second.eq(first), early.eq(first ^ early)]
    return second & early


@pytest.mark.parametrize(
    ("pass_by", "count"),
    [
        (lambda part, m: registers(m, part.line, 0), 1),
        (lambda part, m: registers(m, part.line, 1), 1),
        (enabled, 1),
        (read_between, 1),
        (lambda part, m: registers(m, part.line, 2), 0),
        (lambda part, m: registers(m, part.line, 3), 0),
    ],
)
def test_less_than_two_registers_are_seen(pass_by: Callable[[Crossing, Module], Signal], count: int) -> None:
    netlist = netlist_of(lambda: rtlil.convert(Crossing(pass_by), platform=ANY))
    assert len(unsynchronised(netlist, CLOCK | {"other"})) == count
