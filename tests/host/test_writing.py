"""Where files go: through links, into pipes and devices, over what may be written, and never by halves."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pytest

from allspike.errors import FileError
from allspike.writing import check_writable, write, writing

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


# Links


@posix
def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    target, link, second = tmp_path / "data" / "file", tmp_path / "link", tmp_path / "second"
    target.write_text("old")
    link.symlink_to("data/file")
    second.symlink_to(link)
    for place in (link, second):
        written(place, f"by {place.name}")
        assert target.read_text() == f"by {place.name}"
    assert link.is_symlink() and second.is_symlink()
    assert [p.name for p in target.parent.iterdir()] == ["file"]


@posix
def test_a_link_to_nothing_yet_makes_its_target(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("later")
    written(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "later").read_text() == "new"
    (tmp_path / "lost").symlink_to("absent/later")
    refused(tmp_path / "lost", f"there is no folder {re.escape(str(tmp_path / 'absent'))}")


@posix
def test_loops_and_links_to_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    refused(tmp_path / "loop", "symbolic links")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    refused(tmp_path / "link", "it is a folder")
    refused(tmp_path / "", "it is a folder")
    assert not list((tmp_path / "folder").iterdir())
    written(tmp_path / "link" / "file")  # a link on the way is fine
    assert (tmp_path / "folder" / "file").read_text() == "new"


@posix
def test_a_file_of_several_names_stays_one(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("a longer one than the new")
    second.hardlink_to(first)
    written(first)
    assert first.samefile(second) and second.read_text() == "new"
    written(second, "longer again than before, by far")
    assert first.read_text() == "longer again than before, by far"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["first", "second"]


# What is no regular file


def drained(pipe: Path, action: Callable[[], None]) -> bytes:
    """What comes out of a pipe while `action` runs."""
    got: list[bytes] = []
    reader = Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()
    action()
    reader.join(10)
    return b"".join(got)


@posix
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to("pipe")
    long = "0123456789" * 50_000  # beyond what a pipe holds
    for place in (pipe, link):
        assert drained(pipe, lambda place=place: written(place, long)).decode() == long
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "pipe"]


@posix
def test_an_archive_goes_through_a_pipe(tmp_path: Path) -> None:
    """Archives seek, pipes cannot."""
    import allspike as asp  # noqa: PLC0415  (this room needs no more of it)

    os.mkfifo(tmp_path / "pipe")
    network = asp.Network()
    network.inputs(3, "pre")
    (tmp_path / "got").write_bytes(drained(tmp_path / "pipe", lambda: network.save(tmp_path / "pipe")))
    assert len(asp.Network.load(tmp_path / "got").populations["pre"]) == 3


@posix
def test_commands_write_into_pipes_and_through_links(tmp_path: Path) -> None:
    import allspike as asp  # noqa: PLC0415
    from allspike.cli import main  # noqa: PLC0415

    network = asp.Network()
    network.neurons(3, asp.delta_lif(v_drift=400.0), "cells")
    network.save(tmp_path / "net.npz")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link.npz").symlink_to("real.npz")

    def run(out: str) -> None:
        with pytest.raises(SystemExit) as stopped:
            main(["run", str(tmp_path / "net.npz"), "--steps", "20", "--out", str(tmp_path / out)])
        assert stopped.value.code == 0

    (tmp_path / "got.npz").write_bytes(drained(tmp_path / "pipe", lambda: run("pipe")))
    run("link.npz")
    assert (tmp_path / "link.npz").is_symlink() and stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    for name in ("got.npz", "real.npz"):
        assert asp.Result.load(tmp_path / name).steps == 20


@posix
def test_a_reader_that_leaves_is_an_error_of_ours(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def leave() -> None:
        with pipe.open("rb") as stream:
            stream.read(10)

    reader = Thread(target=leave, daemon=True)
    reader.start()
    with pytest.raises(FileError, match="Broken pipe"):
        write(pipe, "x" * 1_000_000)
    reader.join(10)


def device(path: Path, minor: int) -> Path:
    """A node of one of the memory devices, if this system lets one be made and used."""
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
        path.open("wb").close()
    except OSError:
        pytest.skip("no device nodes here")
    return path


@as_root
def test_a_device_is_written_to(tmp_path: Path) -> None:
    sink = device(tmp_path / "sink", 3)
    written(sink)
    (tmp_path / "link").symlink_to("sink")
    written(tmp_path / "link")
    assert stat.S_ISCHR(sink.stat().st_mode) and sink.read_bytes() == b""
    full = device(tmp_path / "full", 7)
    with pytest.raises(FileError, match="No space left on device"):
        write(full, "new")
    assert stat.S_ISCHR(full.stat().st_mode)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["full", "link", "sink"]


@as_root
def test_a_disk_is_left_alone(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "disk", 0o600 | stat.S_IFBLK, os.makedev(7, 250))
    except OSError:
        pytest.skip("no device nodes here")
    refused(tmp_path / "disk", "it is a disk")


# Permissions


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


# Not by halves


def test_what_fails_inside_leaves_everything(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    for kept in (path, tmp_path / "new"):
        with pytest.raises(KeyboardInterrupt), writing(kept) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt
    assert [p.name for p in tmp_path.iterdir()] == ["file"] and path.read_text() == "old"


@posix
@pytest.mark.parametrize("names", [1, 2])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, names: int) -> None:
    """The limit of a process on the size of its files stands for the disk's."""
    path = tmp_path / "file"
    path.write_bytes(b"old" * 1000)
    if names == 2:
        (tmp_path / "other").hardlink_to(path)
    program = f"""
import resource, signal, sys
from allspike import writing
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limits = [50_000, -1] if {names == 1} else [-1, -1]
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
with writing.writing(sys.argv[1]) as temporary:
    temporary.write_bytes(bytes(100_000))
    resource.setrlimit(resource.RLIMIT_FSIZE, [50_000, -1])  # of two names: full when it is copied
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )
    assert "FileError: cannot write" in done.stderr
    assert path.read_bytes() == b"old" * 1000
    assert len(list(tmp_path.iterdir())) == names


@posix
def test_a_name_may_be_as_long_as_the_system_takes(tmp_path: Path) -> None:
    written(tmp_path / ("n" * 255))
    assert (tmp_path / ("n" * 255)).read_text() == "new"
