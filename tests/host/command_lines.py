"""Command lines that succeed, and what they write."""

from pathlib import Path

import allspike as asp
from tests.command import command


def ok(*arguments: object) -> None:
    assert command(*arguments) == 0


def result_of(files: Path, *arguments: object) -> asp.Result:
    """What a run writes."""
    ok("run", *arguments, "--out", files / "result.npz")
    return asp.Result.load(files / "result.npz")
