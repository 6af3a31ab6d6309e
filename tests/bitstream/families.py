"""Reading a bitstream, whatever chip it is for."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from allspike_boards import Board
from allspike_boards.build import Plan
from allspike_boards.chips import Family

from . import ecp5, gowin, ice40
from .read import Read

_READERS: dict[Family, Callable[[Board, Path, Path], Read]] = {
    Family.ICE40: ice40.read,
    Family.ECP5: ecp5.read,
    Family.GOWIN: gowin.read,
}


def read(planned: Plan) -> Read:
    """What the bitstream of a build says; the build must have been made."""
    assert planned.bitstream is not None
    with tempfile.TemporaryDirectory() as scratch:
        return _READERS[planned.board.chip.family](planned.board, planned.bitstream, Path(scratch))
