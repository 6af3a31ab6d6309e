"""The wires of a Gowin chip: what an input hangs on as its fuses say, over wires that are many tiles long."""

import numpy as np
import pytest

from ..gowin import device
from .gowin_wires import Place, Wires

Switches = dict[Place, str]
"""Of a wire in a tile that which it is switched to."""
WAYS: dict[str, tuple[Place, Switches, Place]] = {
    "the same tile": ((10, 10, "A0"), {(10, 10, "A0"): "F7"}, (10, 10, "F7")),
    "the same tile, without a fuse": ((10, 13, "A0"), {}, (10, 13, "F5")),
    "the neighbour": ((20, 20, "A0"), {(20, 20, "A0"): "N111", (21, 20, "SN10"): "F3"}, (21, 20, "F3")),
    "the other neighbour": (
        (22, 20, "B3"),
        {(22, 20, "B3"): "S111", (21, 20, "SN10"): "F3"},
        (21, 20, "F3"),
    ),
    "two tiles away": ((20, 10, "A0"), {(20, 10, "A0"): "W272", (20, 12, "W270"): "F7"}, (20, 12, "F7")),
    "nine tiles away": (
        (5, 21, "E200"),
        {(5, 21, "E200"): "E101", (5, 20, "E100"): "E808", (5, 12, "E800"): "F3"},
        (5, 12, "F3"),
    ),
    "the edge, by a long wire": (
        (5, 11, "CLK0"),
        {(5, 11, "CLK0"): "LB21", (5, 9, "LBO0"): "LT01", (0, 9, "LT02"): "F6"},
        (0, 9, "F6"),
    ),
}
NOTHING = (24, 30, "A0"), {(24, 30, "A0"): "N271", (25, 30, "N270"): "VSS"}


@pytest.fixture(scope="module")
def wires() -> Wires:
    """A chip with the switches of all ways set, and nothing else."""
    chip = device("GW1N-9C")
    bits = np.zeros((chip.height, chip.width), int)
    tops = np.cumsum([0] + [chip[row, 0].height for row in range(chip.rows)])
    lefts = np.cumsum([0] + [chip[0, column].width for column in range(chip.cols)])
    for switches in (*(way[1] for way in WAYS.values()), NOTHING[1]):
        for (row, column, end), start in switches.items():
            for y, x in chip[row, column].pips[end][start]:
                bits[tops[row] + y, lefts[column] + x] = 1
    return Wires(chip, bits)


@pytest.mark.parametrize("way", WAYS)
def test_an_input_hangs_on_an_output_of(wires: Wires, way: str) -> None:
    end, _, start = WAYS[way]
    assert wires.source(*end) == wires.name(*start)


def test_an_input_may_hang_on_a_constant(wires: Wires) -> None:
    assert wires.source(*NOTHING[0]) == "VSS"


def test_wires_of_places_that_have_nothing_in_common_are_different(wires: Wires) -> None:
    starts = {wires.name(*start) for _, _, start in WAYS.values()}
    assert len(starts) == len(WAYS) - 1, "both neighbours hang on the same output"
