"""An iCE40 bitstream as Verilog: unpacked and read by Project IceStorm's own `icebox_vlog`, and completed."""

import contextlib
import io
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from allspike_boards import Board

from . import up5k
from .powered import MODULE

NEEDS = pytest.mark.needs("icebox_vlog", "apt-get install fpga-icestorm")
"""Of tests that unpack such a bitstream."""
_PAD = re.compile(r"^\) PLL_(\d+)_(\d+) \(\n  \.PACKAGEPIN\((\w+)\)", re.MULTILINE)


def unpacked(board: Board, bitstream: Path) -> str:
    """The module `MODULE` that a bitstream makes of a board's chip.

    It has a port `pin_B12` for the pin B12. Look-up tables, carries and flip-flops are plain Verilog;
    memories, multipliers and the PLL are the vendor's cells.
    """
    if shutil.which("icebox_vlog") is None:
        raise SystemExit("there is no icebox_vlog: apt-get install fpga-icestorm.")
    package = board.chip.part.partition("-")[2].lower()
    with tempfile.TemporaryDirectory() as scratch:
        bits = Path(scratch) / "unpacked.asc"
        subprocess.run(["iceunpack", bitstream, bits], check=True)
        text, known = _icebox(bits, package)
    text = _with_pad(text, known["ic"], package)
    if known["ic"].device == "5k":
        return up5k.completed(text, known["ic"], known["seg2net"])
    return text


def _icebox(bits: Path, package: str) -> tuple[str, dict[str, Any]]:
    """What `icebox_vlog` prints, and what it knows at its end: the nets of all wires among it."""
    program = shutil.which("icebox_vlog")
    assert program is not None
    said = io.StringIO()
    arguments = [program, "-s", "-l", "-d", package, "-n", MODULE, str(bits)]
    with (
        mock.patch.object(sys, "argv", arguments),
        mock.patch.object(sys, "path", [str(Path(program).resolve().parent), *sys.path]),
        contextlib.redirect_stdout(said),
        warnings.catch_warnings(action="ignore"),
    ):
        known = runpy.run_path(program)
    return said.getvalue().lstrip(), known


def _with_pad(text: str, chip: Any, package: str) -> str:
    """The Verilog with the pin that a PLL takes its reference from: `icebox_vlog` leaves it out."""
    pad = _PAD.search(text)
    if pad is None:
        return text
    icebox = sys.modules["icebox"]
    place = (int(pad[1]), int(pad[2]))
    (cell,) = (
        icebox.pllinfo_db[name]["PLLOUT_A"]
        for name in chip.pll_list()
        if icebox.pllinfo_db[name]["LOC"] == place
    )
    (pin,) = (name for name, *where in chip.pinloc_db(package) if tuple(where) == cell)
    head, _, body = text.partition(");\n")
    return f"{head}, input pin_{pin});\nwire pin_{pin};\nassign {pad[3]} = pin_{pin};\n{body}"
