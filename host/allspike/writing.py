"""Where a file goes: whole or not at all, where its name leads, and as what is there can take it.

A link is followed. A regular file is replaced by one that was completed beside it, with its owner and its
permissions; where that cannot be (its folder takes no files, or it has other names, which would keep the old
contents) it is written over once the new contents are complete. A pipe or a device is written to. Permission
is what opening the file would need.
"""

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from .errors import FileError

_OPEN_FILES = re.compile(r"/dev/(fd/)?[^/]+|/proc/.*")
"""Where links stand for open files (/dev/stdout): not for places, so nothing is replaced through them."""
_LONGEST_SUFFIX = 16
_PART = 1 << 20


@contextmanager
def writing(path: str | Path) -> Iterator[Path]:
    """A temporary path, of the same ending, whose contents go to `path` when the block succeeds.

    If the block or the writing fails, a regular file keeps what it held.

    Raises
    ------
    FileError
        If the place cannot be written.
    """
    place = _checked(path)
    with _sentence(path):
        suffix = place.target.suffix[:_LONGEST_SUFFIX]
        folder = place.target.parent if place.replaced else None
        handle, name = tempfile.mkstemp(dir=folder, prefix=".allspike-", suffix=suffix)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            if not (place.replaced and _replaced(place, temporary)):
                _write_to(place, temporary)
        finally:
            temporary.unlink(missing_ok=True)


def write(path: str | Path, contents: str | bytes) -> None:
    """Write text, as UTF-8, or bytes.

    Raises
    ------
    FileError
        If the place cannot be written.
    """
    with writing(path) as temporary:
        temporary.write_bytes(contents.encode() if isinstance(contents, str) else contents)


def check_writable(path: str | Path) -> None:
    """Fail now rather than after long work if `path` cannot be written.

    Raises
    ------
    FileError
        If the place cannot be written.
    """
    _checked(path)


@dataclass(frozen=True)
class _Place:
    """What a path leads to."""

    target: Path
    """Links followed."""
    found: os.stat_result | None
    """None: nothing is there yet."""
    replaced: bool
    """Whether a new file takes its place; else what is there is opened and written."""


def _checked(path: str | Path) -> _Place:
    """What `path` leads to, if it can be written."""
    path = Path(path)
    if "\0" in str(path):
        raise _refusal(path, "a path has no null byte")
    with _sentence(path):
        try:
            found = path.stat()
        except FileNotFoundError:  # or a link to what is not there yet
            found = None
        target = Path(os.path.realpath(path))
        folder = target.parent
        if found is None:
            if not folder.is_dir():
                raise _refusal(path, f"there is no folder {folder}")
            if not _allowed(folder, os.W_OK | os.X_OK):
                raise _refusal(path, f"no permission to make files in {folder}")
            return _Place(target, None, True)
    if stat.S_ISDIR(found.st_mode):
        raise _refusal(path, "it is a folder")
    if stat.S_ISBLK(found.st_mode) or stat.S_ISSOCK(found.st_mode):
        what = "a disk" if stat.S_ISBLK(found.st_mode) else "a socket"
        raise _refusal(path, f"it is {what}, which takes no files")
    if not _allowed(path, os.W_OK):
        raise _refusal(path, "no permission to write to it")
    named = _OPEN_FILES.fullmatch(str(path.absolute())) is not None
    replaced = (
        stat.S_ISREG(found.st_mode)
        and found.st_nlink == 1
        and not named
        and _allowed(folder, os.W_OK | os.X_OK)
    )
    return _Place(target if replaced else path, found, replaced)


def _allowed(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _replaced(place: _Place, temporary: Path) -> bool:
    """Whether the new file took its place; some folders let one be written but not moved."""
    _dress(temporary, place.found)
    try:
        temporary.replace(place.target)
    except OSError:
        if place.found is None:
            raise
        return False
    return True


def _dress(temporary: Path, old: os.stat_result | None) -> None:
    """Owner and permissions of the file that is replaced, or of any new file."""
    if old is None:
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        return
    if hasattr(os, "chown"):
        with suppress(PermissionError):  # then it is the writer's own
            os.chown(temporary, old.st_uid, old.st_gid)
    temporary.chmod(stat.S_IMODE(old.st_mode))


def _write_to(place: _Place, temporary: Path) -> None:
    """Copy what is complete into what is there."""
    assert place.found is not None
    regular = stat.S_ISREG(place.found.st_mode)
    with FileIO(temporary) as source, FileIO(place.target, "r+" if regular else "w") as stream:
        if regular:
            _write_over(stream, source, place.found.st_size)
        else:
            _copy(source, stream)


def _write_over(stream: FileIO, source: FileIO, size: int) -> None:
    """Replace the contents of a file of `size` bytes; what needs room comes first, so the old ones stay if
    there is none."""
    new = os.fstat(source.fileno()).st_size
    try:
        source.seek(min(size, new))
        stream.seek(size)
        _copy(source, stream)
    except OSError:
        stream.truncate(size)
        raise
    source.seek(0)
    stream.seek(0)
    _copy(source, stream)
    stream.truncate(new)


def _copy(source: FileIO, stream: FileIO) -> None:
    """All that follows in `source`; unbuffered, so that nothing is left to be written when it fails."""
    while part := source.read(_PART):
        while part:
            part = part[stream.write(part) :]


@contextmanager
def _sentence(path: str | Path) -> Iterator[None]:
    """Turn what the system says inside the block into one `FileError`."""
    try:
        yield
    except OSError as error:
        raise _refusal(path, error.strerror or str(error)) from None


def _refusal(path: str | Path, reason: str) -> FileError:
    return FileError(f"cannot write {path}: {reason}; choose another place.")
