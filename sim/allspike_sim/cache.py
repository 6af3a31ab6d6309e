"""What is expensive to make, made once: folders named by their content in the user's cache."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

_KEY_DIGITS = 24
"""Hexadecimal digits of a key: 96 bits."""


def root() -> Path:
    """The folder of all that is cached: below `XDG_CACHE_HOME`, or `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "allspike" / "rtl"


def key_of(*parts: str | bytes) -> str:
    """A name for what follows from `parts` alone."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:_KEY_DIGITS]


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """The cached folder `name`; where it is not there yet, `make` fills it first.

    A folder appears whole or not at all. Of several processes that ask for the same one at the same time, one
    makes it and the others wait.

    Raises
    ------
    OSError
        If the cache cannot be written.
    """
    place = root() / name
    if place.is_dir():
        return place
    root().mkdir(parents=True, exist_ok=True)
    lock = root() / f"{name}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not place.is_dir():
            _fill(place, make)
        lock.unlink(missing_ok=True)
    return place


def _fill(place: Path, make: Callable[[Path], None]) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=f"{place.name}.", dir=place.parent))
    try:
        make(fresh)
        fresh.rename(place)
    except OSError:
        # Where locks do not work, as on some network drives, another process may have been faster.
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
