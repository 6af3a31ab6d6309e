"""Pipes and devices are written into as they are, and stay what they are."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from allspike.errors import FileError
from allspike.writing import write

from .writing_checks import as_root, posix, refused, written


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
