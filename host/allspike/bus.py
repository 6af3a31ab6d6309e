"""What a device is made of: an address space, and what makes it quick over a line."""

import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .config import Config
from .running import Rings, Tap

if TYPE_CHECKING:
    from .link.statistics import Traffic


class Bus(ABC):
    """An address space. Reads and writes stay within one region.

    A device in this process has `read`, `write` and `close`; the rest is for those behind a line.
    """

    background = False
    """Whether a thread of its own takes spikes while a run goes on."""

    @abstractmethod
    def read(self, address: int, size: int) -> bytes:
        """`size` bytes from `address`."""

    @abstractmethod
    def write(self, address: int, data: bytes) -> None:
        """Write `data` from `address` on."""

    @abstractmethod
    def close(self) -> None:
        """Release what the bus holds."""

    def store(self, parts: Iterable[tuple[int, bytes]]) -> list[int]:
        """Write each (address, data); of each the CRC-32 (zlib's) of what the device then holds there."""
        digests = []
        for address, data in parts:
            self.write(address, data)
            digests.append(zlib.crc32(self.read(address, len(data))))
        return digests

    def tap(self, config: Config, rings: Rings) -> Tap:
        """What takes the device through a run."""
        return Tap(self, config, rings)

    @property
    def traffic(self) -> "Traffic | None":
        """What went over the line; None where there is none."""
        return None

    def counts(self) -> dict[str, int]:
        """What the device tells of its link; nothing where there is none."""
        return {}
