"""Tests that need what no Python package brings: where it is not, they are left out aloud.

`@pytest.mark.needs("program", "how it is installed")`. Without the program the test is left out, and the last
lines of the run say so; where ALLSPIKE_NEEDS=all, as in `.ci/run`, it fails instead. Files that are not the
project's to publish are asked for by `needs_files`: what needs them is left out aloud everywhere.
"""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

MARK = "needs"
_LEFT_OUT = "left out"


def needs_files(folder: Path, *names: str, how: str) -> pytest.MarkDecorator:
    """The mark of a test that needs these in a folder, or the folder itself."""
    absent = [str(path) for path in ([folder / name for name in names] or [folder]) if not path.exists()]
    return pytest.mark.needs(", ".join(absent), how, there=not absent)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out, or let it fail, if something that it needs is not there."""
    for mark in item.iter_markers(MARK):
        program, how = mark.args
        if not mark.kwargs.get("there", shutil.which(program)):
            item.user_properties.append((_LEFT_OUT, f"{program} ({how})"))
            if os.environ.get("ALLSPIKE_NEEDS") == "all" and not mark.kwargs:
                pytest.fail(f"there is no {program}: {how}.", pytrace=False)
            pytest.skip(f"there is no {program}: {how}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and what would bring it."""
    reports = terminalreporter.stats.get("skipped", ())
    missed = Counter(what for report in reports for name, what in report.user_properties if name == _LEFT_OUT)
    if missed:
        terminalreporter.section("LEFT OUT", sep="!", red=True, bold=True)
        for what, count in missed.items():
            tests = "1 test" if count == 1 else f"{count} tests"
            terminalreporter.line(f"{tests} did not run, for want of {what}", red=True, bold=True)
