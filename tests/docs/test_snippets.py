"""Every block of Python and of shell on the pages runs as it stands, except those marked `text`."""

import os
import re
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

import allspike as asp

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUNNING = [str(page.relative_to(ROOT).as_posix()) for page in PAGES if BLOCK.search(page.read_text("utf-8"))]


def commands(block: str) -> list[list[str]]:
    """Command lines of a shell block, without comments."""
    return [words for line in block.splitlines() if (words := shlex.split(line, comments=True))]


def test_the_pages_that_promise_it_have_something_to_run() -> None:
    howto = {f"docs/howto/{path.name}" for path in (ROOT / "docs" / "howto").glob("*.md")}
    silent = {"docs/howto/index.md", "docs/howto/choosing.md"}
    assert (
        set(RUNNING)
        >= {"README.md", "docs/guide.md", "docs/learning.md", "docs/same_run.md"} | howto - silent
    )


@pytest.fixture(autouse=True)
def _filters_and_figures_of_a_page_are_its_own() -> Iterator[None]:
    with warnings.catch_warnings():
        yield
    plt.close("all")


@pytest.mark.parametrize("page", RUNNING)
def test_page_runs_top_to_bottom(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python blocks share one namespace; shell blocks run in the folder where those wrote their files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    namespace: dict[str, object] = {"__name__": "__main__"}
    text = (ROOT / page).read_text("utf-8")
    warnings.simplefilter("error", asp.AllspikeWarning)  # what the pages do is done right
    for match in BLOCK.finditer(text):
        language, block = match.groups()
        if language == "python":
            before = "\n" * text.count("\n", 0, match.start(2))  # errors then name the line of the page
            exec(compile(before + block, str(ROOT / page), "exec"), namespace)
            continue
        for words in commands(block):
            if words[0] == "make":
                # These are what runs the tests; that their targets exist is what can be checked here.
                target = words[1]
                assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
            else:
                done = subprocess.run(words, check=False, capture_output=True, text=True)
                assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
