"""The command line: what it prints, what it writes, and how it refuses."""

import csv
import json
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import numpy as np
import pytest

import allspike as asp
from allspike.cli import groups, outputs
from allspike.cli.exit_codes import exit_codes, table
from tests.command import command as run


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


def result_of(files: Path, *arguments: object) -> asp.Result:
    """What a run writes."""
    ok("run", *arguments, "--out", files / "result.npz")
    return asp.Result.load(files / "result.npz")


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


@pytest.mark.parametrize("option", [("--config", "core96"), ("--exact",)])
def test_what_an_image_cannot_obey_is_refused(
    files: Path, option: tuple[str, ...], capsys: pytest.CaptureFixture
) -> None:
    ok("compile", files / "net.npz", "--out", files / "image.npz")
    assert run("run", files / "image.npz", "--steps", 1, *option) == 2
    assert f"{option[0]} is for a network" in capsys.readouterr().err


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
