"""Mutants of sources: drawn where something runs, and tried in a copy that alone is changed."""

import subprocess
import sys
from pathlib import Path

from .host import MORE, PACKAGE, ROOMS, ROOT, files, tests_of
from .sources import drawn

TEXT = '''"""A module."""

LIMIT: int | None = 3


def over(x: int | None, y: int = 2) -> bool | None:
    """Whether it is."""
    return x is not None and x + y > LIMIT
'''
FILE = "compiler/whole.py"
TRIED = """
import sys
from pathlib import Path
from tests.mutants.host import PACKAGE, Copy
copy, file, tests = Copy(Path(sys.argv[1])), sys.argv[2], ["tests/host/test_whole.py"]
text = (PACKAGE / file).read_text("utf-8")
for one in (text, text.replace("> 0", "> 1"), text):
    print(copy.tried(file, one, tests))
"""


def test_a_draw_is_of_places_that_run(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(TEXT, "utf-8")
    every = drawn(tmp_path, ["one.py"], 100, 1)
    assert {mutant.name.split(":")[1] for mutant in every} == {"3", "6", "8"}
    assert drawn(tmp_path, ["one.py"], 4, 1) == every[:4]
    assert drawn(tmp_path, ["one.py"], 4, 2) != every[:4]
    for mutant in every:
        assert mutant.text.count("int | None") == TEXT.count("int | None"), "nothing runs an annotation"
        differ = [
            new for old, new in zip(TEXT.splitlines(), mutant.text.splitlines(), strict=True) if old != new
        ]
        assert len(differ) == 1
        assert differ[0].strip() in mutant.name


def test_what_is_changed_is_noticed_and_the_original_is_not(tmp_path: Path) -> None:
    before = (PACKAGE / FILE).read_bytes()
    command = [sys.executable, "-c", TRIED, str(tmp_path / "copy"), FILE]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    first, second, third = done.stdout.split("\n")[:3]
    assert (first, third) == ("None", "None")
    assert second.startswith("tests/host/test_whole.py::")
    assert (PACKAGE / FILE).read_bytes() == before


def test_every_room_has_its_tests() -> None:
    for room in ROOMS:
        assert any(file.startswith(f"{room}/") for file in files())
        for name in (*tests_of(f"{room}/x.py", more=False), *MORE):
            assert (ROOT / name).exists(), name
