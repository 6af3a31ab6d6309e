"""Cached folders cannot hurt: what is damaged is made again, and what cannot be written is one sentence."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from allspike import cache
from allspike.errors import DeviceWarning, FileError


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.warn_unkept.cache_clear()


def make(place: Path) -> None:
    (place / "inner").mkdir()
    (place / "file").write_bytes(bytes(range(200)))
    (place / "inner" / "other").write_text("other")


def broken(path: Path, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / path).write_bytes(data)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut to nothing": broken(Path("file"), b""),
    "cut to 100 bytes": broken(Path("file"), bytes(range(100))),
    "other bytes": broken(Path("inner/other"), b"othes"),
    "a file lost": lambda folder: (folder / "file").unlink(),
    "its list cut": broken(Path("digests.json"), b'{"fi'),
    "its list strange": broken(Path("digests.json"), b"[[1]]"),
    "its list lost": lambda folder: (folder / "digests.json").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_folder_is_made_again(damage: str) -> None:
    folder = cache.cached(cache.root("kind") / "name", make)
    DAMAGE[damage](folder)
    assert cache.cached(folder, make) == folder
    assert (folder / "file").read_bytes() == bytes(range(200))
    assert (folder / "inner" / "other").read_text() == "other"
    assert [path.name for path in folder.parent.iterdir()] == ["name"]


def test_a_whole_folder_is_not_made_again() -> None:
    folder = cache.cached(cache.root("kind") / "name", make)
    (folder / "added").touch()
    assert cache.cached(folder, lambda place: pytest.fail("made again")) == folder


def unwritable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    if how == "no home":
        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    elif how == "a file in its place":
        (tmp_path / "allspike").touch()
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")


WAYS = ("no home", "a file in its place", "no folder can be made")


@pytest.mark.parametrize("how", WAYS)
def test_where_nothing_can_be_written_it_says_so(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwritable(tmp_path, monkeypatch, how)
    with pytest.raises(FileError, match="set XDG_CACHE_HOME to a folder that can be written"):
        cache.cached(cache.root("kind") / "name", make)


@pytest.mark.parametrize("how", WAYS)
def test_what_serves_for_this_process_is_made_elsewhere(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    unwritable(tmp_path, monkeypatch, how)
    tools = []

    def make_with_tools(place: Path) -> None:
        tools.append(os.environ["XDG_CACHE_HOME"])
        make(place)

    before = os.environ.get("XDG_CACHE_HOME")
    folders = {cache.cached_or_temporary("kind", "name", make_with_tools) for _ in range(3)}
    assert os.environ.get("XDG_CACHE_HOME") == before
    assert all(Path(place).is_dir() for place in tools), "tools have caches of their own"
    assert (folders.pop() / "file").read_bytes() == bytes(range(200))
    assert not folders
    assert [warning.category for warning in recwarn.list] == [DeviceWarning]
    (cache.writable_root("kind") / "log").write_text("a log")


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    def fill(place: Path) -> None:
        (place / "half").touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = cache.root("kind") / "name"
    with pytest.raises(FileError, match=r"cannot write the cache .*kind: No space left on device; set XDG"):
        cache.cached(folder, fill)
    assert list(folder.parent.iterdir()) == []


def test_what_is_wrong_with_a_tool_is_not_blamed_on_the_cache() -> None:
    def fail(place: Path) -> None:
        raise FileNotFoundError(errno.ENOENT, "no such tool", "yosys")

    with pytest.raises(FileNotFoundError, match="yosys"):
        cache.cached(cache.root("kind") / "name", fail)


def test_what_another_process_made_meanwhile_stays() -> None:
    """Where locks do not work both make it, and the first one uses it already."""
    folder = cache.root("kind") / "name"

    def slowly(place: Path) -> None:
        make(place)
        if not folder.exists():
            cache._fill(folder, make)
            (folder / "in use").touch()

    folder.parent.mkdir(parents=True)
    cache._fill(folder, slowly)
    assert (folder / "in use").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["name"]
