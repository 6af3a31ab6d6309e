"""Fixtures that several files of the room share."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import serial

from .standins import ROOT


@pytest.fixture
def urls(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyserial knows the URLs of the tests' own ports."""
    packages = [*serial.protocol_handler_packages, "tests.link.urls"]
    monkeypatch.setattr(serial, "protocol_handler_packages", packages)


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen, str]]:
    """A board as a process, and its terminal device."""
    board = subprocess.Popen(
        [sys.executable, "-m", "tests.link.pty_board"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert board.stdout is not None
    yield board, board.stdout.readline().strip()
    board.kill()
    board.wait()
