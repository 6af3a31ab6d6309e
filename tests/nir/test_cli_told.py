"""What commands tell of a NIR file, and what they refuse in a sentence."""

import json
from pathlib import Path

import h5py
import nir
import numpy as np
import pytest

import allspike as asp
from tests.host.test_cli_start import complete, start
from tests.nir.graphs import between, graph

from .command_lines import SPOKEN, cells, run, told


def test_info_tells_each_node_and_what_must_be_said(files: Path, capsys: pytest.CaptureFixture) -> None:
    answer = told("info net.nir", capsys)
    assert (
        answer["kind"] == "nir"
        and answer["inputs"] == {"in": 2}
        and answer["outputs"] == {"out": 2, "read": 1}
    )
    assert [(node["name"], node["kind"], node["verdict"]) for node in answer["nodes"]][:2] == [
        ("a", "IF", None), ("b", "IF", None),
    ]  # fmt: skip
    assert {"pre": "c", "post": "total", "through": ["sum"]} in answer["edges"]
    step, reset = answer["missing"]
    assert "net.nir does not say how long a step is: give --dt in" in step and "give --reset one of" in reset

    answer = told(f"info net.nir {SPOKEN}", capsys)
    assert answer["missing"] == [] and {node["verdict"] for node in answer["nodes"]} == {"exact"}
    assert run("info net.nir") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "IF 'a', 2 neurons" in said and "'c' -> 'total' through 'sum'" in said and "missing: net.nir" in said
    )
    assert run("info net.nir --origin snntorhc") == 3
    assert "did you mean 'snntorch'" in capsys.readouterr().err


def test_a_file_of_this_package_needs_no_words(files: Path, capsys: pytest.CaptureFixture) -> None:
    net = asp.Network(2e-3)
    pixels, there = net.inputs(2, "pixels"), net.neurons(2, asp.LIF(tau_m=0.1, t_ref=4e-3), "there")
    net.connect(pixels, there, weight=1e-8)
    net.save("own.npz")
    with pytest.warns(asp.QuantisationWarning, match="refractory"):
        net.to_nir("own.nir")
    answer = told("info own.nir", capsys)
    assert answer["missing"] == [] and answer["refused"] == ""
    assert [node["verdict"] for node in answer["nodes"]] == ["exact"]
    for name in ("own.nir", "own.npz"):
        assert run(f"run {name} --steps 6 --spikes pixels=spikes.npy --out {name}.npz") == 0
    first, second = (asp.Result.load(f"{name}.npz") for name in ("own.nir", "own.npz"))
    assert (first.array("there") == second.array("there")).all() and first.array("there").any()
    capsys.readouterr()
    assert run("fit own.nir --board icebreaker") == 0
    assert "reset" not in capsys.readouterr().err


def test_info_tells_what_is_not_supported(files: Path, capsys: pytest.CaptureFixture) -> None:
    one = np.ones(1)
    nodes = {
        "in": nir.Input(np.array([1])), "inside": nir.LI(tau=one, r=one, v_leak=0 * one), "a": cells(1),
        "out": nir.Output(np.array([1])),
    }  # fmt: skip
    nir.write("inside.nir", graph(nodes, "in inside a out"))
    assert "'inside'" in told(f"info inside.nir {SPOKEN}", capsys)["refused"]
    assert run(f"run inside.nir {SPOKEN} --steps 1") == 3
    assert "'inside'" in capsys.readouterr().err


def test_an_image_says_what_it_lacks(files: Path, capsys: pytest.CaptureFixture) -> None:
    assert run(f"compile net.nir {SPOKEN} --out image.npz") == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "warning: An image does not hold how the steps of NIR become the core's" in said
    assert "layers run up to 3 steps behind" in said and "Run net.nir itself" in said
    for line in ("info image.npz", "run image.npz --steps 1"):
        assert run(line) == 0
        assert "Run net.nir itself" in " ".join("".join(capsys.readouterr()).split())
    nir.write("flat.nir", between(nir.Linear(np.eye(2)), (2,), (2,)))
    assert run("compile flat.nir --dt 1 --reset to --out image.npz") == 0
    assert run("run image.npz --steps 1") == 0
    assert "An image does not hold" not in capsys.readouterr().err


def test_what_fits_does_not_depend_on_the_reset(files: Path, capsys: pytest.CaptureFixture) -> None:
    assert run("fit net.nir --dt 1e-3 --json") == 0
    said = capsys.readouterr()
    assert "net.nir does not say how its neurons reset" in said.err
    first = json.loads(said.out)
    assert first and all(one["fits"] for one in first)
    assert run("fit net.nir --dt 1e-3 --reset subtract --json") == 0
    said = capsys.readouterr()
    assert "reset" not in said.err and json.loads(said.out) == first
    assert run("fit net.nir") == 3
    assert "give --dt in" in capsys.readouterr().err


def test_what_the_file_determines_need_not_be_said(files: Path) -> None:
    network = between(nir.Linear(np.eye(2)), (2,), (2,))
    network.metadata = {"dt": 0.5}
    nir.write("told.nir", network)
    assert run("run told.nir --reset to --steps 3") == 0
    assert run("run told.nir --steps 3 --origin norse") == 0


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("run net.nir --steps 1", 3, "does not say how long a step is"),
        ("run net.nir --steps 1 --dt 1e-3", 3, "does not say how 'a' resets"),
        ("compile net.nir", 3, "give --dt in the graph's unit of time, or --origin one of"),
        ("run net.nir --steps 1 --origin nengo", 3, "snntorch"),
        ("run net.nir --steps 1 --dt 0 --reset to", 3, "dt = 0"),
        ("run net.nir --steps 1 --dt nan --reset to", 3, "dt = nan"),
        ("run net.nir --steps 1 --dt soon --reset to", 2, "--dt"),
        ("run net.nir --steps 1 --dt 1 --reset sometimes", 3, "reset = 'sometimes'"),
        ("run net.nir --steps 1 --dt 1 --reset to --spikes square", 3, "spikes = 'square'"),
        ("run net.nir --steps 1 --dt 1 --reset to --reset subtract", 2, "given twice"),
        ("run net.nir --steps 1 --dt 1 --reset to --fires maybe", 3, "fires = 'maybe'"),
        ("run net.nir --steps 1 --dt 1 --reset to --integration exact", 3, "integration = 'exact'"),
        (f"run net.nir {SPOKEN} --steps 1 --spikes out=spikes.npy", 3, "no inputs named 'out'"),
        (f"run net.nir {SPOKEN} --steps 1 --spikes in=absent.npy", 5, "absent.npy"),
        (f"run net.nir {SPOKEN} --steps 1 --spikes in=spikes.npy", 3,
         "longer than the run of 1 steps (0.001 s): run longer, or leave the end out of the file."),
        (f"run net.nir {SPOKEN} --steps 1 --spikes in=spikes.csv", 3, "leave them out of the file."),
        ("run net.npz --steps 1 --spikes in=spikes.csv", 3, "run longer, or leave them out of the file."),
        (f"run net.nir {SPOKEN} --steps 1 --spikes in=wide.npy", 5, "shape (1, 3)"),
        (f"run net.nir {SPOKEN} --steps 1 --spikes in=half.npy", 5, "other values than 0 and 1"),
        ("run net.nir --origin sinabs --exact --steps 1", 3, "net.nir cannot be exact: "),
        ("info net.nir --origin sinabs --exact", 3, "net.nir cannot be exact: "),
        (f"run net.nir {SPOKEN} --steps 1 --current a=1e-9", 2, "--current is not for NIR"),
        (f"run net.nir {SPOKEN} --steps 1 --checkpoint c.npz", 2, "--checkpoint is not for NIR"),
        (f"run net.nir {SPOKEN} --steps 1 --record-v relays", 3, "no neurons named 'relays'"),
        ("run slow.nir --dt 10 --reset to --steps 1", 3, "'lif'"),
        ("run nan.nir --dt 1 --reset to --steps 1", 3, "node 'node' (Linear) has weight"),
        ("run large.nir --dt 1 --reset to --steps 1", 4, "5,000 neurons and 2 inputs"),
        ("fit large.nir --dt 1", 4, "5,000 neurons"),
        ("info large.nir", 4, "5,000 neurons"),
        ("run pickle.nir --steps 1", 5, "does not begin as HDF5"),
        ("info pickle.nir", 5, "does not begin as HDF5"),
        ("compile cut.nir", 5, "is damaged"),
        ("fit foreign.h5", 5, "no whole NIR file"),
        ("run absent.nir --steps 1", 5, "absent.nir"),
        ("run net.npz --steps 1 --origin snntorch", 2, "--origin is for NIR files"),
        ("compile net.npz --dt 1e-3", 2, "--dt is for NIR files"),
        ("fit net.npz --reset to", 2, "--reset is for NIR files"),
        ("info net.npz --fires '>'", 2, "--fires is for NIR files"),
        ("info net.npz --exact", 2, "--exact is for networks of"),
        ("info --origin snntorch", 2, "--origin is for a file"),
        ("run net.npz --steps 1 --spikes jump", 2, "--spikes is for NIR files"),
        ("run net.npz --steps 1 --spikes in", 2, "INPUTS=FILE"),
        ("run image.npz --steps 1 --reset to", 2, "--reset is for a network"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(
    files: Path, line: str, code: int, said: str, capsys: pytest.CaptureFixture
) -> None:
    net = asp.Network()
    net.connect(net.inputs(2, "in"), net.neurons(2, asp.delta_lif(), "cells"), weight=1.0)
    net.save("net.npz")
    asp.compile_network(net).save("image.npz")
    np.save("wide.npy", np.zeros((1, 3)))
    np.save("half.npy", np.full((1, 2), 0.5))
    nir.write("slow.nir", between(nir.Linear(np.eye(2)), (2,), (2,)))
    nir.write("nan.nir", between(nir.Linear(np.full((2, 2), np.nan)), (2,), (2,)))
    nir.write("large.nir", between(nir.Linear(np.ones((5000, 2))), (2,), (5000,)))
    (files / "pickle.nir").write_bytes(b"\x80\x04K\x01.")
    (files / "cut.nir").write_bytes((files / "net.nir").read_bytes()[:900])
    (files / "foreign.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    with h5py.File("foreign.h5", "w") as file:
        file["images"] = np.ones(3)
    assert run(line) == code
    answer = " ".join(capsys.readouterr().err.split())
    assert said in answer and "Traceback" not in answer


def test_tab_completes_origins_words_and_the_places_of_the_file(files: Path) -> None:
    assert complete("allspike run net.nir --origin spi") == ["spikingjelly"]
    assert complete("allspike compile net.nir --reset sub") == ["subtract", "subtract-late"]
    assert complete("allspike fit net.nir --integration e") == ["euler", "exponential"]
    assert complete("allspike info net.nir --spikes j") == ["jump"]
    for option, names in (("--spikes", ["in="]), ("--record-v", ["a=", "b=", "c=", "total="])):
        line = f"allspike run net.nir {option} "
        asked = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        said, _ = start(_ALLSPIKE_COMPLETE="complete_bash", **asked)
        assert said.split() == names
