"""Output that is closed, full, or cannot spell a name: a sentence and an exit code, or another spelling."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import allspike as asp

ALLSPIKE = (sys.executable, "-c", "from allspike.cli import main; main()")
COMMANDS = ["--help", "--version", "info", "info net.npz", "run net.npz --steps 2", "compile net.npz --json"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a network lies whose names no old encoding has."""
    net = asp.Network()
    net.connect(net.inputs(2, "Eingänge π"), net.neurons(2, asp.delta_lif(), "日本"), weight=0.5)
    net.save(tmp_path / "net.npz")
    return tmp_path


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_names_that_the_output_cannot_spell_are_written_otherwise(folder: Path, encoding: str) -> None:
    """As on Windows, where pipes have few letters."""
    done = subprocess.run(
        [*ALLSPIKE, "run", "net.npz", "--steps", "2", "--poisson", "日本=2"], cwd=folder, capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": encoding}, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert b"error:" in done.stderr and b"Traceback" not in done.stderr
    done = subprocess.run(
        [*ALLSPIKE, "info", "net.npz"], cwd=folder, capture_output=True, check=False,
        env=os.environ | {"PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert rb"\u65e5\u672c" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("command", COMMANDS)
def test_output_that_is_full_is_told(folder: Path, command: str, buffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*ALLSPIKE, *command.split()], cwd=folder, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 5
    assert done.stderr == b"error: cannot write the answer to stdout: No space left on device.\n"


@pytest.mark.skipif(os.name != "posix", reason="a shell closes it")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_whose_output_is_closed_does_its_work(folder: Path, command: str) -> None:
    shell = f'exec "$@" {"--out result.npz" if command.startswith("run") else ""} >&-'
    done = subprocess.run(
        ["sh", "-c", shell, "sh", *ALLSPIKE, *command.split()], cwd=folder, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (folder / "result.npz").exists() == command.startswith("run")


def test_what_goes_wrong_besides_is_still_told(folder: Path) -> None:
    done = subprocess.run([*ALLSPIKE, "info", "nope.npz"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 5 and done.stderr.startswith(b"error: cannot read nope.npz")
    whole = subprocess.run(
        [*ALLSPIKE, "info", "net.npz", "--json"], cwd=folder, capture_output=True, check=True
    )
    assert json.loads(whole.stdout)["populations"] == {"Eingänge π": 2, "日本": 2}
