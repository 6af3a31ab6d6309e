"""The memory map over a link."""

from collections.abc import Iterable

import numpy as np

from ..bus import Bus
from ..config import Config
from ..errors import DeviceError, LinkError
from ..link_map import LINE, LINK, LINK_LAYOUT, LINK_VERSION, divisor_of
from ..running import Rings, Tap
from .ahead import ReadAhead
from .finding import find
from .link import Link
from .statistics import Traffic


class LinkBus(Bus):
    """A device behind a link whose ends have found each other.

    Parameters
    ----------
    link : Link
        Owned from now on.

    Raises
    ------
    DeviceError
        If the device speaks another version of the protocol.
    """

    background = True

    def __init__(self, link: Link) -> None:
        self.link = link
        told = self.counts()
        version = told["version"]
        if version != LINK_VERSION:
            raise DeviceError(
                f"the device has link version {version} and this software version {LINK_VERSION}: rebuild "
                "the bitstream or install the release that matches it."
            )
        link.set_buffer(told["buffer"])

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes from `address`, all in one region."""
        if not size:
            return b""
        pending = self.link.read(address, size)
        self.link.wait(pending)
        return bytes(pending.buffer)

    def write(self, address: int, data: bytes) -> None:
        """Write `data` from `address` on, all in one region; returns when the device has it."""
        if data:
            self.link.wait(self.link.write(address, data))

    def store(self, parts: Iterable[tuple[int, bytes]]) -> list[int]:
        """As in `Bus`: written and digested in one go, so that verifying costs next to nothing."""
        under_way = []
        for address, data in parts:
            written = self.link.write(address, data)
            under_way.append((address, data, written, self.link.digest(address, len(data))))
        self.link.wait(*(pending for _, _, *both in under_way for pending in both))
        digests = []
        for address, data, written, digest in under_way:
            if digest.first < written.last:  # a part of it was lost, and written after it was digested
                digest = self.link.digest(address, len(data))  # noqa: PLW2901
                self.link.wait(digest)
            digests.append(int.from_bytes(digest.buffer, "little"))
        return digests

    def tap(self, config: Config, rings: Rings) -> Tap:
        """As in `Bus`: reads the spike ring ahead."""
        return ReadAhead(self, self.link, config, rings)

    def close(self) -> None:
        """Release the port."""
        self.link.close()

    @property
    def traffic(self) -> Traffic:
        """What went over the line since it was opened."""
        return self.link.traffic

    def counts(self) -> dict[str, int]:
        """The region `link`: what the device says of the link, and what it counted since power-on."""
        record = np.frombuffer(self.read(LINK.base, LINK_LAYOUT.size), LINK.dtype)[0]
        return {name: int(record[name]) for name in LINK_LAYOUT.dtype.names or () if name != "reserved"}

    def set_rate(self, baud: int, clock_hz: int) -> None:
        """Take both ends of the line to another rate.

        Parameters
        ----------
        baud : int
            Bits a second.
        clock_hz : int
            The device's clock.

        Raises
        ------
        ParameterError
            If the device cannot make that rate.
        DeviceError
            If the port cannot, or the line does not work at it; both ends are then back where they were.
        """
        before = self.link.baud
        if baud == before:
            return
        divisor = divisor_of(clock_hz, baud)
        try:
            self.write(LINE.base, divisor.to_bytes(LINE.dtype.itemsize, "little"))
            self.link.listen(baud)
            self.counts()
        except (LinkError, ValueError) as error:
            find(self.link, before)
            if self.link.baud != before:
                self.set_rate(before, clock_hz)
            raise DeviceError(
                f"{self.link.name} does not work at {baud:,} baud ({error}): use a lower rate."
            ) from None
