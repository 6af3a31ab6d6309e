"""The window: which requests are under way, which answer belongs to which, and what has to be sent again.

A plain state machine without threads or clock. Answers come in the order of requests, so an answer tells
that all requests sent before its own, and not answered, were lost. Every sending has a number of its own,
of which the tag is the low 16 bits: an answer belongs to one sending, never to an earlier one.
"""

import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from ..device.traffic import Traffic
from ..errors import LinkError
from ..map.link_map import MAX_READ, TAG_BYTES, Code, Op, max_data
from . import packing
from .frames import END, Answer, FrameError, answer_size, on_line, parse_answer, request, request_size, stuff

_TAGS = 1 << 8 * TAG_BYTES
_WHOLE = 64
"""Bytes up to which a request is never cut: records act and are read as one."""
_ATTEMPTS = 64
"""Sendings of one request, after which it is given up; what is lost is cut in halves, so few come near."""
_FIRST_BUFFER = 64
"""Bytes under way until the device has told its own."""
_SMALL = request_size(Op.DIGEST)
"""Bytes of a request without data."""
_DIGEST_RATE = 1e5
"""Bytes a second that a device digests at least."""


@dataclass(eq=False)
class Pending:
    """Something asked of the device, as one or several frames, and what is known of its answer."""

    what: str
    buffer: bytearray = field(default_factory=bytearray)
    """The data that were read."""
    left: int = 0
    """Frames without an answer."""
    first: int = 1 << 62
    """Number of the first sending that was answered."""
    last: int = -1
    """Number of the last one."""
    error: LinkError | None = None

    @property
    def done(self) -> bool:
        """Whether all of it was answered, or it failed."""
        return not self.left or self.error is not None


@dataclass(eq=False)
class Piece:
    """One frame of a request."""

    pending: Pending
    op: Op
    address: int
    size: int
    data: bytes = b""
    """What to write, before packing."""
    tokens: bytes | None = None
    offset: int = 0
    """Where what is read belongs."""
    attempts: int = 0

    @property
    def answers(self) -> int:
        """Bytes of data in the answer."""
        return {Op.READ: self.size, Op.DIGEST: 4}.get(self.op, 0)

    @property
    def request_size(self) -> int:
        """Bytes of the request before COBS."""
        if self.op in (Op.READ, Op.DIGEST):
            return request_size(self.op)
        return request_size(self.op, len(self.data if self.tokens is None else self.tokens))

    def frame(self, tag: int) -> bytes:
        """The request before COBS."""
        return request(
            tag, self.op, self.address, self.size, self.data if self.tokens is None else self.tokens
        )

    def seconds(self, baud: float) -> float:
        """Longest time that line and device take for it."""
        size = on_line(self.request_size) + on_line(answer_size(self.answers))
        return 10 * size / baud + (self.size / _DIGEST_RATE if self.op is Op.DIGEST else 0.0)

    def halves(self) -> Iterator["Piece"]:
        """The same in smaller frames, which get through a bad line more easily; or this one."""
        if self.op is Op.DIGEST or self.size <= _WHOLE:
            yield self
        elif self.op is Op.READ:
            yield from _reads(
                self.pending, self.address, self.size, self.size // 2, self.offset, self.attempts
            )
        else:
            room = self.request_size - request_size(Op.WRITE)
            room = max(room // 2, min(room, _WHOLE))
            yield from _writes(self.pending, self.address, self.data, room, self.attempts)


def _reads(
    pending: Pending, address: int, size: int, most: int, offset: int = 0, attempts: int = 0
) -> Iterator[Piece]:
    for start in range(0, size, most):
        count = min(most, size - start)
        yield Piece(pending, Op.READ, address + start, count, b"", None, offset + start, attempts)


def _writes(pending: Pending, address: int, data: bytes, room: int, attempts: int = 0) -> Iterator[Piece]:
    whole = len(data) <= min(_WHOLE, room)
    for part in [packing.Part(0, len(data), None)] if whole else packing.parts(data, room):
        op = Op.WRITE if part.tokens is None else Op.WRITE_PACKED
        size, raw = part.stop - part.start, data[part.start : part.stop]
        yield Piece(pending, op, address + part.start, size, raw, part.tokens, 0, attempts)


class Window:
    """Requests in order of their sending, as many at a time as the device has room for.

    Parameters
    ----------
    traffic : Traffic
        Counts what happens.
    """

    def __init__(self, traffic: Traffic) -> None:
        self.buffer = _FIRST_BUFFER
        """Bytes of requests, before COBS, that may be under way."""
        self._traffic = traffic
        self._queue: deque[Piece] = deque()
        self._under_way: deque[tuple[int, Piece]] = deque()
        self._number = secrets.randbelow(_TAGS)
        self._load = 0

    @property
    def room(self) -> int:
        """Bytes of data in a full request; two of them leave room for one without data."""
        return max(max_data(self.buffer) - (_SMALL + 1) // 2, 8)

    # What is asked

    def read(self, address: int, size: int) -> Pending:
        """Ask for `size` bytes, 1 or more."""
        pending = Pending(f"the read of {size} bytes at 0x{address:08X}", bytearray(size))
        return self._ask(pending, _reads(pending, address, size, MAX_READ))

    def write(self, address: int, data: bytes) -> Pending:
        """Ask to write `data`, 1 byte or more."""
        pending = Pending(f"the write of {len(data)} bytes to 0x{address:08X}")
        return self._ask(pending, _writes(pending, address, data, self.room))

    def digest(self, address: int, size: int) -> Pending:
        """Ask for the CRC-32 of `size` bytes, 1 or more; four bytes."""
        pending = Pending(f"the digest of {size} bytes at 0x{address:08X}", bytearray(4))
        return self._ask(pending, iter((Piece(pending, Op.DIGEST, address, size),)))

    def _ask(self, pending: Pending, pieces: Iterator[Piece]) -> Pending:
        asked = list(pieces)
        pending.left = len(asked)
        self._queue += asked
        return pending

    def fail(self, error: LinkError) -> None:
        """Give up all that was asked."""
        for piece in [*self._queue, *(piece for _, piece in self._under_way)]:
            piece.pending.error = piece.pending.error or error
        self._queue.clear()
        self._under_way.clear()
        self._load = 0

    # What is sent and received

    def __len__(self) -> int:
        return len(self._under_way)

    def seconds(self, baud: float) -> float:
        """Longest time that line and device take for what is under way."""
        return sum(piece.seconds(baud) for _, piece in self._under_way)

    def next(self) -> bytes | None:
        """The next frame for the line, if there is one and room for it."""
        while self._queue and self._queue[0].pending.error is not None:
            self._queue.popleft()
        if not self._queue:
            return None
        size = self._queue[0].request_size
        if self._under_way and self._load + size > self.buffer:
            return None
        piece = self._queue.popleft()
        piece.attempts += 1
        self._traffic.requests += 1
        self._traffic.retries += piece.attempts > 1
        self._under_way.append((self._number, piece))
        self._load += size
        frame = piece.frame(self._number % _TAGS)
        self._number += 1
        return stuff(frame) + END

    def receive(self, frame: bytes) -> bool:
        """Take a frame (without its end); whether it was an answer to something under way."""
        try:
            answer = parse_answer(frame)
        except FrameError:
            self._traffic.damaged += 1
            return False
        place = next((k for k, (n, _) in enumerate(self._under_way) if n % _TAGS == answer.tag), None)
        if place is None:
            self._traffic.stale += 1
            return False
        number, piece = self._under_way[place]
        if answer.code == Code.DONE and len(answer.data) != piece.answers:
            self._traffic.damaged += 1
            return False
        self._traffic.answers += 1
        self._lose(place)
        self._under_way.popleft()
        self._load -= piece.request_size
        self._settle(number, piece, answer)
        return True

    def lose_all(self) -> None:
        """Take all that is under way as lost; it will be sent again."""
        self._lose(len(self._under_way))

    def _settle(self, number: int, piece: Piece, answer: Answer) -> None:
        pending = piece.pending
        if answer.code != Code.DONE:
            pending.error = LinkError(
                f"the device refused {pending.what} with {Code(answer.code).name}: its map is not the one "
                "this software has; rebuild the bitstream or install the release that matches it."
            )
            return
        pending.buffer[piece.offset : piece.offset + len(answer.data)] = answer.data
        pending.left -= 1
        pending.first, pending.last = min(pending.first, number), max(pending.last, number)

    def _lose(self, count: int) -> None:
        """The first `count` under way go back to the head of the queue, in their order, in smaller frames."""
        again: list[Piece] = []
        for _, piece in islice(self._under_way, count):
            self._load -= piece.request_size
            if piece.pending.error is not None:
                continue
            if piece.attempts >= _ATTEMPTS:
                piece.pending.error = LinkError(
                    f"{piece.pending.what} was sent {_ATTEMPTS} times and never answered: the line is too "
                    "bad; use a shorter cable, a lower rate or another port."
                )
                continue
            halves = list(piece.halves())
            piece.pending.left += len(halves) - 1
            again += halves
        for _ in range(count):
            self._under_way.popleft()
        self._queue.extendleft(reversed(again))
