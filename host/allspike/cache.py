"""What is expensive to make, made once: folders named by their content in the user's cache."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: two that ask at once both make it, and the first to finish is taken
    fcntl = None  # type: ignore[assignment]

_KEY_DIGITS = 24
"""Hexadecimal digits of a key: 96 bits."""


def root(kind: str) -> Path:
    """The folder of all that is cached of a kind: below `XDG_CACHE_HOME`, or `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "allspike" / kind


def key_of(*parts: str | bytes) -> str:
    """A name for what follows from `parts` alone."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:_KEY_DIGITS]


def cached(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`; where it is not there yet, `make` fills it first.

    A folder appears whole or not at all. Of several processes that ask for the same one at the same time, one
    makes it and the others wait.

    Raises
    ------
    OSError
        If the cache cannot be written.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_name(f"{folder.name}.lock")):
        if not folder.is_dir():
            _fill(folder, make)
    return folder


@contextlib.contextmanager
def _locked(lock: Path) -> Iterator[None]:
    if fcntl is None:
        yield
        return
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _fill(folder: Path, make: Callable[[Path], None]) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        make(fresh)
        fresh.rename(folder)
    except OSError:
        # Where locks do not work, as on some network drives, another process may have been faster.
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
