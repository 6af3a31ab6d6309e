"""Devices that a simulation goes on upon: one that gives all of itself away, and one that gives nothing."""

from allspike.aliases import NDArray
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus

from .checkpoints import CONFIG
from .test_observing import Plain


class Board(Plain):
    """Gives nothing away, as a board."""

    def hidden(self) -> dict[str, NDArray] | None:
        return None

    def restore(self, step: int, hidden: object) -> bool:
        return False


def emulator(_: int = 0) -> Device:
    return Device(EmulatorBus(CONFIG))


def board(_: int = 0) -> Device:
    return Device(Board(CONFIG))
