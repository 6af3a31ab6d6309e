"""What a written graph tells of itself is believed while it is whole; what cannot be written is said."""

import warnings
from pathlib import Path

import nir
import numpy as np
import pytest

import allspike as asp
from allspike.errors import AllspikeWarning, FileError, MissingExtraError, ParameterError, QuantisationWarning
from tests.command import command

from .written import DT, same_images, small


def test_a_changed_weight_is_taken() -> None:
    graph = small().to_nir()
    graph.nodes["in-cells"].weight = graph.nodes["in-cells"].weight * 2
    read = asp.Network.from_nir(graph)
    np.testing.assert_array_equal(read["in-cells"].weights, [1.4, 1.4])


def test_a_changed_neuron_is_read_as_nir_and_said() -> None:
    graph = small().to_nir()
    graph.nodes["cells"].tau = graph.nodes["cells"].tau * 2
    with pytest.warns(AllspikeWarning, match="changed since"), pytest.raises(ParameterError, match="reset="):
        asp.Network.from_nir(graph)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # whoever says an option has it read as NIR, and knows
        read = asp.Network.from_nir(graph, reset="to", fires=">=")
    np.testing.assert_allclose(np.exp(-DT / read["cells"].model.tau_m), (1 + np.exp(-DT / 5e-3)) / 2)


@pytest.mark.parametrize("key", ["order", "model", "name"])
def test_metadata_that_are_not_whole_are_not_believed(key: str) -> None:
    graph = small().to_nir()
    del graph.nodes["cells"].metadata["allspike"][key]
    with pytest.warns(AllspikeWarning, match="changed since"), pytest.raises(ParameterError, match="reset="):
        asp.Network.from_nir(graph)


def test_later_formats_are_not_believed() -> None:
    graph = small().to_nir()
    graph.metadata["allspike"]["format"] = 99
    with pytest.warns(AllspikeWarning, match="changed since"), pytest.raises(ParameterError, match="reset="):
        asp.Network.from_nir(graph)


def test_the_step_is_in_the_metadata_for_every_reader(tmp_path: Path) -> None:
    small().to_nir(tmp_path / "net.nir")
    assert nir.read(tmp_path / "net.nir").metadata["dt"] == DT


def test_what_nir_has_no_word_for_is_said() -> None:
    net = asp.Network(DT)
    model = asp.delta_lif(tau_m=5e-3, t_ref=2e-3, reset="subtract", theta_plus=0.1, leak=1.0)
    net.connect(net.inputs(1, "in"), net.neurons(1, model, "cells"), weight=1.0)
    with pytest.warns(QuantisationWarning, match=r"refractory.*\(cells\)") as said:
        net.to_nir()
    for word in ("subtract", "adaptive threshold", "linear leak"):
        assert word in str(said[0].message)


def test_a_network_that_learns_is_refused() -> None:
    net = asp.Network(DT)
    net.connect(
        net.inputs(1, "in"),
        net.neurons(1, name="cells"),
        weight=1e-9,
        stdp=asp.STDP(a_plus=1e-11, a_minus=1e-11, w_max=2e-9),
        name="learning",
    )
    with pytest.raises(ParameterError, match=r"'learning' can learn.*without stdp="):
        net.to_nir()


def test_a_network_without_neurons_is_refused() -> None:
    net = asp.Network(DT)
    net.inputs(1)
    with pytest.raises(ParameterError, match="no neurons"):
        net.to_nir()


def test_a_translated_network_is_refused() -> None:
    one = np.ones(1)
    graph = nir.NIRGraph.from_list(nir.Linear(np.eye(1)), nir.LIF(one, one, one * 0, one))
    with pytest.raises(ParameterError, match="translated"):
        asp.Network.from_nir(graph, dt=0.1, reset="to").to_nir()


def test_a_place_that_cannot_be_written_is_a_file_error(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        small().to_nir(tmp_path / "nowhere" / "net.nir")


def test_without_the_package_the_command_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "nir", None)
    with pytest.raises(MissingExtraError, match=r"allspike\[nir\]"):
        small().to_nir()


def test_a_network_file_is_converted(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    net, out = small(), tmp_path / "net.nir"
    net.save(tmp_path / "net.npz")
    assert command("convert", str(tmp_path / "net.npz"), "--out", str(out)) == 0
    same_images(net, asp.Network.from_nir(out))
    assert command("info", str(out)) == 0
    assert "cells" in capsys.readouterr().out
    assert command("run", str(out), "--steps", "20", "--poisson", "in=300") == 0


def test_what_cannot_be_converted_is_said(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    asp.Simulation(small()).run_steps(3).save(tmp_path / "result.npz")
    assert command("convert", str(tmp_path / "result.npz"), "--out", str(tmp_path / "net.nir")) == 3
    assert "is a result, and .nir is made from a network: Network.save" in capsys.readouterr().err
    small().save(tmp_path / "net.npz")
    assert command("convert", str(tmp_path / "net.npz"), "--out", str(tmp_path / "net.csv")) == 3
    assert "is a network, and .csv is made from a result" in capsys.readouterr().err
    small().to_nir(tmp_path / "net.nir")
    assert command("convert", str(tmp_path / "net.nir"), "--out", str(tmp_path / "two.nir")) == 3
    assert "net.nir is NIR already" in capsys.readouterr().err


def test_a_network_that_learns_is_not_converted(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    net = asp.Network(DT)
    rule = asp.STDP(a_plus=1e-11, a_minus=1e-11, w_max=2e-9)
    net.connect(net.inputs(1, "in"), net.neurons(1, name="cells"), weight=1e-9, stdp=rule)
    net.save(tmp_path / "net.npz")
    assert command("convert", str(tmp_path / "net.npz"), "--out", str(tmp_path / "net.nir")) == 3
    assert not (tmp_path / "net.nir").exists()
