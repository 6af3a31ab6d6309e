"""What always holds is heard by a simulation, and is not in what is made."""

import re
from dataclasses import replace
from typing import Any

import pytest
from amaranth import Module
from amaranth.back import rtlil
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In

from allspike.map.config import Config, Memory
from allspike_hdl.fabric.holds import holds, stands
from allspike_hdl.fabric.target import ANY, SIMULATED, Target
from allspike_hdl.map.counters import NAMES
from allspike_hdl.top import Top

from ..bench import simulate


class Claims(wiring.Component):
    value: In(4)
    items: In(stream.Signature(4))
    ready: In(1)

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        m.d.comb += self.items.ready.eq(self.ready)
        holds(m, platform, value_is_small=self.value < 9)
        stands(m, platform, self.items, "item")
        return m


Clock = dict[str, int]


def run(*clocks: Clock) -> None:
    """Each clock a value, what is offered (valid, payload), and whether it is taken."""
    dut = Claims()

    async def bench(ctx: Any) -> None:
        for clock in clocks:
            ctx.set(dut.value, clock.get("value", 0))
            ctx.set(dut.items.valid, clock.get("valid", 0))
            ctx.set(dut.items.payload, clock.get("payload", 0))
            ctx.set(dut.ready, clock.get("ready", 0))
            await ctx.tick()

    simulate(dut, bench)


def test_what_holds_is_not_heard() -> None:
    offered = {"valid": 1, "payload": 3}
    run({"value": 8}, offered, offered, offered | {"ready": 1}, {"payload": 5}, {"valid": 1, "ready": 1}, {})


@pytest.mark.parametrize(
    ("clocks", "name"),
    [
        ([{"value": 9}], "value is small"),
        ([{"valid": 1}, {}], "item stands"),
        ([{"valid": 1, "payload": 3}, {"valid": 1, "payload": 4}], "item stands"),
    ],
)
def test_what_does_not_hold_stops_a_simulation_and_is_named(clocks: list[Clock], name: str) -> None:
    with pytest.raises(AssertionError, match=name):
        run(*clocks, {})


@pytest.mark.parametrize("target", [ANY, Target.named("iCE40UP5K")])
def test_nothing_of_it_is_in_what_is_made(target: Target) -> None:
    top = Top(Config(neurons=4, inputs=2, lanes=2, clock_hz=12_000_000), baud=1_000_000)
    assert "$check" not in rtlil.convert(top, platform=target)
    assert "$check" in rtlil.convert(Claims())


WIDE = Config(neurons=32, inputs=8, lanes=4, plasticity=True, clock_hz=12_000_000)
COMPACT = replace(WIDE, neurons=16, weight_bits=7, memory=Memory.SINGLE_PORT)
_SAID = re.compile(r'parameter \\FORMAT "(.*?)"')
EVERYWHERE = {
    "byte of a request stands until it is taken", "item stands until it is taken", "bytes are apart",
    "byte of an answer stands until it is taken", "byte stands until it is taken", "access while held",
    "request stands until it is taken", "reply stands until it is taken", "word stands until it is taken",
    "no more than it has room for", "one at a time", "sum has its width",
    *(f"counter of {name.replace('_', ' ')} is visited in time" for name in NAMES),
}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "besides"),
    [(WIDE, set()), (COMPACT, {"one asks", "learned writes alone", "one trace at a time"})],
    ids=["wide", "compact"],
)
def test_both_cores_say_what_always_holds(config: Config, besides: set[str]) -> None:
    text = rtlil.convert(Top(config, baud=1_000_000), platform=SIMULATED)
    assert set(_SAID.findall(text)) == EVERYWHERE | besides
