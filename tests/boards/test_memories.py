"""Small memories are made of look-up tables where the chip has them, and nothing else changes."""

import pytest

from allspike_boards.chips import Family
from allspike_boards.memories import fitted


def memory(words: int, style: str = "block") -> str:
    asked = f'  attribute \\ram_style "{style}"\n' if style else ""
    return f"{asked}  attribute \\no_rw_check 1\n  memory width 24 size {words} \\params\n"


@pytest.mark.parametrize(
    ("family", "words", "style"),
    [
        (Family.ECP5, 64, "distributed"),
        (Family.ECP5, 65, ""),
        (Family.GOWIN, 42, ""),
        (Family.GOWIN, 43, "block"),
        (Family.ICE40, 16, "block"),
    ],
)
def test_a_memory_is_made_of_what_suits_it(family: Family, words: int, style: str) -> None:
    around = "module \\top\n  wire \\a\n"
    assert fitted(family, around + memory(words) + around) == around + memory(words, style) + around


def test_others_are_left_alone() -> None:
    other = '  attribute \\ram_style "block"\n  wire \\a\n' + memory(16, "")
    assert fitted(Family.ECP5, other) == other
