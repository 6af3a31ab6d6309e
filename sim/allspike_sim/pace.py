"""How fast this machine simulates a board, and the clock and line rate that it holds in real time."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from allspike.map.link_map import MIN_DIVISOR

from .virtual import RATES, Virtual

MARGIN = 2.5
"""How much faster than the chosen clock this machine simulates: other programs want processors too."""
_LEAST = 1.25
"""The same for a clock that it just holds."""
_SECONDS = 0.3
_CLOCKS = 1 << 13
"""Clocks at a time."""


def speed(virtual: Virtual) -> float:
    """Clocks that this machine simulates in a second, as busy as it is now; compiles a board on first use."""
    with tempfile.TemporaryDirectory() as folder:
        waves = None if virtual.waves is None else Path(folder) / "waves"
        board = replace(virtual, waves=waves).power_on()
        try:
            began = time.perf_counter()
            while (spent := time.perf_counter() - began) < _SECONDS:
                board.let_pass(_CLOCKS)
            return board.clocks / spent
        finally:
            board.close()


def held(virtual: Virtual) -> tuple[Virtual, float]:
    """The same board at the highest of `RATES` that this machine holds, else at the lowest; and its speed."""
    found = speed(_at(virtual, RATES[0]))  # one library serves all clocks
    rate = next((rate for rate in RATES if MIN_DIVISOR * rate * MARGIN <= found), RATES[-1])
    return _at(virtual, rate), found


def holds(clock: float, speed: float) -> bool:
    """Whether a machine of that speed keeps time with a board of that clock."""
    return speed >= _LEAST * clock


def _at(virtual: Virtual, rate: int) -> Virtual:
    return replace(virtual, clock=MIN_DIVISOR * rate, baud=rate)
