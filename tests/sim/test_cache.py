"""The cache holds whole folders, each made once, whoever asks for it at the same time."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from allspike_sim.cache import cached, key_of, root


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_it_lies_in_the_users_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert root() == tmp_path / "allspike" / "rtl"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert root() == Path.home() / ".cache" / "allspike" / "rtl"


def test_a_key_follows_from_its_parts_and_their_borders() -> None:
    assert key_of("ab", b"c") == key_of("ab", "c")
    assert len({key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of("abc", "")}) == 4


def test_a_folder_is_made_once() -> None:
    calls = []

    def make(place: Path) -> None:
        calls.append(place)
        (place / "file").write_text("made")

    first, second = cached("name", make), cached("name", make)
    assert first == second == root() / "name"
    assert (first / "file").read_text() == "made"
    assert len(calls) == 1
    assert [path.name for path in root().iterdir()] == ["name"]


def test_a_failure_leaves_nothing_behind() -> None:
    def fail(place: Path) -> None:
        (place / "half").write_text("half")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        cached("name", fail)
    assert not [path for path in root().iterdir() if path.is_dir()]
    assert cached("name", lambda place: None).is_dir()


def test_processes_that_ask_at_once_get_one_folder(tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import os, time
        from pathlib import Path
        from allspike_sim.cache import cached

        def make(place):
            (Path({str(tmp_path)!r}) / f"made-{{os.getpid()}}").touch()
            (place / "first").write_text(str(os.getpid()))
            time.sleep(0.3)
            (place / "second").write_text(str(os.getpid()))

        place = cached("name", make)
        print((place / "first").read_text() == (place / "second").read_text())
    """)
    asking = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [process.communicate()[0].strip() for process in asking] == ["True"] * 3
    assert len(list(tmp_path.glob("made-*"))) == 1
    assert [path.name for path in root().iterdir()] == ["name"]
