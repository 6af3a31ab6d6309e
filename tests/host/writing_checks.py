"""What a place lets be written, by checking and by doing it: what the tests of writing share."""

import os
import re
from pathlib import Path

import pytest

from allspike.errors import FileError
from allspike.writing import check_writable, write

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices of POSIX")
as_root = pytest.mark.needs(
    "the rights of root", "devices, and becoming others", there=os.name == "posix" and os.geteuid() == 0
)


def refused(path: Path, words: str) -> None:
    """Checking and writing refuse `path` with the same sentence, and leave everything as it was."""
    said = []
    for action in (check_writable, lambda place: write(place, "new")):
        with pytest.raises(FileError, match=rf"^cannot write {re.escape(str(path))}: [^\n]*{words}") as error:
            action(path)
        said.append(str(error.value))
    assert said[0] == said[1]


def written(path: Path, contents: str = "new") -> None:
    """Checking allows `path`, and writing does."""
    check_writable(path)
    write(path, contents)
