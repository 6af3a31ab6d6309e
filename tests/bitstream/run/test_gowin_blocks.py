"""Settings of blocks, packed by Apicula's own gowin_pack, are read from their fuses again."""

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from apycula import chipdb, gowin_pack

from ..gowin import device
from .gowin_blocks import memory, multipliers
from .gowin_cells import Cell, Site
from .gowin_wires import Tile

_WIDTHS = {8: 9, 16: 18, 32: 36}
"""Ports that pass by the ninth bits are those that do not."""
_ALL_WIDTHS = (1, 2, 4, 8, 9, 16, 18, 32, 36)
KINDS = [
    *(("DP", width, mode) for width in _ALL_WIDTHS[:-2] for mode in range(3)),
    *(("SP", width, mode) for width in _ALL_WIDTHS[:-2] for mode in range(2)),
    *(("SDP", width, 0) for width in _ALL_WIDTHS),
]
REGISTERS = ("AREG", "BREG", "OUT_REG", "PIPE_REG", "ASIGN_REG", "BSIGN_REG")


@cache
def _chip() -> Any:
    return device("GW1N-9C")


class Loose:
    """Wires of a chip where every tile has its own."""

    def __init__(self) -> None:
        self.chip = _chip()
        self.at: dict[tuple[int, int], Tile] = {}
        for row in range(self.chip.rows):
            for column in range(self.chip.cols):
                here = self.chip[row, column]
                self.at[row, column] = Tile(row, column, np.zeros((here.height, here.width), int), {})

    def name(self, row: int, column: int, wire: str) -> str:
        return f"R{row}C{column}_{wire}"

    source = name

    def site(self, bel: str) -> Site:
        """The first tile that has a part."""
        place = next(place for place in self.at if bel in self.chip[place].bels)
        wires: Any = self
        return Site(wires, self.at[place])

    def set(self, site: Site, attributes: set[int], table: str, tiles: int) -> None:
        """Set what some attributes have fuses for, as gowin_pack does."""
        for k in range(tiles):
            tile = self.at[site.tile.row, site.tile.column + k]
            kind = self.chip[tile.row, tile.column].ttyp
            if table in self.chip.shortval[kind]:
                for y, x in chipdb.get_shortval_fuses(self.chip, kind, attributes, table):
                    tile.bits[y, x] = 1


def with_memory(kind: str, parameters: dict[str, str]) -> list[Cell]:
    wires = Loose()
    site = wires.site("BSRAM")
    nets = {f"AD{side}{k}": [2 + k] for side in ("", "A", "B") for k in range(4)}
    attributes = gowin_pack.set_bsram_attrs(wires.chip, {"connections": nets}, kind, parameters)
    wires.set(site, attributes, f"BSRAM_{kind}", 3)
    height = 256 * len(wires.chip.simplio_rows)
    return list(memory(site, np.zeros((height, wires.chip.width), int)))


def with_multiplier(kind: str, place: str, parameters: dict[str, str]) -> list[Cell]:
    wires = Loose()
    site = wires.site("DSP")
    attributes = {"CE": "0", "CLK": "0", "RESET": "0", "NET_ASEL": "GND", "NET_BSEL": "GND"}
    found = gowin_pack.set_dsp_attrs(wires.chip, kind, parameters, place, attributes)
    wires.set(site, found, f"DSP{place[0]}", 9)
    return list(multipliers(site))


@pytest.mark.parametrize(("kind", "width", "mode"), KINDS)
def test_a_memory_is_read_as_it_was_packed(kind: str, width: int, mode: int) -> None:
    if kind == "SP":
        given = {"BIT_WIDTH": f"{width:b}", "WRITE_MODE": f"{mode:b}", "BLK_SEL": "101"}
    else:
        given = {f"BIT_WIDTH_{k}": f"{width:b}" for k in range(2)} | {"BLK_SEL_0": "101", "BLK_SEL_1": "101"}
        if kind == "DP":
            given |= {f"WRITE_MODE{k}": f"{mode:b}" for k in range(2)}
    (cell,) = with_memory(kind, given)
    found = {name: int(value) for name, value in re.findall(r"\.(\w+_[AB])\((\d+)\)", cell.verilog)}
    for side in "AB":
        assert found[f"WIDTH_{side}"] == _WIDTHS.get(width, width)
        assert found[f"WRITE_{side}"] == mode
        assert found[f"SELECT_{side}"] == 5
    assert len(cell.outputs) == 36


@pytest.mark.parametrize("kind", ["SP", "SDP", "DP"])
def test_a_memory_that_has_a_register_for_what_is_read_is_refused(kind: str) -> None:
    given = {"READ_MODE": "1"} if kind != "DP" else {"READ_MODE1": "1"}
    with pytest.raises(AssertionError, match=r"REGMODE.* of a block RAM is not modelled"):
        with_memory(kind, given)


@pytest.mark.parametrize(("kind", "width"), [("MULT9X9", 9), ("MULT18X18", 18)])
@pytest.mark.parametrize("place", ["00", "01", "10", "11"])
def test_a_multiplier_is_read_as_it_was_packed(kind: str, width: int, place: str) -> None:
    (cell,) = with_multiplier(kind, place, {})
    assert len(cell.outputs) == 2 * width
    assert cell.verilog.count("$signed") == 2


@pytest.mark.parametrize("kind", ["MULT9X9", "MULT18X18"])
@pytest.mark.parametrize("register", REGISTERS)
def test_a_multiplier_with_a_register_is_refused(kind: str, register: str) -> None:
    with pytest.raises(AssertionError, match="a multiplier with a register"):
        with_multiplier(kind, "01", {register: "1"})


def test_what_is_not_used_is_no_cell() -> None:
    wires = Loose()
    assert list(memory(wires.site("BSRAM"), np.zeros((1, 1), int))) == []
    assert list(multipliers(wires.site("DSP"))) == []
