"""What docs/howto/choosing.md says of the boards is what the catalogue has."""

import re
from pathlib import Path

import pytest

from allspike_boards.board import Board
from allspike_boards.catalog import BOARDS

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "choosing.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\|[^|]*\| [^|`]*`([\w-]+)` (\|.*)$", PAGE, re.MULTILINE))


def test_it_recommends_boards_of_several_prices() -> None:
    assert len({BOARDS[name].price for name in ROWS}) == 3


@pytest.mark.parametrize("name", ROWS)
def test_price_and_size_are_those_of_the_board(name: str) -> None:
    board, row = BOARDS[name], ROWS[name]
    assert f"| {board.price.value} |" in row
    said = re.search(r"(\d+) neurons", row)
    assert said is None or int(said[1]) == board.config.neurons
    assert ("routed" in row) == (board.support.value == "routed")


@pytest.mark.parametrize("board", BOARDS.values(), ids=lambda board: board.name)
def test_the_rules_of_udev_cover_it(board: Board) -> None:
    loader = re.search(r"(\w{4}):(\w{4})", str(board.flash.tools))
    ids = [loader.groups()] if loader else []
    ids += [(f"{board.usb.vid:04x}", f"{board.usb.pid:04x}")] if board.usb else []
    for vid, pid in ids:
        assert f'ATTRS{{idVendor}}=="{vid}", ATTRS{{idProduct}}=="{pid}"' in PAGE
