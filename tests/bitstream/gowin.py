"""A Gowin bitstream, read by Project Apicula: settings of pins and PLL, and what block RAM wakes up with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

from apycula import attrids, bslib, chipdb, gowin_unpack

from allspike_boards import Board

from .read import COLUMN, Read

_PART = re.compile(r"LV\d+([A-Z]{2})(\w+)C\d")
_PACKAGES = {"QN": "QFN", "PG": "PBGA"}
_DRIVES = {"IBUF": False, "OBUF": True, "IOBUF": True, "TBUF": True}
_BLOCK_UNITS = 1 << 10
_UNIT = 18
"""Bits of a block that lie side by side: two bytes, each with its bit of parity."""
_BLOCK_ROWS = 256
"""Rows of the bitstream that the contents of a row of blocks take."""
_QUARTERS = (0x00, 0x80, 0x40, 0xC0)
"""Where among these rows a unit lies, by its lowest two bits."""
_WIDTHS, _WIDTHS_WITH_PARITY = (16, 32), (18, 36)
"""Words of which columns are told."""
_TABLES = 4
"""Look-up tables of a tile that are a memory together."""


@dataclass(frozen=True)
class Opened:
    """A bitstream, and what Project Apicula knows of the chip that it is for."""

    device: Any
    """An `apycula.chipdb.Device`."""
    bits: Any
    """Rows of bits; after those of the chip's tiles those of what its block RAM wakes up with."""
    names: dict[str, str]
    """The pin at a place of the edge such as IOR17A."""

    @property
    def contents(self) -> Any:
        """The rows of what block RAM wakes up with; none if it has no contents."""
        return self.bits[self.device.height :]


def device(name: str) -> Any:
    """A chip, such as GW1N-9C, as Project Apicula knows it."""
    with resources.as_file(resources.files("apycula") / f"{name}.msgpack.xz") as path:
        found = chipdb.load_chipdb(path)
    gowin_unpack._device = name
    return found


def opened(board: Board, bitstream: Path) -> Opened:
    """The bitstream of a board."""
    family = board.make_platform().family
    chip = device(family.replace("GW1NR", "GW1N"))  # the same die, beside a memory
    package = _PART.search(board.chip.part)
    assert package is not None
    pinout = chip.pinout[family][_PACKAGES[package[1]] + package[2]]
    names = {place: name for name, (place, _) in pinout.items()}
    return Opened(chip, bslib.read_bitstream(bitstream)[0], names)


def read(board: Board, bitstream: Path, scratch: Path) -> Read:
    """What a bitstream says."""
    found = opened(board, bitstream)
    chip, bits = found.device, found.bits
    pins = {found.names[place]: drives for place, drives in _pins(chip, bits) if place in found.names}
    driven = frozenset(name for name, drives in pins.items() if drives)
    columns = {*_of_blocks(chip, found.contents), *_of_tables(chip, bits)}
    clock = clock_hz(found, board.oscillator_hz)
    return Read(driven, frozenset(pins) - driven, clock, frozenset(columns))


def _pins(chip: Any, bits: Any) -> Iterator[tuple[str, bool]]:
    """Each place at the edge whose buffer is set up, such as IOR17A, and whether it drives its pin."""
    tiles = chipdb.tile_bitmap(chip, bits)
    for (row, column), tile in tiles.items():
        if any(name.startswith("IOB") for name in chip[row, column].bels):
            bels, *_ = gowin_unpack.parse_tile_(chip, row, column, tile, tiles, noiostd=False)
            for name, flags in bels.items():
                if name.startswith("IOB") and (modes := flags & _DRIVES.keys()):
                    (mode,) = modes
                    yield chipdb.loc2pin_name(chip, row, column) + name[-1], _DRIVES[mode]


def clock_hz(found: Opened, oscillator_hz: int) -> Fraction:
    """UG286 (Gowin Clock), rPLL, what comes out fed back: F_out = F_in FBDIV / IDIV; the settings are the
    dividers themselves."""
    chip, bits = found.device, found.bits
    tables = chip.rev_logicinfo("PLL")
    plls: dict[tuple[int, int], dict[str, int]] = {}
    for (row, column), tile in chipdb.tile_bitmap(chip, bits, empty=True).items():
        here = chip[row, column]
        fuses = chip.shortval.get(here.ttyp, {}).get("PLL")
        for name in (name for name in here.bels if fuses and name.startswith("RPLL")):
            whole = gowin_unpack.get_pll_A(chip, row, column, name[4])  # a PLL lies in two tiles
            said = gowin_unpack.parse_attrvals(tile, tables, fuses, attrids.pll_attrids, "PLL")
            plls.setdefault(whole, {}).update(said)
    used = [pll for pll in plls.values() if "INSEL" in pll]
    if not used:
        return Fraction(oscillator_hz)
    (pll,) = used
    return Fraction(oscillator_hz * pll["FDIV"], pll["IDIV"])


def _of_blocks(chip: Any, rows: Any) -> Iterator[int]:
    """Of each block RAM the columns of 16 words."""
    if len(rows) == 0:
        return
    for row in range(chip.rows):
        for column in range(chip.cols):
            if "BSRAM" in chip[row, column].bels:
                words = block(chip, rows, row, column)
                bytes_alone = [bit for k, bit in enumerate(words) if k % _UNIT not in (8, 17)]
                for width in _WIDTHS:
                    yield from _lanes(bytes_alone, width)
                for width in _WIDTHS_WITH_PARITY:
                    yield from _lanes(words, width)


def _lanes(bits: list[int], width: int) -> Iterator[int]:
    """The columns of words of so many bits, one after another."""
    for first in range(0, len(bits) - COLUMN * width + 1, COLUMN * width):
        for bit in range(first, first + width):
            yield sum(one << k for k, one in enumerate(bits[bit : bit + COLUMN * width : width]))


def block(chip: Any, rows: Any, row: int, column: int) -> list[int]:
    """The bits of a block in the order of its words."""
    left = sum(chip[0, before].width for before in range(column))
    top = _BLOCK_ROWS * sorted(chip.simplio_rows).index(row)
    places = chip.rev_logicinfo("BSRAM_INIT")
    block = []
    for unit in range(_BLOCK_UNITS):
        line = rows[top + _BLOCK_ROWS - 1 - _QUARTERS[unit & 3] - (unit >> 2 & 0x3F)]
        block += [int(line[left + places[lane * 4 + (unit >> 8)][0] - 1]) for lane in range(_UNIT)]
    return block


def _of_tables(chip: Any, bits: Any) -> Iterator[int]:
    """Of each memory that is made of look-up tables the columns of 16 words: a bit that is set means 0."""
    tables = chip.rev_logicinfo("SLICE")
    for (row, column), tile in chipdb.tile_bitmap(chip, bits).items():
        here = chip[row, column]
        if "RAM16" in here.bels:
            fuses = chip.shortval[here.ttyp]["CLS3"]  # it is said of the fourth slice alone
            found = gowin_unpack.parse_attrvals(tile, tables, fuses, attrids.cls_attrids, "CLS")
            if found.get("MODE") == attrids.cls_attrvals["SSRAM"]:
                for k in range(_TABLES):
                    flags = here.bels[f"LUT{k}"].flags.items()
                    yield sum(1 << word for word, at in flags if not all(tile[y][x] for y, x in at))
