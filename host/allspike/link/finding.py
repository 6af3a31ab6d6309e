"""Finding the device on a port: at which rate it answers, or what else is there."""

from collections.abc import Iterator
from contextlib import suppress

from ..errors import LinkError
from ..map import device_map as dm
from ..map.link_map import DEFAULT_BAUD, Op
from .frames import END, FrameError, request, unstuff
from .link import Link

OTHER_RATES = (115_200, 3_000_000, 2_000_000, 460_800, 57_600, 19_200)
"""Where it is looked for afterwards."""
_TRIES = 2
"""Requests at the first rate that stay without an answer before anything else is tried."""
_MORE_TRIES = 8
"""The same, where something answers, but not understandably: a bad line, perhaps."""
_TEXT = 0.8
"""Share of printable bytes from which on they are text."""


def find(link: Link, first: int) -> None:
    """Find the rate at which a device answers, trying `first` first.

    Raises
    ------
    LinkError
        If it answers at none, or the port is gone.
    """
    heard = b""
    for rate in _rates(link, first):
        tries = _TRIES if rate == first else 1
        tried = 0
        while tried < (_MORE_TRIES if rate == first and link.heard else tries):
            tried += 1
            with suppress(ValueError):  # the port has no such rate
                link.listen(rate)
                asked = link.read(dm.IDENTITY.base, dm.IDENTITY.record.size)
                with suppress(LinkError):
                    link.wait(asked)
                    return
            heard = heard or link.heard
    raise LinkError(_why_silent(link.name, first, heard))


def _rates(link: Link, first: int) -> Iterator[int]:
    """Rates to try: the first as it is and after a break, then others."""
    yield first
    link.send_break()
    yield first
    for rate in (DEFAULT_BAUD, *OTHER_RATES):
        if rate != first:
            yield rate


def _why_silent(name: str, baud: int, heard: bytes) -> str:
    if any(_is_request(frame) for frame in heard.split(END)):
        return f"{name} sends back what it is sent: it is an echo, not a board; choose the board's port."
    said = bytes(byte for byte in heard if byte)
    if sum(32 <= byte < 127 or byte in b"\r\n\t" for byte in said) > _TEXT * len(said):
        text = said[:40].decode("ascii", "replace").strip()
        return f"{name} answers with text ({text!r}): something else is there; choose the board's port."
    if heard:
        return (
            f"{name} answers, but not understandably, at {baud:,} baud and others: give the board's rate, as "
            f"in {name},baud=115200, and check the cable."
        )
    return (
        f"{name} is silent at {baud:,} baud and others: check that the board has power and a bitstream, "
        "and that this is its port."
    )


def _is_request(frame: bytes) -> bool:
    """Whether it is what `find` sends."""
    with suppress(FrameError):
        content = unstuff(frame)
        tag = int.from_bytes(content[:2], "little")
        return content == request(tag, Op.READ, dm.IDENTITY.base, dm.IDENTITY.record.size)
    return False
