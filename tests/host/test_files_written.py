"""Each kind of file is written whole or not at all, where it may be written."""

import errno
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allspike.errors import FileError
from allspike.writing import check_writable

from .kinds_of_files import Kind, every_kind, network


@every_kind
def test_a_place_that_cannot_be_written_is_named_and_left_alone(
    kinds: dict[str, Kind], name: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder.npz").mkdir()
    places = ["absent/x.npz", "file/x.npz", "folder.npz", "x" * 300, "nul\0.npz"]
    for place in places:
        with pytest.raises(FileError, match=rf"^cannot write {re.escape(str(tmp_path / place))}: [^\n]*\.$"):
            kinds[name].thing.save(tmp_path / place)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.npz"]
    assert (tmp_path / "file").read_text() == "mine"
    assert not list((tmp_path / "folder.npz").iterdir())


@every_kind
@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=repr
)
def test_what_fails_half_way_leaves_the_old_file(
    kinds: dict[str, Kind], name: str, failure: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.npz"
    kinds[name].thing.save(path)
    before = path.read_bytes()

    def half(stream: Any, **_: object) -> None:
        stream.write(before[: len(before) // 2])
        raise failure

    monkeypatch.setattr(np, "savez_compressed", half)
    expected = FileError if isinstance(failure, OSError) else KeyboardInterrupt
    for target in (path, tmp_path / "new.npz"):
        with pytest.raises(expected) as error:
            kinds[name].thing.save(target)
        if expected is FileError:
            assert re.match(
                rf"^cannot write {re.escape(str(target))}: No space left on device.*\.$", str(error.value)
            )
    assert [p.name for p in tmp_path.iterdir()] == ["kept.npz"]
    assert path.read_bytes() == before


def test_a_file_has_the_permissions_of_any_other_and_the_name_given(tmp_path: Path) -> None:
    """Not those of a temporary file, and no ending that nobody asked for."""
    old = os.umask(0o027)
    try:
        network().save(tmp_path / "network")
        network().save(str(tmp_path / "by name"))
    finally:
        os.umask(old)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["by name", "network"]
    assert (tmp_path / "network").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "network").read_bytes()[:2] == b"PK"


def test_check_writable_says_no_where_saving_would(tmp_path: Path) -> None:
    check_writable(tmp_path / "fine.npz")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    for place in ("absent/x.npz", "file/x.npz", "."):
        with pytest.raises(FileError, match=rf"^cannot write {re.escape(str(tmp_path / place))}: [^\n]*\.$"):
            check_writable(tmp_path / place)
