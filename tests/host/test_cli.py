"""The command line: what it prints, what it writes, and how it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

import allspike as asp
from allspike.cli import main


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a network, spike files, and things that are neither."""
    net = asp.Network()
    pixels = net.inputs(8, "pixels")
    cells = net.neurons(5, asp.delta_lif(tau_m=np.inf), "cells")
    net.connect(pixels, cells, weight=0.5)
    net.save(tmp_path / "net.npz")
    np.save(tmp_path / "spikes.npy", np.eye(8, dtype=bool))
    (tmp_path / "spikes.csv").write_text("# step,input\n0,0\n3,1\n3,2\n")
    (tmp_path / "noise.npz").write_bytes(bytes(range(256)))
    return tmp_path


def run(*arguments: object) -> int:
    """The exit code of a command line."""
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    return int(stopped.value.code or 0)


def ok(*arguments: object) -> None:
    assert run(*arguments) == 0


def test_compile_writes_an_image_and_prints_the_report(files: Path, capsys: pytest.CaptureFixture) -> None:
    ok("compile", files / "net.npz", "--out", files / "image.npz")
    assert "pixels-cells: 40 static synapses" in capsys.readouterr().out
    image = asp.Image.load(files / "image.npz")
    assert np.count_nonzero(image.weights) == 40


def test_run_of_a_network_and_of_its_image_are_the_same(files: Path) -> None:
    ok("compile", files / "net.npz", "--out", files / "image.npz")
    for source in ("net", "image"):
        ok("run", files / f"{source}.npz", "--steps", 20, "--spikes", f"pixels={files / 'spikes.npy'}",
           "--out", files / f"{source}-result.npz")  # fmt: skip
    first, second = (asp.Result.load(files / f"{source}-result.npz") for source in ("net", "image"))
    # One of eight inputs a step, each half a threshold: every cell fires at every second step.
    assert first.counts("cells").tolist() == [4] * 5
    assert np.array_equal(first.array("cells"), second.array("cells"))


def test_run_prints_one_json_object(files: Path, capsys: pytest.CaptureFixture) -> None:
    ok("run", files / "net.npz", "--duration", 0.01, "--spikes", f"pixels={files / 'spikes.csv'}", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["steps"] == 10
    assert answer["counters"]["events"] == 3
    assert answer["mean_rates"] == {"cells": 100.0}


def test_recorded_potentials_are_drawn(files: Path) -> None:
    ok("run", files / "net.npz", "--steps", 9, "--poisson", "pixels=100", "--record-v", "cells=0,2-3",
       "--out", files / "result.npz", "--plot", files / "raster.png")  # fmt: skip
    assert asp.Result.load(files / "result.npz").v_neurons["cells"].tolist() == [0, 2, 3]
    ok("plot", files / "result.npz", "--kind", "membrane", "--out", files / "membrane.svg")
    assert (files / "raster.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (files / "membrane.svg").read_text()


@pytest.mark.parametrize("subject", ["net.npz", "image.npz", "result.npz"])
def test_info_of_each_kind_of_file(files: Path, subject: str, capsys: pytest.CaptureFixture) -> None:
    ok("compile", files / "net.npz", "--out", files / "image.npz")
    ok("run", files / "net.npz", "--steps", 5, "--out", files / "result.npz")
    capsys.readouterr()
    ok("info", files / subject, "--json")
    assert json.loads(capsys.readouterr().out)["kind"] == f"allspike-{subject[:-4].replace('net', 'network')}"


def test_info_of_a_device_and_of_the_software(capsys: pytest.CaptureFixture) -> None:
    ok("info", "--device", "emulator:core96", "--json")
    assert json.loads(capsys.readouterr().out)["neurons"] == 96
    ok("info", "--json")
    assert json.loads(capsys.readouterr().out)["presets"].keys() == asp.PRESETS.keys()


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
    ("run {}/net.npz --steps 1 --out {}/absent/r.npz", 5, "absent"),
    ("run {}/net.npz --steps 1 --device toaster", 6, "toaster"),
    ("run {}/net.npz --steps 1 --device emulator:core97", 3, "core97"),
    ("compile {}/net.npz --config core97", 3, "core97"),
    ("compile {}/net.npz --out {}/absent/i.npz", 5, "absent"),
    ("plot {}/net.npz --out {}/x.png", 5, "allspike-network"),
    ("demo digits --images 595", 3, "594"),
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
