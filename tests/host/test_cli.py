"""The command line: what it prints and what it writes."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import allspike as asp

from .command_lines import ok, result_of


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


def test_an_image_keeps_its_seed_unless_another_is_given(files: Path) -> None:
    ok("compile", files / "net.npz", "--seed", 7, "--out", files / "image.npz")
    line = ("--steps", 300, "--poisson", "pixels=300")
    kept = result_of(files, files / "image.npz", *line)
    assert np.array_equal(
        kept.array("cells"), result_of(files, files / "net.npz", *line, "--seed", 7).array("cells")
    )
    other = result_of(files, files / "image.npz", *line, "--seed", 0)
    assert np.array_equal(other.array("cells"), result_of(files, files / "net.npz", *line).array("cells"))
    assert not np.array_equal(kept.array("cells"), other.array("cells"))


def test_a_board_stands_for_its_default_build(files: Path, capsys: pytest.CaptureFixture) -> None:
    ok("compile", files / "net.npz", "--config", "icebreaker", "--json")
    assert json.loads(capsys.readouterr().out)["weight_bits"] == 7
    ok("info")
    told = capsys.readouterr().out
    assert "core96" in told
    assert "upduino3" in told


def test_potentials_of_all_are_recorded(files: Path) -> None:
    line = (files / "net.npz", "--steps", 3)
    for said in ("all", "cells", "cells=all", "cells=0-4"):
        assert result_of(files, *line, "--record-v", said).v_neurons["cells"].tolist() == [0, 1, 2, 3, 4]
    several = result_of(files, *line, "--record-v", "cells=3", "--record-v", "cells=0,3")
    assert several.v_neurons["cells"].tolist() == [0, 3]


def test_spikes_are_written_as_text(files: Path) -> None:
    result = result_of(files, files / "net.npz", "--steps", 20, "--spikes", f"pixels={files / 'spikes.npy'}",
                       "--spikes-out", files / "spikes-out.csv")  # fmt: skip
    head, *lines = (files / "spikes-out.csv").read_text().splitlines()
    assert head == "population,neuron,step"
    when, who = result.spikes["cells"]
    assert lines == [f"cells,{neuron},{step}" for step, neuron in zip(when, who, strict=True)]


@pytest.fixture
def odd(files: Path) -> Path:
    """A network with warnings: a time constant in seconds, which the device cannot hold."""
    net = asp.Network()
    cells = net.neurons(2, asp.LIF(tau_m=0.02, t_ref=1.4e-3), "cells")
    net.connect(net.inputs(2, "in"), cells, weight=1e-9)
    net.save(files / "odd.npz")
    return files / "odd.npz"


def test_warnings_are_sentences_on_stderr(odd: Path, capsys: pytest.CaptureFixture) -> None:
    for arguments in (("compile", odd), ("run", odd, "--steps", 1)):
        ok(*arguments)
        captured = capsys.readouterr()
        assert captured.err.startswith("warning: cells: t_ref")
        assert captured.err.count("t_ref") == 1
        assert "warning" not in captured.out.lower()
        assert ".py" not in captured.err


def test_warnings_are_in_the_json_and_not_on_stderr(odd: Path, capsys: pytest.CaptureFixture) -> None:
    for arguments in (("compile", odd), ("run", odd, "--steps", 1)):
        ok(*arguments, "--json")
        captured = capsys.readouterr()
        (warning,) = json.loads(captured.out)["warnings"]
        assert "t_ref" in warning
        assert captured.err == ""


def test_warnings_wrap_at_the_width(
    odd: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    ok("compile", odd)
    captured = capsys.readouterr()
    assert max(map(len, captured.err.splitlines())) <= 40
    assert max(map(len, captured.out.splitlines())) <= 40


def test_everything_that_was_written_is_told(files: Path, capsys: pytest.CaptureFixture) -> None:
    line = ("run", files / "net.npz", "--steps", 2, "--out", files / "r.npz", "--plot", files / "r.png")
    ok(*line)
    assert f"wrote {files / 'r.npz'}\nwrote {files / 'r.png'}" in capsys.readouterr().out
    ok(*line, "--json")
    assert json.loads(capsys.readouterr().out)["wrote"] == [str(files / "r.npz"), str(files / "r.png")]
    ok("compile", files / "net.npz", "--out", files / "i.npz")
    assert f"wrote {files / 'i.npz'}" in capsys.readouterr().out


def test_stimuli_on_one_population_add_up_and_currents_flow(files: Path) -> None:
    spikes = f"pixels={files / 'spikes.npy'}"
    one = result_of(files, files / "net.npz", "--steps", 20, "--spikes", spikes)
    (files / "more.csv").write_text("10,0\n11,1\n12,2\n13,3\n")
    more = result_of(files, files / "net.npz", "--steps", 20, "--spikes", spikes,
                     "--spikes", f"pixels={files / 'more.csv'}")  # fmt: skip
    # Each spike is half a threshold: four more are two more firings of each cell.
    assert (more.counts("cells") - one.counts("cells")).tolist() == [2] * 5
    net = asp.Network()
    net.neurons(2, asp.LIF(), "cells")
    net.save(files / "lif.npz")
    still = result_of(files, files / "lif.npz", "--duration", 0.2)
    driven = result_of(files, files / "lif.npz", "--duration", 0.2, "--current", "cells=1e-9")
    expected = asp.Simulation(asp.Network.load(files / "lif.npz")).run(
        0.2, {"cells": asp.ConstantCurrent(1e-9)}
    )
    assert still.counts("cells").tolist() == [0, 0]
    assert driven.counts("cells").tolist() == expected.counts("cells").tolist() != [0, 0]


def test_spikes_as_text_are_read_back_whatever_the_name(tmp_path: Path) -> None:
    net = asp.Network()
    net.neurons(2, asp.LIF(i_offset=1e-9), 'a "b", c')
    net.save(tmp_path / "net.npz")
    ok("run", tmp_path / "net.npz", "--steps", 200, "--spikes-out", tmp_path / "s.csv")
    data = (tmp_path / "s.csv").read_bytes()
    lines = list(csv.reader(data.decode().splitlines()))
    assert lines[0] == ["population", "neuron", "step"]
    assert b"\r" not in data
    when, who = asp.Simulation(net).run_steps(200).spikes['a "b", c']
    assert lines[1:] == [['a "b", c', str(j), str(t)] for t, j in zip(when, who, strict=True)]
    assert len(lines) > 3
