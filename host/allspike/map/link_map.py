"""The link's part of the map: what frames hold, and the regions that the link itself answers. The one source.

A frame is a request or its answer; on the line it is COBS-encoded and closed by a zero byte. See
docs/protocol.md.
"""

from enum import IntEnum
from typing import Final

from ..errors import ParameterError
from .record import Field, Record
from .region import Region

LINK_VERSION: Final = 1
"""Version of the protocol."""
TAG_BYTES: Final = 2
"""Bytes of a tag, the first part of a request and of its answer."""
ADDRESS_BYTES: Final = 4
"""Bytes of an address, which follows the operation in a request."""
SIZE_BYTES: Final = 4
"""Bytes of a size, which follows the address in READ, DIGEST and WRITE_PACKED."""
CRC_BYTES: Final = 4
"""Bytes of the CRC-32 (zlib's) at the end of a frame, of all before it."""
REQUEST_HEAD: Final = TAG_BYTES + 1 + ADDRESS_BYTES
"""Bytes of a request before its size or data: tag, operation, address."""
ANSWER_HEAD: Final = TAG_BYTES + 1
"""Bytes of an answer before its data: tag, code."""
MAX_READ: Final = 4096
"""Most bytes that one READ may ask for."""
BREAK_CLOCKS: Final = 1 << 15
"""Clocks of the device for which a line is low, after a byte without a stop bit, to bring back the rate that
it has at power-on."""
DEFAULT_BAUD: Final = 1_000_000
"""Rate of the line, bits a second, of a device built without another."""
MIN_DIVISOR: Final = 4
"""Fewest clocks a bit: a bit is sampled three times."""
MAX_DIVISOR: Final = 0xFFFF
"""Most clocks a bit."""
MAX_RATE_ERROR: Final = 0.02
"""Relative error of the device's rate. A receiver bears half a bit in ten, from both ends together."""
MAX_DAMAGED: Final = 64
"""So many damaged frames and framing errors with no valid frame between them bring it back, too."""


class Op(IntEnum):
    """The operation of a request, its third byte."""

    READ = 1
    """Answer `size` bytes from `address` on."""
    WRITE = 2
    """Write the data from `address` on."""
    WRITE_PACKED = 3
    """Write `size` bytes from `address` on, which the data stand for (see Token)."""
    DIGEST = 4
    """Answer the CRC-32 (zlib's) of `size` bytes from `address` on, in four bytes."""


class Code(IntEnum):
    """What an answer says, its third byte."""

    DONE = 0
    """The request was carried out; the data follow."""
    BAD_REQUEST = 1
    """No such operation, or its length is wrong, or packed data do not make up `size` bytes."""
    BAD_ADDRESS = 2
    """The bytes do not all lie in one region."""
    READ_ONLY = 3
    """The region cannot be written."""


class Token(IntEnum):
    """Packed data are tokens: a kind and, in the bits below it, a count less 1."""

    LITERAL = 0x00
    """The `count` bytes that follow, up to 128."""
    ZEROS = 0x80
    """`count` bytes of 0, up to 64."""
    REPEAT = 0xC0
    """The byte that follows, `count` times, up to 64."""


LINK_RECORD: Final = Record(
    (
        Field("version", "u2", "version of the protocol; a host refuses any other"),
        Field("reserved", "u2", "0", 0),
        Field("buffer", "u4", "bytes of requests that may be unanswered at a time"),
        Field("frames", "u4", "valid requests, modulo 2**16"),
        Field("damaged", "u4", "frames with a wrong CRC or too short, modulo 2**16"),
        Field("overruns", "u4", "frames dropped for want of room, modulo 2**16"),
        Field("framing", "u4", "bytes without a stop bit, modulo 2**16"),
        Field("refused", "u4", "requests answered by another code than DONE, modulo 2**16"),
    )
)

LINE_RECORD: Final = Record((Field("divisor", "u4", "clocks of the device a bit, 4 to 65,535"),))

LINK: Final = Region(
    "link", 0x05000000, LINK_RECORD, lambda config: (1,), False,
    "what the link is and what it counted since power-on",
)  # fmt: skip
LINE: Final = Region(
    "line", 0x06000000, LINE_RECORD, lambda config: (1,), True,
    "rate of the line, from the end of the answer on",
)  # fmt: skip

LINK_REGIONS: Final = (LINK, LINE)
"""Not part of a bare core."""


def max_data(buffer: int) -> int:
    """Most bytes of data in a request, so that one can arrive while another is carried out."""
    return buffer // 2 - (REQUEST_HEAD + SIZE_BYTES + CRC_BYTES)


def divisor_of(clock_hz: int, baud: int) -> int:
    """Clocks of the device a bit.

    Raises
    ------
    ParameterError
        If the nearest whole number of clocks misses the rate by more than MAX_RATE_ERROR, or is below
        MIN_DIVISOR.
    """
    divisor = round(clock_hz / baud) if baud > 0 else 0
    if not MIN_DIVISOR <= divisor <= MAX_DIVISOR:
        raise ParameterError(
            f"baud = {baud} at a clock of {clock_hz} Hz is {divisor} clocks a bit; the line takes "
            f"{MIN_DIVISOR} to {MAX_DIVISOR}: choose a rate from {-(-clock_hz // MAX_DIVISOR)} to "
            f"{clock_hz // MIN_DIVISOR}."
        )
    error = clock_hz / (divisor * baud) - 1
    if abs(error) > MAX_RATE_ERROR:
        raise ParameterError(
            f"baud = {baud} cannot be made from a clock of {clock_hz} Hz: {divisor} clocks a bit are off by "
            f"{error:+.1%}, more than {MAX_RATE_ERROR:.0%}; the nearest rate is {round(clock_hz / divisor)}."
        )
    return divisor
