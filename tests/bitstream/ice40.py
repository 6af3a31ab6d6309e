"""An iCE40 bitstream, read by Project IceStorm's `iceunpack` and `icebox_vlog`."""

import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

from allspike_boards import Board

from .read import COLUMN, Read

_PORT = re.compile(r"(input|output|inout) pin_(\w+)")
_PLL = re.compile(r"^SB_PLL40_\w+ #\(\n(.*?)^\) ", re.DOTALL | re.MULTILINE)
_WORD = re.compile(r"\.(\w+)\(\d+'b([01]+)\)")
_CONTENT = re.compile(r"\.INIT_[0-9A-F]\(256'h([0-9a-f]+)\)")
_WIDTH = 16


def read(board: Board, bitstream: Path, scratch: Path) -> Read:
    """What a bitstream says, unpacked in the folder `scratch`."""
    if shutil.which("icebox_vlog") is None:
        raise SystemExit("there is no icebox_vlog: apt-get install fpga-icestorm.")
    bits = scratch / "unpacked.asc"
    subprocess.run(["iceunpack", bitstream, bits], check=True)
    package = board.chip.part.partition("-")[2].lower()
    command = ["icebox_vlog", "-s", "-l", "-d", package, bits]
    return interpreted(board, subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def interpreted(board: Board, text: str) -> Read:
    """What the Verilog of a bitstream says."""
    head = text[text.index("module ") : text.index(";", text.index("module "))]
    pins = {pin: direction for direction, pin in _PORT.findall(head)}
    driven = frozenset(pin for pin, direction in pins.items() if direction != "input")
    return Read(driven, frozenset(pins) - driven, _clock_hz(board, text), frozenset(_columns(text)))


def _clock_hz(board: Board, text: str) -> Fraction:
    """FPGA-TN-02052 (sysCLOCK PLL), FEEDBACK_PATH "SIMPLE": F_out = F_in (DIVF + 1) / (2^DIVQ (DIVR + 1))."""
    pll = _PLL.search(text)
    if pll is None:
        return Fraction(board.oscillator_hz)
    assert '.FEEDBACK_PATH("SIMPLE")' in pll[1] and '.PLLOUT_SELECT("GENCLK")' in pll[1]
    words = {name: int(value, 2) for name, value in _WORD.findall(pll[1])}
    return Fraction(board.oscillator_hz * (words["DIVF"] + 1), (words["DIVR"] + 1) << words["DIVQ"])


def _columns(text: str) -> set[int]:
    """Of each block RAM the columns of 16 words: a parameter has 16 words of 16 bits."""
    found = set()
    for content in {int(digits, 16) for digits in _CONTENT.findall(text)}:
        for bit in range(_WIDTH):
            found.add(sum((content >> (_WIDTH * word + bit) & 1) << word for word in range(COLUMN)))
    return found
