"""Blocks of a Gowin bitstream, set by bits in several tiles: block RAM and multipliers."""

from collections.abc import Iterator
from typing import Any

from apycula import attrids, gowin_unpack

from ..gowin import block
from .gowin_cells import Cell, Site
from .gowin_wires import CONSTANTS, Wires

_ATTRIBUTES = {number: name for name, number in attrids.bsram_attrids.items()}
_VALUES = {number: name for name, number in attrids.bsram_attrvals.items()}
_TILES_OF_MEMORY = 3
_TILES_OF_MULTIPLIERS = 9
_WIDTHS = {"": 18, "9": 9, "4": 4, "2": 2, "1": 1}
_WRITES = {"": 0, "WT": 1, "RBW": 2}
"""What is read at a write: what was read last, what is written, what was there."""
_BUSES = {"DI": 18, "AD": 14, "BLKSEL": 3}
_LINES = ("CLK", "CE", "OCE", "WRE", "RESET")


def settings(wires: Wires, row: int, column: int) -> dict[str, str]:
    """What a block RAM is set to, by the bits in all its tiles.

    Port A of one that has a single port and of one that has two are the same. Only Apicula's table of the
    latter, BSRAM_DP, names all that there is: in that of the former it is SDPB_MODE that has a bit for RBW,
    so that gowin_pack, which looks for SPB_MODE, sets none.
    """
    attributes = wires.chip.rev_logicinfo("BSRAM")
    meant: dict[str, dict[str, set[tuple[int, int, int]]]] = {}
    for k in range(_TILES_OF_MEMORY):
        for key, fuses in wires.chip.shortval[wires.chip[row, column + k].ttyp]["BSRAM_DP"].items():
            assert not any(key[1:]), "a bit of a block RAM that depends on two settings"
            attribute, value = attributes[abs(key[0])]
            places = meant.setdefault(_ATTRIBUTES[attribute], {}).setdefault(_VALUES[value], set())
            places.update((k, y, x) for y, x in fuses)
    found = {}
    for name, values in meant.items():
        used = {
            (k, y, x) for k, y, x in set().union(*values.values()) if wires.at[row, column + k].bits[y][x]
        }
        if used:
            (found[name],) = (value for value, places in values.items() if places == used)
    return found


def memory(site: Site, rows: Any) -> Iterator[Cell]:
    """The block RAM that begins in a tile, if it is used.

    Parameters
    ----------
    site : Site
    rows : list of list of int
        Of the bitstream those with the contents.
    """
    row, column = site.tile.row, site.tile.column
    said = settings(site.wires, row, column)
    if said.pop("MODE", "") != "ENABLE":
        return
    assert said.pop("GSR") == "DISABLE", "a block RAM that a global reset reaches is not modelled"
    said.pop("OUTREG_ASYNC", "")  # there is no such register
    wires = site.parts["BSRAM"].portmap
    words, pins, outputs = {}, {}, []
    for side in "AB":
        width = _WIDTHS[said.pop(f"DP{side}_DATA_WIDTH", "")]
        words[f"WIDTH_{side}"] = 36 if said.pop(f"DBLW{side}", "") == "X36" else width
        words[f"WRITE_{side}"] = _WRITES[said.pop(f"DP{side}_MODE", "")]
        words[f"SELECT_{side}"] = sum(1 << k for k in range(3) if not said.pop(f"CS{side}_{k}", ""))
        if (
            site.at(wires[f"CLK{side}"]) in CONSTANTS.values()
        ):  # nothing is done there, whatever the lines say
            pins |= {f"{name}{side}": "0" for name in (*_LINES, *_BUSES)}
        else:
            pins |= {f"{name}{side}": site.at(wires[f"{name}{side}"]) for name in _LINES}
            for name, width in _BUSES.items():
                bits = [site.at(wires[f"{name}{side}{k}"]) for k in reversed(range(width))]
                pins[f"{name}{side}"] = f"{{{', '.join(bits)}}}"
        read = [site.out(wires[f"DO{side}{k}"]) for k in range(18)]
        outputs += read
        pins[f"DO{side}"] = f"{{{', '.join(reversed(read))}}}"
    assert not said, f"{said} of a block RAM is not modelled"
    contents = sum(bit << k for k, bit in enumerate(block(site.wires.chip, rows, row, column)))
    parameters = "".join(f".{name}({value}), " for name, value in words.items())
    connections = ", ".join(f".{name}({net})" for name, net in pins.items())
    name = site.out("BSRAM")
    text = f"BSRAM #({parameters}.CONTENTS(18432'h{contents:x})) {name}_block ({connections});"
    yield Cell(tuple(outputs), text)


def multipliers(site: Site) -> Iterator[Cell]:
    """The multipliers that begin in a tile."""
    for half in "01":
        said = set(_of_multipliers(site, half))
        nine = "M9MODE_EN" in said
        for k in range(4):
            if f"OR2CIB_EN{k // 2}{'LH'[k % 2]}_{k}" in said:
                _check_plain(said, k)
                if nine:
                    yield _multiplier(site, f"MULT9X9{half}{k}", 9)
                elif k % 2 == 0:
                    yield _multiplier(site, f"MULT18X18{half}{k // 2}", 18)


def _of_multipliers(site: Site, half: str) -> Iterator[str]:
    chip = site.wires.chip
    for k in range(_TILES_OF_MULTIPLIERS):
        tile = site.wires.at[site.tile.row, site.tile.column + k]
        fuses = chip.shortval[chip[tile.row, tile.column].ttyp].get(f"DSP{half}")
        if fuses:
            tables = chip.rev_logicinfo("DSP")
            yield from gowin_unpack.parse_attrvals(tile.bits, tables, fuses, attrids.dsp_attrids, "DSP")


def _check_plain(said: set[str], k: int) -> None:
    """That a multiplier of nine bits goes around all its registers."""
    pair, part = k // 2, "LH"[k % 2]
    around = {f"IRBY_IREG{pair}A{part}_{4 * pair + k % 2}", f"IRBY_IREG{pair}B{part}_{4 * pair + 2 + k % 2}"}
    around |= {f"CINBY_{3 * pair}", f"CINBY_{3 * pair + 1}", f"CPRBY_{3 * pair}", f"CPRBY_{3 * pair + 1}"}
    around |= {f"PPREG{pair}_BYP{part}_{k}", f"OREG{pair}_BYP{part}_{k}"}
    assert around <= said, f"a multiplier with a register, {around - said}, is not modelled"


def _multiplier(site: Site, name: str, width: int) -> Cell:
    wires = site.parts[name].portmap

    def number(pin: str) -> str:
        sign = site.at(wires[f"{pin}SIGN"])
        bits = [site.at(wires[f"{pin}{k}"]) for k in reversed(range(width))]
        return f"$signed({{{sign} & {bits[0]}, {', '.join(bits)}}})"

    outputs = [site.out(wires[f"DOUT{k}"]) for k in range(2 * width)]
    text = f"assign {{{', '.join(reversed(outputs))}}} = {number('A')} * {number('B')};"
    return Cell(tuple(outputs), text)
