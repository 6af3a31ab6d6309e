"""The wires of a Gowin bitstream: which output each input of a cell hangs on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apycula import chipdb, gowin_unpack

CONSTANTS = {"VCC": "1'b1", "VSS": "1'b0"}
"""Wires of the chip that are constants, and what they are in Verilog."""

Place = tuple[int, int, str]
"""Row, column, and a wire's name there; rows and columns from 0."""


@dataclass(frozen=True)
class Tile:
    """What a tile is set to, by Project Apicula's own reader."""

    row: int
    column: int
    bits: Any
    """Rows of its own bits of the bitstream."""
    bels: dict[str, set[Any]]
    """Of each part that is used its flags: of a look-up table the words that are 0."""


@dataclass
class Wires:
    """Wires of a chip, by names such as R5C7_F3: the fourth look-up table's output in row 5, column 7.

    Parameters
    ----------
    chip : apycula.chipdb.Device
    bits : list of list of int
        The bitstream's rows; see `apycula.bslib.read_bitstream`.
    """

    chip: Any
    bits: Any
    at: dict[tuple[int, int], Tile] = field(default_factory=dict)
    """The tile in a row and a column."""
    _roots: dict[str, str] = field(default_factory=dict)
    _joined: set[str] = field(default_factory=set)
    _drivers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for first, *others in _shared(self.chip):
            for place in others:
                root, other = self.name(*first), self.name(*place)
                if root != other:
                    self._roots[other] = root
                    self._joined |= {root, other}
        tiles = chipdb.tile_bitmap(self.chip, self.bits, empty=True)
        for (row, column), bits in tiles.items():
            bels, pips, _ = gowin_unpack.parse_tile_(self.chip, row, column, bits, tiles, noiostd=False)
            self.at[row, column] = Tile(row, column, bits, bels)
            for end, start in (*pips.items(), *self._clock_pips(row, column, bits)):
                self._drivers[self.name(row, column, end)] = self.name(row, column, start)

    def name(self, row: int, column: int, wire: str) -> str:
        """The one name of a wire of a tile, for all tiles that it goes through."""
        found = self._local((row, column, wire))
        while found in self._roots:
            found = self._roots[found]
        return found

    def source(self, row: int, column: int, wire: str) -> str:
        """Where what a wire carries comes from: an output, VCC, VSS, or a wire that nothing drives."""
        found = self.name(row, column, wire)
        while found in self._drivers:
            found = self._drivers[found]
        return found

    def _local(self, place: Place) -> str:
        row, column, wire = place
        name: str = chipdb.wire2global(row + 1, column + 1, self.chip, wire)
        return name

    def _clock_pips(self, row: int, column: int, bits: Any) -> Iterator[tuple[str, str]]:
        # A column can tap one spine in four, which one its place tells and not its fuses; Apicula's reader
        # takes the last of the four. Only those that there are have been joined with others.
        for end, starts in self.chip[row, column].clock_pips.items():
            used = {(y, x) for y, x in set().union(*starts.values()) if bits[y][x]}
            found = [start for start, fuses in starts.items() if used and fuses == used]
            if len(found) > 1:
                found = [start for start in found if self._local((row, column, start)) in self._joined]
            for start in found:
                yield end, start


def _shared(chip: Any) -> Iterator[list[Place]]:
    """Places where one wire has several names, the one to call it by first."""
    for _, places in chip.nodes.values():
        yield sorted(places, key=lambda place: (len(place[2]), place))
    for row in range(chip.rows):
        for column in range(chip.cols):
            for k in "12":  # to the next tile on either side it is one wire
                yield [(row, column, f"SN{k}0"), (row - 1, column, f"N1{k}1"), (row + 1, column, f"S1{k}1")]
                yield [(row, column, f"EW{k}0"), (row, column - 1, f"W1{k}1"), (row, column + 1, f"E1{k}1")]
    for (_, column, index), segment in chip.segments.items():
        yield from _long(column, index, segment)


def _long(column: int, index: int, segment: dict[str, Any]) -> Iterator[list[Place]]:
    """A long wire goes down a column, and from each row of it to four columns. Apicula's reader leaves them
    out; nextpnr makes them of the same description."""
    tap, out = ("LT01", "LBO0") if index < 4 else ("LT04", "LBO1")
    rows = range(segment["min_y"], segment["max_y"] + 1)
    ends = [
        (segment["top_row"], column, segment["top_wire"]),
        (segment["bottom_row"], column, segment["bottom_wire"]),
    ]
    yield [*ends, *((row, column, tap) for row in rows)]
    for row in rows:
        columns = range(segment["min_x"], segment["max_x"] + 1)
        yield [(row, column, out), *((row, there, f"LB{index}1") for there in columns)]
