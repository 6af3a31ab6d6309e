"""Bits of a bitstream that are flipped in the Verilog of its chip, one at a time, as a run chooses.

Chosen by `+fault=N` are: of a look-up table the bit that one combination of its inputs selects; of a block
RAM one bit of its content at power-on that is set.
"""

import random
import re
from itertools import count

_TABLE = re.compile(r"^assign (n\d+) += /\* LUT +(\d+) +(\d+) +(\d+) \*/ (.*n\d+.*);$", re.MULTILINE)
_MEMORY = re.compile(r"^SB_RAM40_4K #\((?:.|\n)*?\n\) (\w+) \(\n(?:.|\n)*?\n\);\n", re.MULTILINE)
_CONTENT = re.compile(r"256'h([0-9a-f]{64})")
_READ = re.compile(r"\.RDATA\((.*)\)")
_NET = re.compile(r"n\d+")
_CHOSEN = """\
integer fault;
initial if (!$value$plusargs("fault=%d", fault)) fault = 0;
"""


def argument(number: int) -> str:
    """What chooses a fault, or 0 for none."""
    return f"+fault={number}"


def prepared(text: str, tables: int, memories: int, seed: int) -> tuple[str, list[str]]:
    """A chip with faults that may be chosen, and the name of each; the first has the number 1."""
    rng = random.Random(seed)
    numbers, names = count(1), []
    for found in rng.sample(list(_TABLE.finditer(text)), tables):
        net, *place, expression = found.groups()
        inputs = sorted(set(_NET.findall(expression)))
        case = " && ".join(rng.choice(("", "!")) + name for name in inputs)
        flipped = f"assign {net} = ({expression}) ^ (fault == {next(numbers)} && {case});"
        text = text.replace(found[0], flipped, 1)
        names.append(f"look-up table {'/'.join(place)}, {case}")
    written = [found for found in _MEMORY.finditer(text) if any(map(_set_bits, _CONTENT.findall(found[0])))]
    for found in rng.sample(written, memories):
        text = text.replace(found[0], _twice(found[0], found[1], next(numbers), rng), 1)
        names.append(f"a bit of {found[1]}")
    head, end, body = text.partition(");\n")
    return head + end + _CHOSEN + body, names


def _set_bits(digits: str) -> list[int]:
    return [k for k in range(256) if int(digits, 16) >> k & 1]


def _twice(cell: str, name: str, number: int, rng: random.Random) -> str:
    """A memory, and beside it one with a bit of its content flipped; which is read is chosen."""
    content = rng.choice([found for found in _CONTENT.finditer(cell) if _set_bits(found[1])])
    other = int(content[1], 16) ^ 1 << rng.choice(_set_bits(content[1]))
    flipped = f"{cell[: content.start()]}256'h{other:064x}{cell[content.end() :]}"
    read = _READ.search(cell)
    assert read is not None
    copies = [
        _READ.sub(f".RDATA({name}_{k})", one).replace(f") {name} (", f") {name}_as_{k} (")
        for k, one in enumerate((cell, flipped))
    ]
    wires = f"wire [15:0] {name}_0, {name}_1;\nassign {read[1]} = fault == {number} ? {name}_1 : {name}_0;\n"
    return wires + "".join(copies)
