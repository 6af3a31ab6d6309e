"""Patterns of connection against plain loops, probability and NetworkX."""

import re
from itertools import product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allspike.describe.connect import (
    AllToAll,
    FixedProbability,
    Grid,
    Layers,
    OneToOne,
    Pairs,
    Pattern,
    SmallWorld,
)
from allspike.errors import ParameterError

sizes = st.integers(1, 9)


def listed(pattern: Pattern, pre: int, post: int) -> list[tuple[int, int]]:
    """The pairs of a pattern, checked to be indices of both populations."""
    rows, columns = pattern.pairs(pre, post)
    assert rows.dtype.kind == columns.dtype.kind == "i"
    pairs = list(zip(rows.tolist(), columns.tolist(), strict=True))
    assert all(0 <= i < pre and 0 <= j < post for i, j in pairs)
    return pairs


@given(pre=sizes, post=sizes, loops=st.booleans())
def test_all_to_all_is_every_pair(pre: int, post: int, loops: bool) -> None:
    expected = [(i, j) for i, j in product(range(pre), range(post)) if loops or i != j]
    assert listed(AllToAll(self_connections=loops), pre, post) == expected


@given(size=sizes)
def test_one_to_one_is_the_diagonal(size: int) -> None:
    assert listed(OneToOne(), size, size) == [(k, k) for k in range(size)]


@given(pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=12))
def test_pairs_are_as_listed(pairs: list[tuple[int, int]]) -> None:
    assert listed(Pairs([i for i, _ in pairs], [j for _, j in pairs]), 5, 7) == pairs


@pytest.mark.parametrize("p", [0.0, 0.02, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("loops", [True, False])
def test_fixed_probability_is_an_independent_draw_a_pair(p: float, loops: bool) -> None:
    """Six standard deviations: the total, the counts a row and a column, and those of neighbours in a row."""
    size = 200
    dense = np.zeros((size, size), bool)
    pairs = listed(FixedProbability(p, seed=3, self_connections=loops), size, size)
    dense[tuple(np.array(pairs, int).reshape(-1, 2).T)] = True
    assert len(pairs) == dense.sum()  # none twice
    assert loops or not dense.diagonal().any()
    possible = size * size - (0 if loops else size)
    assert abs(dense.sum() - p * possible) <= 6 * np.sqrt(possible * p * (1 - p))
    spread = 6 * np.sqrt(size * p * (1 - p)) + 1
    for axis in (0, 1):
        assert (abs(dense.sum(axis) - p * size) <= spread).all()
    both = (dense[:, 1:] & dense[:, :-1]).sum()
    assert abs(both - p * p * size * size) <= 6 * np.sqrt(size * size * p * p) + 2 * size * p * p


def test_draws_repeat_by_seed_and_differ_between_seeds() -> None:
    for make in (lambda seed: FixedProbability(0.5, seed=seed), lambda seed: SmallWorld(4, 0.5, seed=seed)):
        draws = [listed(make(seed), 30, 30) for seed in (0, 0, 1)]
        assert draws[0] == draws[1] != draws[2]


@given(size=st.integers(3, 24), half=st.integers(1, 6), p=st.floats(0, 1), seed=st.integers(0, 99))
def test_small_world_keeps_out_degree_without_loops_and_doubles(
    size: int, half: int, p: float, seed: int
) -> None:
    if 2 * half >= size:
        return
    pairs = listed(SmallWorld(2 * half, p, seed), size, size)
    assert len(set(pairs)) == len(pairs)
    assert all(i != j for i, j in pairs)
    assert np.bincount([i for i, _ in pairs], minlength=size).tolist() == [2 * half] * size


@given(size=st.integers(5, 30), half=st.integers(1, 2))
def test_small_world_without_rewiring_is_the_ring_lattice(size: int, half: int) -> None:
    lattice = nx.watts_strogatz_graph(size, 2 * half, 0.0).to_directed()
    assert sorted(listed(SmallWorld(2 * half, 0.0), size, size)) == sorted(lattice.edges)


def test_small_world_rewires_a_share_p() -> None:
    size, k = 300, 10
    ring = set(listed(SmallWorld(k, 0.0), size, size))
    for p in (0.1, 0.5, 1.0):
        moved = len(set(listed(SmallWorld(k, p, seed=1), size, size)) - ring)
        # A rewired synapse may come back to a place of the ring that another has left.
        assert abs(moved - p * size * k) <= 6 * np.sqrt(size * k * p * (1 - p)) + 0.05 * p * size * k


def test_small_world_has_short_paths_before_it_loses_its_clusters() -> None:
    """What the pattern is named for: Watts and Strogatz 1998, figure 2."""
    size, k = 200, 8
    clustering, length = [], []
    for p in (0.0, 0.02, 1.0):
        graph = nx.Graph(listed(SmallWorld(k, p, seed=2), size, size))
        clustering.append(nx.average_clustering(graph))
        length.append(nx.average_shortest_path_length(graph))
    assert clustering[0] == pytest.approx(3 * (k - 2) / (4 * (k - 1)))
    assert clustering[1] > 0.75 * clustering[0]
    assert clustering[2] < 0.3 * clustering[0]
    assert length[1] < 0.6 * length[0]
    assert length[2] < 0.3 * length[0]


@given(
    rows=st.integers(1, 6), columns=st.integers(1, 6), radius=st.integers(1, 4),
    neighbourhood=st.sampled_from(["moore", "von-neumann"]), wrap=st.booleans(),
)  # fmt: skip
def test_grid_is_a_walk_over_all_pairs(
    rows: int, columns: int, radius: int, neighbourhood: str, wrap: bool
) -> None:
    def apart(a: int, b: int, size: int) -> int:
        return min(abs(a - b + turn) for turn in ((-size, 0, size) if wrap else (0,)))

    expected = []
    places = list(product(range(rows), range(columns)))
    for (i, (r, c)), (j, (s, d)) in product(enumerate(places), enumerate(places)):
        down, right = apart(r, s, rows), apart(c, d, columns)
        distance = max(down, right) if neighbourhood == "moore" else down + right
        if i != j and distance <= radius:
            expected.append((i, j))
    size = rows * columns
    assert sorted(listed(Grid(rows, columns, radius, neighbourhood, wrap), size, size)) == expected


def test_grid_neighbours_of_the_textbook() -> None:
    """Eight in the square, four in the diamond, everywhere on a torus."""
    for neighbourhood, count in (("moore", 8), ("von-neumann", 4)):
        rows, _ = Grid(5, 4, 1, neighbourhood, wrap=True).pairs(20, 20)
        assert np.bincount(rows).tolist() == [count] * 20


@given(layers=st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_layers_reach_the_next_layer_alone(layers: list[int]) -> None:
    layer = [k for k, size in enumerate(layers) for _ in range(size)]
    expected = [(i, j) for i, j in product(range(len(layer)), repeat=2) if layer[j] == layer[i] + 1]
    assert listed(Layers(tuple(layers)), len(layer), len(layer)) == expected


@pytest.mark.parametrize(
    ("pattern", "pre", "post", "words"),
    [
        (OneToOne(), 3, 4, "OneToOne 3 4"),
        (SmallWorld(2, 0.1), 5, 4, "SmallWorld 5 4"),
        (Grid(2, 2), 4, 3, "Grid 4 3"),
        (Layers((2, 2)), 4, 3, "Layers 4 3"),
        (FixedProbability(1.5), 2, 2, "p = 1.5 0 to 1"),
        (FixedProbability(np.nan), 2, 2, "p = nan 0 to 1"),
        (FixedProbability("half"), 2, 2, "p = 'half' 0 to 1"),
        (FixedProbability(0.5, seed=-1), 2, 2, "seed -1"),
        (SmallWorld(2, -0.1), 5, 5, "p = -0.1 0 to 1"),
        (SmallWorld(3, 0.1), 5, 5, "k = 3 even"),
        (SmallWorld(6, 0.1), 5, 5, "k = 6 5 neurons"),
        (SmallWorld(2.0, 0.1), 5, 5, "k = 2.0 whole number"),
        (SmallWorld(0, 0.1), 5, 5, "k = 0 at least 2"),
        (Grid(2, 3), 5, 5, "2 x 3 5"),
        (Grid(2, 2, radius=0), 4, 4, "radius = 0 at least 1"),
        (Grid(2, 2, neighbourhood="hex"), 4, 4, "'hex' moore von-neumann"),
        (Grid(-2, -2), 4, 4, "rows = -2 at least 1"),
        (Grid(2.0, 2.0), 4, 4, "rows = 2.0 whole number"),
        (Layers((2, 3)), 4, 4, "2, 3 5 4"),
        (Layers((4, 0)), 4, 4, "size = 0 at least 1"),
        (Layers(4), 4, 4, "sizes 4"),
        (Pairs([0, 1], [0]), 2, 2, "2 pre 1 post"),
        (Pairs([0, 2], [0, 1]), 2, 2, "pre 2"),
        (Pairs([0, 1], [0, -1]), 2, 2, "post -1"),
        (Pairs([0.0], [0]), 2, 2, "pre whole numbers float64"),
        (Pairs([True], [0]), 2, 2, "pre whole numbers bool"),
        (Pairs([[1], [0, 1]], [0]), 2, 2, "pre"),
    ],
    ids=repr,
)
def test_patterns_that_do_not_fit_are_refused(pattern: Pattern, pre: int, post: int, words: str) -> None:
    """The sentence names each of the words, in this order."""
    with pytest.raises(ParameterError, match=f"^.*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        pattern.pairs(pre, post)


def test_a_probability_may_be_a_number_of_numpy() -> None:
    assert listed(FixedProbability(np.float32(0.5), 1), 9, 9) == listed(FixedProbability(0.5, 1), 9, 9)
