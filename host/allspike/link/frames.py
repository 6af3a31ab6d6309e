"""Frames: COBS on the line, tag, operation and CRC inside. See docs/protocol.md."""

import zlib
from dataclasses import dataclass

from ..map.link_map import (
    ADDRESS_BYTES,
    ANSWER_HEAD,
    CRC_BYTES,
    MAX_READ,
    REQUEST_HEAD,
    SIZE_BYTES,
    TAG_BYTES,
    Code,
    Op,
)

END = b"\0"
"""Closes a frame; occurs nowhere else on the line."""
_LONGEST_BLOCK = 254
_LONGEST_ANSWER = ANSWER_HEAD + MAX_READ + CRC_BYTES


class FrameError(ValueError):
    """Bytes that are no frame, or a damaged one."""


@dataclass(frozen=True)
class Answer:
    """A valid answer: which request, how it went, and the data."""

    tag: int
    code: int
    data: bytes


def stuff(data: bytes) -> bytes:
    """COBS: `data` without zero bytes, one byte longer for every 254 begun; the closing zero is not added."""
    blocks: list[bytes] = []
    for part in data.split(END):
        whole = len(part) // _LONGEST_BLOCK * _LONGEST_BLOCK
        for start in range(0, whole, _LONGEST_BLOCK):
            blocks += (b"\xff", part[start : start + _LONGEST_BLOCK])
        blocks += (bytes((len(part) - whole + 1,)), part[whole:])
    if whole and whole == len(part):
        del blocks[-2:]  # a full block at the end needs no empty one after it
    return b"".join(blocks)


def unstuff(frame: bytes) -> bytes:
    """The inverse of `stuff`.

    Raises
    ------
    FrameError
        If `frame` holds a zero byte or ends within a block.
    """
    parts: list[bytes] = []
    place, size = 0, len(frame)
    while place < size:
        code = frame[place]
        end = place + code
        if code == 0 or end > size:
            raise FrameError("not COBS")
        parts.append(frame[place + 1 : end])
        if code <= _LONGEST_BLOCK and end < size:
            parts.append(END)
        place = end
    return b"".join(parts)


def on_line(size: int) -> int:
    """Most bytes that a frame of `size` bytes takes on the line, its end included."""
    return size + size // _LONGEST_BLOCK + 2


def request(tag: int, op: Op, address: int, size: int, data: bytes = b"") -> bytes:
    """A request before COBS; `size` is left out where the operation has none."""
    sized = b"" if op is Op.WRITE else size.to_bytes(SIZE_BYTES, "little")
    head = tag.to_bytes(TAG_BYTES, "little") + bytes((op,)) + address.to_bytes(ADDRESS_BYTES, "little")
    return _sealed(head + sized + data)


def request_size(op: Op, data: int = 0) -> int:
    """Bytes of a request before COBS, CRC included."""
    return REQUEST_HEAD + (0 if op is Op.WRITE else SIZE_BYTES) + data + CRC_BYTES


def answer_size(data: int) -> int:
    """Bytes of an answer with so much data before COBS, CRC included."""
    return ANSWER_HEAD + data + CRC_BYTES


def parse_answer(frame: bytes) -> Answer:
    """The answer that a frame (without its end) holds.

    Raises
    ------
    FrameError
        If it is damaged, or no answer: too short, or data where the code is not DONE.
    """
    content = unstuff(frame)
    if len(content) < answer_size(0):
        raise FrameError("too short")
    body = content[:-CRC_BYTES]
    if content != _sealed(body):
        raise FrameError("wrong CRC")
    code, data = body[TAG_BYTES], body[ANSWER_HEAD:]
    if code > max(Code) or (code != Code.DONE and data):
        raise FrameError("no answer")
    return Answer(int.from_bytes(body[:TAG_BYTES], "little"), code, data)


def _sealed(body: bytes) -> bytes:
    return body + zlib.crc32(body).to_bytes(CRC_BYTES, "little")


class Splitter:
    """Cuts received bytes into frames; holds back what has no end yet, and drops what is too long for one."""

    def __init__(self) -> None:
        self._rest = b""
        self._drop = False
        self.dropped = 0
        """Frames that were too long."""

    def feed(self, data: bytes) -> list[bytes]:
        """The frames, without their ends and not empty, that `data` completes."""
        *whole, rest = (self._rest + data).split(END)
        if whole and self._drop:
            whole[0] = b""
            self._drop = False
        fitting = [frame for frame in whole if 0 < len(frame) < on_line(_LONGEST_ANSWER)]
        self.dropped += sum(len(frame) >= on_line(_LONGEST_ANSWER) for frame in whole)
        if len(rest) >= on_line(_LONGEST_ANSWER):
            self.dropped += not self._drop
            self._drop = True
        self._rest = b"" if self._drop else rest
        return fitting

    def clear(self) -> None:
        """Forget what has no end yet."""
        self._rest = b""
        self._drop = False
