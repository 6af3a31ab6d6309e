"""Whatever may change at any time passes two registers in series before it meets logic: on boards."""

from dataclasses import replace

import pytest

from allspike_boards import BOARDS, flow
from allspike_boards.system import System

from ..hdl.crossings import crossings, netlist_of, unsynchronised
from .tiny import TINY

LINE_AND_LOCK = 2


@pytest.mark.parametrize("name", ["icebreaker", "ice40-hx8k-evn", "ulx3s-25f", "tang-nano-9k", "arty-a7-35t"])
def test_the_line_and_the_lock_of_a_board_pass_two_registers(name: str) -> None:
    board = BOARDS[name]
    config = replace(TINY, clock_hz=board.config.clock_hz)
    system = System(board, config, baud=board.baud, build="tiny")
    platform = board.make_platform()
    netlist = netlist_of(lambda: platform.prepare(system, flow.NAME, **flow.overrides(board)))
    assert crossings(netlist) >= LINE_AND_LOCK
    assert unsynchronised(netlist) == []
