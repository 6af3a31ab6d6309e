"""The flat form: graphs of any topology against the same graphs evaluated node by node; files; delays."""

from pathlib import Path
from typing import Any

import nir
import numpy as np
import pytest
from hypothesis import given, settings

from allspike.errors import ParameterError
from allspike.nir import composing
from allspike.nir.flat import Flat
from allspike.nir.flattening import flatten
from tests import data
from tests.nir.graphs import between, graph, lif, write_tree

from .growing import Made, Plain, networks

DATA = data.DATA / "nir"
with_data = data.needs_data("nir")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(networks())
def test_any_graph_comes_to_the_maps_that_its_nodes_make(
    made: tuple[nir.NIRGraph, np.random.Generator],
) -> None:
    network, rng = made
    flat = flatten(network)
    gives = {place.name: rng.normal(size=place.shape) for place in (*flat.inputs, *flat.cells)}
    plain = Plain(network, gives)
    arrives = {place.name: np.zeros(place.size) for place in (*flat.cells, *flat.outputs)}
    for edge in flat.edges:
        assert not edge.delay.any()
        arrives[edge.post] += gives[edge.pre].reshape(-1) @ edge.matrix + edge.bias
    assert sum(isinstance(node, nir.Output) for node in network.nodes.values()) == len(flat.outputs)
    for name, values in arrives.items():
        path = next((p for p in sorted(plain.graphs, key=len, reverse=True) if name.startswith(p)), "")
        expected = plain.arriving(path, name.removeprefix(path)).reshape(-1)
        np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())


@pytest.mark.parametrize("piece", [1, 40, 100])
def test_work_in_pieces_comes_to_the_same(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    two, late = np.array([2, 2]), np.arange(24.0).reshape(1, 4, 6)
    conv = nir.Conv2d((4, 6), rng.normal(size=(2, 1, 3, 3)), 1, 1, 1, 1, two)
    nodes = {
        "in": nir.Input(np.array([1, 4, 6])), "late": nir.Delay(late), "a": conv,
        "b": nir.SumPool2d(two, two, 0 * two), "lif": lif(12),
    }  # fmt: skip
    whole = flatten(graph(nodes, "in late a b lif"))
    monkeypatch.setattr(composing, "_PIECE", piece)
    parts = flatten(graph(nodes, "in late a b lif"))
    same(whole, parts)
    assert (parts.edges[0].delay == np.arange(24)).all()


def same(first: Flat, second: Flat) -> None:
    """Two flat forms are one; the order of places may differ, for a file holds names in order."""
    assert {(p.name, p.shape) for p in first.inputs} == {(p.name, p.shape) for p in second.inputs}
    assert {(p.name, p.shape) for p in first.outputs} == {(p.name, p.shape) for p in second.outputs}
    cells = {one.name: one for one in second.cells}
    assert {one.name for one in first.cells} == cells.keys()
    for one in first.cells:
        its = cells[one.name]
        assert (one.kind, one.shape, one.parameters.keys()) == (its.kind, its.shape, its.parameters.keys())
        assert all((values == its.parameters[key]).all() for key, values in one.parameters.items())
    edges = {(edge.pre, edge.post): edge for edge in second.edges}
    assert {(edge.pre, edge.post) for edge in first.edges} == edges.keys()
    for edge in first.edges:
        its_edge = edges[edge.pre, edge.post]
        assert set(edge.nodes) == set(its_edge.nodes)
        np.testing.assert_allclose(edge.matrix, its_edge.matrix, rtol=1e-12)
        np.testing.assert_allclose(edge.bias, its_edge.bias, rtol=1e-12)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(networks())
def test_a_file_comes_to_the_same_as_its_graph(tmp_path_factory: pytest.TempPathFactory, made: Made) -> None:
    path = tmp_path_factory.mktemp("nir") / "née.nir"
    nir.write(path, made[0])
    same(flatten(path), flatten(made[0]))
    same(flatten(str(path)), flatten(made[0].to_dict()))


@with_data
@pytest.mark.parametrize(
    "name", ["braille_noDelay_bias_zero", "lif_rockpool", "lif_norse", "two_lif_neurons"]
)
def test_real_files_come_to_the_same_as_what_nir_reads(name: str) -> None:
    path = DATA / f"{name}.nir"
    flat = flatten(path)
    same(flat, flatten(nir.read(path, type_check=False)))
    assert flat.source == str(path) and flat.dt is None and flat.notes == ()


@with_data
def test_the_braille_file_holds_what_its_readme_says() -> None:
    flat = flatten(DATA / "braille_noDelay_bias_zero.nir")
    assert [(one.name, one.kind, one.size) for one in flat.cells] == [
        ("lif1.lif", "CubaLIF", 38), ("lif2", "CubaLIF", 7),
    ]  # fmt: skip
    assert [(edge.pre, edge.post, edge.nodes) for edge in flat.edges] == [
        ("input", "lif1.lif", ("fc1",)), ("lif1.lif", "lif1.lif", ("lif1.w_rec",)),
        ("lif1.lif", "lif2", ("fc2",)), ("lif2", "output", ()),
    ]  # fmt: skip
    assert flat.edges[1].matrix.min() == pytest.approx(-13.4, abs=0.05)


def test_numbers_for_a_layer_are_those_of_its_neurons(tmp_path: Path) -> None:
    """Files of older exporters hold numbers without axes, which nir.write refuses."""
    neurons = {"type": "LIF", "tau": 2.0, "r": np.float32(3), "v_leak": 0, "v_threshold": np.array([1.0])}
    tree = {
        "type": "NIRGraph", "edges": [["in", "fc"], ["fc", "lif"], ["lif", "out"]],
        "nodes": {
            "in": {"type": "Input", "shape": 2},
            "fc": {"type": "Linear", "weight": np.ones((4, 2))},
            "lif": neurons,
            "out": {"type": "Output", "shape": np.array([1, 9, 4])},
        },
    }  # fmt: skip
    for flat in (flatten(tree), flatten(write_tree(tmp_path / "old.nir", tree))):
        (cells,) = flat.cells
        assert cells.shape == (4,) and flat.inputs[0].shape == (2,) and flat.outputs[0].shape == (4,)
        assert {key: values.tolist() for key, values in cells.parameters.items()} == {
            "tau": [2.0] * 4, "r": [3.0] * 4, "v_leak": [0.0] * 4, "v_reset": [0.0] * 4,
            "v_threshold": [1.0] * 4,
        }  # fmt: skip


def test_parameters_of_a_channel_are_those_of_all_in_it() -> None:
    each = lif((2, 1, 1), v_threshold=np.array([1.0, 2.0]).reshape(2, 1, 1))
    nodes = {"in": nir.Input(np.array([2, 3, 1])), "lif": each, "out": nir.Output(np.array([2, 3, 1]))}
    flat = flatten(graph(nodes, "in lif out"))
    assert flat.cells[0].parameters["v_threshold"].tolist() == [1.0] * 3 + [2.0] * 3


def test_a_shape_that_the_input_leaves_out_is_that_of_what_follows() -> None:
    nodes = {"in": nir.Input({"input": None}), "fc": nir.Linear(np.ones((2, 3))), "lif": lif(2)}
    assert flatten(graph(nodes, "in fc lif")).inputs[0].shape == (3,)
    with pytest.raises(ParameterError, match=r"'in' \(Input\) declares no shape"):
        flatten(graph({"in": nodes["in"], "lif": lif(1)}, "in lif"))


def test_the_step_is_that_of_the_metadata(tmp_path: Path) -> None:
    network = between(nir.Linear(np.ones((1, 1))), (1,), (1,))
    network.metadata = {"dt": 1e-4, "by": "whoever"}
    nir.write(tmp_path / "dt.nir", network)
    assert flatten(network).dt == 1e-4 == flatten(tmp_path / "dt.nir").dt
    for dt in (0, -1e-3, np.nan, np.inf, "soon", "1", b"1", True, np.True_, 1j, [], np.ones(2)):
        network.metadata = {"dt": dt}
        with pytest.raises(ParameterError, match=r"metadata say dt = .*, which is no positive number"):
            flatten(network)


def delayed(*chain: Any, size: int = 2, weight: Any = None) -> Flat:
    """The flat form of neurons, the nodes of the chain, and neurons."""
    nodes = {"in": nir.Input(np.array([size])), "a": lif(size), "b": lif(1)}
    nodes |= {f"n{k}": node for k, node in enumerate(chain)}
    names = " ".join(f"n{k}" for k in range(len(chain)))
    return flatten(graph(nodes, f"in a {names} b"))


def test_a_delay_is_that_of_what_comes_before_it() -> None:
    flat = delayed(nir.Delay(np.array([1e-3, 2e-3])), nir.Linear(np.ones((1, 2))))
    edge = flat.edges[-1]
    assert edge.delay.tolist() == [1e-3, 2e-3] and edge.matrix.tolist() == [[1.0], [1.0]]
    assert edge.nodes == ("n0", "n1")


def test_delays_in_a_row_add_up_also_behind_linear_nodes() -> None:
    chain = nir.Delay(np.array([1.0, 2.0])), nir.Scale(np.array([2.0, 0.0])), nir.Delay(np.array([4.0, 8.0]))
    edge = delayed(*chain, nir.Linear(np.ones((1, 2))), nir.Delay(np.array(16.0))).edges[-1]
    assert edge.delay.tolist() == [21.0, 26.0 - 8.0 + 0.0]  # the second brings nothing to the second delay
    assert edge.matrix.tolist() == [[2.0], [0.0]]


def test_a_delay_that_would_make_two_of_one_is_refused_by_name() -> None:
    with pytest.raises(
        ParameterError, match=r"'n1' \(Delay\) delays what one spike of 'a' brings by 1 and by 2"
    ):
        delayed(nir.Linear(np.ones((2, 2))), nir.Delay(np.array([1.0, 2.0])), nir.Linear(np.ones((1, 2))))
    apart = nir.Linear(np.array([[0.0, 3.0], [5.0, 0.0]]))  # which crosses them, and keeps them apart
    edge = delayed(apart, nir.Delay(np.array([1.0, 2.0])), nir.Linear(np.ones((1, 2)))).edges[-1]
    assert edge.delay.tolist() == [2.0, 1.0] and edge.matrix.tolist() == [[5.0], [3.0]]


@pytest.mark.parametrize("delay", [[-1.0, 1.0], [np.nan, 1.0]])
def test_a_delay_is_a_time_from_now_on(delay: list[float]) -> None:
    with pytest.raises(ParameterError, match=r"'n0' \(Delay\) has "):
        delayed(nir.Delay(np.array(delay)), nir.Linear(np.ones((1, 2))))


def test_paths_of_other_delays_are_other_edges_and_those_of_one_are_one() -> None:
    delays = {f"d{k}": nir.Delay(np.array([late])) for k, late in ((1, 1.0), (2, 1.0), (3, 3.0))}
    nodes = {"in": nir.Input(np.array([1])), "fc": nir.Affine(np.ones((1, 1)), np.ones(1)), **delays}
    nodes |= {"a": lif(1), "b": lif(1)}
    flat = flatten(graph(nodes, "in a d1 fc", "a d2 fc", "a d3 fc", "a b", "fc b"))
    edges = sorted((edge for edge in flat.edges if edge.post == "b"), key=lambda edge: edge.delay[0])
    assert [(e.delay[0], e.matrix[0, 0], set(e.nodes)) for e in edges] == [
        (0.0, 1.0, set()), (1.0, 2.0, {"d1", "d2", "fc"}), (3.0, 1.0, {"d3", "fc"}),
    ]  # fmt: skip
    assert sum(edge.bias[0] for edge in edges) == 1.0


def test_a_bias_before_a_delay_is_told() -> None:
    flat = delayed(nir.Affine(np.ones((1, 2)), np.array([3.0])), nir.Delay(np.array([1.0])))
    assert flat.edges[-1].bias.tolist() == [3.0]
    assert [note for note in flat.notes if "'n0'" in note and "'n1'" in note and "'b'" in note]


def test_a_linear_node_that_leads_nowhere_is_told() -> None:
    nodes = {"in": nir.Input(np.array([1])), "a": lif(1), "astray": nir.Linear(np.ones((1, 1)))}
    assert flatten(graph(nodes, "in a astray")).notes == (
        "node 'astray' (Linear) leads nowhere and is left out.",
    )
