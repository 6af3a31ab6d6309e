"""Files that others read: their form is what those expect."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import allspike as asp

from .conftest import ROOT

FORMS = {
    "CITATION.cff": "citation-file-format",
    ".github/workflows/test.yml": "github-workflows",
    ".github/ISSUE_TEMPLATE/bug.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/board.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/feature.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
}


def checked(form: str, path: Path) -> bool:
    program = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{form}", str(path)]
    return subprocess.run(program, check=False, capture_output=True).returncode == 0


def test_every_such_file_is_listed() -> None:
    there = {str(path.relative_to(ROOT).as_posix()) for path in (ROOT / ".github").rglob("*.yml")}
    assert there == set(FORMS) - {"CITATION.cff"}


@pytest.mark.parametrize("name", FORMS)
def test_it_is_what_its_schema_asks_for(name: str, tmp_path: Path) -> None:
    assert checked(FORMS[name], ROOT / name)
    broken = tmp_path / Path(name).name
    broken.write_text("- nothing\n")
    assert not checked(FORMS[name], broken)


def test_the_citation_is_of_this_version() -> None:
    assert f"\nversion: {asp.__version__}\n" in (ROOT / "CITATION.cff").read_text()


def test_the_workflow_runs_what_there_is() -> None:
    text = (ROOT / ".github/workflows/test.yml").read_text()
    assert "- run: .ci/run\n" in text
    assert "make test" in (ROOT / ".ci/run").read_text()
    for folder in re.findall(r"tests/\w+", text):
        assert (ROOT / folder).exists()
    for version in ("3.11", "3.12", "3.13"):
        assert text.count(f'"{version}"') == 2
