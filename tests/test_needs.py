"""A test whose program is not there is missed aloud, and fails where everything has to run."""

import os
import subprocess
import sys
from pathlib import Path

SUITE = """\
from pathlib import Path

import pytest

from tests.needs import needs_files

@pytest.mark.needs("no-such-program", "apt-get install no-such-package")
@pytest.mark.parametrize("k", range(2))
def test_that_is_left_out(k):
    raise AssertionError("must not run")

@needs_files(Path("/no-such-folder"), how="set FOLDER")
def test_without_its_files():
    raise AssertionError("must not run")

@needs_files(Path("{python}").parent, how="it is there")
@pytest.mark.needs("{python}", "it is there")
def test_that_runs():
    pass
"""


def run(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    (folder / "conftest.py").write_text(
        "from tests.needs import pytest_runtest_setup, pytest_terminal_summary\n"
    )
    marks = "needs(program, how, there): see tests/needs.py"
    (folder / "pytest.ini").write_text(f"[pytest]\nmarkers =\n    {marks}\n")
    (folder / "test_it.py").write_text(SUITE.format(python=sys.executable))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--strict-markers", *arguments, str(folder)],
        capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        | environment,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_what_is_left_out_is_said_at_the_end(tmp_path: Path) -> None:
    code, said = run(tmp_path, "-p", "xdist", "-n", "1", ALLSPIKE_NEEDS="")
    assert code == 0
    assert "1 passed, 3 skipped" in said
    _, _, end = said.partition("LEFT OUT")
    wanted = "2 tests did not run, for want of no-such-program (apt-get install no-such-package)"
    assert wanted in end
    assert "1 test did not run, for want of /no-such-folder (set FOLDER)" in end


def test_nothing_is_left_out_where_everything_has_to_run(tmp_path: Path) -> None:
    code, said = run(tmp_path, ALLSPIKE_NEEDS="all")
    assert code == 1
    assert "1 passed, 1 skipped, 2 errors" in said
    assert "there is no no-such-program: apt-get install no-such-package." in said
    assert "for want of /no-such-folder" in said.partition("LEFT OUT")[2]
