"""What is no NIR file, what is a broken one, and graphs that cannot be meant: one sentence each, by name."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import nir
import numpy as np
import pytest

from allspike import Network
from allspike.errors import AllspikeError, CapacityError, FileError, MissingExtraError, ParameterError
from allspike.nir.flattening import flatten
from allspike.nir.graph import Node
from tests import data
from tests.nir.graphs import between, graph, lif, write_tree

DATA = data.DATA / "nir"
with_data = data.needs_data("nir")
SMALL = {
    "type": "NIRGraph", "edges": [["in", "lif"], ["lif", "out"]],
    "nodes": {
        "in": {"type": "Input", "shape": np.array([2])},
        "lif": {
            "type": "LIF", "tau": np.ones(2), "r": np.ones(2), "v_leak": np.zeros(2),
            "v_threshold": np.ones(2),
        },
        "out": {"type": "Output", "shape": np.array([2])},
    },
}  # fmt: skip


class Trap:
    """What a pickle runs when it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (os._exit, (97,))


def refused(source: Any, kind: type[AllspikeError]) -> str:
    """What is said of it: one sentence."""
    with pytest.raises(kind) as caught:
        flatten(source)
    said = str(caught.value)
    assert said.endswith(".") and "\n" not in said and "Traceback" not in said
    assert isinstance(source, Path) is False or str(source) in said
    return said


def changed(node: str, **fields: Any) -> dict[str, Any]:
    """The small tree with other fields of a node."""
    return SMALL | {"nodes": SMALL["nodes"] | {node: SMALL["nodes"][node] | fields}}  # type: ignore[index, operator]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.nir", None, "No such file"),
        ("empty.nir", b"", "is empty"),
        ("text.nir", b"lif1: LIF\n", "does not begin as HDF5"),
        ("pickle.nir", pickle.dumps(Trap()), "does not begin as HDF5"),
        ("numpy.nir", b"\x93NUMPY" + bytes(100), "does not begin as HDF5"),
        ("head.nir", b"\x89HDF\r\n\x1a\n", "is damaged"),
        ("noise.nir", b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 9, "is damaged"),
    ],
)
def test_what_is_no_hdf5_is_refused_and_nothing_is_run(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert said in refused(path, FileError)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "cannot read" in refused(tmp_path, FileError)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_cut_file_is_damaged(tmp_path: Path, share: float) -> None:
    whole, cut = tmp_path / "whole.nir", tmp_path / "cut.nir"
    nir.write(whole, between(nir.Linear(np.ones((40, 30))), (30,), (40,)))
    flatten(whole)
    content = whole.read_bytes()
    cut.write_bytes(content[: int(len(content) * share)])
    assert "is damaged" in refused(cut, FileError)


def test_damage_within_is_found_when_it_is_read(tmp_path: Path) -> None:
    """Weights whose compressed bytes are others."""
    path = tmp_path / "damaged.nir"
    weight = np.random.default_rng(1).normal(size=(40, 30))
    nir.write(path, between(nir.Linear(weight), (30,), (40,)))
    with h5py.File(path) as file:
        chunk = file["node/nodes/node/weight"].id.get_chunk_info(0)
    content = bytearray(path.read_bytes())
    middle = chunk.byte_offset + chunk.size // 2
    content[middle : middle + 64] = bytes(64)
    path.write_bytes(content)
    assert "/node/nodes/node/weight" in refused(path, FileError)


def hdf5(fill: Callable[[h5py.File], object]) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        with h5py.File(path, "w") as file:
            fill(file)

    return write


def external(path: Path) -> None:
    """A tree, a part of which lies in another file."""
    other = path.with_suffix(".other")
    write_tree(other, SMALL)
    with h5py.File(path, "w") as file:
        file["node"] = h5py.ExternalLink(str(other), "/node")


def elsewhere(path: Path) -> None:
    """A tree whose time constants are bytes of another file."""
    write_tree(path, changed("lif", tau=None))
    (path.parent / "bytes").write_bytes(np.ones(2).tobytes())
    with h5py.File(path, "a") as file:
        at = [(str(path.parent / "bytes"), 0, 16)]
        file["node/nodes/lif"].create_dataset("tau", (2,), "f8", external=at)


def endless(path: Path) -> None:
    """A graph that is in itself."""
    write_tree(path, SMALL)
    with h5py.File(path, "a") as file:
        file["node/nodes/again"] = file["node"]


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (hdf5(lambda file: None), "it holds nothing"),
        (hdf5(lambda file: file.create_dataset("images", data=np.ones((3, 3)))), "it holds images"),
        (hdf5(lambda file: file.create_dataset("node", data=np.ones(3))), "it holds node"),
        (hdf5(lambda file: file.create_group("node").create_group("nodes")), "no node with a type"),
        (hdf5(lambda file: file.create_group("node").create_dataset("type", data=3)), "no node with a type"),
        (external, "a link to elsewhere"),
        (elsewhere, "lies in another file"),
        (endless, "nests groups"),
    ],
)
def test_hdf5_that_is_no_nir_is_refused(tmp_path: Path, write: Callable[[Path], object], said: str) -> None:
    path = tmp_path / "foreign.nir"
    write(path)
    assert said in refused(path, FileError)


TREES: list[tuple[Any, str]] = [
    (SMALL | {"edges": None}, "the edges are missing"),
    (SMALL | {"metadata": np.ones(2), "edges": None}, "the edges are missing"),
    (SMALL | {"edges": np.zeros((0, 2))}, "'lif' (LIF) is reached by no Input"),
    (SMALL | {"edges": [["in", "lif"], ["lif", "outp"]]},
     "the edge 'lif' -> 'outp' names a node 'outp' that is not there; did you mean 'out'"),
    (SMALL | {"edges": [["in", "lif"], ["in", "lif"], ["lif", "out"]]}, "'in' -> 'lif' is there twice"),
    (SMALL | {"edges": [["in", "lif"], ["lif", "out"], ["out", "lif"]]}, "leaves the Output 'out'"),
    (SMALL | {"edges": [["in", "lif"], ["lif", "out"], ["lif", "in"]]}, "leads into the Input 'in'"),
    (SMALL | {"edges": [["in", "out"]]}, "'lif' (LIF) is reached by no Input"),
    (SMALL | {"type": "LIF"}, "a single LIF"),
    (changed("lif", type="Izhikevich"), "'lif' is a Izhikevich"),
    (changed("lif", type="Lif"), "did you mean 'LIF'"),
    (changed("lif", type=None), "'lif' does not say its type"),
    (changed("lif", tau=None), "'lif' (LIF) has no tau"),
    (changed("lif", tau=np.array([1, np.nan])), "'lif' (LIF) has tau with 1 of 2 values that are not"),
    (changed("lif", r=-np.inf), "'lif' (LIF) has r with 1 of 1 values that are not finite (-inf)"),
    (changed("lif", v_threshold="high"), "'lif' (LIF) has v_threshold = "),
    (changed("lif", v_leak=np.ones(3)), "'lif' (LIF)"),
    (changed("lif", v_leak=np.ones(0)), "'lif' (LIF)"),
    (changed("in", shape=np.array([3])), "'lif' (LIF)"),
    (changed("in", shape=np.array([0])), "'in' (Input) declares"),
    (changed("in", shape=np.array([1.5])), "'in' (Input) declares the shape [1.5]: sizes must be whole"),
    (changed("in", shape=np.array([2, 0])), "'in' (Input) declares the shape [2, 0]: sizes must be whole"),
    (changed("in", shape=np.array([1e300])), "'in' (Input) declares the shape [1e+300]: sizes must be"),
    (changed("out", shape=np.array([5])), "'out' (Output) declares the shape (5,)"),
    (changed("in", type="Scale", scale=np.ones(2)), "has no Input"),
    (changed("lif", type="Identity"), "has no neurons"),
    ({"type": "NIRGraph", "nodes": {}, "edges": np.zeros((0, 2))}, "has no Input"),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "said"), TREES)
def test_a_graph_that_cannot_be_meant_is_refused_by_name(tmp_path: Path, tree: Any, said: str) -> None:
    """In a file and as a dictionary."""
    assert said in refused(tree, ParameterError)
    assert said in refused(write_tree(tmp_path / "wrong.nir", tree), ParameterError)


def test_text_of_an_encoding_that_hdf5_has_not_is_refused(tmp_path: Path) -> None:
    path = write_tree(tmp_path / "odd.nir", SMALL)
    utf8, none = (b"\x19\x01" + bytes([code, 0, 16, 0, 0, 0]) for code in (1, 4))
    assert utf8 in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(utf8, none))
    assert "is damaged in /node" in refused(path, FileError)


def test_whole_numbers_are_asked_for_with_their_range() -> None:
    node = Node("c", "Conv2d", {"stride": np.array([0, 1]), "groups": 1e300})
    with pytest.raises(
        ParameterError, match=r"stride = \[0, 1\]: it must be 2 whole numbers, or one, from 1"
    ):
        node.whole("stride", 2, 1)
    with pytest.raises(ParameterError, match=r"groups = \[1e\+300\]: it must be a whole number from 1 to"):
        node.whole("groups", 1, 1)


def test_a_tree_of_wrong_types_is_refused() -> None:
    for edges in (4, [4, 5], [None]):
        assert "edge" in refused(SMALL | {"edges": edges}, ParameterError)
    assert "the nodes have no names" in refused(SMALL | {"nodes": [1]}, ParameterError)
    assert "cannot read" in refused("no\0path", FileError)
    for metadata in (3, "dt", [1]):
        for words in ({}, {"dt": 0.1, "reset": "to"}):
            tree = SMALL | {"metadata": metadata, "edges": None}
            with pytest.raises(ParameterError, match="the edges are missing"):
                Network.from_nir(tree, **words)  # type: ignore[arg-type]


def test_a_graph_that_holds_itself_is_refused() -> None:
    held = graph({"in": nir.Input(np.array([1])), "n": lif(1), "out": nir.Output(np.array([1]))}, "in n out")
    held.nodes["n"] = held
    assert "nested more than 64 deep" in refused(held, ParameterError)
    tree: dict[str, Any] = SMALL | {"nodes": dict(SMALL["nodes"])}  # type: ignore[call-overload]
    tree["nodes"]["lif"] = tree
    assert "nested more than 64 deep" in refused(tree, ParameterError)


def test_nested_graphs_are_named_by_their_path() -> None:
    inner = graph(
        {"in": nir.Input(np.array([1])), "lif": lif(1), "out": nir.Output(np.array([1]))}, "in lif out"
    )
    nodes = {"in": nir.Input(np.array([1])), "rnn": inner, "out": nir.Output(np.array([1]))}
    assert flatten(graph(nodes, "in rnn out")).cells[0].name == "rnn.lif"

    inner.nodes["lif"].tau = np.array([np.nan])
    assert "'rnn.lif' (LIF) has tau" in refused(graph(nodes, "in rnn out"), ParameterError)
    inner.edges.append(("lif", "lfi"))
    said = refused(graph(nodes, "in rnn out"), ParameterError)
    assert "'lif' -> 'lfi' of the nested graph 'rnn'" in said and "did you mean 'lif'" in said

    two = graph(inner.nodes | {"in2": nir.Input(np.array([1]))}, "in lif out", "in2 lif")
    assert "'rnn' has 2 Input nodes" in refused(graph(nodes | {"rnn": two}, "in rnn out"), ParameterError)
    clash = graph(nodes | {"rnn": graph({**inner.nodes, "lif": lif(1)}, "in lif out"), "rnn.lif": lif(1)},
                  "in rnn.lif rnn out")  # fmt: skip
    assert "two nodes come to be called 'rnn.lif'" in refused(clash, ParameterError)


def test_a_loop_without_a_neuron_is_refused_by_its_nodes() -> None:
    one = np.ones((1, 1))
    nodes = {"in": nir.Input(np.array([1])), "a": nir.Linear(one), "b": nir.Scale(np.ones(1)), "lif": lif(1)}
    said = refused(graph(nodes, "in a b lif", "b a"), ParameterError)
    assert "'a', 'b'" in said and "loop without a neuron" in said


@pytest.mark.parametrize("source", [None, 3, b"net.nir", {"nodes": {}}, [nir.Input(np.array([1]))], object()])
def test_what_holds_no_graph_is_refused(source: Any) -> None:
    assert "is no NIR graph: give a nir.NIRGraph or the path" in refused(source, ParameterError)


def test_a_single_node_is_no_graph(tmp_path: Path) -> None:
    nir.write(tmp_path / "one.nir", lif(3))
    assert "a single LIF" in refused(tmp_path / "one.nir", ParameterError)
    assert "a single LIF" in refused(lif(3), ParameterError)


def test_without_h5py_the_command_that_brings_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_tree(tmp_path / "small.nir", SMALL)
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(MissingExtraError, match=r'pip install "allspike\[nir\]"'):
        flatten(path)


@with_data
@pytest.mark.parametrize("name", ["bias_zero", "noBias_subtract"])
def test_the_broken_files_name_the_node_and_the_edge(name: str) -> None:
    said = refused(DATA / f"braille_noDelay_{name}_subgraph.nir", ParameterError)
    assert "the edge 'input' -> 'lif' of the nested graph 'lif1' names a node 'lif' that is not there" in said
    assert "did you mean 'lif1'" in said


@with_data
def test_the_convolutional_network_is_refused_with_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a weight is read."""
    read: list[str] = []
    values = Node.values
    monkeypatch.setattr(Node, "values", lambda self, field: read.append(field) or values(self, field))
    said = refused(DATA / "cnn_sinabs.nir", CapacityError)
    assert "8,970 neurons and 2,312 inputs" in said and "16,777,216" in said
    assert "weight" not in read and "bias" not in read
