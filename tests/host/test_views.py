"""Views in connections: what is said of a view means the same as said of a population of its members."""

import numpy as np
import pytest
from scipy import sparse

import allspike as asp

# Numbers here have no units, and need not be fine.
pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")

PRE, POST = [4, 0, 2], [5, 1, 3, 0]


def ring(size: int) -> list[tuple[int, int]]:
    return [(k, (k + 1) % size) for k in range(size)]


class Chain:
    """A pattern of a user's own."""

    def pairs(self, pre: int, post: int) -> tuple[list[int], list[int]]:
        return list(range(min(pre, post))), list(range(min(pre, post)))


TABLE = np.arange(1.0, 13.0).reshape(3, 4)


@pytest.mark.parametrize(
    ("pattern", "weight"),
    [
        (None, 2.0),
        (asp.AllToAll(self_connections=False), TABLE),
        (asp.Pairs([0, 2], [3, 0]), [5.0, 6.0]),
        (asp.FixedProbability(0.5, seed=3), lambda pre, post: TABLE[pre, post]),
        (asp.FixedProbability(0.5), TABLE),
        (Chain(), 1.0),
        (TABLE * (TABLE > 5), None),
        (sparse.csr_array(TABLE * (TABLE > 5)), None),
        (TABLE > 5, 3.0),
        (sparse.coo_array(TABLE > 5), TABLE),
    ],
)
def test_a_view_is_connected_like_a_population_of_its_members(pattern: object, weight: object) -> None:
    """Pairs, weights and their order, by the indices of the members."""
    small = asp.Network()
    alone = small.connect(small.inputs(3, "a"), small.neurons(4, "b"), pattern, weight=weight, name="p")
    net = asp.Network()
    a, b = net.inputs(6, "a"), net.neurons(7, "b")
    viewed = net.connect(a[PRE], b[POST], pattern, weight=weight, name="p")
    assert viewed.pre is a and viewed.post is b
    np.testing.assert_array_equal(
        viewed.pairs, [np.array(PRE)[alone.pairs[0]], np.array(POST)[alone.pairs[1]]]
    )
    np.testing.assert_array_equal(viewed.weights, alone.weights)
    expected = np.zeros((6, 7))
    expected[np.ix_(PRE, POST)] = alone.matrix()
    np.testing.assert_array_equal(viewed.matrix(), expected)


@pytest.mark.parametrize(
    "pattern", [asp.OneToOne(), asp.SmallWorld(2, 0.5), asp.Grid(2, 2), asp.Layers((3, 1))]
)
def test_patterns_of_one_population_work_within_a_view(pattern: object) -> None:
    net = asp.Network()
    cells = net.neurons(9, "cells")
    projection = net.connect(cells[5:], cells[5:], pattern, weight=1e-9)
    assert projection.pairs.min() >= 5 and len(projection) == len(
        set(map(tuple, projection.pairs.T.tolist()))
    )
    shape = asp.Network()
    again = shape.neurons(9, "cells")
    with pytest.raises(asp.ParameterError, match="4"):
        shape.connect(again[5:], again, pattern, weight=1e-9)


def test_disjoint_views_get_projections_of_their_own_and_shared_ones_are_refused() -> None:
    net = asp.Network()
    a, b = net.neurons(4, "a"), net.neurons(4, "b")
    names = [net.connect(a[part], b, weight=1e-9).name for part in (slice(2), slice(2, 3))]
    assert names == ["a-b", "a-b1"]
    with pytest.raises(asp.ParameterError, match=r"^a-b2 and a-b1 both connect a\[2\] to b\[0\]"):
        net.connect(a[2:], b, weight=1e-9)
    assert net.connect(a[3], b[[1, 0]], weight=[[1e-9, 2e-9]]).matrix()[3].tolist() == [2e-9, 1e-9, 0, 0]


def test_names_stand_for_populations_and_projections_of_views_are_saved(tmp_path: object) -> None:
    net = asp.Network()
    net.inputs(4, "in/1")
    net.neurons(4, "cells")
    net.connect("in/1", net["cells"][1:3], asp.FixedProbability(0.5), weight=1e-9)
    net.save(f"{tmp_path}/net.npz")
    loaded = asp.Network.load(f"{tmp_path}/net.npz")
    np.testing.assert_array_equal(loaded["in/1-cells"].matrix(), net["in/1-cells"].matrix())
    np.testing.assert_array_equal(loaded["in/1-cells"].pairs, net["in/1-cells"].pairs)


def test_what_does_not_fit_a_view_is_refused() -> None:
    net = asp.Network()
    a, b, foreign = net.inputs(4, "a"), net.neurons(4, "b"), asp.Network().neurons(4, "b")
    for pre, post, pattern, weight, words in [
        (a[:2], b[:3], None, np.ones((4, 4)), r"\(4, 4\).*\(2, 3\)"),
        (a[:2], b[:3], np.ones((4, 4)), None, r"\(4, 4\).*\(2, 3\)"),
        (a[:2], b, asp.Pairs([2], [0]), 1.0, "pre holds 2; there are 2"),
        (a, foreign[:2], None, 1.0, "is no population of this network"),
        (a, a[:2], None, 1.0, "cannot receive synapses"),
        (a, "c", None, 1.0, "no population 'c'"),
    ]:
        with pytest.raises(asp.ParameterError, match=words):
            net.connect(pre, post, pattern, weight=weight)
    assert not net.projections


def test_a_pattern_of_ones_own_that_gives_no_pairs_is_refused() -> None:
    net = asp.Network()
    a, b = net.inputs(2, "a"), net.neurons(2, "b")
    for found in (
        None,
        3,
        [0, 1, 2],
        ([0], [2]),
        ([0], [0, 1]),
        ([-1], [0]),
        ([0.5], [0]),
        (["x"], [0]),
        "ab",
    ):
        pattern = type("Mine", (), {"pairs": lambda self, pre, post, found=found: found})()
        with pytest.raises(asp.ParameterError, match="Mine"):
            net.connect(a, b, pattern, weight=1e-9)


def test_a_matrix_of_true_and_false_needs_weights() -> None:
    net = asp.Network()
    with pytest.raises(asp.ParameterError, match="true and false"):
        net.connect(net.inputs(2), net.neurons(2), np.eye(2, dtype=bool))
