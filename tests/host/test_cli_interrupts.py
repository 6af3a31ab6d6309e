"""Ctrl-C on the command line: it is heard at once, and loses no more than what it must."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import allspike as asp
from allspike.cli import main, outputs, running

STEPS = 10_000_000


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A long run, in which Ctrl-C is pressed once it has told that some steps are done."""
    net = asp.Network()
    cells = net.neurons(5, asp.delta_lif(tau_m=np.inf, v_drift=300.0), "cells")
    net.connect(net.inputs(1, "in"), cells, weight=0.5)
    net.save(tmp_path / "net.npz")
    pressed: list[int] = []

    def came(done: int, total: int) -> None:
        if done and not pressed:
            pressed.append(done)
            press()

    @contextmanager
    def bars(quiet: bool) -> Iterator[Callable[[str], Callable[[int, int], None]]]:
        yield lambda title: came

    monkeypatch.setattr(running, "progress_bars", bars)
    return ["run", str(tmp_path / "net.npz"), "--steps", str(STEPS), "--out", str(tmp_path / "r.npz"),
            "--spikes-out", str(tmp_path / "r.csv")]  # fmt: skip


def ended(line: list[str], capfd: pytest.CaptureFixture) -> tuple[str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(line)
    assert stopped.value.code == 130
    return capfd.readouterr()


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"net.npz"}


def test_a_run_says_that_it_stops_where_it_stopped_and_what_it_wrote(
    line: list[str], tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    out, err = ended(line, capfd)
    first, second, last = err.splitlines()
    result = asp.Result.load(tmp_path / "r.npz")
    assert 0 < result.steps < STEPS
    assert first.startswith("stopping after step ")
    assert first.endswith("; Ctrl-C once more ends without writing.")
    assert second == f"stopped at step {result.steps:,}; writing {tmp_path / 'r.npz'}, {tmp_path / 'r.csv'}."
    assert last == "interrupted."
    assert f"wrote {tmp_path / 'r.npz'}\nwrote {tmp_path / 'r.csv'}\n" in out
    assert out.startswith(f"{result.steps:,} steps")


def test_a_second_one_before_the_run_has_stopped_writes_nothing(
    line: list[str], tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "_say_now", lambda sentence: press())
    out, err = ended(line, capfd)
    assert out == ""
    assert err == "the run is lost, and nothing was written.\ninterrupted.\n"
    assert left(tmp_path) == set()


def pressing_in(function: Callable[..., Any], times: int) -> Callable[..., Any]:
    def pressing(*given: Any) -> Any:
        for _ in range(times):
            press()
        return function(*given)

    return pressing


@pytest.mark.parametrize(("times", "files"), [(1, {"r.npz"}), (2, set())])
def test_one_in_mid_writing_finishes_the_file_and_another_leaves_it_out(
    line: list[str], times: int, files: set[str], tmp_path: Path, capfd: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(asp.Result, "save", pressing_in(asp.Result.save, times))
    out, err = ended(line, capfd)
    assert left(tmp_path) == files
    assert f"finishing {tmp_path / 'r.npz'}; Ctrl-C once more leaves it unwritten." in err
    lost = [str(tmp_path / name) for name in ("r.npz", "r.csv") if name not in files]
    assert f"not written: {', '.join(lost)}." in err
    assert ("wrote" in out) is bool(files)
    if files:
        assert asp.Result.load(tmp_path / "r.npz").steps > 0
