"""A board as a process: the model behind a terminal device, whose name it prints.

python -m tests.link.pty_board [MOMENT]

At the moment `loading`, `streaming` or `reading` (of weights, after a run) it vanishes; at the moment `power`
it loses its power in mid-run, and is as after power-on.
"""

import os
import sys
import tty

from allspike.device.bus import Bus
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config

from .model import Model

CONFIG = Config(neurons=32, inputs=4, event_ring=64, spike_ring=256, clock_hz=12_000_000)
_LOOKS = 12
"""Reads of spikes after which it is mid-run."""


class Failing(Bus):
    """A bus that fails at a moment."""

    def __init__(self, moment: str) -> None:
        self._moment = moment
        self._bus = powered_on()
        self._looks = 0

    def read(self, address: int, size: int) -> bytes:
        """As in `Bus`."""
        self._looks += _within(dm.SPIKE_RING, address)
        if _within(dm.WEIGHTS, address) and self._looks and self._moment == "reading":
            os._exit(0)
        if self._looks == _LOOKS and self._moment == "streaming":
            os._exit(0)
        if self._looks == _LOOKS and self._moment == "power":
            self._looks += 1
            self._bus = powered_on()
        return self._bus.read(address, size)

    def write(self, address: int, data: bytes) -> None:
        """As in `Bus`."""
        if _within(dm.WEIGHTS, address) and self._moment == "loading":
            os._exit(0)
        self._bus.write(address, data)

    def close(self) -> None:
        """As in `Bus`."""


def _within(region: dm.Region, address: int) -> bool:
    return region.base <= address < region.base + region.size(CONFIG)


def powered_on() -> EmulatorBus:
    """The board's core."""
    bus = EmulatorBus(CONFIG)
    bus.warm_up()
    return bus


def serve(moment: str = "") -> None:
    """Answer until killed."""
    host, board = os.openpty()
    tty.setraw(board)
    model = Model(Failing(moment))
    print(os.ttyname(board), flush=True)
    while True:
        for answer in model.feed(os.read(host, 4096)):
            os.write(host, answer)


if __name__ == "__main__":
    sys.exit(serve(*sys.argv[1:]))
