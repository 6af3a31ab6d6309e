"""How much a run of the tests has shown: each test counts, and ALLSPIKE_EVIDENCE names the file of the sums.

Only what has passed counts. A number in the file is of one run; a later one replaces it, whatever it came to.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from .claims import CLAIMS

Count = Callable[..., None]
"""Takes the name of a claim, and of how much more of it there is, by default one."""
_PROPERTY = "evidence"
_FILE = "ALLSPIKE_EVIDENCE"


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Iterator[Count]:
    """Counts what a test shows of one of `CLAIMS`."""
    sums: Counter[str] = Counter()

    def count(claim: str, more: int = 1) -> None:
        assert claim in CLAIMS, f"{claim!r} is not among the claims"
        sums[claim] += more

    yield count
    request.node.user_properties.append((_PROPERTY, dict(sums)))


class Sums:
    """Of a run: a plugin of pytest, where the reports of all processes come together."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._passed: set[str] = set()
        self._sums: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test has passed, or has come to its end, and told what it counted."""
        if report.when == "call" and report.passed:
            self._passed.add(report.nodeid)
        if report.when == "teardown" and report.nodeid in self._passed:
            for name, told in report.user_properties:
                if name == _PROPERTY:
                    self._sums.update(told)

    def pytest_sessionfinish(self) -> None:
        """Write what was counted; claims of which nothing was shown stay as they were."""
        before = json.loads(self._file.read_text("utf-8")) if self._file.exists() else {}
        date = datetime.now(UTC).date().isoformat()
        command = "make soak" if os.environ.get("ALLSPIKE_SOAK") else "make test"
        found = {
            claim: {"count": count, "command": command, "date": date} for claim, count in self._sums.items()
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(before | found, indent=1, sort_keys=True) + "\n", "utf-8")


def register(config: pytest.Config) -> None:
    """Have a run write what it counts, if it is asked to; its processes only tell."""
    if (file := os.environ.get(_FILE)) and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Sums(Path(file)))
