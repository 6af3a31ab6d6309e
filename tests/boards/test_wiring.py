"""Every board's pins and PLL: the line goes through, lamps are lit as wired, words make the clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
from amaranth.hdl import Fragment, Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

import allspike_boards.system as systems
from allspike_boards import BOARDS, Board
from allspike_boards.board import Header, resource_of
from allspike_boards.system import System

from .chip import Chip, instances
from .entries import registers_behind
from .makers import CELLS
from .tiny import TINY

HZ = 2000
"""Of an oscillator so slow that a second is soon over. It is the clock itself."""
ROLES = ("alive", "activity", "error")


@dataclass(frozen=True)
class Schematic:
    """What a board's schematic says of its pins."""

    rx: str
    tx: str
    lamps: dict[str, str]
    """The pin of each role's."""
    lit: int
    """The level with which they are lit."""


SCHEMATICS = {
    "icebreaker": Schematic("6", "9", {"alive": "37", "error": "11"}, 0),
    "icesugar": Schematic("4", "6", {"alive": "41", "activity": "39", "error": "40"}, 0),
    "ulx3s-25f": Schematic("M1", "L4", {"alive": "B2", "activity": "C2", "error": "H3"}, 1),
    "tang-nano-9k": Schematic("18", "17", {"alive": "10", "activity": "11", "error": "16"}, 0),
    "arty-a7-35t": Schematic("A9", "D10", {"alive": "H5", "activity": "J5", "error": "T10"}, 1),
    "upduino3": Schematic("38", "28", {"alive": "39", "activity": "40", "error": "41"}, 0),
}
"""Of some boards, and of the others what their platforms say."""


class Loop(wiring.Component):
    """Instead of the device: what comes in goes out, a clock later, and lights a lamp for each level."""

    rx: In(1, init=1)
    tx: Out(1)
    activity: Out(1)
    error: Out(1)

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__()

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.d.sync += self.tx.eq(self.rx)
        m.d.comb += [self.activity.eq(~self.rx), self.error.eq(self.rx)]
        return m


@pytest.fixture(autouse=True)
def looped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems, "Top", Loop)


def told(board: Board, platform: Any) -> Iterator[tuple[str, str, int]]:
    """Role, pin and the level with which it is lit, of each lamp, by the platform."""
    for role in ROLES:
        if place := getattr(board, role):
            name, number, part = resource_of(place)
            whole = platform.lookup(name, number)
            pins = next(io for io in whole.ios if io.name == part) if part else whole
            yield role, pins.ios[0].names[0], int(not pins.ios[0].invert)


def line_of(board: Board, platform: Any) -> tuple[str, str]:
    """The pins of the serial line, by the board or its platform."""
    if isinstance(board.uart, Header):
        return board.uart.rx, board.uart.tx
    name, number, _ = resource_of(board.uart)
    ios = {io.name: io.ios[0].names[0] for io in platform.lookup(name, number).ios}
    return ios["rx"], ios["tx"]


@pytest.mark.parametrize("name", BOARDS)
def test_the_pins_do_what_they_say(name: str) -> None:
    board = replace(BOARDS[name], oscillator_hz=HZ, config=replace(TINY, clock_hz=HZ), pll_on_pad=False)
    platform = board.make_platform()
    clock_name, clock_number, _ = resource_of(board.oscillator)
    clock = platform.lookup(clock_name, clock_number).ios[0].names[0]
    lamps = {role: (pin, lit) for role, pin, lit in told(board, platform)}
    rx, tx = line_of(board, platform)
    if known := SCHEMATICS.get(name):
        assert (rx, tx) == (known.rx, known.tx)
        assert lamps == {role: (pin, known.lit) for role, pin in known.lamps.items()}
    chip = Chip(System(board, board.config, baud=HZ // 8, build="x"), platform, clock, HZ)
    assert set(chip.pins) == {clock, rx, tx, *(pin for pin, _ in lamps.values())}
    assert set(chip.driven) == set(chip.pins) - {clock, rx}

    def lit(ctx: Any, role: str) -> bool:
        pin, level = lamps[role]
        return ctx.get(chip.pins[pin]) == level

    async def bench(ctx: Any) -> None:
        await ctx.delay(10 / HZ)
        for level in (1, 0, 1):
            ctx.set(chip.pins[rx], level)
            await ctx.delay(3 / HZ)
            assert ctx.get(chip.pins[tx]) == level
            assert "activity" not in lamps or lit(ctx, "activity") == (not level)
            assert "error" not in lamps or lit(ctx, "error") == bool(level)
        assert all(ctx.get(driven) for driven in chip.driven.values())
        if "alive" in lamps:
            pin = chip.pins[lamps["alive"][0]]
            await ctx.changed(pin)
            assert lit(ctx, "alive")
            await ctx.delay(0.1 / HZ)
            for level in (False, True):  # once a second
                await ctx.delay(0.5 - 0.2 / HZ)
                assert lit(ctx, "alive") != level
                await ctx.delay(0.2 / HZ)
                assert lit(ctx, "alive") == level

    chip.run(bench)


@pytest.mark.parametrize("name", BOARDS)
def test_the_words_of_the_pll_make_the_boards_clock(name: str) -> None:
    """By the makers' formulas, of the words that go to synthesis; and a lock passes two registers."""
    board = BOARDS[name]
    for config in (board.config, board.static_config()):
        design = Fragment.get(System(board, config, baud=board.baud, build="x"), board.make_platform())
        (cell,) = (cell for cell in instances(design) if cell.type in CELLS)
        made = CELLS[cell.type].clocks(cell.parameters, Fraction(board.oscillator_hz))
        assert made.out == config.clock_hz
    system = System(board, board.config, baud=board.baud, build="x")
    locks = registers_behind(system, board.make_platform())
    assert locks[f"{cell.type}.{CELLS[cell.type].lock}"] == 2
