"""What holds for all tests."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from allspike.cache import cached

from .evidence.counted import evidence, register
from .needs import pytest_runtest_setup, pytest_terminal_summary

__all__ = ["evidence", "pytest_runtest_setup", "pytest_terminal_summary"]

with suppress(ImportError):  # not there where tests/torch runs
    from hypothesis import HealthCheck, settings

    # How long an example takes depends on what else the machine does.
    settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """What is counted comes together in one place."""
    register(config)


Once = Callable[[str, Callable[[Path], None]], Path]
"""From a name and what fills a folder to that folder."""


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_is_heard() -> Iterator[None]:
    """Python's own handler: a shell has what it runs in the background ignore Ctrl-C, which tests press."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_wrapped() -> None:
    """A shell that exports COLUMNS has sentences broken where a test looks for them whole."""
    os.environ.pop("COLUMNS", None)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes a folder once in a run of the tests, however many processes they run in."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return lambda name, make: cached(shared / name, make)
