"""Runs of the virtual board over bad lines, each from its seed.

python -m tests.link_rtl.faulted [RUNS]
"""

import sys

from allspike.link.port import Port
from allspike.map.config import Config
from tests.link.faulted import Outcome, faulted_run, summarise
from tests.link.faults import Faults

from .boards import CONFIG, FaultyPort


def board_port(_: Config, to_device: Faults, to_host: Faults) -> Port:
    """The port of a board that was just powered on."""
    return FaultyPort(to_device, to_host)


def run(seed: int, rate: float | None = None) -> Outcome:
    """One run, compared with the emulator."""
    return faulted_run(seed, rate, CONFIG, board_port)


if __name__ == "__main__":
    summarise([run(seed) for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 100)])
