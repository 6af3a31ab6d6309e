"""A network description holds what it was given, refuses what is none, and survives a file unchanged."""

import re
from collections.abc import Callable
from dataclasses import asdict
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from allspike import (
    LIF,
    STDP,
    AllToAll,
    Config,
    FixedProbability,
    Network,
    OneToOne,
    Pairs,
    compile_network,
    delta_lif,
    layers,
)
from allspike.errors import ParameterError
from tests.examples import examples

from .contents import contents

# Numbers here have no units, and need not be fine.
pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")

SMALL = Config(neurons=32, inputs=32)


def three_to_two() -> Network:
    net = Network()
    net.inputs(3, "pixels")
    net.neurons(2, delta_lif(), "cells")
    return net


@st.composite
def descriptions(draw: st.DrawFn) -> Network:
    """Random networks: several populations, scalars and arrays, all ways to connect, a rule or none."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    net = Network(dt=draw(st.sampled_from([1e-4, 1e-3, 0.02])))
    for _ in range(draw(st.integers(0, 2))):
        net.inputs(draw(st.integers(1, 6)))
    tau_syn = draw(st.sampled_from([0.0, 5e-3]))
    unit = 1e-9 if tau_syn else 1e-3
    for k in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 6))
        values: dict = {
            "tau_m": draw(st.sampled_from([20e-3, np.inf])),
            "tau_syn": tau_syn,
            "v_thresh": draw(st.sampled_from([-0.05, rng.uniform(-0.06, -0.04, size)])),
            "t_ref": draw(st.sampled_from([0.0, rng.integers(0, 4, size) * net.dt])),
            "theta_plus": draw(st.sampled_from([0.0, 1e-4])),
            "reset": draw(st.sampled_from(["to", "subtract"])),
            "refractory": draw(st.sampled_from(["hold", "integrate"])),
        }
        if values["reset"] == "subtract":
            values["v_subtract"] = draw(st.sampled_from([None, 0.0, 0.02, rng.uniform(0, 0.03, size)]))
        net.neurons(size, LIF(**values), draw(st.sampled_from([None, f"cells {k}/å.npy"])))
    learning = st.floats(-1, 1).map(lambda a: STDP(a_plus=a * unit, a_minus=0.1 * unit, w_max=2 * unit))
    rule = draw(st.none() | learning)
    for pre, post in product(net.populations.values(), net.neuron_populations):
        p = draw(st.sampled_from([0.0, 0.5, 1.0]))
        stdp = rule if draw(st.booleans()) else None
        weights = rng.uniform(0 if stdp else -2, 2, (pre.size, post.size)) * unit
        if draw(st.booleans()):
            net.connect(pre, post, FixedProbability(p, int(rng.integers(99))), weight=weights, stdp=stdp)
    return net


def saved_and_loaded(net: Network, folder: Path) -> Network:
    net.save(folder / "network.npz")
    return Network.load(folder / "network.npz")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("networks")


@settings(deadline=None, max_examples=examples(80))
@given(net=descriptions())
def test_save_and_load_changes_nothing(net: Network, folder: Path) -> None:
    loaded = saved_and_loaded(net, folder)
    np.testing.assert_equal(contents(loaded), contents(net))
    assert repr(loaded) == repr(net)
    images = [asdict(compile_network(n, SMALL, seed=3)) for n in (net, loaded)]
    np.testing.assert_equal(images[1], images[0])


def test_a_rule_of_numpy_numbers_can_be_saved(folder: Path) -> None:
    net = three_to_two()
    rule = STDP(a_plus=np.float32(0.25), a_minus=np.float64(0.5), w_max=np.int64(1))
    net.connect(net["pixels"], net["cells"], weight=0.5, stdp=rule)
    assert saved_and_loaded(net, folder)["pixels-cells"].stdp == STDP(a_plus=0.25, a_minus=0.5, w_max=1)


# Weights


@given(seed=st.integers(0, 999), density=st.sampled_from([0.0, 0.3, 1.0]))
def test_a_sparse_matrix_means_what_its_dense_one_means(seed: int, density: float) -> None:
    rng = np.random.default_rng(seed)
    dense = rng.normal(size=(4, 3)) * (rng.random((4, 3)) < density)
    expected = [(i, j, dense[i, j]) for i, j in product(range(4), range(3)) if dense[i, j]]
    forms = [dense, dense.tolist()]
    forms += [
        make(dense) for make in (sparse.csr_array, sparse.csc_matrix, sparse.coo_array, sparse.lil_matrix)
    ]
    for form in forms:
        net = Network()
        projection = net.connect(net.inputs(4), net.neurons(3, delta_lif()), form)
        found = zip(*projection.pairs.tolist(), projection.weights.tolist(), strict=True)
        assert sorted(found) == expected
        np.testing.assert_array_equal(projection.matrix(), dense)


@pytest.mark.parametrize("make", [sparse.coo_array, sparse.csr_array])
def test_entries_of_a_sparse_matrix_add_up_and_its_zeros_are_absent(make: Callable) -> None:
    """SciPy's own meaning of a place that is listed twice; and one of the matrix's zeros, listed or not."""
    entries = sparse.coo_array(([1.0, 2.0, 0.0], ([0, 0, 2], [1, 1, 0])), shape=(3, 2))
    if make is sparse.csr_array:
        entries = sparse.csr_array((entries.data, entries.col, [0, 2, 2, 3]), shape=(3, 2))
    net = three_to_two()
    projection = net.connect(net["pixels"], net["cells"], entries)
    assert projection.pairs.tolist() == [[0], [1]]
    assert projection.weights.tolist() == [3.0]


@pytest.mark.parametrize(
    "weight",
    [
        0.5,
        np.float32(0.5),
        [0.5] * 6,
        np.full((3, 2), 0.5),
        lambda pre, post: np.full(pre.size, 0.5),
        lambda pre, post: 0.5,
    ],
    ids=["number", "numpy", "list", "array", "function", "constant function"],
)
def test_weights_come_in_many_shapes(weight: object) -> None:
    net = three_to_two()
    assert net.connect(net["pixels"], net["cells"], weight=weight).weights.tolist() == [0.5] * 6


@given(seed=st.integers(0, 99))
def test_arrays_and_functions_give_each_synapse_its_weight(seed: int) -> None:
    """An array [pre, post] by place, an array [synapses] in the pattern's order, a function by index."""
    pattern = FixedProbability(0.5, seed)
    table = np.random.default_rng(seed).normal(size=(5, 4))
    rows, columns = pattern.pairs(5, 4)
    given_as = (table, table[rows, columns], lambda pre, post: table[pre, post])
    for weight in given_as:
        net = Network()
        matrix = net.connect(net.inputs(5), net.neurons(4), pattern, weight=weight).matrix()
        connected = set(zip(rows.tolist(), columns.tolist(), strict=True))
        for i, j in product(range(5), range(4)):
            assert matrix[i, j] == (table[i, j] if (i, j) in connected else 0.0)


@pytest.mark.parametrize(
    ("pattern", "weight", "words"),
    [
        (None, None, "weight is missing"),
        (np.ones((3, 2)), 1.0, "pattern holds the weights already"),
        (np.ones((2, 3)), None, "(2, 3) (3, 2)"),
        (sparse.csr_array(np.ones((2, 3))), None, "(2, 3) (3, 2)"),
        ("all", None, "weights"),
        (None, np.ones((2, 3)), "(2, 3) (3, 2)"),
        (None, np.ones(5), "(5,) (6,)"),
        (None, lambda pre, post: np.ones(5), "(5,) (6,)"),
        (None, np.nan, "weight NaN"),
        (None, [0.5] * 5 + [np.nan], "weight NaN"),
        (np.full((3, 2), np.nan), None, "weights NaN"),
        (None, -np.inf, "weight infinite"),
        (None, "strong", "weight number 'strong'"),
        (None, [[1], [1, 2]], "weight"),
        ([[1], [1, 2]], None, "weights"),
    ],
)
def test_weights_that_do_not_fit_are_refused(pattern: object, weight: object, words: str) -> None:
    """In one sentence that names the words, and the network stays as it was."""
    net = three_to_two()
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        net.connect(net["pixels"], net["cells"], pattern, weight=weight)
    assert not net.projections


# Names, populations, rules


def test_a_synapse_made_twice_is_refused_naming_both_projections() -> None:
    net = three_to_two()
    pixels, cells = net["pixels"], net["cells"]
    net.connect(pixels, cells, Pairs([0, 2], [1, 0]), weight=1.0, name="first")
    net.connect(pixels, cells, Pairs([0], [0]), weight=1.0, name="apart")
    with pytest.raises(ParameterError, match=r"^second and first .*pixels\[2\] to cells\[0\].*\.$"):
        net.connect(pixels, cells, Pairs([1, 2], [1, 0]), weight=1.0, name="second")
    with pytest.raises(ParameterError, match=r"^itself lists a synapse twice.*\.$"):
        net.connect(pixels, cells, Pairs([1, 1], [1, 1]), weight=1.0, name="itself")
    assert list(net.projections) == ["first", "apart"]


def test_equal_places_of_other_populations_are_no_overlap() -> None:
    net = three_to_two()
    cells = net["cells"]
    more = net.neurons(2, name="more")
    for pre, post in product((cells, more), repeat=2):
        net.connect(pre, post, OneToOne(), weight=1.0)
    assert list(net.projections) == ["cells-cells", "cells-more", "more-cells", "more-more"]


def test_foreign_populations_are_refused() -> None:
    net, other = three_to_two(), three_to_two()
    for pre, post in (
        (other["pixels"], net["cells"]),
        (net["pixels"], other["cells"]),
        (other["pixels"][:1], net["cells"]),
    ):
        with pytest.raises(ParameterError, match=r"^.*(pixels|cells).* is no population of this network\.$"):
            net.connect(pre, post, weight=1.0)
    with pytest.raises(ParameterError, match=r"^.*'pixels'.* cannot receive synapses.*\.$"):
        net.connect(net["cells"], net["pixels"], weight=1.0)


def test_names_are_unique_and_made_up_where_missing() -> None:
    net = Network()
    assert [net.inputs(1).name for _ in range(3)] == ["inputs", "inputs1", "inputs2"]
    assert [net.neurons(1).name for _ in range(2)] == ["neurons", "neurons1"]
    net.connect(net["inputs"], net["neurons"], weight=1.0, name="drive")
    for taken in ("inputs", "neurons1", "drive"):
        for add in (net.inputs, lambda size, name: net.neurons(size, None, name)):
            with pytest.raises(ParameterError, match=rf"^.* named '{taken}': choose another name\.$"):
                add(1, taken)
    for bad in ("", 5):
        with pytest.raises(ParameterError, match=rf"^name = {bad!r} must be a word\.$"):
            net.inputs(1, bad)
    assert net["drive"] is net.projections["drive"]
    with pytest.raises(ParameterError, match=r"^.* nothing named 'nobody'; it has: inputs, .*, drive\.$"):
        net["nobody"]
    assert net._ipython_key_completions_() == [*net.populations, *net.projections]


@pytest.mark.parametrize("size", [0, -1, 2.0, "3", True, None])
def test_a_population_has_a_whole_number_of_neurons(size: object) -> None:
    net = Network()
    for add in (net.inputs, net.neurons):
        with pytest.raises(
            ParameterError, match=f"^size = {size!r} must be a whole number of at least 1\\.$"
        ):
            add(size)
    assert not net.populations


def test_a_parameter_array_of_another_length_is_refused() -> None:
    net = Network()
    with pytest.raises(ParameterError, match=r"^tau_m has shape \(2,\).*shape \(3,\)\.$"):
        net.neurons(3, LIF(tau_m=[0.01, 0.02]))
    assert not net.populations


@pytest.mark.parametrize("dt", [0, -1e-3, np.nan, np.inf, "1 ms", None])
def test_dt_is_a_time(dt: object) -> None:
    with pytest.raises(ParameterError, match=f"^dt = {re.escape(repr(dt))} must be .* above 0\\.$"):
        Network(dt)


def test_a_network_has_one_rule() -> None:
    net = three_to_two()
    rule = STDP(a_plus=0.1, a_minus=0.1, w_max=1.0)
    net.connect(net["pixels"], net["cells"], weight=0.5, stdp=rule)
    same = STDP(a_plus=0.1, a_minus=0.1, w_max=1.0)
    net.connect(net["cells"], net["cells"], AllToAll(self_connections=False), weight=0.5, stdp=same)
    assert net.stdp == rule
    more = net.neurons(2, name="more")
    with pytest.raises(ParameterError, match=r"^a core has one learning rule: .*\.$"):
        net.connect(net["cells"], more, weight=0.5, stdp=STDP(a_plus=0.2, a_minus=0.1, w_max=1.0))


@pytest.mark.parametrize("weight", [-0.25, 1.25])
def test_plastic_weights_start_within_their_bounds(weight: float) -> None:
    net = three_to_two()
    with pytest.raises(ParameterError, match=rf"^the initial weight {weight} .* w_min = 0 to w_max = 1\.$"):
        net.connect(net["pixels"], net["cells"], weight=weight, stdp=STDP(a_plus=0, a_minus=0, w_max=1.0))


def test_repr_tells_what_there_is() -> None:
    net = three_to_two()
    net.connect(net["pixels"], net["cells"], weight=1.0)
    net.connect(
        net["cells"],
        net["cells"],
        OneToOne(),
        weight=0.5,
        stdp=STDP(a_plus=0, a_minus=0, w_max=1),
        name="loop",
    )
    assert repr(net).splitlines() == [
        "<Network dt=0.001 s>",
        "  <Inputs 'pixels': 3>",
        "  <Neurons 'cells': 2 LIF(tau_syn=0.0, v_rest=0.0, v_reset=0.0, v_thresh=1.0)>",
        "  <Projection 'pixels-cells': 6 static synapses>",
        "  <Projection 'loop': 2 plastic synapses>",
    ]
    assert (len(net["pixels"]), len(net["cells"]), len(net["loop"])) == (3, 2, 2)


# Other weights for the same network


def test_with_weights_changes_the_named_projections_of_a_copy() -> None:
    net = three_to_two()
    net.connect(net["pixels"], net["cells"], Pairs([0, 2], [1, 0]), weight=1.0)
    net.connect(net["cells"], net["cells"], OneToOne(), weight=1.0)
    copy = net.with_weights({"pixels-cells": np.arange(6.0).reshape(3, 2)})
    assert copy["pixels-cells"].matrix().tolist() == [[0, 1], [0, 0], [4, 0]]
    assert net["pixels-cells"].weights.tolist() == [1.0, 1.0]
    assert copy["cells-cells"] is net["cells-cells"]


@pytest.mark.parametrize(
    ("name", "weights", "words"),
    [
        ("pixels-cells", np.ones((2, 3)), "pixels-cells (2, 3) (3, 2)"),
        ("pixels-cells", np.full((3, 2), np.nan), "pixels-cells NaN"),
        ("pixels-cells", np.full((3, 2), np.inf), "infinite"),
        ("elsewhere", np.ones((3, 2)), "'elsewhere'"),
        ("cells", np.ones((3, 2)), "cells projection"),
    ],
)
def test_with_weights_refuses_what_connect_refuses(name: str, weights: np.ndarray, words: str) -> None:
    net = three_to_two()
    net.connect(net["pixels"], net["cells"], weight=1.0)
    with pytest.raises(ParameterError, match=f"^.*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        net.with_weights({name: weights})


def test_what_learning_left_can_be_saved_and_loaded(folder: Path) -> None:
    """A learned weight is a multiple of the device's unit, which may lie up to half a unit beyond a bound."""
    net = three_to_two()
    rule = STDP(a_plus=0.1, a_minus=0.1, w_min=0.3, w_max=1.0)
    net.connect(net["pixels"], net["cells"], weight=0.3, stdp=rule)
    image = compile_network(net, SMALL)
    least = float(image.learning["w_min"][0] * image.weight_unit[0])
    assert 0 < abs(least - rule.w_min) <= image.weight_unit[0] / 2
    learned = net.with_weights({"pixels-cells": np.full((3, 2), least)})
    loaded = saved_and_loaded(learned, folder)
    np.testing.assert_allclose(loaded["pixels-cells"].weights, least, atol=image.weight_unit[0] / 2)
    np.testing.assert_array_equal(compile_network(loaded, SMALL).weights, image.weights)


def test_layers_are_populations_joined_all_to_all() -> None:
    net = Network()
    made = layers(net, (3, 2, 4), weight=0.5)
    assert [(p.name, p.size) for p in made] == [("layer0", 3), ("layer1", 2), ("layer2", 4)]
    assert {name: len(p) for name, p in net.projections.items()} == {"layer0-layer1": 6, "layer1-layer2": 8}
