"""docs/architecture.md and docs/glossary.md say what the sources say."""

import re
from pathlib import Path

import pytest

from ..imports import PACKAGES, modules
from ..rooms import ROOMS
from . import architecture
from .architecture import DOCS, PAGE, PICTURE, Room, found_imports, page, picture, rooms, said, table

ROOT = Path(__file__).parents[2]
AGAIN = "run python -m tests.docs.architecture"


def test_the_picture_is_fresh() -> None:
    assert PICTURE.read_text("utf-8") == picture(), AGAIN


def test_the_tables_are_fresh() -> None:
    assert PAGE.read_text("utf-8") == page(), AGAIN
    assert set(re.findall(r"<!-- rooms (\w+) -->", page())) == set(ROOMS)


def test_a_table_says_what_rooms_are_and_may_import() -> None:
    device = next(m for m in modules("host") if m.name == "allspike.device")
    assert f"| `device` | {said(device)} | `map`, `image` |" in table("host").splitlines()


def test_nothing_lies_above_the_diagonal() -> None:
    order = rooms()
    assert len(order) == len(set(order)) > 20
    found = found_imports()
    assert found[Room("host", "compiler"), Room("host", "describe")] == "at once"
    assert found[Room("host", "doors"), Room("host", "nir")] == "late"
    assert [pair for pair in found if order.index(pair[0]) < order.index(pair[1])] == []


def test_another_import_makes_another_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    found = found_imports()
    found[Room("host", "map"), Room("host", "cli")] = "late"
    monkeypatch.setattr(architecture, "found_imports", lambda: found)
    assert picture() != PICTURE.read_text("utf-8")


def named_files(page: Path) -> list[str]:
    """Files and folders that a page names; what is in capitals stands for many."""
    found = re.findall(r"`((?:host|hdl|sim|boards|tests|docs)/[\w./-]+)`", page.read_text("utf-8"))
    return [name for name in found if not re.search(r"\b[A-Z]{2,}\b", name)]


def test_files_that_pages_name_are_there() -> None:
    """All but the changelog, which tells of what was."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]
    assert len(named_files(PAGE)) > 4
    missing = {page.name: [n for n in named_files(page) if not (ROOT / n).exists()] for page in pages}
    assert {page: names for page, names in missing.items() if names} == {}


def test_modules_that_the_page_names_are_there() -> None:
    known = {module.name.partition(".")[2] for folder in PACKAGES for module in modules(folder)}
    spoken = re.findall(r"`(\w+\.[a-z_]+)`", PAGE.read_text("utf-8"))
    rooms = {room for folder in ROOMS for room in ROOMS[folder]}
    named = {name for name in spoken if name.partition(".")[0] in rooms and not name.endswith(".py")}
    assert len(named) > 15
    assert sorted(named - known) == []


def test_a_word_has_one_place_in_the_glossary() -> None:
    rows = re.findall(r"^\| (.+?) \| .+ \|$", (DOCS / "glossary.md").read_text("utf-8"), re.MULTILINE)
    words = [word for row in rows for word in row.split(", ") if word not in ("word", "---")]
    assert len(words) > 60
    assert sorted({word for word in words if words.count(word) > 1}) == []
