"""The command line refuses in one sentence, with an exit code of its own, and leaves everything as it was."""

import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

import allspike as asp
from allspike.cli import groups, outputs
from allspike.cli.exit_codes import exit_codes, table
from tests.command import command as run

from .command_lines import ok, result_of

REFUSALS = [
    ("run {}/absent.npz --steps 1", 5, "absent.npz"),
    ("run {}/noise.npz --steps 1", 5, "noise.npz"),
    ("run {} --steps 1", 5, "directory"),
    ("run {}/net.npz", 2, "--duration"),
    ("run {}/net.npz --steps -1", 2, "--steps"),
    ("run {}/net.npz --duration nan", 3, "nan"),
    ("run {}/net.npz --steps 1 --poisson pixels=2000", 3, "2000 Hz"),
    ("run {}/net.npz --steps 1 --poisson pixels=fast", 2, "fast"),
    ("run {}/net.npz --steps 1 --poisson pixels", 2, "INPUTS=HZ"),
    ("run {}/net.npz --steps 1 --poisson cells=5", 3, "cells"),
    ("run {}/net.npz --steps 1 --spikes pixels={}/spikes.npy", 3, "8 steps"),
    ("run {}/net.npz --steps 1 --spikes pixels={}/net.npz", 5, ".csv"),
    ("run {}/net.npz --steps 1 --record-v cells=9", 3, "9"),
    ("run {}/net.npz --steps 1 --record-v cells=a", 2, "0,3,5-9"),
    ("run {}/net.npz --steps 1 --poisson pixles=5", 3, "did you mean 'pixels'?"),
    ("run {}/net.npz --steps 1 --poisson pixels=nan", 3, "nan"),
    ("run {}/nte.npz --steps 1", 5, "did you mean"),
    ("run {}/net.npz --steps 1 --duration 1", 2, "--duration or --steps"),
    ("run {}/net.npz --steps 1 --current pixels=1e-9", 3, "pixels is a population of inputs"),
    ("run {}/net.npz --steps 1 --current cells=inf", 3, "inf"),
    ("run {}/net.npz --steps 1 --record-v pixels=0", 3, "pixels is a population of inputs"),
    ("run {}/net.npz --steps 1 --record-v cells=0-99999999999", 3, "0 to 4"),
    ("run {}/net.npz --steps 1 --waves {}/w.vcd", 2, "--device rtl"),
    ("run {}/net.npz --steps 1 --config core97", 3, "core97"),
    ("run {}/net.npz --steps 1 --exact", 2, "--exact"),
    ("run {}/net.npz --steps 1 --out {}/r.csv", 3, "--spikes-out"),
    ("run {}/net.npz --steps 1 --spikes-out {}/r.npz", 3, ".csv"),
    ("run {}/net.npz --steps 1 --plot {}/r.foo", 3, "png"),
    ("run {}/net.npz --steps 1 --plot {}/absent/r.png", 5, "absent"),
    ("run {}/net.npz --steps 1 --polt x.png", 2, "--plot"),
    ("rnu {}/net.npz --steps 1", 2, "did you mean 'run'?"),
    ("demo digit", 2, "did you mean 'digits'?"),
    ("run {}/net.npz --steps 1 --out {}/absent/r.npz", 5, "absent"),
    ("run {}/net.npz --steps 1 --device toaster", 6, "toaster"),
    ("run {}/net.npz --steps 1 --device emulator:core97", 3, "core97"),
    ("compile {}/net.npz --config core97", 3, "core97"),
    ("compile {}/net.npz --out {}/absent/i.npz", 5, "absent"),
    ("compile {}/net.npz --out {}/i.json", 3, ".npz"),
    ("compile {}/net.npz --config icebraker", 3, "did you mean 'icebreaker'?"),
    ("plot {}/net.npz --out {}/x.png", 5, "allspike-network"),
    ("plot {}/absent.npz --out {}/x.foo", 5, "absent.npz"),
    ("plot {}/net.npz --out {}/x.foo", 3, "png"),
    ("plot {}/net.npz --out {}/x.png --kind rater", 2, "raster"),
    ("info {}/net.npz --device emulator", 2, "either"),
    ("selftest --device toaster", 6, "toaster"),
    ("demo digits --device toaster", 6, "toaster"),
    ("demo digits --device emulator:core97", 3, "core97"),
    ("demo microseer --data {} --device toaster", 5, "content"),
    ("fit {}/absent.npz", 5, "absent.npz"),
    ("fit {}/net.npz --board icebraker", 3, "did you mean 'icebreaker'?"),
    ("fit {}/net.npz --activity 2", 2, "--activity"),
    ("hdl generate --config core97", 3, "core97"),
    ("hdl generate --out {}/absent/core.v", 5, "absent"),
    ("hdl generate --config core96 --baud 9600", 2, "--link"),
    ("hdl generate --config core96 --device iCE40UP5K", 2, "up5k"),
    ("simulate --pty --config core97", 3, "core97"),
    ("simulate --pty --waves {}/absent/w.vcd", 5, "absent"),
    ("demo digits --images 595", 3, "594"),
    ("demo digits --images 0", 2, "--images"),
    ("demo mnist --images -1", 2, "--images"),
    ("demo digits --learn supervised --train 0", 2, "--train"),
    ("demo digits --learn supervised --train 1204", 3, "1203"),
    ("demo digits --train 10", 2, "--learn"),
]


@pytest.mark.parametrize(("line", "code", "names"), REFUSALS, ids=[line for line, _, _ in REFUSALS])
def test_refusals_are_one_sentence_and_an_exit_code(
    files: Path, line: str, code: int, names: str, capsys: pytest.CaptureFixture
) -> None:
    before = sorted(files.iterdir())
    assert run(*line.replace("{}", str(files)).split()) == code
    captured = capsys.readouterr()
    assert names in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""
    if code != 2:
        assert captured.err.startswith("error: ")
        assert len(captured.err.strip().splitlines()) == 1
    assert sorted(files.iterdir()) == before


def test_a_network_too_large_says_by_how_much_and_what_fits(
    files: Path, capsys: pytest.CaptureFixture
) -> None:
    net = asp.Network()
    net.neurons(100)
    net.save(files / "large.npz")
    assert run("compile", files / "large.npz", "--config", "core96") == 4
    error = capsys.readouterr().err
    assert "needs 100 neurons; core96 has 96: 4 too many" in error
    assert "it fits up5k-static" in error


@pytest.mark.parametrize("option", [("--config", "core96"), ("--exact",)])
def test_what_an_image_cannot_obey_is_refused(
    files: Path, option: tuple[str, ...], capsys: pytest.CaptureFixture
) -> None:
    ok("compile", files / "net.npz", "--out", files / "image.npz")
    assert run("run", files / "image.npz", "--steps", 1, *option) == 2
    assert f"{option[0]} is for a network" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["membrane", "weights"])
def test_a_result_without_what_is_drawn_says_what_keeps_it(
    files: Path, kind: str, capsys: pytest.CaptureFixture
) -> None:
    result_of(files, files / "net.npz", "--steps", 2)
    assert run("plot", files / "result.npz", "--kind", kind, "--out", files / "x.png") == 3
    error = capsys.readouterr().err
    assert f"holds no {kind}: {'potentials' if kind == 'membrane' else 'weights'} are kept" in error
    assert "None" not in error


def test_a_reader_that_leaves_ends_the_command_quietly() -> None:
    command = f"{sys.executable} -c 'from allspike.cli import main; main()' hdl generate --config core96"
    line = ["bash", "-c", f"set -o pipefail; {command} | head -1"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (141, "")
    assert done.stdout.count("\n") == 1


def test_the_exit_codes_of_the_help_are_those_of_the_guide(capsys: pytest.CaptureFixture) -> None:
    ok("--help")
    told = " ".join(capsys.readouterr().out.partition("Exit codes:")[2].split())
    codes = exit_codes()
    assert set(codes) == {*range(11), 130, 141}
    assert told == " ".join(f"{code} {meaning}" for code, meaning in codes.items())
    assert table() in (Path(__file__).parents[2] / "docs" / "guide.md").read_text("utf-8")


@pytest.mark.parametrize(
    "command", ["run {}/net.npz --steps 1 --plot {}/x.png", "demo digits --out {}/pictures"]
)
def test_matplotlib_is_missed_before_the_work(
    files: Path, command: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "find_spec", lambda name: None)
    monkeypatch.setattr(asp.Simulation, "run_steps", lambda *given, **named: pytest.fail("it ran"))
    assert run(*command.replace("{}", str(files)).split()) == 7
    assert 'pip install "allspike[plot]"' in capsys.readouterr().err


def test_a_command_of_another_package_is_loaded_and_one_that_is_broken_is_told(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("broken", "no_such_package:command", groups.EXTENSIONS)
    found = groups.entry_points
    monkeypatch.setattr(
        groups, "entry_points", lambda **given: EntryPoints([*found(**given), point]).select(**given)
    )
    ok("--help")
    told = capsys.readouterr().out
    assert "broken" in told
    assert "boards" in told
    assert run("broken") == 7
    assert "no_such_package" in capsys.readouterr().err
