"""Results against plain loops over their spikes."""

import re
from collections.abc import Callable
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import Result, files
from allspike.errors import ParameterError
from tests.examples import examples


@st.composite
def results(draw: st.DrawFn) -> Result:
    """Runs that start anywhere, of populations with any names."""
    start, steps = draw(st.integers(0, 2**39)), draw(st.integers(0, 12))
    words = st.text("ab/.åß npy%2F\\\0\ud800", min_size=1, max_size=8)
    sizes = draw(st.dictionaries(words, st.integers(1, 5), min_size=1, max_size=3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    spikes = {}
    for name, size in sizes.items():
        when, who = np.nonzero(rng.random((steps, size)) < 0.4)
        spikes[name] = (when + start, who)
    recorded = {name: rng.integers(0, size, 2) for name, size in sizes.items() if draw(st.booleans())}
    return Result(
        dt=draw(st.sampled_from([1e-4, 1e-3, 0.3])),
        start=start,
        steps=steps,
        sizes=sizes,
        spikes=spikes,
        v={name: rng.normal(size=(steps, 2)) for name in recorded},
        v_neurons=recorded,
        weights={"a-b": rng.normal(size=(2, 3))} if draw(st.booleans()) else {},
        counters={"firings": int(sum(when.size for when, _ in spikes.values()))},
        notes=draw(st.sampled_from([(), ("one.", "another.")])),
    )


@given(result=results())
def test_counts_rates_times_and_arrays_are_loops_over_the_spikes(result: Result) -> None:
    for name, size in result.sizes.items():
        counts, seconds = [0] * size, []
        array = np.zeros((result.steps, size), bool)
        for step, neuron in zip(*result.spikes[name], strict=True):
            counts[neuron] += 1
            seconds.append(int(step - result.start) * result.dt)
            array[step - result.start, neuron] = True
        assert result.counts(name).tolist() == counts
        np.testing.assert_array_equal(result.array(name), array)
        assert result.array(name).dtype == bool
        np.testing.assert_allclose(result.times(name), seconds, rtol=1e-12)
        duration = result.steps * result.dt
        expected = [count / duration if duration else 0.0 for count in counts]
        np.testing.assert_allclose(result.rates(name), expected, rtol=1e-12)
        assert result.rates(name).dtype == float


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@settings(deadline=None, max_examples=examples(60))
@given(result=results())
def test_save_and_load_changes_nothing(result: Result, folder: Path) -> None:
    result.save(folder / "result.npz")
    loaded = Result.load(folder / "result.npz")
    np.testing.assert_equal(asdict(loaded), asdict(result))
    for name, (when, who) in loaded.spikes.items():
        assert when.dtype == who.dtype == np.int64, name


def test_an_unknown_population_is_answered_with_the_known() -> None:
    empty = (np.zeros(0, np.int64),) * 2
    result = Result(
        dt=1e-3, start=0, steps=5, sizes={"one": 1, "two": 2}, spikes={"one": empty, "two": empty}
    )
    for ask in (result.times, result.counts, result.rates, result.array):
        with pytest.raises(ParameterError, match=r"^.*'three'.*one, two\.$"):
            ask("three")


def test_a_file_of_the_first_version_is_read(tmp_path: Path) -> None:
    header = {"dt": 1e-3, "start": 0, "steps": 9, "sizes": {"a%20/b": 3}, "counters": {"firings": 1}}
    arrays = {"spikes/a%20/b": np.array([[4], [2]]), "weights/x-y": np.ones((1, 2))}
    files.save(tmp_path / "old.npz", "allspike-result", header, arrays)
    old = Result.load(tmp_path / "old.npz")
    assert old.counts("a%20/b").tolist() == [0, 0, 1]
    assert old.weights["x-y"].tolist() == [[1, 1]] and old.notes == ()


def test_names_that_look_quoted_stay_themselves(tmp_path: Path) -> None:
    spikes = {name: (np.array([k]), np.array([0])) for k, name in enumerate(["a/b", "a%2Fb", "%41", "A\0"])}
    result = Result(dt=1e-3, start=0, steps=9, sizes=dict.fromkeys(spikes, 1), spikes=spikes)
    result.save(tmp_path / "r.npz")
    np.testing.assert_equal(asdict(Result.load(tmp_path / "r.npz")), asdict(result))


# Joining


def part(start: int, steps: int, **others: object) -> Result:
    """A run in which neuron 0 of 2 fires at the first step; V and weights tell the step."""
    values = {
        "dt": 1e-3, "start": start, "steps": steps, "sizes": {"cells": 2},
        "spikes": {"cells": (np.array([start]), np.array([0]))},
        "v": {"cells": np.arange(start, start + steps, dtype=float)[:, None]},
        "v_neurons": {"cells": np.array([1])},
        "weights": {"a-b": np.full((1, 2), float(start + steps))},
        "weight_steps": {"a-b": np.array([start, start + steps])},
        "weight_history": {"a-b": np.array([start, start + steps]).reshape(2, 1, 1) * np.ones((2, 1, 2))},
        "counters": {"firings": 1}, "notes": ("same.",),
    }  # fmt: skip
    return Result(**values | others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "join",
    [lambda a, b, c: a + b + c, lambda *runs: Result.join(runs), lambda *runs: sum(runs),
     lambda *runs: Result.join(iter(runs))],
)  # fmt: skip
def test_successive_runs_join(join: Callable[..., Result]) -> None:
    whole = join(part(5, 3), part(8, 2), part(10, 4))
    assert (whole.start, whole.steps, whole.counters, whole.notes) == (5, 9, {"firings": 3}, ("same.",))
    assert whole.spikes["cells"][0].tolist() == [5, 8, 10] and whole.counts("cells").tolist() == [3, 0]
    assert whole.v["cells"].ravel().tolist() == list(range(5, 14))
    assert whole.weights["a-b"].tolist() == [[14, 14]]
    # The record at the end of a run and that at the start of the next are one.
    assert whole.weight_steps["a-b"].tolist() == [5, 8, 10, 14]
    assert whole.weight_history["a-b"][:, 0, 1].tolist() == [5, 8, 10, 14]


def test_weights_that_were_set_between_two_runs_stay_in_the_history() -> None:
    second = part(8, 2)
    second.weight_history["a-b"][0] = 77
    whole = part(5, 3) + second
    assert whole.weight_steps["a-b"].tolist() == [5, 8, 8, 10]
    assert whole.weight_history["a-b"][:, 0, 0].tolist() == [5, 8, 77, 10]


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (part(9, 1), "before step 8 starts at step 9"),
        (part(0, 3), "before step 8 starts at step 0 reset"),
        (part(8, 1, dt=1e-4), "dt = 0.001 0.0001"),
        (part(8, 1, sizes={"cells": 3}), "different networks cells (2) cells (3)"),
        (part(8, 1, v={}, v_neurons={}), "V of cells none record the same"),
        (part(8, 1, v_neurons={"cells": np.array([0])}), "V of different neurons of cells"),
        (part(8, 1, weights={}), "weights of a-b none"),
        (part(8, 1, weights={"a-b": np.ones((2, 2))}), "different networks a-b"),
        (part(8, 1, weight_steps={}, weight_history={}), "recorded weights of a-b none"),
        (3, "3 is no result"),
        (None, "None is no result"),
    ],
)
def test_what_does_not_follow_is_not_joined(second: Result, words: str) -> None:
    with pytest.raises(ParameterError, match=f"^.*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        part(5, 3) + second


def test_one_run_joins_to_itself_and_none_to_nothing() -> None:
    only = part(5, 3)
    assert Result.join([only]) is only
    with pytest.raises(ParameterError, match="nothing to join"):
        Result.join([])


# What it shows of itself


def test_repr_tells_length_and_activity_within_ten_lines() -> None:
    spikes = {"cells": (np.arange(2000), np.zeros(2000, np.int64))}
    result = Result(
        dt=1e-3, start=0, steps=2000, sizes={"cells": 2}, spikes=spikes,
        v={"cells": np.zeros((2000, 1))}, v_neurons={"cells": np.zeros(1, int)},
        weights={"in-cells": np.ones((1, 2))}, notes=("a rate is off.",),
    )  # fmt: skip
    assert repr(result).splitlines() == [
        "<Result of 2000 steps (2 s): 2,000 spikes>",
        "  cells: 2, 2,000 spikes, 500 Hz, V of 1",
        "  weights, in-cells",
        "  1 note: a rate is off.",
    ]
    many = [f"{k}" * 99 for k in range(50)]
    crowd = replace(
        result, sizes=dict.fromkeys(many, 2), spikes=dict.fromkeys(many, spikes["cells"]),
        weights=dict.fromkeys(many, np.ones((1, 2))), notes=("x" * 999,) * 2,
    )  # fmt: skip
    lines = repr(crowd).splitlines()
    assert len(lines) <= 10 and max(map(len, lines)) <= 100
    assert "44 populations more" in repr(crowd)


def test_its_html_is_a_table_of_escaped_names() -> None:
    name = "<script>alert(1)</script>"
    result = Result(
        dt=1e-3, start=0, steps=1, sizes={name: 1}, spikes={name: (np.zeros(1, int), np.zeros(1, int))},
        weights={name: np.ones((1, 1))}, notes=(name,),
    )  # fmt: skip
    tags: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list) -> None:
            tags.append(tag)

    Tags().feed(result._repr_html_())
    assert "table" in tags and not {"script", "img", "link"} & set(tags)
    assert result._repr_html_().count("&lt;script&gt;") == 3
