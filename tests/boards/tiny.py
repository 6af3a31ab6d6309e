"""The smallest device there is, on the pins of a board: quick to build."""

from dataclasses import replace

from allspike.map.config import Config
from allspike_boards import Board

TINY = Config(
    neurons=8, inputs=4, lanes=1, weight_bits=4, state_bits=12, trace_bits=8, max_delay=1, plasticity=False,
    poisson=False, event_ring=32, spike_ring=32,
)  # fmt: skip


def tiny(board: Board, clock_hz: int | None = None) -> Board:
    """`board` with `TINY` as its default build, by default at its own clock."""
    config = replace(TINY, clock_hz=clock_hz or board.config.clock_hz)
    return replace(board, config=config, static=None, buffer=256)
