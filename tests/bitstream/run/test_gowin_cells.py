"""Cells of a Gowin bitstream as Verilog, beside the models of them that Yosys synthesises for."""

from collections.abc import Callable
from random import Random

import numpy as np
import pytest

from ...boards.netlist import models_file
from ..gowin import device
from .bench import MODULE, ran
from .gowin_cells import carry, expression, register

CLOCKS = 400
TABLES = 50
A, B, C, D, CARRIED, CLOCK, ENABLE, LINE = (f"lines[{k}]" for k in range(8))
ZERO, ONE = "1'b0", "1'b1"
SUMS = "012346789"
"""Modes of sums; that of 5 is that of 4."""
REGISTERS = {"DFF": "", "DFFS": "SET", "DFFR": "RESET", "DFFP": "PRESET", "DFFC": "CLEAR"}
"""Of each kind what Yosys calls its line."""

Pair = tuple[str, list[str], list[str]]
"""Verilog, the nets that are ours in it, and what they should be."""


def tables() -> list[Pair]:
    """Tables of any content, with inputs that are constants among others, and two equal."""
    random, pairs = Random(1), []
    for k in range(TABLES):
        table = random.choice((0, 0xFFFF, 0xAAAA, random.getrandbits(16), random.getrandbits(16)))
        inputs = [random.choice((net, net, net, ZERO, ONE, A)) for net in (A, B, C, D)]
        pins = ", ".join(f".I{i}({net})" for i, net in enumerate(inputs))
        text = f"wire t{k}; LUT4 #(.INIT({table})) lut{k} (.F(t{k}), {pins});"
        pairs.append((text, [expression(table, inputs)], [f"t{k}"]))
    return pairs


def sums() -> list[Pair]:
    """Of each mode a bit of a sum, by the fuses that Apicula has for it."""
    bels = device("GW1N-9C")[10, 10].bels
    pairs = []
    for k in range(6):
        for mode in SUMS:
            name = f"s{k}_{mode}"
            fuses = bels[f"ALU{k}"].modes[mode]
            table = sum(1 << word for word, places in bels[f"LUT{k}"].flags.items() if not places <= fuses)
            ours = [f"{name}_sum", f"{name}_out"]
            pins = f".SUM({name}_S), .COUT({name}_C), .I0({A}), .I1({B}), .I3({D}), .CIN({CARRIED})"
            text = [f"wire {', '.join((*ours, f'{name}_S', f'{name}_C'))};"]
            text += [cell.verilog for cell in carry(*ours, table, [A, B, ONE, D], CARRIED)]
            text += [f"ALU #(.ALU_MODE({mode})) {name} ({pins});"]
            pairs.append(("\n".join(text), ours, [f"{name}_S", f"{name}_C"]))
    return pairs


def registers() -> list[Pair]:
    """A register of each kind."""
    pairs = []
    for kind, line in REGISTERS.items():
        cell = register(kind, f"q_{kind}", D, CLOCK, ENABLE, LINE)
        pins = f".Q(r_{kind}), .D({D}), .CLK({CLOCK}), .CE({ENABLE})" + (f", .{line}({LINE})" if line else "")
        text = f"reg q_{kind} = {cell.wakes}; wire r_{kind};\n{cell.verilog}\n{kind}E {kind}_cell ({pins});"
        pairs.append((text, [f"q_{kind}"], [f"r_{kind}"]))
    return pairs


Found = dict[str, tuple[list[int], list[int]]]
"""Of what ours should be, by its net, the bits of ours and its own, clock after clock."""


@pytest.fixture(scope="module")
def found() -> Found:
    """All of them, side by side on the same random lines."""
    pairs = [*tables(), *sums(), *registers()]
    sides = [[net for pair in pairs for net in pair[side]] for side in (1, 2)]
    words = -(-len(sides[0]) // 32)
    text = f"module {MODULE} (input clk, input [95:0] lines, output [{64 * words - 1}:0] results);\n"
    text += "".join(f"{pair[0]}\n" for pair in pairs)
    for k, nets in enumerate(sides):
        text += f"assign results[{32 * words * k} +: {len(nets)}] = {{{', '.join(reversed(nets))}}};\n"
    models = models_file().parents[1] / "gowin" / "cells_sim.v"
    text += "endmodule\n" + models.read_text("utf-8")
    lines = np.random.default_rng(1).integers(0, 1 << 8, (CLOCKS, 3), np.uint32)
    bits = np.unpackbits(ran(text, lines, 2 * words).view(np.uint8), axis=1, bitorder="little").T.tolist()
    return {net: (bits[k], bits[32 * words + k]) for k, net in enumerate(sides[1])}


@pytest.mark.parametrize("some", [tables, sums, registers])
def test_cells_do_as_those_that_yosys_synthesises_for(some: Callable[[], list[Pair]], found: Found) -> None:
    nets = [net for _, _, theirs in some() for net in theirs]
    assert [net for net in nets if found[net][0] != found[net][1]] == []
    assert sum(len(set(found[net][0])) == 2 for net in nets) > len(nets) / 2, "most of them do something"
