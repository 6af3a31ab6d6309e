"""Spikes as marks, as an image of counts where they are many, and as rates, each counted once."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

from allspike import Result, plot
from allspike.errors import ParameterError

from .plots import beside, drawn, random_result, silent

pytestmark = pytest.mark.usefixtures("closed")


def test_a_raster_has_a_mark_for_each_spike(result: Result) -> None:
    axes = plot.raster(result)
    marks = drawn(axes)
    assert len(marks) == 2
    for points, name, base in zip(marks, ("some", "more"), (0, 4), strict=True):
        when, who = result.spikes[name]
        np.testing.assert_allclose(points, np.column_stack([(when - 100) * 2.0, base + who]))
    assert axes.get_xlim() == (0, 100)
    assert axes.get_ylim() == (-0.5, 6.5)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["some", "more"]
    assert axes.get_yticks().tolist() == [1.5, 5]
    assert axes.get_xlabel() == "time (ms)"
    colours = [to_hex(c.get_edgecolors()[0]) for c in axes.collections if isinstance(c, PathCollection)]
    assert colours == [colour.lower() for colour in plot.COLOURS[:2]]


@pytest.mark.parametrize("populations", ["more", ["more"], ("more",)])
def test_a_raster_of_one_population_is_labelled_with_it(result: Result, populations: Any) -> None:
    axes = plot.raster(result, populations)
    (points,) = drawn(axes)
    assert len(points) == result.spikes["more"][0].size
    assert axes.get_ylabel() == "more neuron"


def test_a_raster_of_silence_is_an_empty_one() -> None:
    axes = plot.raster(silent())
    assert [len(points) for points in drawn(axes)] == [0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 20), (-0.5, 2.5))


@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_few_neurons_have_a_tick_each_and_no_others(size: int) -> None:
    axes = plot.raster(random_result(size, 0.2, 50))
    axes.figure.canvas.draw()
    assert axes.get_yticks().tolist() == list(range(size))
    assert [label.get_text() for label in axes.get_yticklabels()] == [str(k) for k in range(size)]
    assert axes.get_ylim() == (-0.5, size - 0.5)


def test_many_neurons_have_ticks_at_whole_numbers() -> None:
    axes = plot.raster(random_result(30, 0.2, 50))
    axes.figure.canvas.draw()
    inside = [tick for tick in axes.get_yticks() if 0 <= tick < 30]
    assert len(inside) > 2
    assert all(tick == round(tick) for tick in inside)


def test_a_dense_raster_is_an_image_of_counts() -> None:
    result = random_result(1000, 20, 10)
    axes = plot.raster(result)
    axes.figure.canvas.draw()
    (image,) = axes.get_images()
    counts = image.get_array()
    when, who = result.spikes["cells"]
    assert counts.sum() == when.size
    assert counts.size < when.size
    left, right, low, high = image.get_extent()
    assert (left, low) == (0, -0.5)
    group, length = (high - low) / counts.shape[0], (right - left) / counts.shape[1]
    assert group == round(group)
    assert length * 1e3 == pytest.approx(round(length * 1e3))
    # Every count is where its spikes are.
    expected = np.zeros(counts.shape, int)
    np.add.at(expected, (who // round(group), (when - 7) // round(length * 1e3)), 1)
    np.testing.assert_array_equal(counts, expected)
    assert image.colorbar.ax.get_ylabel() == f"spikes of {group:.0f} neurons\n in {length * 1e3:.0f} ms"
    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 20), (-0.5, 999.5))


def test_a_dense_raster_of_several_populations_stacks_them() -> None:
    spikes = {
        "few": (np.repeat(np.arange(1000), 2), np.tile([0, 1], 1000)),
        "one": (np.arange(500), np.zeros(500, int)),
    }
    axes = plot.raster(Result(dt=1e-3, start=0, steps=1000, sizes={"few": 2, "one": 1}, spikes=spikes))
    counts = axes.get_images()[0].get_array()
    assert counts.sum(axis=1).tolist() == [1000, 1000, 500]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["few", "one"]


def test_a_dense_raster_is_small_as_vector_graphics(tmp_path: Path) -> None:
    for rate, name in ((10, "image.svg"), (0.4, "marks.svg")):  # 300,000 and 12,000 spikes
        plot.save(plot.raster(random_result(1000, 30, rate)).figure, tmp_path / name)
        assert (tmp_path / name).stat().st_size < 1_000_000
        plt.close("all")


def test_rates_count_every_spike_once() -> None:
    result = random_result(40, 0.95, 30)
    (stairs,) = plot.rates(result, width=0.1).patches
    values, edges, _ = stairs.get_data()
    np.testing.assert_allclose(edges, [*range(0, 950, 100), 950])
    counts = np.histogram(result.spikes["cells"][0] - 7, np.append(np.arange(0, 950, 100), 950))[0]
    np.testing.assert_allclose(values, counts / 40 / np.append(np.full(9, 0.1), 0.05))


def test_rates_of_several_populations_are_named_beside(result: Result) -> None:
    axes = plot.rates(result)
    assert axes.get_ylabel() == "rate (Hz)"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["some", "more"]
    assert beside(axes)
    assert axes.get_ylim()[0] == 0
    for stairs, name in zip(axes.patches, ("some", "more"), strict=True):
        values, edges, _ = stairs.get_data()
        spikes = values @ np.diff(edges) * 1e-3 * result.sizes[name]
        assert spikes == pytest.approx(result.spikes[name][0].size)


@pytest.mark.parametrize(("seconds", "width"), [(0.1, 0.001), (1, 0.01), (60, 0.5), (3, 0.02), (0.02, 0.001)])
def test_rates_have_about_a_hundred_bins_of_round_length(seconds: float, width: float) -> None:
    (stairs,) = plot.rates(silent(2, round(seconds * 1e3))).patches
    edges = stairs.get_data().edges
    assert edges[1] * (1 if seconds > 1 else 1e-3) == pytest.approx(width)


@pytest.mark.parametrize("width", [0.003, 0.0001, 0, -0.01, np.nan, "a"])
def test_bins_are_whole_steps(result: Result, width: Any) -> None:
    with pytest.raises(ParameterError, match=r"^width = .*\.$"):
        plot.rates(result, width=width)
