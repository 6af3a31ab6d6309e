"""A process of its own for each mutant, forked from one that has loaded what they have in common."""

import os
import select
import signal
from collections.abc import Callable
from contextlib import suppress

import hypothesis

STUCK, DIED = "no test ended in time", "the process died"
"""What is told instead of a test."""
_PASSED = "passed"
PROFILE = "--hypothesis-profile=mutants"
"""An option of pytest: by it the profile outlasts the one that tests/conftest.py loads."""


def forked(action: Callable[[], str | None], limit: float | None) -> str | None:
    """The test that fails in `action`, run in a process of its own for `limit` seconds; None: they pass.

    The process has a group of its own, but no session: of those, Linux gives each its share of the
    processors, whatever niceness was asked for.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)  # so that what the tests start ends with it
        try:
            said = action() or _PASSED
        except BaseException as error:  # of pytest itself, or what ends a program
            said = f"{type(error).__name__} outside any test"
        with suppress(BaseException):
            os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        ready, _, _ = select.select([pipe], [], [], limit)
        said = os.read(pipe.fileno(), 1 << 12).decode() if ready else STUCK
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None if said == _PASSED else said or DIED


def make_profile() -> None:
    """Have Hypothesis draw the same examples for all mutants, and not look for smaller ones, by `PROFILE`."""
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutants", derandomize=True, database=None, phases=phases, deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )  # fmt: skip
