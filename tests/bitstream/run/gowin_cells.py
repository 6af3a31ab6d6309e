"""Cells of a Gowin bitstream as Verilog: look-up tables, carries, multiplexers, registers, small memories."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .gowin_wires import CONSTANTS, Tile, Wires

_TABLES = 8
"""Look-up tables of a tile; all but the last two have a register each, and can be a carry."""
_CARRIES = 6
_KINDS = {
    "DFF": "",
    "DFFS": "1'b1",
    "DFFR": "1'b0",
    "DFFP": "1'b1",
    "DFFC": "1'b0",
}
"""What a register is set to by its line for that, if it has one; the two last need no clock for it."""
_AT_ONCE = {"DFFP", "DFFC"}


@dataclass(frozen=True)
class Cell:
    """A cell, by the names of its nets: of each output that, of inputs where they come from."""

    outputs: tuple[str, ...]
    verilog: str
    wakes: str = ""
    """Of a register its value at power-on."""


@dataclass(frozen=True)
class Site:
    """A tile among its wires."""

    wires: Wires
    tile: Tile

    @property
    def parts(self) -> Any:
        """What there is in such a tile."""
        return self.wires.chip[self.tile.row, self.tile.column].bels

    def out(self, wire: str) -> str:
        """The net of an output."""
        return self.wires.name(self.tile.row, self.tile.column, wire)

    def at(self, wire: str) -> str:
        """The net, or constant, that an input hangs on."""
        found = self.wires.source(self.tile.row, self.tile.column, wire)
        return CONSTANTS.get(found, found)

    def next(self, wire: str) -> str:
        """The net of an output of the tile to the right."""
        return self.wires.name(self.tile.row, self.tile.column + 1, wire)


def expression(table: int, inputs: list[str]) -> str:
    """A look-up table as Verilog.

    Parameters
    ----------
    table : int
        Bit k is the output for the inputs k, the first of them the lowest bit.
    inputs : list of str
        Nets and constants; those that do not matter are not mentioned.
    """
    if not inputs:
        return "1'b1" if table else "1'b0"
    *others, last = inputs
    half = 1 << len(others)
    high, low = table >> half, table & (1 << half) - 1
    if high == low or last == "1'b0":
        return expression(low, others)
    if last == "1'b1":
        return expression(high, others)
    then, otherwise = expression(high, others), expression(low, others)
    if (then, otherwise) == ("1'b1", "1'b0"):
        return last
    return f"~{last}" if then == "1'b0" and otherwise == "1'b1" else f"({last} ? {then} : {otherwise})"


def of_logic(site: Site) -> Iterator[Cell]:
    """What a tile of logic is made of, used or not."""
    bels = site.tile.bels
    memory = "RAM16" in bels
    for k in range(_TABLES):
        # Apicula's reader forgets a table that has a bit for no word: all its words are 1.
        table = (1 << 16) - 1 - sum(1 << word for word in bels.get(f"LUT{k}", ()) if isinstance(word, int))
        inputs = [site.at(f"{pin}{k}") for pin in "ABCD"]
        if memory and k < _CARRIES:
            if k < 4:
                yield _memory(site, k, table, inputs)
        elif f"ALU{k}" in bels:
            yield from carry(site.out(f"F{k}"), site.out(f"COUT{k}"), table, inputs, _carried(site, k))
        else:
            yield Cell((site.out(f"F{k}"),), f"assign {site.out(f'F{k}')} = {expression(table, inputs)};")
        if k < _CARRIES and (flags := bels.get(f"DFF{k}")) and not memory:
            yield _register(site, k, flags)
    yield from _multiplexers(site)


def carry(total: str, out: str, table: int, inputs: list[str], carried: str) -> Iterator[Cell]:
    """A bit of a sum. Apicula, doc/alu.md: the table says whether what is carried goes on; if not, its lowest
    four bits, a table of A and B, are carried. So has Yosys's model of an ALU it, mode by mode."""
    goes_on = expression(table, inputs)
    yield Cell((total,), f"assign {total} = {goes_on} ^ {carried};")
    yield Cell((out,), f"assign {out} = {goes_on} ? {carried} : {expression(table & 15, inputs[:2])};")


def _carried(site: Site, k: int) -> str:
    """What comes into a bit of a sum: into the first of a tile from the tile before, if that is one too."""
    if k:
        return site.out(f"COUT{k - 1}")
    row, column = site.tile.row, site.tile.column
    before = site.wires.at.get((row, column - 1))
    last = _CARRIES - 1
    return (
        site.wires.name(row, column - 1, f"COUT{last}") if before and f"ALU{last}" in before.bels else "1'b0"
    )


def _register(site: Site, k: int, flags: Iterable[Any]) -> Cell:
    (kind,) = set(flags) - {"SD"}
    data = site.at(f"SEL{k}") if "SD" in flags else site.out(f"F{k}")
    pair = k // 2
    clock, enable, line = (site.at(f"{pin}{pair}") for pin in ("CLK", "CE", "LSR"))
    return register(kind, site.out(f"Q{k}"), data, clock, enable, line)


def register(kind: str, out: str, data: str, clock: str, enable: str, line: str) -> Cell:
    """A register of a kind that Gowin names (UG288, Gowin CFU): S and R are set and reset at a clock, P and C
    at once, and they say what it wakes up with."""
    value = _KINDS[kind]
    edges = f"posedge {clock}" + (f" or posedge {line}" if kind in _AT_ONCE else "")
    first = f"if ({line}) {out} <= {value}; else " if value else ""
    text = f"always @({edges}) {first}if ({enable}) {out} <= {data};"
    return Cell((out,), text, value or "1'b0")


def _memory(site: Site, k: int, table: int, address: list[str]) -> Cell:
    """One bit of 16 words; their fifth and sixth tables are the lines for writing."""
    out = site.out(f"F{k}")
    where = ", ".join(site.at(f"{pin}4") for pin in "DCBA")
    data = site.at(f"{'ABCD'[k]}5")
    text = f"""\
reg [15:0] {out}_words = 16'd{table};
assign {out} = {out}_words[{{{", ".join(reversed(address))}}}];
always @(posedge {site.at("CLK2")}) if ({site.at("LSR2")}) {out}_words[{{{where}}}] <= {data};"""
    return Cell((out,), text)


def _multiplexers(site: Site) -> Iterator[Cell]:
    """Trees of multiplexers over the tables, the eighth with the next tile: number, what 1 takes, what 0."""
    tree = [(2 * k, f"F{2 * k + 1}", f"F{2 * k}") for k in range(4)]
    tree += [(1, "OF0", "OF2"), (5, "OF4", "OF6"), (3, "OF1", "OF5")]
    for k, one, zero in tree:
        yield _multiplexer(site, k, site.out(one), site.out(zero))
    yield _multiplexer(site, 7, site.out("OF3"), site.next("OF3"))


def _multiplexer(site: Site, k: int, one: str, zero: str) -> Cell:
    out = site.out(f"OF{k}")
    return Cell((out,), f"assign {out} = {site.at(f'SEL{k}')} ? {one} : {zero};")
