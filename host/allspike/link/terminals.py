"""Pseudo-terminals: ports whose other end is a program, such as a virtual board."""

import os
import re

PATIENCE = 0.5
"""Seconds that an answer may take beyond what the line needs: a program waits for its turn on a processor."""
TIMEOUT = 10.0
"""Seconds without any answer after which a link is given up."""
_NAME = re.compile(r"/dev/pts/\d+|/dev/ttys\d+")  # of Linux and of macOS
_UNTOLD = 38_400
"""The rate of a terminal that nobody has set."""


def is_pseudo(port: str) -> bool:
    """Whether a port is a pseudo-terminal."""
    return os.name == "posix" and "://" not in port and _NAME.fullmatch(os.path.realpath(port)) is not None


def told_rate(port: str) -> int | None:
    """The rate that the other end of a pseudo-terminal has set it to; None if it tells none."""
    import termios  # noqa: PLC0415  (only where there are terminals)

    from serial.serialposix import Serial  # noqa: PLC0415

    try:
        handle = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return None  # opening it for good says why
    try:
        code = termios.tcgetattr(handle)[5]
    except termios.error:
        return None
    finally:
        os.close(handle)
    rates = {getattr(termios, f"B{rate}", None): rate for rate in Serial.BAUDRATES if rate}
    found = rates.get(code)
    return None if found == _UNTOLD else found
