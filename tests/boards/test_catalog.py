"""Every board is whole: its default build suits its chip, its pins are there and used once."""

import re
import warnings
from collections import Counter
from dataclasses import replace
from importlib.metadata import entry_points
from typing import Any

import pytest

from allspike.errors import ParameterError
from allspike_boards import BOARDS, Board, board, flow
from allspike_boards.board import Header, resource_of
from allspike_boards.build import plan
from allspike_boards.chips import Family
from allspike_boards.options import Options, configured
from allspike_boards.system import System
from allspike_hdl.fabric.target import Target

from .tiny import tiny

EACH = pytest.mark.parametrize("each", BOARDS.values(), ids=BOARDS)
CONSTRAINTS = {
    Family.ICE40: ("top.pcf", r"set_io (\S+) (\S+)"),
    Family.ECP5: ("top.lpf", r'LOCATE COMP "(\S+)" SITE "(\S+)"'),
    Family.GOWIN: ("top.cst", r'IO_LOC "(\S+)" (\S+);'),
    Family.XILINX7: ("top.xdc", r"set_property LOC (\S+) \[get_ports (\S+)\]"),
}
ASKED = {
    "icebreaker", "icesugar", "upduino3", "ice40-hx8k-evn", "ulx3s-12f", "ulx3s-25f", "ulx3s-45f",
    "ulx3s-85f", "icepi-zero", "ecpix5-85f", "colorlight-5a-75b", "icesugar-pro",
     "ecp5-5g-evn", "orangecrab-25f",
    "tang-nano-9k", "tang-primer-20k", "cmod-a7-35t", "arty-a7-35t",
}  # fmt: skip


def prepared(each: Board) -> Any:
    small = tiny(each)
    config, baud = configured(small, Options())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        system = System(small, config, baud=baud, build="test")
        return each.make_platform().prepare(system, flow.NAME, **flow.overrides(small))


def test_the_boards_that_were_asked_for_are_there() -> None:
    assert BOARDS.keys() >= ASKED


@EACH
def test_the_gateware_is_told_what_the_chip_has(each: Board) -> None:
    target = Target.of(each.make_platform())
    assert target.multipliers == each.chip.target.multipliers == (each.chip.dsps > 0)
    assert target.single_port == each.chip.target.single_port == (each.chip.single_port_bytes > 0)
    assert not target.simulated


def test_an_unknown_board_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParameterError, match=r"no board named 'icebraker'; there are .*icebreaker"):
        board("icebraker")


@EACH
def test_a_build_has_a_name_that_fits_the_identity(each: Board) -> None:
    planned = plan(each)
    assert re.fullmatch(rf"{each.name}-[0-9a-f]{{12}}", planned.build)
    assert len(planned.build) <= 32


@EACH
def test_the_default_builds_suit_the_chip_and_its_clock(each: Board) -> None:
    for options in (Options(), Options(static=True)):
        config, baud = configured(each, options)
        listed = each.static_config() if options.static else each.config
        assert config.clock_hz == listed.clock_hz, "what is listed is what the PLL makes"
        assert each.chip.holds(config)
        assert baud == each.baud
        assert config.plasticity != options.static


@pytest.mark.parametrize(
    ("name", "neurons", "inputs", "blocks"),
    [
        ("ice40-hx8k-evn", 32, 128, 16),
        ("ice40-hx8k-evn", 32, 144, 32),
        ("tang-nano-9k", 64, 352, 16),
        ("tang-nano-9k", 64, 368, 32),
        ("icebreaker", 256, 128, 0),
    ],
)
def test_a_store_takes_block_ram_where_there_is_no_single_port_memory(
    name: str, neurons: int, inputs: int, blocks: int
) -> None:
    """As many as Yosys makes of it: see docs/reports."""
    chip = board(name).chip
    config = replace(board(name).config, neurons=neurons, inputs=inputs)
    assert chip.synapse_blocks(config) == blocks
    assert chip.holds(config) == (blocks < chip.block_rams)


@EACH
def test_it_elaborates_and_each_pin_is_used_once(each: Board) -> None:
    files = prepared(each).files
    name, pattern = CONSTRAINTS[each.chip.family]
    found = re.findall(pattern, files[name])
    lamps = sum(bool(lamp) for lamp in (each.alive, each.activity, each.error))
    resources = {resource_of(lamp)[:2] for lamp in (each.alive, each.activity, each.error) if lamp}
    assert len(found) >= 3 + lamps if len(resources) == lamps else len(found) >= 3
    for side in zip(*found, strict=True):
        assert not [item for item, count in Counter(side).items() if count > 1]
    if isinstance(each.uart, Header):
        pins = {pin for pair in found for pin in pair}
        assert {each.uart.rx, each.uart.tx} <= pins


@EACH
def test_it_says_how_it_is_loaded_and_reached(each: Board) -> None:
    assert each.flash.loader or each.flash.tools or each.flash.by_hand
    assert each.usb or isinstance(each.uart, Header) or "adapter" in " ".join(each.notes)
    assert each.notes
    assert all(note.endswith(".") for note in each.notes)


def test_ports_are_found_by_the_boards_names() -> None:
    (found,) = entry_points(group="allspike.boards", name="catalog")
    usb = {one.name: one for one in found.load()}
    assert usb.keys() == {one.name for one in BOARDS.values() if one.usb}
    assert (usb["icebreaker"].vid, usb["icebreaker"].pid) == (0x0403, 0x6010)
