"""A bitstream as Verilog, whatever chip it is for."""

from collections.abc import Callable
from pathlib import Path

from allspike_boards import Board
from allspike_boards.build import Plan
from allspike_boards.chips import Family

from . import gowin, ice40
from .powered import Chip

_CHIPS: dict[Family, Callable[[Board, Path], Chip]] = {
    Family.ICE40: ice40.chip_of,
    Family.GOWIN: gowin.chip_of,
}


def can_run(board: Board) -> bool:
    """Whether what is made for such a board can be run."""
    return board.chip.family in _CHIPS


def chip_of(planned: Plan) -> Chip:
    """What the bitstream of a build makes of a chip; the build must have been made."""
    assert planned.bitstream is not None
    return _CHIPS[planned.board.chip.family](planned.board, planned.bitstream)
