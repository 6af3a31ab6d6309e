"""A device that speaks docs/protocol.md: bytes in, bytes out. Written from that page, for any bus behind it.

It shares no code with the host's link: its COBS is the package `cobs`, its numbers are those of the page.
"""

import struct
import zlib

from cobs import cobs

from allspike.device.bus import Bus
from allspike.errors import DeviceError

READ, WRITE, WRITE_PACKED, DIGEST = 1, 2, 3, 4
DONE, BAD_REQUEST, BAD_ADDRESS, READ_ONLY = 0, 1, 2, 3
LINK_BASE, LINE_BASE = 0x05000000, 0x06000000
COUNTS = ("frames", "damaged", "overruns", "framing", "refused")


class BadTokens(Exception):
    """Packed data that do not make up their size."""


def unpack(tokens: bytes, size: int) -> bytes:
    """The bytes that tokens stand for."""
    out = bytearray()
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token < 0x80:
            count = token + 1
            if place + count > len(tokens):
                raise BadTokens
            out += tokens[place : place + count]
            place += count
        elif token < 0xC0:
            out += bytes((token & 0x3F) + 1)
        else:
            if place == len(tokens):
                raise BadTokens
            out += tokens[place : place + 1] * ((token & 0x3F) + 1)
            place += 1
    if len(out) != size:
        raise BadTokens
    return bytes(out)


class Model:
    """The device's end of a line.

    Parameters
    ----------
    bus : Bus
        What READ and WRITE act on.
    buffer : int
        `link.buffer`.
    divisor : int
        Clocks a bit at power-on.
    """

    def __init__(self, bus: Bus, buffer: int = 2048, divisor: int = 12, version: int = 1) -> None:
        self.bus = bus
        self.buffer = buffer
        self.divisor = self.power_on_divisor = divisor
        self.version = version
        self.counts = dict.fromkeys(COUNTS, 0)
        self._rest = b""
        self._bad_in_a_row = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes from the line; the answers to the frames that they complete, each ready for the line."""
        *frames, self._rest = (self._rest + data).split(b"\0")
        self._rest = self._rest[-2 * self.buffer :]
        answers = [self._frame(frame) for frame in frames if frame]
        return [cobs.encode(answer) + b"\0" for answer in answers if answer is not None]

    def line_break(self) -> None:
        """The line was low for long."""
        self.divisor = self.power_on_divisor
        self._rest = b""

    def garbage(self) -> None:
        """A byte without a stop bit."""
        self.counts["framing"] += 1
        self._bad()

    def _bad(self) -> None:
        self._bad_in_a_row += 1
        if self._bad_in_a_row >= 64:
            self.divisor = self.power_on_divisor

    def _frame(self, frame: bytes) -> bytes | None:
        if _decoded_size(frame) > self.buffer // 2:
            self.counts["overruns"] += 1
            return None
        try:
            content = cobs.decode(frame)
        except cobs.DecodeError:
            content = b""
        if len(content) < 11 or _crc(content[:-4]) != content[-4:]:
            self.counts["damaged"] += 1
            self._bad()
            return None
        self._bad_in_a_row = 0
        self.counts["frames"] += 1
        tag, operation, address = struct.unpack("<HBI", content[:7])
        code, data = self._carry_out(operation, address, content[7:-4])
        self.counts["refused"] += code != DONE
        answer = struct.pack("<HB", tag, code) + data
        return answer + _crc(answer)

    def _carry_out(self, operation: int, address: int, rest: bytes) -> tuple[int, bytes]:
        if operation == WRITE:
            return self._write(address, rest) if rest else (BAD_REQUEST, b"")
        if operation not in (READ, WRITE_PACKED, DIGEST) or len(rest) < 4:
            return BAD_REQUEST, b""
        size, data = struct.unpack("<I", rest[:4])[0], rest[4:]
        if not size or (data and operation != WRITE_PACKED) or (operation == READ and size > 4096):
            return BAD_REQUEST, b""
        if operation == WRITE_PACKED:
            try:
                return self._write(address, unpack(data, size))
            except BadTokens:
                return BAD_REQUEST, b""
        try:
            held = self._read(address, size)
        except DeviceError:
            return BAD_ADDRESS, b""
        return DONE, held if operation == READ else _crc(held)

    def _write(self, address: int, data: bytes) -> tuple[int, bytes]:
        if address >= LINE_BASE and address + len(data) <= LINE_BASE + 4:
            line = bytearray(struct.pack("<I", self.divisor))
            line[address - LINE_BASE : address - LINE_BASE + len(data)] = data
            self.divisor = struct.unpack("<I", line)[0]
            return DONE, b""
        try:
            self.bus.write(address, data)
        except DeviceError as error:
            return READ_ONLY if "read only" in str(error) else BAD_ADDRESS, b""
        return DONE, b""

    def _read(self, address: int, size: int) -> bytes:
        for base, record in ((LINK_BASE, self._link_record()), (LINE_BASE, struct.pack("<I", self.divisor))):
            start = address - base
            if start >= 0 and start + size <= len(record):
                return record[start : start + size]
        return self.bus.read(address, size)

    def _link_record(self) -> bytes:
        return struct.pack(
            "<HHI5I", self.version, 0, self.buffer, *(self.counts[name] & 0xFFFF for name in COUNTS)
        )


def _decoded_size(frame: bytes) -> int:
    """Bytes that a frame brings, though it may end within a block."""
    size = place = 0
    while place < len(frame):
        code = frame[place]
        size += min(code - 1, len(frame) - place - 1)
        place += code
        size += place < len(frame) and code < 0xFF
    return size


def _crc(data: bytes) -> bytes:
    return struct.pack("<I", zlib.crc32(data))
