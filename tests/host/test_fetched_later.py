"""A mapping whose values are fetched when one is taken, once, however it is taken."""

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest

from allspike.describe.selection import ByProjection
from allspike.results.later import FetchedLater


def later(*names: str) -> tuple[FetchedLater, list[int]]:
    calls: list[int] = []

    def fetch() -> dict[str, np.ndarray]:
        calls.append(1)
        return {name: np.full(2, k) for k, name in enumerate(names)}

    return FetchedLater(names, fetch), calls


@pytest.mark.parametrize(
    "use",
    [
        lambda m: dict(m)["b"], lambda m: {**m}["b"], lambda m: m.get("b"), lambda m: list(m.values())[1],
        lambda m: dict(m.items())["b"], lambda m: m.copy()["b"], lambda m: (m | {})["b"],
        lambda m: ({} | m)["b"], lambda m: m.pop("b"), lambda m: m.setdefault("b", 3),
        lambda m: m.popitem()[1],
        lambda m: copy.copy(m)["b"], lambda m: pickle.loads(pickle.dumps(m))["b"],
        lambda m: ByProjection(m)["b"],
    ],
)  # fmt: skip
def test_however_a_value_is_taken_it_is_fetched_once(use: Callable) -> None:
    mapping, calls = later("a", "b")
    assert use(mapping).tolist() == [1, 1]
    assert len(calls) == 1
    assert isinstance(mapping, dict)


@pytest.mark.parametrize(
    "use",
    [
        len,
        list,
        bool,
        lambda m: "b" in m,
        lambda m: "c" in m,
        lambda m: list(m.keys()),
        ", ".join,
    ],
)
def test_names_are_known_without(use: Callable) -> None:
    mapping, calls = later("a", "b")
    assert use(mapping) == use({"a": 1, "b": 2})
    assert not calls


def test_what_is_set_is_not_fetched_over() -> None:
    mapping, _ = later("a", "b")
    mapping["a"] = np.zeros(1)
    assert mapping["a"].tolist() == [0]
    del mapping["b"]
    assert list(mapping) == ["a"]
    assert "array" in repr(mapping)
