"""Results against plain loops over their spikes."""

import re
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import Result
from allspike.errors import ParameterError
from tests.examples import examples


@st.composite
def results(draw: st.DrawFn) -> Result:
    """Runs that start anywhere, of populations with any names."""
    start, steps = draw(st.integers(0, 2**39)), draw(st.integers(0, 12))
    words = st.text("ab/.åß npy", min_size=1, max_size=8)
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


def test_repr_tells_length_and_spikes() -> None:
    spikes = {"cells": (np.arange(2000), np.zeros(2000, np.int64))}
    result = Result(dt=1e-3, start=0, steps=2000, sizes={"cells": 1}, spikes=spikes)
    assert re.search(r"2000 steps \(2 s\).* 2,000 spikes", repr(result))
