"""Where files go: through links, over what may be written, and never by halves."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from allspike.writing import writing

from .writing_checks import posix, refused, written


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
