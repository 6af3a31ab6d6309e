"""Scattered bytes of an address space: pieces that are written alone, and ranges that are read together."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..aliases import NDArray

NEAR = 32
"""Bytes between two values that are read with them: about what another command takes on a line."""


@dataclass(frozen=True, eq=False)
class Patch:
    """Pieces of equal size in one region, such as one field of some records."""

    addresses: NDArray[np.int64]
    """[pieces], ascending; no piece reaches the next."""
    size: int
    """Bytes of a piece."""
    data: bytes
    """The pieces, one after the other."""

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Address and data of each piece."""
        for k, address in enumerate(self.addresses.tolist()):
            yield address, self.data[k * self.size : (k + 1) * self.size]

    def __len__(self) -> int:
        return len(self.addresses)

    @property
    def start(self) -> int:
        """The address of its first byte."""
        return int(self.addresses[0])

    @property
    def stop(self) -> int:
        """The address behind its last byte."""
        return int(self.addresses[-1]) + self.size

    def apply(self, contents: NDArray[np.uint8], base: int) -> None:
        """Write it to `contents`, whose first byte is at address `base`."""
        pieces = np.frombuffer(self.data, np.uint8).reshape(-1, self.size)
        if len(self) == 1:
            contents[self.start - base : self.stop - base] = pieces[0]
        else:
            contents[(self.addresses - base)[:, None] + np.arange(self.size)] = pieces


def whole(address: int, data: bytes) -> Patch:
    """Bytes that follow each other."""
    return Patch(np.array([address], np.int64), len(data), data)


def patches(addresses: NDArray[np.int64], values: NDArray[np.uint8]) -> list[Patch]:
    """What writes `values`, [K, bytes], to ascending `addresses`, [K], and nothing else.

    Values that touch are one piece; pieces of one size are one patch.
    """
    if not addresses.size:
        return []
    size = values.shape[1]
    firsts = np.flatnonzero(np.diff(addresses, prepend=addresses[0] - size - 1) != size)
    lengths = np.diff(firsts, append=addresses.size)
    found = []
    for length in np.unique(lengths).tolist():
        begins = firsts[lengths == length]
        pieces = values[begins[:, None] + np.arange(length)]
        found.append(Patch(addresses[begins], length * size, pieces.tobytes()))
    return found


def ranges(addresses: NDArray[np.int64], size: int) -> list[tuple[int, int]]:
    """Address and length of the ranges in which values of `size` bytes at ascending addresses are read."""
    if not addresses.size:
        return []
    cuts = np.flatnonzero(np.diff(addresses) - size > NEAR) + 1
    starts = addresses[np.concatenate(([0], cuts))]
    ends = addresses[np.concatenate((cuts - 1, [-1]))] + size
    return list(zip(starts.tolist(), (ends - starts).tolist(), strict=True))
