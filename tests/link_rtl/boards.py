"""Virtual boards as tests use them, small and quick to simulate."""

from collections.abc import Callable
from typing import Any

from allspike.link.port import POLL
from allspike.map.config import Config
from allspike_sim.board import Board
from allspike_sim.serial_urls.protocol_allspike import Serial
from allspike_sim.virtual import Virtual

CONFIG = Config(
    neurons=16, inputs=4, lanes=4, neuron_lanes=2, event_ring=32, spike_ring=64, clock_hz=4_000_000
)
"""Four clocks a bit at 1 Mbaud, the fewest there can be."""
VIRTUAL = Virtual(CONFIG, clock=CONFIG.clock_hz, buffer=256, latency=0)


class FaultyPort(Serial):
    """The host's port of a virtual board, on a line that damages bytes."""

    def __init__(
        self, to_device: Callable[[bytes], bytes] = bytes, to_host: Callable[[bytes], bytes] = bytes
    ) -> None:
        self._to_device, self._to_host = to_device, to_host
        super().__init__(baudrate=VIRTUAL.baud, timeout=POLL)
        self.port = "allspike://"
        self.open()

    def power_on(self) -> Board:
        """The board of these tests, whatever the URL."""
        return VIRTUAL.power_on()

    def read(self, size: int = 1) -> bytes:
        """What arrives of up to `size` bytes."""
        return self._to_host(super().read(size))

    def write(self, data: Any) -> int:
        """Send; what arrives of it is another matter."""
        super().write(self._to_device(bytes(data)))
        return len(data)
