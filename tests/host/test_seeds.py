"""Without a seed projections are wired independently of one another, and the same in each run."""

import subprocess
import sys

import numpy as np
import pytest

import allspike as asp

PATTERNS = [lambda **seed: asp.FixedProbability(0.3, **seed), lambda **seed: asp.SmallWorld(4, 0.5, **seed)]


def drawn(pattern: object, names: str = "ab", seed: int = 0, before: int = 0) -> list[np.ndarray]:
    """Matrices of a -> b and b -> b."""
    net = asp.Network(seed=seed)
    for k in range(before):
        net.neurons(3 + k, f"other{k}")
    for name in names:
        net.neurons(40, name)
    a, b = names
    return [net.connect(pre, b, pattern, weight=1e-9).matrix() for pre in (a, b)]


@pytest.mark.parametrize("make", PATTERNS)
def test_projections_without_a_seed_differ_and_repeat(make) -> None:
    first, second = drawn(make())
    assert (first != second).any()
    np.testing.assert_array_equal(drawn(make()), [first, second])
    np.testing.assert_array_equal(drawn(make(), before=3), [first, second])
    for other in (drawn(make(), names="xb"), drawn(make(), seed=1)):
        assert (other[0] != first).any()


@pytest.mark.parametrize("make", PATTERNS)
def test_a_seed_that_is_given_decides_alone(make) -> None:
    first, second = drawn(make(seed=5))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(drawn(make(seed=5), names="xy", seed=9), [first, second])
    rows, columns = make(seed=5).pairs(40, 40)
    assert (first[rows, columns] > 0).all() and (first > 0).sum() == rows.size


def test_draws_without_a_seed_are_unrelated() -> None:
    """Of 20 projections of one size each pair overlaps as independent draws do: 6 standard deviations."""
    net = asp.Network()
    net.neurons(60, "b")
    taken = [
        net.connect(net.neurons(60, f"a{k}"), "b", asp.FixedProbability(0.3), weight=1e-9).matrix() > 0
        for k in range(20)
    ]
    shared = [(one & other).sum() for k, one in enumerate(taken) for other in taken[:k]]
    n, p = 3600, 0.09
    assert np.abs(np.array(shared) - n * p).max() < 6 * np.sqrt(n * p * (1 - p))


def test_a_pattern_alone_draws_the_same_each_time() -> None:
    for make in PATTERNS:
        np.testing.assert_array_equal(make().pairs(20, 20), make().pairs(20, 20))
        np.testing.assert_array_equal(make(seed=4).pairs(20, 20), make().with_seed(4).pairs(20, 20))


def test_a_script_gives_the_same_network_in_each_process() -> None:
    script = (
        "import allspike as asp; net = asp.Network(); cells = net.neurons(30, 'cells');"
        "print(net.connect(cells, cells, asp.FixedProbability(.2), weight=1e-9).pairs.tolist())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in "12"
    }  # fmt: skip
    assert len(runs) == 1


def test_weights_are_drawn_from_the_projections_generator() -> None:
    def weights(seed: int, name: str) -> np.ndarray:
        net = asp.Network(seed=seed)
        a, b = net.inputs(9, "a"), net.neurons(9, "b")
        return net.connect(
            a, b, weight=lambda pre, post, rng: rng.uniform(1e-9, 2e-9, pre.size), name=name
        ).weights

    np.testing.assert_array_equal(weights(0, "x"), weights(0, "x"))
    assert (weights(0, "x") != weights(0, "y")).all() and (weights(0, "x") != weights(1, "x")).all()


def test_the_seed_of_a_network_is_kept_and_checked(tmp_path) -> None:
    net = asp.Network(seed=7)
    net.neurons(2, "cells")
    net.save(tmp_path / "net.npz")
    assert asp.Network.load(tmp_path / "net.npz").seed == 7 and net.with_weights({}).seed == 7
    for bad in (-1, 1.5, "a", None, True):
        with pytest.raises(asp.ParameterError, match="seed"):
            asp.Network(seed=bad)
    for bad in (-1, 1.5, "a", True):
        with pytest.raises(asp.ParameterError, match="seed"):
            net.connect("cells", "cells", asp.FixedProbability(0.5, seed=bad), weight=1e-9)
