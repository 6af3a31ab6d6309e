"""NIR files on the command line: run in their own steps, compiled, fitted."""

from pathlib import Path
from typing import Any

import nir
import numpy as np
import pytest

import allspike as asp
from allspike.cli.nir_runs import lines
from tests.data import DATA
from tests.nir.graphs import graph, lif

from .command_lines import SPOKEN, cells, run, told, with_data


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


def test_hdf5_of_any_name_is_taken_as_nir(files: Path) -> None:
    (files / "net.nir").rename(files / "net.h5")
    assert run(f"run net.h5 {SPOKEN} --steps 2") == 0
    (files / "net.h5").rename(files / "net.NIR")
    assert run(f"compile net.NIR {SPOKEN}") == 0


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
