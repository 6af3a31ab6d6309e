"""Files keep their permissions and owners, and what may not be written is left alone."""

import os
import re
import stat
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest

from allspike.writing import write

from .writing_checks import as_root, posix, refused, written


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_file_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(mode)
    written(path)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_text() == "new"


@as_root
def test_a_file_keeps_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    os.chown(path, 12345, 12346)
    written(path)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12346)


def as_nobody(action: Callable[[Path], None], folder: Path) -> None:
    """Run an action of this module in a process without rights.

    One that begins anew: this one may have threads by now, whose locks a fork would keep closed.
    """
    child = get_context("spawn").Process(target=_without_rights, args=(action, folder))
    child.start()
    child.join()
    assert child.exitcode == 0


def _without_rights(action: Callable[[Path], None], folder: Path) -> None:
    os.setgid(65534)
    os.setuid(65534)
    action(folder)


def open_to_all(tmp_path: Path) -> None:
    """Let others into the folder of a test, and those above it that pytest made."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.name.startswith(("test_", "pytest-", "popen-")):
            folder.chmod(0o755)


def among_files_of_others(tmp_path: Path) -> None:
    for folder in (tmp_path / "ours", tmp_path / "theirs"):
        refused(folder / "locked", "no permission to write to it")  # marked to be left alone
        written(folder / "open")
    refused(tmp_path / "ours" / "more", f"no permission to make files in {re.escape(str(tmp_path / 'ours'))}")
    written(tmp_path / "theirs" / "more")


@as_root
def test_what_may_not_be_written_is_not_and_what_may_be_is(tmp_path: Path) -> None:
    open_to_all(tmp_path)
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder, mode in ((ours, 0o755), (theirs, 0o777)):
        folder.mkdir()
        folder.chmod(mode)
        for name, bits in (("locked", 0o444), ("open", 0o666)):
            (folder / name).write_text("old, and longer")
            (folder / name).chmod(bits)
    as_nobody(among_files_of_others, tmp_path)
    for folder in (ours, theirs):
        assert (folder / "locked").read_text() == "old, and longer"
        assert (folder / "open").read_text() == "new"
        assert stat.S_IMODE((folder / "open").stat().st_mode) == 0o666
    assert sorted(p.name for p in ours.iterdir()) == ["locked", "open"]
    assert sorted(p.name for p in theirs.iterdir()) == ["locked", "more", "open"]


@as_root
def test_a_file_that_may_be_written_but_not_moved(tmp_path: Path) -> None:
    """In a folder such as /tmp only their owners move files."""
    open_to_all(tmp_path)
    tmp_path.chmod(0o1777)
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o666)
    as_nobody(written, path)
    assert path.read_text() == "new" and path.stat().st_uid == 0
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_a_new_file_has_the_permissions_that_any_new_file_has(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write(tmp_path / "file", "new")
        (tmp_path / "another").touch()
    finally:
        os.umask(before)
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("file", "another")}
    assert modes == {0o666 & ~mask}
