"""A place that cannot take the results is found before the work: in every command that measures."""

import subprocess
import sys
from pathlib import Path

import pytest

from .document import write_section

SECTIONS = {
    "tests.bench": "emulator",
    "tests.bench.link": "link",
    "tests.bench.recording": "recording",
    "tests.bench_core": "core",
    "tests.learning": "digits",
}


def says(command: str, place: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", command, "--write", str(place)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("command", SECTIONS)
def test_a_page_that_is_not_there_is_refused_at_once(command: str, tmp_path: Path) -> None:
    assert "no.md: No such file" in says(command, tmp_path / "no.md")
    assert not (tmp_path / "no.md").exists()


def test_a_page_without_the_section_is_refused_at_once(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Nothing\n")
    assert "0 sections between <!-- emulator -->" in says("tests.bench", page)


def test_a_folder_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    assert "cannot write" in says("tests.synth", tmp_path / "none" / "page.md")


def test_a_section_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- one -->\nold\n<!-- end -->\nb\n<!-- two -->\n\n<!-- end -->\n")
    write_section(page, "one", "new \\1\n")
    assert page.read_text() == "a\n<!-- one -->\n\nnew \\1\n\n<!-- end -->\nb\n<!-- two -->\n\n<!-- end -->\n"
    with pytest.raises(ValueError, match="0 sections"):
        write_section(page, "three", "")
