"""The memory map over a link."""

import zlib
from collections.abc import Sequence

import numpy as np

from ..device.bus import Bus
from ..device.patch import Patch
from ..device.tap import Rings, Tap
from ..device.traffic import Traffic
from ..errors import DeviceError, LinkError
from ..map.config import Config
from ..map.link_map import LINE, LINE_RECORD, LINK, LINK_RECORD, LINK_VERSION, divisor_of
from .ahead import ReadAhead
from .finding import find
from .link import Link

_DIGEST_FRAMES = 6
"""How much is digested at a time: what so many full frames hold."""
_SHARES = 8
"""Pieces into which a part of as many full frames or more is cut at least."""


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
        link.buffer = told["buffer"]

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

    def gather(self, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """As in `Bus`: all are under way at once."""
        asked = [self.link.read(address, size) for address, size in ranges]
        self.link.wait(*asked)
        return [bytes(pending.buffer) for pending in asked]

    def patch(self, patches: Sequence[Patch]) -> None:
        """As in `Bus`: a command a piece, all under way at once; returns when the device has them."""
        self.link.wait(*(self.link.write(address, data) for patch in patches for address, data in patch))

    def store(self, parts: Sequence[tuple[int, bytes]], held: Sequence[bytes] | None = None) -> list[bool]:
        """As in `Bus`: written and digested in one go, so that verifying costs next to nothing.

        Zeros are short on the line and long in the device, random weights the other way round: so pieces of
        all parts are sent by turns, after the first of each, in the order of the parts. And a device digests
        slowly, with room for `link.buffer` bytes of requests meanwhile: so it is asked for little at a time.
        """
        under_way = []
        for k, start, stop in _by_turns([len(data) for _, data in parts], self.link.room):
            address, data = parts[k]
            written = self.link.write(address + start, data[start:stop])
            digest = self.link.digest(address + start, stop - start)
            expected = data if held is None else held[k]
            under_way.append((k, address + start, expected[start:stop], written, digest))
        self.link.wait(*(pending for *_, written, digest in under_way for pending in (written, digest)))
        right = [True] * len(parts)
        for k, place, wanted, written, digest in under_way:
            if digest.first < written.last:  # a part of it was lost, and written after it was digested
                digest = self.link.digest(place, len(wanted))  # noqa: PLW2901
                self.link.wait(digest)
            right[k] &= int.from_bytes(digest.buffer, "little") == zlib.crc32(wanted)
        return right

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
        record = np.frombuffer(self.read(LINK.base, LINK_RECORD.size), LINK_RECORD.dtype)[0]
        return {name: int(record[name]) for name in LINK_RECORD.dtype.names or () if name != "reserved"}

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
            self.write(LINE.base, divisor.to_bytes(LINE_RECORD.size, "little"))
            self.link.listen(baud)
            self.counts()
        except (LinkError, ValueError) as error:
            find(self.link, before)
            if self.link.baud != before:
                self.set_rate(before, clock_hz)
            raise DeviceError(
                f"{self.link.name} does not work at {baud:,} baud ({error}): use a lower rate."
            ) from None


def _by_turns(sizes: Sequence[int], room: int) -> list[tuple[int, int, int]]:
    """(part, start, stop) of all pieces of parts of these sizes, in the order of their places therein."""
    pieces = []
    for k, size in enumerate(sizes):
        count = max(-(-size // (_DIGEST_FRAMES * room)), min(-(-size // room), _SHARES))
        pieces += [(n / count, k, size * n // count, size * (n + 1) // count) for n in range(count)]
    return [(k, start, stop) for _, k, start, stop in sorted(pieces)]
