"""A Gowin bitstream as Verilog: its bits, read with Project Apicula's tables."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from apycula import attrids, chipdb, gowin_unpack

from allspike_boards import Board

from ..gowin import Opened, clock_hz, opened
from ..pins import pins_of
from . import gowin_blocks
from .gowin_cells import Cell, Site, of_logic
from .gowin_wires import Wires
from .powered import MODULE, Chip

MODELS = Path(__file__).with_name("gowin_cells.v")
"""Of the blocks that are no plain logic."""
_PLL = re.compile(r"^PLL ", re.MULTILINE)
_NET = re.compile(r"\bR\d+C\d+_\w+\b")
_OWN = ("_words", "_block")
"""Ends of names that cells have within."""


def chip_of(board: Board, bitstream: Path) -> Chip:
    """What the bitstream of a board makes of its chip."""
    chip = opened(board, bitstream)
    wires = Wires(chip.device, chip.bits)
    ports, cells = _ends(wires, chip, {pin.name for pin in pins_of(board).values()})
    found = {name: cell for cell in (*_cells(wires, chip), *cells) for name in cell.outputs}
    text = _written(ports, found)
    models = MODELS.read_text("utf-8")
    return Chip(text + models, float(clock_hz(chip, board.oscillator_hz)), bool(_PLL.search(text)))


def _cells(wires: Wires, chip: Opened) -> Iterator[Cell]:
    for tile in wires.at.values():
        site = Site(wires, tile)
        if "LUT0" in site.parts:
            yield from of_logic(site)
        if "BSRAM" in site.parts:
            yield from gowin_blocks.memory(site, chip.contents)
        if "DSP" in site.parts:
            yield from gowin_blocks.multipliers(site)
        if pll := site.parts.get("RPLLA"):
            net = {name: site.out(wire) for name, wire in pll.portmap.items()}
            made, lock = net["CLKOUT"], net["LOCK"]
            oscillator = site.at(pll.portmap["CLKIN"])
            pins = f".CLKIN({oscillator}), .CLKOUT({made}), .LOCK({lock})"
            yield Cell((made, lock), f"PLL {site.out('RPLL')}_block ({pins});")


def _ends(wires: Wires, chip: Opened, pins: set[str]) -> tuple[dict[str, str], list[Cell]]:
    """The ports, "output pin_17" with what it carries or "input pin_18" with "", and the cells of inputs."""
    ports: dict[str, str] = {}
    cells = []
    for site, bel in _buffers(wires):
        place = chipdb.loc2pin_name(chip.device, site.tile.row, site.tile.column) + bel[-1]
        pin = chip.names.get(place, "")
        if pin not in pins:
            continue
        flags, wire = site.tile.bels.get(bel, set()), site.parts[bel].portmap
        if flags & {"IOBUF", "OBUF"}:
            _check_always_on(chip, site, bel)
            ports[f"output pin_{pin}"] = site.at(wire["I"])
        else:
            ports[f"input pin_{pin}"] = ""
            out = site.out(wire["O"])
            cells.append(Cell((out,), f"assign {out} = pin_{pin};"))
    return ports, cells


def _buffers(wires: Wires) -> Iterator[tuple[Site, str]]:
    for tile in wires.at.values():
        site = Site(wires, tile)
        yield from ((site, bel) for bel in site.parts if bel in ("IOBA", "IOBB"))


def _check_always_on(chip: Opened, site: Site, bel: str) -> None:
    """That a pin is always driven: gowin_pack sets TO for one whose enable comes from logic."""
    fuses = chip.device.longval[site.wires.chip[site.tile.row, site.tile.column].ttyp][bel]
    tables = chip.device.rev_logicinfo("IOB")
    said = gowin_unpack.parse_attrvals(site.tile.bits, tables, fuses, attrids.iob_attrids, "IOB")
    assert "TO" not in said, f"{bel} is driven at times only"


def _written(ports: dict[str, str], found: dict[str, Cell]) -> str:
    """What is needed for the outputs."""
    needed: dict[str, Cell] = {}
    asked = [net for net in ports.values() if _NET.fullmatch(net)]
    while asked:
        name = asked.pop()
        if name not in needed:
            cell = found.get(name)
            assert cell is not None, f"{name} is used, and no cell that is modelled makes it"
            needed |= dict.fromkeys(cell.outputs, cell)
            asked += [net for net in _NET.findall(cell.verilog) if net not in cell.outputs and _is_net(net)]
    cells = {id(cell): cell for cell in needed.values()}.values()
    kept = [f"reg {cell.outputs[0]} = {cell.wakes};" for cell in cells if cell.wakes]
    wired = [f"wire {name};" for cell in cells if not cell.wakes for name in cell.outputs]
    carried = [f"assign {port.split()[1]} = {net};" for port, net in ports.items() if net]
    body = chain(kept, wired, (cell.verilog for cell in cells), carried)
    return f"module {MODULE} ({', '.join(ports)});\n" + "\n".join(body) + "\nendmodule\n"


def _is_net(name: str) -> bool:
    return not name.endswith(_OWN)
