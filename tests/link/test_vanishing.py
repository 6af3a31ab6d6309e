"""A board that vanishes, at the command line: what had come is written, the error is told, and the exit is 6.

The board is a process behind a terminal device, which ends at the moment in question.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import allspike as asp
from allspike.cli import main
from allspike.errors import DeviceError

from .pty_board import CONFIG

posix = pytest.mark.skipif(sys.platform == "win32", reason="terminal devices are POSIX's")
pytestmark = posix
ROOT = Path(__file__).parents[2]
STEPS = 3000


@pytest.fixture
def port(request: pytest.FixtureRequest) -> Iterator[str]:
    """The terminal device of a board that fails at the moment that is the parameter."""
    command = [sys.executable, "-m", "tests.link.pty_board", request.param]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


def network() -> asp.Network:
    """Ten neurons that fire by themselves, and learn from one another."""
    net = asp.Network()
    net.inputs(3, "pixels")
    cells = net.neurons(10, asp.delta_lif(tau_m=np.inf, v_drift=np.linspace(100, 400, 10)), "cells")
    net.connect(cells, cells, weight=6 / 127, stdp=asp.STDP(a_plus=0.01, a_minus=0.01, w_max=1.0))
    return net


def run(port: str, folder: Path, capsys: pytest.CaptureFixture) -> tuple[asp.Result | None, str]:
    """What `allspike run` writes and says; it exits with 6."""
    network().save(folder / "net.npz")
    out = folder / "result.npz"
    with pytest.raises(SystemExit) as stopped:
        main(["run", str(folder / "net.npz"), "--steps", str(STEPS), "--device", port, "--out", str(out)])
    assert stopped.value.code == 6
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return (asp.Result.load(out) if out.exists() else None), said


def expected(steps: int) -> asp.Result:
    """The same run as far as that, on the emulator."""
    return asp.Simulation(network(), config=CONFIG).run_steps(steps)


@pytest.mark.parametrize("port", ["streaming", "power"], indirect=True)
def test_what_had_come_in_mid_run_is_written(
    port: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    result, said = run(port, tmp_path, capsys)
    assert re.search(
        rf"error: {port} (went away|did not answer)|error: the device was reset in mid-run", said
    )
    assert result is not None and 0 < result.steps < STEPS
    np.testing.assert_array_equal(result.spikes["cells"], expected(result.steps).spikes["cells"])
    assert result.spikes["cells"][0].size > 20
    assert not result.weights


@pytest.mark.parametrize("port", ["reading"], indirect=True)
def test_the_spikes_of_a_whole_run_are_written_though_its_weights_cannot_be_read(
    port: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    result, said = run(port, tmp_path, capsys)
    assert re.search(rf"error: {port} (went away|did not answer)", said)
    assert result is not None and result.steps == STEPS
    np.testing.assert_array_equal(result.spikes["cells"], expected(STEPS).spikes["cells"])
    assert not result.weights


@pytest.mark.parametrize("port", ["loading"], indirect=True)
def test_a_board_that_vanishes_while_it_is_loaded_leaves_nothing(
    port: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    result, said = run(port, tmp_path, capsys)
    assert result is None
    assert re.search(rf"error: {port} (went away|did not answer)", said)


@pytest.mark.parametrize("port", ["streaming"], indirect=True)
def test_in_python_the_simulation_has_it(port: str) -> None:
    with asp.open(port) as device:
        simulation = asp.Simulation(network(), device)
        with pytest.raises(DeviceError):
            simulation.run_steps(STEPS)
        assert simulation.last is not None and 0 < simulation.last.steps < STEPS
