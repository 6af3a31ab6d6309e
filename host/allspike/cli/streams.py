"""What the commands print into: closed, full, broken or short of letters, it is no reason for a traceback."""

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import FileError

BROKEN_PIPE = 141
"""Exit code when the reader of the output went away: what a shell says of any other program."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextmanager
def usable_streams() -> Iterator[None]:
    """A block in which stdout and stderr take whatever is printed, and whose end finds out if they did."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started this
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  (as long as it runs)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names may hold letters that a terminal has not
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in (errno.EPIPE, *_FULL):  # what else cannot be written is told where it is
            raise
        sys.exit(give_up(error))


def give_up(error: OSError) -> int:
    """Say that stdout takes no more, unless its reader went away, and print no further; the exit code."""
    # Python would complain when it flushes what cannot be written.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno == errno.EPIPE:
        return BROKEN_PIPE
    print(f"error: cannot write the answer to stdout: {error.strerror}.", file=sys.stderr)
    return FileError.exit_code
