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


@pytest.mark.parametrize(("words", "width", "style"), [(16, 128, ""), (16, 129, "block"), (17, 128, "block")])
def test_a_wide_memory_of_few_words_is_made_of_tables(words: int, width: int, style: str) -> None:
    def wide(style: str) -> str:
        return memory(words, style).replace("width 24", f"width {width}")

    assert fitted(Family.GOWIN, wide("block")) == wide(style)


def test_others_are_left_alone() -> None:
    other = '  attribute \\ram_style "block"\n  wire \\a\n' + memory(16, "")
    assert fitted(Family.ECP5, other) == other
