"""What is expensive to make, made once: folders named by their content in the user's cache.

A cache cannot hurt: what is damaged is made again, and where nothing can be kept it is made in every process.
"""

import atexit
import contextlib
import errno
import functools
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from .errors import DeviceWarning, FileError
from .notices import warn

try:
    import fcntl
except ImportError:  # Windows: two that ask at once both make it, and the first to finish is taken
    fcntl = None  # type: ignore[assignment]

_KEY_DIGITS = 24
"""Hexadecimal digits of a key: 96 bits."""
_DIGESTS = "digests.json"
"""In each folder: SHA-256 of its files, by their paths."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""What of the errors while a folder is filled is the cache's."""


def root(kind: str) -> Path:
    """The folder of all that is cached of a kind: below `XDG_CACHE_HOME`, or `~/.cache`.

    Raises
    ------
    FileError
        If the user has no home.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "allspike" / kind
    except RuntimeError:
        raise FileError(
            "there is no home folder, where the cache would be: set XDG_CACHE_HOME to a folder that can be "
            "written."
        ) from None


@functools.cache
def _temporary() -> Path:
    """A folder of this process, for what cannot be kept."""
    place = Path(tempfile.mkdtemp(prefix="allspike-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


@functools.cache
def warn_unkept() -> None:
    """Say, once in a process, that what is compiled is lost when it ends."""
    warn(
        "the cache cannot be written, so that what is compiled is compiled again in every process: set "
        "XDG_CACHE_HOME to a folder that can be written.",
        DeviceWarning,
    )


def writable_root(kind: str) -> Path:
    """`root`, or a folder of this process where that cannot be written."""
    with contextlib.suppress(OSError, FileError):
        place = root(kind)
        place.mkdir(parents=True, exist_ok=True)
        if os.access(place, os.W_OK):
            return place
    with _elsewhere():
        place = root(kind)
    place.mkdir(parents=True, exist_ok=True)
    return place


@contextlib.contextmanager
def _elsewhere() -> Iterator[None]:
    """Inside, the user's cache is a folder of this process, for us and for the tools that we start."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(_temporary())
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_CACHE_HOME"]
        else:
            os.environ["XDG_CACHE_HOME"] = before


def key_of(*parts: str | bytes) -> str:
    """A name for what follows from `parts` alone."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:_KEY_DIGITS]


def cached_or_temporary(kind: str, name: str, make: Callable[[Path], None]) -> Path:
    """`cached` below `root`, or below a folder of this process where that cannot be written.

    Raises
    ------
    FileError
        If neither can.
    """
    with contextlib.suppress(FileError):
        return cached(root(kind) / name, make)
    warn_unkept()
    with _elsewhere():
        return cached(root(kind) / name, make)


def cached(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`; where it is not there yet, or its files are not as they were made, `make` fills it first.

    A folder appears whole or not at all. Of several processes that ask for the same one at the same time, one
    makes it and the others wait.

    Raises
    ------
    FileError
        If the cache cannot be written.
    """
    if _is_whole(folder):
        return folder
    with _writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = (folder.with_name(f"{folder.name}.lock")).open("w")
    with _locked(lock):
        if not _is_whole(folder):
            _fill(folder, make)
    return folder


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn what keeps `folder` from being written into one `FileError`."""
    try:
        yield
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: OSError) -> FileError:
    return FileError(
        f"cannot write the cache {folder.parent}: {error.strerror or error}; set XDG_CACHE_HOME to a folder "
        "that can be written."
    )


def _digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in names:
        with (folder / name).open("rb") as stream:
            found[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def _is_whole(folder: Path) -> bool:
    try:
        digests = json.loads((folder / _DIGESTS).read_bytes())
        return bool(digests == _digests(folder, digests))
    except (OSError, ValueError, TypeError):
        return False


@contextlib.contextmanager
def _locked(lock: IO[str]) -> Iterator[None]:
    """Hold an open lock file, which goes at the end."""
    with lock:
        if fcntl is None:
            yield
            return
        with contextlib.suppress(OSError):  # a drive without locks
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            Path(lock.name).unlink(missing_ok=True)


def _fill(folder: Path, make: Callable[[Path], None]) -> None:
    with _writing(folder):
        fresh = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        try:
            make(fresh)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise _unwritable(folder, error) from None
            raise
        names = [path.relative_to(fresh).as_posix() for path in fresh.rglob("*") if path.is_file()]
        with _writing(folder):
            (fresh / _DIGESTS).write_text(json.dumps(_digests(fresh, names)), "utf-8")
            if _is_whole(folder):  # without locks another process may have been faster, and uses it by now
                return
            shutil.rmtree(folder, ignore_errors=True)  # a damaged one
            try:
                fresh.rename(folder)
            except OSError:  # as fast as this one
                if not _is_whole(folder):
                    raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
