"""What a command would destroy by writing: what it reads, and what it writes besides."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import ParameterError


def check_apart(written: Mapping[str, Path | None], read: Iterable[Path]) -> None:
    """Refuse options that name one file twice, or a file that is read.

    Parameters
    ----------
    written : mapping
        From options to the files that they name.
    read : iterable of Path
        What the command reads, and is not to replace.

    Raises
    ------
    ParameterError
        Saying which.
    """
    taken = {os.path.realpath(path): "is read" for path in read}
    for option, path in written.items():
        if path is None or (path.exists() and not path.is_file()):  # pipes and devices take all that comes
            continue
        place = os.path.realpath(path)
        if place in taken:
            raise ParameterError(
                f"{path} {taken[place]} by this command, and {option} would replace it: choose another place."
            )
        taken[place] = f"is written as {option}"


def same_file(path: Path | None, other: Path) -> bool:
    """Whether two paths lead to one place."""
    return path is not None and os.path.realpath(path) == os.path.realpath(other)
