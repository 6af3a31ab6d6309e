"""What a link needs of a port."""

from typing import Protocol

POLL = 0.02
"""Seconds that a read of the port waits, of the host's time."""


class Port(Protocol):
    """What a link needs of a port: part of pyserial's `Serial`.

    A port may have a method `clock()`, the time of its line in seconds, where that is not the host's own (a
    simulated board). That time goes on while the port is read. Only one thread reads; any may write.
    """

    baudrate: int
    break_condition: bool

    @property
    def in_waiting(self) -> int:
        """Bytes received and not read."""

    def read(self, size: int = 1) -> bytes:
        """Up to `size` bytes, after waiting `POLL` at most."""

    def write(self, data: bytes) -> int | None:
        """Send `data`."""

    def close(self) -> None:
        """Release the port."""
