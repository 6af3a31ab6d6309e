"""NIR files on the command line: run in their own steps, shown, compiled, fitted, refused."""

import json
import shlex
from pathlib import Path
from typing import Any

import h5py
import nir
import numpy as np
import pytest

import allspike as asp
from allspike.cli.nir_runs import lines
from tests.command import command
from tests.data import DATA, needs_data
from tests.host.test_cli_start import complete, start
from tests.nir.graphs import between, graph, lif

with_data = needs_data("nir", "nir_golden")
SPOKEN = "--dt 0.001 --reset to --spikes jump"
"""What must be said of the files written here."""


def cells(size: int) -> nir.IF:
    """Neurons that a spike of weight 1 makes fire."""
    return nir.IF(r=np.ones(size), v_threshold=np.full(size, 0.5))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, in which commands run, with three layers and a sum behind an input, and its spikes."""
    monkeypatch.chdir(tmp_path)
    crossed = np.array([[0.0, 1.0], [1.0, 0.0]])
    nodes: dict[str, Any] = {
        "in": nir.Input(np.array([2])), "a": cells(2), "cross": nir.Linear(crossed), "b": cells(2),
        "c": cells(2), "out": nir.Output(np.array([2])), "sum": nir.Linear(np.ones((1, 2))),
        "total": nir.I(r=np.ones(1)), "read": nir.Output(np.array([1])),
    }  # fmt: skip
    nir.write("net.nir", graph(nodes, "in a cross b c out", "c sum total read"))
    np.save("spikes.npy", np.array([[1, 0], [0, 0], [0, 1], [1, 1], [0, 0], [1, 0]], bool))
    (tmp_path / "spikes.csv").write_text("step,input\n0,0\n2,1\n3,0\n3,1\n5,0\n")
    return tmp_path


def run(line: str) -> int:
    """The exit code of a command line."""
    return command(*shlex.split(line))


def told(line: str, capsys: pytest.CaptureFixture) -> dict[str, Any]:
    """The JSON answer of a command that succeeds."""
    capsys.readouterr()
    assert run(f"{line} --json") == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.parametrize("spikes", ["spikes.npy", "spikes.csv"])
def test_a_run_is_in_the_steps_of_the_file(files: Path, spikes: str, capsys: pytest.CaptureFixture) -> None:
    """A spike passes all layers within its step there, whatever it takes here."""
    answer = told(
        f"run net.nir {SPOKEN} --steps 6 --spikes in={spikes} --record-v c=1 --out result.npz", capsys
    )
    given = np.load("spikes.npy")
    result = asp.Result.load("result.npz")
    assert (result.start, result.steps, answer["steps"]) == (0, 6, 6)
    assert dict(result.sizes) == {"a": 2, "b": 2, "c": 2, "total": 1}
    assert (result.array("a") == given).all() and (result.array("b") == given[:, ::-1]).all()
    assert (result.array("c") == given[:, ::-1]).all()
    summed = given.sum(1, keepdims=True).cumsum(0)
    np.testing.assert_allclose(result.v["total"], summed, rtol=1e-4)
    assert result.v["c"].shape == (6, 1) and result.v_neurons["c"].tolist() == [1]
    assert answer["outputs"]["out"] == {"spikes": given[:, ::-1].sum(0).tolist()}
    assert answer["outputs"]["read"]["mean"] == pytest.approx([summed.mean()], rel=1e-4)
    assert answer["mean_rates"]["c"] == pytest.approx(given.mean() / 1e-3)
    assert any("dt" in fact or "step" in fact for fact in answer["translated"])


def test_a_run_of_the_command_is_that_of_the_translation(files: Path, capsys: pytest.CaptureFixture) -> None:
    net = asp.Network.from_nir("net.nir", dt=1e-3, reset="to", spikes="jump")
    outputs = net.translation.run(asp.Simulation(net), np.load("spikes.npy"), nodes=["a", "b"])
    assert run(f"run net.nir {SPOKEN} --steps 6 --spikes in=spikes.npy --out result.npz") == 0
    result = asp.Result.load("result.npz")
    assert (result.array("b") == outputs["b"]).all() and (result.v["total"] == outputs["read"]).all()
    said = capsys.readouterr().out
    assert "output out: spikes of each 2, 3; most: 1" in said and "output read: mean of each" in said


def test_spikes_that_a_program_sends_late_are_late(files: Path) -> None:
    """Those of spyx are out in the step after the one in which V passes the threshold."""
    words = {"dt": 1.0, "reset": "to", "spikes": "jump", "origin": "spyx"}
    net = asp.Network.from_nir("net.nir", **words)
    outputs = net.translation.run(asp.Simulation(net), np.load("spikes.npy"), nodes=["a", "c"])
    line = "run net.nir --dt 1 --reset to --spikes jump --origin spyx"
    assert run(f"{line} --steps 6 --spikes in=spikes.npy --out result.npz") == 0
    result = asp.Result.load("result.npz")
    assert np.flatnonzero(outputs["a"][:, 0]).tolist() == [1, 4]
    assert all((result.array(name) == outputs[name]).all() for name in ("a", "c"))


def test_a_run_that_goes_on_has_no_time_of_the_file(files: Path) -> None:
    net = asp.Network.from_nir("net.nir", dt=1e-3, reset="to", spikes="jump")
    simulation = asp.Simulation(net)
    first, second = simulation.run_steps(3), simulation.run_steps(3)
    with pytest.raises(asp.ParameterError, match="begins at step 3"):
        net.translation.own_time(second)
    assert net.translation.lag == 3
    assert net.translation.own_time(first + second).steps == 3
    assert net.translation.own_time(first).steps == 0


def test_poisson_spikes_are_drawn_here_by_the_seed(files: Path) -> None:
    drawn = []
    for name, seed in (("one", 1), ("two", 2), ("again", 1)):
        line = f"run net.nir {SPOKEN} --steps 400 --poisson in=200 --seed {seed} --out {name}.npz"
        assert run(line) == 0
        drawn.append(asp.Result.load(f"{name}.npz").array("a"))
    assert (drawn[0] == drawn[2]).all() and (drawn[0] != drawn[1]).any()
    assert 0.15 < drawn[0].mean() < 0.25
    twice = "--poisson in=200 --poisson in=200"
    assert run(f"run net.nir {SPOKEN} --steps 400 {twice} --seed 1 --out both.npz") == 0
    assert 0.3 < asp.Result.load("both.npz").array("a").mean() < 0.42  # 1 - 0.8^2, for they are two draws


def test_inputs_that_come_twice_are_one_for_the_options(files: Path, capsys: pytest.CaptureFixture) -> None:
    """Delays between an input and its neurons: one channel that acts at two times."""
    nodes = {
        "in": nir.Input(np.array([1])), "late": nir.Delay(np.array([2e-3])), "a": cells(1), "b": cells(1),
        "out": nir.Output(np.array([1])),
    }  # fmt: skip
    nir.write("late.nir", graph(nodes, "in a", "in late b out", "a b"))
    np.save("one.npy", np.array([[1], [0], [0], [0], [1], [0], [0]]))
    answer = told(f"run late.nir {SPOKEN} --steps 7 --spikes in=one.npy --out result.npz", capsys)
    result = asp.Result.load("result.npz")
    assert np.flatnonzero(result.array("a")).tolist() == [0, 4]
    assert np.flatnonzero(result.array("b")).tolist() == [0, 2, 4, 6]
    assert answer["mean_rates"].keys() == {"a", "b"}
    if len(asp.Network.from_nir("late.nir", dt=1e-3, reset="to", spikes="jump").populations) > 3:
        assert run(f"run late.nir {SPOKEN} --steps 7 --spikes in.later=one.npy") == 3
        assert "there are no inputs named 'in.later'" in capsys.readouterr().err


def test_what_is_said_can_be_done_on_the_command_line(files: Path, capsys: pytest.CaptureFixture) -> None:
    """There is no merge= there, and a run has started the neurons."""
    biased = nir.Affine(np.eye(2), np.ones(2))
    nir.write("bias.nir", graph(
        {"in": nir.Input(np.array([2])), "w": biased, "a": cells(2), "out": nir.Output(np.array([2]))},
        "in w a out",
    ))  # fmt: skip
    (files / "twice.csv").write_text("step,input\n0,1\n0,1\n")
    net = asp.Network()
    net.connect(net.inputs(2, "in"), net.neurons(2, asp.delta_lif(), "cells"), weight=1.0)
    net.save("net.npz")
    assert run("run net.npz --steps 2 --spikes in=twice.csv") == 0
    said = capsys.readouterr().err
    assert "they become one; use a shorter dt or more inputs." in said and "merge" not in said
    answer = told(f"run bias.nir {SPOKEN} --steps 2", capsys)
    (start,) = (fact for fact in answer["translated"] if "start in a state" in fact)
    assert "allspike run set it" in start
    assert answer["outputs"]["out"]["spikes"] == [2, 2]  # a bias of 1 from step 0 on


def test_where_outputs_tie_none_is_named() -> None:
    """Nor where there is one alone."""
    told = lines(
        {"a": {"spikes": [1, 3, 2]}, "b": {"spikes": [3, 3]}, "c": {"spikes": [0, 0]}, "d": {"mean": [1]}}
    )
    assert [line.partition("most: ")[2] for line in told] == ["1", "", "", ""]


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


def test_hdf5_of_any_name_is_taken_as_nir(files: Path) -> None:
    (files / "net.nir").rename(files / "net.h5")
    assert run(f"run net.h5 {SPOKEN} --steps 2") == 0
    (files / "net.h5").rename(files / "net.NIR")
    assert run(f"compile net.NIR {SPOKEN}") == 0


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


def test_words_by_kind_and_with_a_hyphen(files: Path, capsys: pytest.CaptureFixture) -> None:
    mixed = {"in": nir.Input(np.array([2])), "a": cells(2), "b": lif(2), "out": nir.Output(np.array([2]))}
    nir.write("mixed.nir", graph(mixed, "in a b out"))
    words = "--dt 1 --reset IF=subtract --reset LIF=subtract-late --spikes IF=jump --spikes LIF=plain"
    assert run(f"run mixed.nir {words} --steps 6 --spikes in=spikes.npy --out result.npz") == 0
    said = {"IF": "subtract", "LIF": "subtract late"}, {"IF": "jump", "LIF": "plain"}
    net = asp.Network.from_nir("mixed.nir", dt=1, reset=said[0], spikes=said[1])
    outputs = net.translation.run(asp.Simulation(net), np.load("spikes.npy"))
    assert (asp.Result.load("result.npz").array("b") == outputs["out"]).all()
    assert outputs["out"].any()


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


@with_data
def test_the_braille_network_runs_the_same_on_the_gateware(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """And as snnTorch ran it, but for the weights that 8 bits round."""
    monkeypatch.chdir(tmp_path)
    braille = DATA / "nir" / "braille_noDelay_bias_zero.nir"
    np.save("letter.npy", np.load(DATA / "nir_golden" / "braille_test0_input.npy").astype(bool))
    line = f"run '{braille}' --origin snntorch --reset zero --steps 256 --spikes input=letter.npy"
    answer = told(f"{line} --out emulated.npz", capsys)
    told(f"{line} --device rtl:core96 --out gateware.npz", capsys)
    emulated, gateware = asp.Result.load("emulated.npz"), asp.Result.load("gateware.npz")
    for name in ("lif1.lif", "lif2"):
        assert (emulated.array(name) == gateware.array(name)).all() and emulated.array(name).any()
    golden = np.load(DATA / "nir_golden" / "snntorch_activity_noDelay_bias_zero.npy")
    assert np.mean(emulated.array("lif1.lif") != golden.astype(bool)) <= 0.01
    assert int(np.argmax(answer["outputs"]["output"]["spikes"])) == 1  # the letter A


@with_data
def test_the_braille_network_fits_boards(capsys: pytest.CaptureFixture) -> None:
    fits = told(f"fit '{DATA / 'nir' / 'braille_noDelay_bias_zero.nir'}'", capsys)
    boards: Any = fits if isinstance(fits, list) else fits["boards"]
    assert {"ulx3s-85f", "icebreaker"} <= {one["board"] for one in boards if one["fits"]}
