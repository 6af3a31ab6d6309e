"""What host and device say to each other in a run: events, how far to go, spikes."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..aliases import NDArray
from ..errors import DeviceError
from ..map import device_map as dm
from ..map.config import Config

if TYPE_CHECKING:
    from .bus import Bus

OFFSETS = 1 << 32
"""Ring offsets count bytes modulo this."""
_RUN_FIELDS = np.dtype([("event_head", "<u4"), ("run_until", "<u8"), ("spike_ack", "<u4")])


@dataclass
class Rings:
    """How far host and device have come since the reset: byte offsets, and the steps of markers."""

    epoch: int
    event_head: int = 0
    """Up to here events were sent."""
    spike_ack: int = 0
    """Up to here spikes were read."""
    last_event: int = -1
    last_spike: int = -1

    def check(self, status: np.void) -> None:
        """Refuse a status of another epoch.

        Raises
        ------
        DeviceError
            If the device was reset, by somebody else or by its power.
        """
        if status["epoch"] != self.epoch:
            raise DeviceError(
                f"the device was reset in mid-run: it is in epoch {status['epoch']} instead of {self.epoch}, "
                "and what it held is lost; check its power, load the network and run again."
            )


class Tap:
    """What takes a device through a run: sends events, lets it go on, takes spikes.

    This one is for a device in this process, where a write returns when the core can go no further.

    Parameters
    ----------
    bus : Bus
    config : Config
        The device's.
    rings : Rings
        Kept up to date.
    """

    window = 0.1
    """Seconds that the core is let run ahead, about."""
    waits = True
    """Whether `go_on` returns when the core can go no further."""
    current = True
    """Whether the last status is younger than all that was sent."""

    def __init__(self, bus: "Bus", config: Config, rings: Rings) -> None:
        self._bus = bus
        self._config = config
        self._rings = rings

    def clock(self) -> float:
        """Seconds, in which the core's pace is measured."""
        return time.perf_counter()

    def feed(self, words: NDArray[np.uint16]) -> None:
        """Put words into the event ring, which has room for them; they count from the next `go_on` on."""
        for address, data in self._event_parts(words):
            self._bus.write(address, data)

    def go_on(self, until: int) -> None:
        """Let the core run while its step is below `until`; what was taken makes room in the spike ring."""
        self._bus.write(dm.CONTROL.address("event_head"), self._run_fields(until))

    def take(self) -> tuple[np.void, NDArray[np.uint16]]:
        """A status record, and the spike words that are there by then.

        Raises
        ------
        DeviceError
            If the device was reset, or its line fails.
        """
        data = self._bus.read(dm.STATUS.base, dm.STATUS.record.size)
        status = np.frombuffer(data, dm.STATUS.record.dtype)[0]
        self._rings.check(status)
        count = self._ready(status)
        place, size = self._rings.spike_ack % self._config.spike_ring, self._config.spike_ring
        first = min(count, size - place)
        words = self._bus.read(dm.SPIKE_RING.base + place, first) if first else b""
        if count > first:
            words += self._bus.read(dm.SPIKE_RING.base, count - first)
        return status, self._taken(words)

    def close(self) -> None:
        """Wait until the device has heard all that was said."""

    def _event_parts(self, words: NDArray[np.uint16]) -> Iterator[tuple[int, bytes]]:
        data = words.astype(dm.EVENT_RING.dtype(self._config)).tobytes()
        size = self._config.event_ring
        place = self._rings.event_head % size
        for part, address in ((data[: size - place], place), (data[size - place :], 0)):
            if part:
                yield dm.EVENT_RING.base + address, part
        self._rings.event_head = (self._rings.event_head + len(data)) % OFFSETS

    def _run_fields(self, until: int) -> bytes:
        fields = (self._rings.event_head, until, self._rings.spike_ack)
        return np.array([fields], _RUN_FIELDS).tobytes()

    def _ready(self, status: np.void) -> int:
        """Bytes in the spike ring.

        Raises
        ------
        DeviceError
            If there cannot be so many.
        """
        count = (int(status["spike_head"]) - self._rings.spike_ack) % OFFSETS
        if count > self._config.spike_ring:
            raise DeviceError(
                f"the device tells of {count} bytes of spikes in a ring of {self._config.spike_ring}: it was "
                "reset, or its gateware is at fault; load the network and run again."
            )
        return count

    def _taken(self, data: bytes) -> NDArray[np.uint16]:
        self._rings.spike_ack = (self._rings.spike_ack + len(data)) % OFFSETS
        return np.frombuffer(data, dm.SPIKE_RING.dtype(self._config))
