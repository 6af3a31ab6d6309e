"""An iCE40 bitstream as a chip: what IceStorm reads of it, with models of the vendor's cells."""

import re
from pathlib import Path

from allspike_boards import Board

from ...boards.netlist import cells
from ..ice40 import interpreted
from .icebox import unpacked
from .powered import Chip

_PLL = Path(__file__).with_name("pll.v")
_CELL = re.compile(r"^(SB_\w+) (?:#\(|\w+ \()", re.MULTILINE)
_HEAD = re.compile(r"^module (\w+) \((.*?)\);\n", re.MULTILINE)


def chip_of(board: Board, bitstream: Path) -> Chip:
    """What the bitstream of a board makes of its chip."""
    return modelled(board, unpacked(board, bitstream))


def modelled(board: Board, text: str) -> Chip:
    """What the Verilog of a board's bitstream, see `icebox.unpacked`, makes of its chip."""
    used = set(_CELL.findall(text))
    plls = {cell for cell in used if cell.startswith("SB_PLL40_")}
    models = [_PLL.read_text("utf-8")] if plls else []
    verilog = "\n".join([_with_ports(text), *models, cells(used - plls)])
    return Chip(verilog, float(interpreted(board, text).clock_hz), bool(plls))


def _with_ports(text: str) -> str:
    """The chip with its ports declared in its body: there they are wires, too, as a head would not allow."""
    head = _HEAD.search(text)
    assert head is not None
    ports = head[2].split(", ")
    names = ", ".join(port.split()[1] for port in ports)
    declared = "".join(f"{port};\n" for port in ports)
    return f"module {head[1]} ({names});\n{declared}{text[head.end() :]}"
