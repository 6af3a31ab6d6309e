"""Which tests may notice a change: those that call the function that it is in, the quickest first.

Who calls what, and for how long, is recorded once of the original. Tests of files that have changed since, as
they do where survivors are looked into, are taken to call everything.
"""

import ast
import hashlib
import json
import os
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType

import pytest

ROOT = Path(__file__).parents[2]
_PLAIN = ("property", "setter", "classmethod", "staticmethod")
"""Decorators that leave it to the caller when a function runs; others keep what it returns, or compile it."""
_LONGER = 5
"""A test that takes so many times what it takes with the original is stuck, and a few seconds longer."""
_WAITS = 8
"""Seconds that pass for one of the processor's, at most; others have it, too."""


def _digest(file: str) -> str:
    return hashlib.sha256((ROOT / file).read_bytes()).hexdigest()


@dataclass
class Record:
    """What the tests of some files call, and how long they take."""

    digests: dict[str, str] = field(default_factory=dict)
    """Of files of tests."""
    seconds: dict[str, float] = field(default_factory=dict)
    """By test, of the processor."""
    called: dict[str, list[str]] = field(default_factory=dict)
    """By test, or by file for what its fixtures call: file and first line of functions."""

    @classmethod
    def load(cls, path: Path) -> "Record":
        """What was recorded of files that are as they were."""
        told = cls(**json.loads(path.read_text("utf-8"))) if path.exists() else cls()
        return told.of(
            {file for file, was in told.digests.items() if (ROOT / file).exists() and _digest(file) == was}
        )

    def of(self, files: set[str]) -> "Record":
        """What it has of these files."""

        def those(told: dict) -> dict:
            return {name: each for name, each in told.items() if name.partition("::")[0] in files}

        return Record(those(self.digests), those(self.seconds), those(self.called))

    def save(self, path: Path) -> None:
        """As JSON."""
        path.write_text(json.dumps(vars(self)), "utf-8")

    def may_notice(self, test: str, function: str | None) -> bool:
        """Whether a test calls a function; None is one of which nobody knows who calls it."""
        file = test.partition("::")[0]
        if function is None or test not in self.seconds:
            return True
        return function in self.called[test] or function in self.called.get(file, ())

    def files(self, among: list[str], function: str | None) -> list[str]:
        """Files with tests that may notice: new ones first, then those that are quicker through."""
        cost = dict.fromkeys(among, 0.0)
        wanted = {file for file in among if file not in self.digests}
        for test, seconds in self.seconds.items():
            file = test.partition("::")[0]
            if file in cost and self.may_notice(test, function):
                cost[file] += seconds
                wanted.add(file)
        return sorted(wanted, key=lambda file: cost[file])

    def known(self, function: str | None) -> bool:
        """Whether any test is known to call it."""
        return function is not None and any(function in called for called in self.called.values())


def function_at(file: str, text: str, line: int) -> str | None:
    """The function in whose body a line is, as a record names it; None where nobody can say who runs it."""
    found = None
    for node in ast.walk(ast.parse(text)):  # outer ones come first
        if isinstance(node, ast.FunctionDef) and node.body[0].lineno <= line <= (node.end_lineno or 0):
            found = node
    if found is None:
        return None
    for one in found.decorator_list:
        name = one.id if isinstance(one, ast.Name) else getattr(one, "attr", None)
        if name not in _PLAIN:
            return None
    return f"{file}:{min([found.lineno, *(one.lineno for one in found.decorator_list)])}"


class Recorder:
    """A plugin of pytest that records who calls what in a package.

    Parameters
    ----------
    package : Path
        Its folder.
    record : Record
        What is known already.
    path : Path
        Where it is kept.
    """

    def __init__(self, package: Path, record: Record, path: Path) -> None:
        self.record, self._path = record, path
        self._failed = False
        self._package = f"{package}/"
        self._codes: dict[int, CodeType] = {}
        self._took: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What does not pass is not recorded."""
        self._failed |= report.failed

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Each file is kept as soon as it is through, as the next ones may be interrupted."""
        file = item.nodeid.partition("::")[0]
        if not self._failed and (nextitem is None or not nextitem.nodeid.startswith(f"{file}::")):
            self.record.digests[file] = _digest(file)
            self.record.save(self._path)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """What fixtures call counts for all tests of a file, as they may share them."""
        return (yield from self._recorded(item, item.nodeid.partition("::")[0]))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """What the test itself calls."""
        return (yield from self._recorded(item, item.nodeid))

    def _recorded(self, item: pytest.Item, name: str) -> Iterator[None]:
        self._codes, began = {}, time.process_time()
        threading.settrace(self._note)
        sys.settrace(self._note)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            took = self.record.seconds.get(item.nodeid, 0.0) + time.process_time() - began
            self.record.seconds[item.nodeid] = took
            functions = {
                f"{code.co_filename.removeprefix(self._package)}:{code.co_firstlineno}"
                for code in self._codes.values()
                if code.co_filename.startswith(self._package)
            }
            before = self.record.called.get(name, ())
            self.record.called[name] = sorted(functions.union(before))

    def _note(self, frame: FrameType, event: str, arg: object) -> None:
        self._codes[id(frame.f_code)] = frame.f_code


class Choice:
    """A plugin of pytest that runs what may notice a change, the quickest first, and ends what is stuck.

    Parameters
    ----------
    record : Record
    function : str or None
        The one that was changed.
    least : float
        Seconds of the processor that any test may take, beside several times what the original takes.
    """

    def __init__(self, record: Record, function: str | None, least: float) -> None:
        self._record, self._function, self._least = record, function, least
        self._left = 0.0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Files stay in their order."""
        order = {file: at for at, file in enumerate(dict.fromkeys(self._file(item) for item in items))}
        chosen = [item for item in items if self._record.may_notice(item.nodeid, self._function)]
        items[:] = sorted(chosen, key=lambda item: (order[self._file(item)], self._seconds(item)))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """A clock of the processor, for what never ends, and one for what waits: either ends the process."""
        seconds = self._least + _LONGER * self._seconds(item)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, self._tick)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        # Counted, so that what somebody stops for a while does not end as it goes on.
        self._left = _WAITS * seconds
        signal.setitimer(signal.ITIMER_REAL, 1.0, 1.0)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """What is told of a failure takes a time of its own."""
        if call.when == "call":
            signal.setitimer(signal.ITIMER_PROF, 0.0)
            signal.setitimer(signal.ITIMER_REAL, 0.0)

    def _tick(self, *_: object) -> None:
        self._left -= 1
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _file(self, item: pytest.Item) -> str:
        return item.nodeid.partition("::")[0]

    def _seconds(self, item: pytest.Item) -> float:
        return self._record.seconds.get(item.nodeid, 0.0)
