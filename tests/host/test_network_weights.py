"""Weights come as numbers, arrays, sparse matrices and functions, and those that do not fit are refused."""

import re
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from allspike import FixedProbability, Network, OneToOne, Pairs, delta_lif
from allspike.errors import ParameterError

from .small_networks import three_to_two

# Numbers here have no units, and need not be fine.
pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")


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
