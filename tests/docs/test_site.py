"""The site is built without a warning, has all that it should, and fetches nothing from elsewhere."""

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from sphinx.util.inventory import InventoryFile

import allspike as asp

from ..conftest import Once
from .public import public_callables

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FETCHED = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=\"([^\"]+)\"")
FETCHED_BY_STYLE = re.compile(r"(?:url\(|@import )\s*['\"]?((?:https?:)?//[^'\")]+)")


@pytest.fixture(scope="module")
def site(once: Once) -> Path:
    """`make docs`, into another folder."""
    return once("site", build) / "html"


def build(folder: Path) -> None:
    options = ("-W", "--keep-going", "--quiet", "-d", str(folder / "doctrees"))
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(DOCS), str(folder / "html")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def pages(site: Path) -> list[Path]:
    """Not the templates that the theme leaves among its files."""
    return [path for path in site.rglob("*.html") if "_static" not in path.parts]


def test_make_docs_is_what_is_tested() -> None:
    assert "-m sphinx -W --keep-going --quiet" in (ROOT / "Makefile").read_text()


def test_every_page_is_there_and_reached_from_the_first(site: Path) -> None:
    sources = {path.relative_to(DOCS).with_suffix(".html") for path in DOCS.rglob("*.md")}
    reached, todo = set(), [Path("index.html")]
    while todo:
        page = todo.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in re.findall(r"href=\"([^\"#:]+\.html)", (site / page).read_text("utf-8")):
            todo.append((site / page.parent / target).resolve().relative_to(site))
    assert sources <= reached


def test_links_and_pictures_lead_to_files_of_the_site(site: Path) -> None:
    for page in pages(site):
        for target in re.findall(r"(?:src|href)=\"([^\"#]+)[\"#]", page.read_text("utf-8")):
            if not re.match(r"[a-z]+:", target):
                place = page.parent / unquote(target.partition("?")[0])
                assert place.exists(), f"{page.name} leads to {target}"
    assert {path.name for path in (site / "_images").iterdir()} >= {"raster.png", "small_world.png"}


def test_nothing_is_fetched_from_another_host(site: Path) -> None:
    for page in pages(site):
        for target in FETCHED.findall(page.read_text("utf-8")):
            assert "//" not in target, f"{page.name} fetches {target}"
    for style in site.rglob("*.css"):
        assert not FETCHED_BY_STYLE.findall(style.read_text("utf-8")), style.name


def test_the_search_finds_pages_and_names_also_from_disk(site: Path) -> None:
    # Loaded as a script, not fetched: browsers allow that on pages opened from disk.
    assert re.search(r'<script src="[^"]*searchindex\.js', (site / "search.html").read_text("utf-8"))
    index = (site / "searchindex.js").read_text("utf-8")
    found = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    assert {"model", "guide", "howto/data", "reference/lif"} <= set(found["docnames"])
    assert "quantis" in found["terms"]  # stems


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    with (site / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, path: path)
    there = {name for kind in ("class", "function", "exception") for name in inventory[f"py:{kind}"]}
    constants = {name for name in asp.__all__ if isinstance(getattr(asp, name), dict)}
    missing = sorted({f"allspike.{name}" for name in public_callables()} - there)
    assert not missing, "name their module on a page of docs/reference"
    text = (site / "reference" / "compile.html").read_text("utf-8")
    assert all(name in text for name in constants)


def test_one_table_has_the_parameters_of_a_neuron(site: Path) -> None:
    text = (site / "reference" / "lif.html").read_text("utf-8")
    rows = [cells_of(row) for row in re.findall(r"<tr.*?</tr>", text, re.DOTALL)]
    assert [row[0] for row in rows] == ["parameter", *(field.name for field in dataclasses.fields(asp.LIF))]
    assert all(meaning and default and takes for _, meaning, _, default, takes, *_ in rows)
    assert [rows[1][5], rows[3][5]] == ["tau_m (ms)", "cm (nF)"]


def cells_of(row: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]


def test_every_command_is_in_the_reference(site: Path) -> None:
    text = re.sub(r"<[^>]+>|\xa0", "", (site / "reference" / "commands.html").read_text("utf-8"))
    for command in (
        "run",
        "compile",
        "selftest",
        "boards",
        "build",
        "convert",
        "demo digits",
        "demo mnist",
        "hdl generate",
        "simulate",
    ):
        assert f"allspike {command}#" in text
    assert "--record-v" in text
