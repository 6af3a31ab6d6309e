"""Faults of a line, from a seed: what goes in comes out damaged, and is counted."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

KINDS = ("flip", "drop", "double", "insert", "burst", "truncate")
_LONGEST_BURST = 40


@dataclass
class Faults:
    """One direction of a bad line.

    Parameters
    ----------
    seed : int
    rate : float
        Faults a byte, 0 to 1.
    kinds : tuple of str
        Which of KINDS occur: a flipped bit, a byte dropped, doubled or inserted, a burst of noise over
        several bytes, the rest of a frame cut off with its end left in place.
    """

    seed: int
    rate: float
    kinds: tuple[str, ...] = KINDS
    injected: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)

    def __call__(self, data: bytes) -> bytes:
        """What arrives of `data`."""
        struck = np.flatnonzero(self._random.random(len(data)) < self.rate)
        if not self.kinds or not struck.size:
            return data
        out = bytearray()
        done = 0
        for place in struck:
            if place < done:
                continue
            out += data[done:place]
            kind = str(self._random.choice(self.kinds))
            self.injected[kind] += 1
            arrives, done = self._strike(kind, data, int(place))
            out += arrives
        return bytes(out + data[done:])

    def _strike(self, kind: str, data: bytes, place: int) -> tuple[bytes, int]:
        """What arrives from `place` on, and where the line is good again."""
        byte = data[place]
        if kind == "flip":
            return bytes((byte ^ (1 << self._random.integers(8)),)), place + 1
        if kind == "drop":
            return b"", place + 1
        if kind == "double":
            return bytes((byte, byte)), place + 1
        if kind == "insert":
            return bytes((self._random.integers(256), byte)), place + 1
        if kind == "burst":
            end = min(place + int(self._random.integers(2, _LONGEST_BURST)), len(data))
            return self._random.bytes(end - place), end
        end = data.find(b"\0", place)
        return b"", len(data) if end < 0 else end
