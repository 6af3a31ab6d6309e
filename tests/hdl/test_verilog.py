"""What has no bits means in Verilog what it means in Amaranth, or is refused."""

import pytest
from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import Out

from allspike_hdl.verilog import converted


class Empty(wiring.Component):
    """`b` is 1 if all of no bits are."""

    b: Out(1)

    def __init__(self, switches: bool) -> None:
        self._switches = switches
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        nothing = Signal(0)
        if self._switches:
            with m.Switch(nothing), m.Case(0):
                m.d.sync += self.b.eq(1)
        else:
            m.d.comb += self.b.eq(nothing.all())
        return m


def test_all_of_no_bits_is_1() -> None:
    assert "assign b = 1'h1;" in converted(Empty(False), "empty")


def test_a_switch_on_no_bits_is_refused() -> None:
    with pytest.raises(AssertionError, match="no bits"):
        converted(Empty(True), "empty")
