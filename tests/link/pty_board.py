"""A board as a process: the model behind a terminal device, whose name it prints.

python -m tests.link.pty_board
"""

import os
import sys
import tty

from allspike.config import Config
from allspike.emulator.bus import EmulatorBus

from .model import Model

CONFIG = Config(neurons=32, inputs=4, event_ring=64, spike_ring=256, clock_hz=12_000_000)


def serve() -> None:
    """Answer until killed."""
    host, board = os.openpty()
    tty.setraw(board)
    bus = EmulatorBus(CONFIG)
    bus.warm_up()
    model = Model(bus)
    print(os.ttyname(board), flush=True)
    while True:
        for answer in model.feed(os.read(host, 4096)):
            os.write(host, answer)


if __name__ == "__main__":
    sys.exit(serve())
