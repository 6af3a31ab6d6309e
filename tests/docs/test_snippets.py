"""Every snippet of the README, the guide and the page on learning runs as it stands."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/guide.md", "docs/learning.md")
BLOCK = re.compile(r"```(python|sh)\n(.*?)```", re.DOTALL)


def commands(block: str) -> list[list[str]]:
    """Command lines of a shell block, without comments."""
    return [words for line in block.splitlines() if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("page", PAGES)
def test_page_runs_top_to_bottom(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python blocks share one namespace; shell blocks run in the folder where those wrote their files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    namespace: dict[str, object] = {}
    ran = 0
    for language, block in BLOCK.findall((ROOT / page).read_text()):
        if language == "python":
            exec(compile(block, page, "exec"), namespace)
            ran += 1
            continue
        for words in commands(block):
            if words[0] == "make":
                # These are what runs the tests; that their targets exist is what can be checked here.
                target = words[1]
                assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
            else:
                done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120)
                assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
            ran += 1
    assert ran >= 3


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
