"""What a link did: counted on the host, from its opening on."""

from dataclasses import dataclass, fields
from typing import Self


@dataclass
class Traffic:
    """Counts of a link. The difference of two is what happened between them."""

    seconds: float = 0.0
    """Time of the line, s."""
    bytes_sent: int = 0
    bytes_received: int = 0
    requests: int = 0
    """Frames sent, repetitions included."""
    answers: int = 0
    """Valid answers to what was under way."""
    retries: int = 0
    """Requests that were sent again."""
    timeouts: int = 0
    """Times that answers did not come."""
    damaged: int = 0
    """Received frames that were no valid answer."""
    stale: int = 0
    """Valid answers to nothing under way: they came too late."""
    baud: float = 0.0
    """Rate of the line, bits a second."""

    def __sub__(self, before: Self) -> "Traffic":
        counts = {f.name: getattr(self, f.name) - getattr(before, f.name) for f in fields(self)}
        return Traffic(**counts | {"baud": self.baud})

    @property
    def use_sent(self) -> float:
        """Share of the line's time that the host sent, 0 to 1."""
        return self._use(self.bytes_sent)

    @property
    def use_received(self) -> float:
        """Share of the line's time that the device sent, 0 to 1."""
        return self._use(self.bytes_received)

    def _use(self, count: int) -> float:
        return 10 * count / self.baud / self.seconds if self.baud and self.seconds else 0.0

    def to_dict(self) -> dict[str, float]:
        """The counts and shares as plain values."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return plain | {"use_sent": self.use_sent, "use_received": self.use_received}
