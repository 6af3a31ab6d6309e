"""A command line does not destroy what it reads, or what it writes besides."""

from pathlib import Path

import numpy as np
import pytest

import allspike as asp
from tests.command import command


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one file of each kind, and spikes."""
    monkeypatch.chdir(tmp_path)
    net = asp.Network()
    net.connect(net.inputs(4, "pixels"), net.neurons(4, asp.delta_lif(), "cells"), weight=0.5)
    net.save("network.npz")
    simulation = asp.Simulation(net)
    simulation.image.save("image.npz")
    simulation.checkpoint("checkpoint.npz")
    simulation.run_steps(3).save("result.npz")
    np.savez("spikes.npz", steps=[1], inputs=[2])
    Path("spikes.csv").write_text("1,2\n")
    Path("link.npz").symlink_to("network.npz")
    return tmp_path


def run(text: str) -> int:
    """The exit code of a command line."""
    return command(*text.split())


@pytest.mark.parametrize(
    "command",
    [
        "run network.npz --steps 2 --out network.npz", "run network.npz --steps 2 --out ./network.npz",
        "run network.npz --steps 2 --out link.npz", "run image.npz --steps 2 --out image.npz",
        "run checkpoint.npz --steps 2 --out checkpoint.npz",
        "run network.npz --steps 2 --checkpoint network.npz",
        "run network.npz --steps 2 --waves network.npz --device rtl",
        "run network.npz --steps 2 --spikes pixels=spikes.npz --out spikes.npz",
        "run network.npz --steps 2 --spikes pixels=spikes.csv --spikes-out spikes.csv",
        "run network.npz --steps 2 --out new.npz --checkpoint new.npz",
        "run network.npz --steps 2 --out new.npz --checkpoint ./new.npz",
        "compile network.npz --out network.npz", "compile link.npz --out network.npz",
    ],
)  # fmt: skip
def test_nothing_is_replaced_that_is_not_meant(
    files: Path, command: str, capsys: pytest.CaptureFixture
) -> None:
    before = {path.name: path.read_bytes() for path in files.iterdir()}
    assert run(command) == 3
    assert {path.name: path.read_bytes() for path in files.iterdir()} == before
    error = capsys.readouterr().err
    assert "would replace" in error and "choose another place" in " ".join(error.split())


@pytest.mark.parametrize(
    "command",
    [
        "run network.npz --steps 2 --out result.npz", "compile network.npz --out image.npz",
        "run checkpoint.npz --steps 2 --checkpoint checkpoint.npz",
        "run checkpoint.npz --steps 2 --checkpoint ./checkpoint.npz",
        "run network.npz --steps 2 --spikes pixels=spikes.csv --spikes-out other.csv --out new.npz",
    ],
)  # fmt: skip
def test_what_was_written_before_is_replaced(files: Path, command: str) -> None:
    assert run(command) == 0
