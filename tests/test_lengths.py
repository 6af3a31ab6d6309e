"""A file has one idea, and so no Python file of the project is long, those of the tests included."""

from pathlib import Path

import pytest

from .imports import PACKAGES, ROOT

MOST = 300
"""Lines of a file."""
FOLDERS = (*PACKAGES, "tests", "docs")


def long(folder: Path) -> dict[str, int]:
    """Files with more lines than a file may have, below a folder, and how many they have."""
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in folder.rglob("*.py")}
    assert lengths, f"no Python files in {folder}"
    return {path.relative_to(folder).as_posix(): lines for path, lines in lengths.items() if lines > MOST}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_is_longer_than_one_idea(folder: str) -> None:
    assert long(ROOT / folder) == {}


def test_a_long_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    for lines in (MOST, MOST + 1):
        (tmp_path / "room" / f"of_{lines}.py").write_text("pass\n" * lines)
    assert long(tmp_path) == {"room/of_301.py": 301}
