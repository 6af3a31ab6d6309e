"""Mutants of sources: drawn where something runs, and tried in a copy that alone is changed."""

import subprocess
import sys
from pathlib import Path

from . import host
from .forked import DIED
from .host import PACKAGE, ROOMS, ROOT, files
from .noticing import Record, function_at
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
from tests.mutants.noticing import Choice, Record, Recorder, function_at
copy, file, tests = Copy(Path(sys.argv[1])), sys.argv[2], ["tests/host/test_whole.py"]
text = (PACKAGE / file).read_text("utf-8")
kept = copy.folder.with_name("record")
print(copy.tried(file, text, tests, Recorder(copy.folder / "allspike", Record(), kept)))
function = function_at(file, text, 1 + text[:text.index("> 0")].count("\\n"))
record = Record.load(kept)
print(record.known(function), len(record.seconds))
choice = Choice(record, function, 0.2)
for one in (text.replace("> 0", "> 1"), text, text.replace("> 0", "> 0 and iter(int, 1) in iter(int, 1)")):
    print(copy.tried(file, one, tests, choice))
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
    first, known, changed, again, stuck = done.stdout.splitlines()
    assert (first, again) == ("None", "None")
    assert known == "True 3"
    assert changed.startswith("tests/host/test_whole.py::")
    assert stuck == DIED
    assert (PACKAGE / FILE).read_bytes() == before


def test_every_room_has_its_tests() -> None:
    for room in ROOMS:
        assert any(file.startswith(f"{room}/") for file in files())
        names = [Path(file).stem for file in host.tests_of(room)]
        for begin in host.TESTS[room]:
            assert any(name.startswith(f"test_{begin}") for name in names), begin
    assert "tests/link/test_values.py" in host.tests_of("link")
    assert "tests/link/test_values.py" not in host.tests_of("emulator")
    assert all((ROOT / name).is_dir() for name in host.MORE)


def test_the_function_of_a_line_is_the_one_whose_body_it_is_in() -> None:
    text = (
        "def f(x=1):\n    y = 2\n    def g():\n        return 3\n    return y\n"
        "@cache\ndef h():\n    return 4\n"
        "class C:\n    z = 5\n    @property\n    def p(self):\n        return 6\n"
    )
    lines = {number: function_at("a.py", text, number) for number in range(1, 14)}
    assert lines == dict.fromkeys(lines) | {
        2: "a.py:1", 3: "a.py:1", 4: "a.py:3", 5: "a.py:1", 13: "a.py:11",
    }  # fmt: skip


def test_those_that_call_it_are_tried_the_quickest_first_and_new_ones_before() -> None:
    record = Record(
        digests={"a.py": "", "b.py": "", "c.py": ""},
        seconds={"a.py::one": 3.0, "a.py::two": 9.0, "b.py::one": 2.0, "c.py::one": 1.0},
        called={"a.py::one": ["x"], "a.py::two": [], "b.py": ["x"], "b.py::one": [], "c.py::one": ["y"]},
    )
    assert record.files(["a.py", "b.py", "c.py", "new.py"], "x") == ["new.py", "b.py", "a.py"]
    assert record.files(["a.py", "b.py", "c.py"], None) == ["c.py", "b.py", "a.py"]
    assert [name for name in record.seconds if record.may_notice(name, "x")] == ["a.py::one", "b.py::one"]
    assert record.may_notice("new.py::any", "x")
    assert record.known("y")
    assert not record.known("z")
