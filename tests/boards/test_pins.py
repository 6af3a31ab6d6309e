"""Place and route takes each board's pins, PLL and LEDs, with a loop of RX to TX instead of the device."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

import allspike_boards.build as building
import allspike_boards.system as systems
from allspike_boards import BOARDS
from allspike_boards.build import make, plan
from allspike_boards.chips import Family

OPEN = [name for name, board in BOARDS.items() if board.chip.family is not Family.XILINX7]
FEW = ["icebreaker", "upduino3", "ulx3s-25f", "tang-nano-9k"]
"""One of each way to a clock."""
CHOSEN = OPEN if os.environ.get("ALLSPIKE_SOAK") else FEW


class Loop(wiring.Component):
    """What comes in goes out, a clock later."""

    rx: In(1, init=1)
    tx: Out(1)
    activity: Out(1)
    error: Out(1)

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__()

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.d.sync += self.tx.eq(self.rx)
        m.d.comb += [self.activity.eq(~self.rx), self.error.eq(~self.tx)]
        return m


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building.cache, "root", lambda kind: tmp_path / kind)
    monkeypatch.setattr(systems, "Top", Loop)


@pytest.mark.parametrize("name", CHOSEN)
def test_a_loop_is_routed_the_same_each_time(name: str) -> None:
    planned = plan(replace(BOARDS[name], name=f"{name}-x"))
    figures = make(planned)
    assert figures.met
    assert planned.bitstream is not None
    first = planned.bitstream.read_bytes()
    assert len(first) > 10_000

    planned.folder.rename(planned.folder.with_name("first"))
    make(planned)
    assert planned.bitstream.read_bytes() == first
