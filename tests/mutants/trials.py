"""Tests run against one mutant after the other: collected once, and each mutant in a process of its own."""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from .forked import PROFILE, forked, make_profile

_LONGER = 10
"""A mutant that takes so many times what the original takes, and at least `_LEAST` seconds, is stuck."""
_LEAST = 60.0


class Trials:
    """A plugin of pytest that runs the tests it has collected once for each mutant, until one fails.

    Parameters
    ----------
    mutants : sequence of (name, number)
        What to try; number 0, the original, is tried first, and must pass.
    choose : Callable
        Puts a mutant in force, in a process that has that one only.
    told : Callable
        Told of each mutant's name the test that failed, or None.
    """

    def __init__(
        self,
        mutants: Sequence[tuple[str, int]],
        choose: Callable[[int], None],
        told: Callable[[str, str | None], None],
    ) -> None:
        self._mutants, self._choose, self._told = mutants, choose, told

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running each test once."""
        if session.testsfailed:
            raise session.Interrupted("tests cannot be collected")
        began = time.monotonic()
        if failed := self._tried(session, 0, None):
            pytest.exit(f"the original fails, by {failed}", returncode=1)
        limit = max(_LEAST, _LONGER * (time.monotonic() - began))
        for name, number in self._mutants:
            self._told(name, self._tried(session, number, limit))
        return True

    def _tried(self, session: pytest.Session, number: int, limit: float | None) -> str | None:
        """The test that fails with a mutant."""

        def action() -> str | None:
            session.config.pluginmanager.unregister(name="terminalreporter")
            self._choose(number)
            return _first_failure(session)

        return forked(action, limit)


def _first_failure(session: pytest.Session) -> str | None:
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return item.nodeid
    return None


def run(arguments: Iterable[str], trials: Trials) -> None:
    """Run the tests that pytest finds by these arguments."""
    make_profile()
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-p",
        "no:benchmark",
        "--no-header",
        PROFILE,
    ]
    plugins: list[Any] = [trials]
    code = pytest.main([*options, *arguments], plugins=plugins)
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.exit(int(code))
