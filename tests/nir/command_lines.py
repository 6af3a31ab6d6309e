"""Command lines about NIR files, and what they answer."""

import json
import shlex
from typing import Any

import nir
import numpy as np
import pytest

from tests.command import command
from tests.data import needs_data

with_data = needs_data("nir", "nir_golden")
SPOKEN = "--dt 0.001 --reset to --spikes jump"
"""What must be said of the files written here."""


def cells(size: int) -> nir.IF:
    """Neurons that a spike of weight 1 makes fire."""
    return nir.IF(r=np.ones(size), v_threshold=np.full(size, 0.5))


def run(line: str) -> int:
    """The exit code of a command line."""
    return command(*shlex.split(line))


def told(line: str, capsys: pytest.CaptureFixture) -> dict[str, Any]:
    """The JSON answer of a command that succeeds."""
    capsys.readouterr()
    assert run(f"{line} --json") == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer
