"""Runs over a line: reads of the spike ring are kept under way, so that the line never waits for the host."""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..device.bus import Bus
from ..device.tap import OFFSETS, Rings, Tap
from ..errors import LinkError
from ..map import device_map as dm
from ..map.config import Config
from ..map.link_map import MAX_READ
from .link import Link
from .window import Pending

_LEAST = 64
"""Bytes of spikes that are asked for on the off chance."""


@dataclass
class _Look:
    """A status, and bytes of the spike ring that are read after it."""

    place: int
    status: Pending
    words: Pending
    size: int
    current: bool


class ReadAhead(Tap):
    """A tap that asks for spikes before it knows that they are there.

    Each look is a read of `status` and, right behind it, one of the spike ring, of what is expected there;
    the status tells how much of it is valid. When as much again was there, two looks are kept under way: a
    quarter of the ring each, so that two quarters are on the line and the core fills the others.

    A write to `control` is not repeated once a later one has been sent, so the last one said is what holds.
    """

    waits = False

    window = 0.3

    def __init__(self, bus: Bus, link: Link, config: Config, rings: Rings) -> None:
        super().__init__(bus, config, rings)
        self._link = link
        self._most = min(max(config.spike_ring // 4, dm.RING_WORD), MAX_READ)
        self._size = min(_LEAST, self._most)
        self._full = False
        self._looks: deque[_Look] = deque()
        self._feeds: list[Pending] = []
        self._wanted = self._said = b""
        self._saying: Pending | None = None
        self.current = False

    def feed(self, words: NDArray[np.uint16]) -> None:
        """As in `Tap`, without waiting."""
        self._feeds += [self._link.write(address, data) for address, data in self._event_parts(words)]

    def clock(self) -> float:
        """As in `Tap`: the line's time."""
        return self._link.clock()

    def go_on(self, until: int) -> None:
        """As in `Tap`, without waiting: it is said once the events have arrived."""
        self._wanted = self._run_fields(until)
        self._say()

    def take(self) -> tuple[np.void, NDArray[np.uint16]]:
        """As in `Tap`; waits for the oldest look."""
        self._ask()
        look = self._looks.popleft()
        self._link.wait(look.status, look.words)
        status = np.frombuffer(look.status.buffer, dm.STATUS.record.dtype)[0]
        self._rings.check(status)
        self.current = look.current
        # A status that had to be asked again was read after the words, and says nothing about them.
        followed = look.status.last < look.words.first and look.place == self._rings.spike_ack
        ready = self._ready(status) if followed else 0
        valid = min(ready, look.size)
        self._full = ready - valid >= self._most
        self._size = min(max(2 * valid, 2 * (ready - valid), _LEAST), self._most)
        words = self._taken(bytes(look.words.buffer[:valid]))
        if not self._full:
            self._link.give_up(*(p for look in self._looks for p in (look.status, look.words)))
            self._looks.clear()
        self._say()
        return status, words

    def close(self) -> None:
        """As in `Tap`: what is said is answered, so that nothing of it is repeated later."""
        self._link.give_up(*(p for look in self._looks for p in (look.status, look.words)))
        self._looks.clear()
        with suppress(LinkError):  # then given up, so not repeated; whoever asks next is told
            self._link.wait(*self._feeds, *([self._saying] if self._saying else []))

    def _say(self) -> None:
        """Tell `control` what is wanted, when the events that must come before have been answered."""
        if self._saying is not None and self._saying.done:
            self._link.wait(self._saying)
            self._saying = None
        if not all(feed.done for feed in self._feeds):
            return
        self._link.wait(*self._feeds)
        self._feeds.clear()
        if self._wanted != self._said:
            if self._saying is not None:
                self._link.give_up(self._saying)
            self._said = self._wanted
            self._saying = self._link.write(dm.CONTROL.address("event_head"), self._said)

    def _ask(self) -> None:
        """Keep one look under way, or two when the core makes more than the line carries."""
        place = self._looks[-1].place + self._looks[-1].size if self._looks else self._rings.spike_ack
        while len(self._looks) < (2 if self._full else 1):
            offset = place % self._config.spike_ring
            size = min(self._size, self._most - offset % self._most)  # so that none goes round the end
            status = self._link.read(dm.STATUS.base, dm.STATUS.record.size)
            words = self._link.read(dm.SPIKE_RING.base + offset, size)
            said = self._saying is None and self._wanted == self._said and not self._feeds
            self._looks.append(_Look(place % OFFSETS, status, words, size, said))
            place += size
