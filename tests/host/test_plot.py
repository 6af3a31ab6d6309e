"""Plots hold the data that they were given, point by point."""

import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

import allspike as asp
from allspike import Network, Result, Window, plot
from allspike.errors import DescriptionWarning, FileError, MissingExtraError, ParameterError

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture
def result() -> Result:
    """Two populations; the run begins at step 100."""
    rng = np.random.default_rng(0)
    spikes = {}
    for name, size in (("some", 4), ("more", 3)):
        when, who = np.nonzero(rng.random((50, size)) < 0.2)
        spikes[name] = (when + 100, who)
    return Result(
        dt=2e-3, start=100, steps=50, sizes={"some": 4, "more": 3}, spikes=spikes,
        v={"more": rng.normal(-0.06, 0.005, (50, 2))}, v_neurons={"more": np.array([2, 0])},
    )  # fmt: skip


def random_result(size: int, seconds: float, rate: float, dt: float = 1e-3, **more: Any) -> Result:
    """Poisson spikes of one population; the run begins at step 7."""
    steps = round(seconds / dt)
    when, who = np.nonzero(np.random.default_rng(1).random((steps, size)) < rate * dt)
    return Result(
        dt=dt, start=7, steps=steps, sizes={"cells": size}, spikes={"cells": (when + 7, who)}, **more
    )


def silent(size: int = 3, steps: int = 20) -> Result:
    empty = (np.zeros(0, np.int64),) * 2
    return Result(dt=1e-3, start=0, steps=steps, sizes={"cells": size}, spikes={"cells": empty})


def drawn(axes: Any) -> list[np.ndarray]:
    axes.figure.canvas.draw()  # a plot that only fails when drawn fails here
    return [c.get_offsets().data for c in axes.collections if isinstance(c, PathCollection)]


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


@pytest.mark.parametrize(
    ("steps", "dt", "label", "end"),
    [
        (400, 1e-3, "time (ms)", 400), (1000, 1e-3, "time (ms)", 1000), (10_000, 1e-4, "time (ms)", 1000),
        (1001, 1e-3, "time (s)", 1.001), (60_000, 1e-3, "time (s)", 60), (5, 1.0, "time (s)", 5),
        (0, 1e-3, "time (ms)", 1), (1, 1e-6, "time (ms)", 1e-3),
    ],
)  # fmt: skip
def test_time_is_in_seconds_where_milliseconds_get_long(
    steps: int, dt: float, label: str, end: float
) -> None:
    many = {"weight_steps": {"p": np.array([0, steps])}, "weight_history": {"p": np.ones((2, 1, 1))},
            "v": {"cells": np.zeros((steps, 1))}, "v_neurons": {"cells": np.array([0])}}  # fmt: skip
    result = replace(silent(1, steps), dt=dt, **many)
    for draw in (plot.raster, plot.rates, plot.membrane, plot.weight_history):
        axes = draw(result)
        axes.figure.canvas.draw()
        assert axes.get_xlabel() == label
        assert axes.get_xlim() == pytest.approx((0, end))


def test_a_window_late_in_a_run_is_written_out() -> None:
    axes = plot.raster(random_result(3, 20, 5), window=(19.995, 20))
    axes.figure.canvas.draw()
    assert axes.get_xlabel() == "time (s)"
    assert axes.xaxis.get_major_formatter().get_offset() == ""
    assert "19.995" in [label.get_text() for label in axes.get_xticklabels()]


@pytest.mark.parametrize(
    ("window", "first", "last", "limits"),
    [
        ((0.02, 0.05), 10, 25, (20, 50)), ((0.021, 0.05), 11, 25, (21, 50)), ((0, 0.1), 0, 50, (0, 100)),
        ((None, 0.05), 0, 25, (0, 50)), ((0.02, None), 10, 50, (20, 100)), ([0.02, 0.05], 10, 25, (20, 50)),
        (np.array([0.02, 0.05]), 10, 25, (20, 50)),
    ],
)  # fmt: skip
def test_a_window_shows_its_part_of_a_run_in_every_plot(
    result: Result, window: Any, first: int, last: int, limits: Any
) -> None:
    axes = plot.raster(result, "more", window=window)
    when, who = result.spikes["more"]
    mine = (when - 100 >= first) & (when - 100 < last)
    (marks,) = drawn(axes)
    np.testing.assert_allclose(marks, np.column_stack([(when[mine] - 100) * 2.0, who[mine]]))
    assert axes.get_xlim() == pytest.approx(limits)
    lines = plot.membrane(result, "more", window=window)
    np.testing.assert_allclose(lines.get_lines()[0].get_xdata(), np.arange(first, last) * 2.0)
    np.testing.assert_allclose(lines.get_lines()[0].get_ydata(), result.v["more"][first:last, 0] * 1e3)
    ticks = sum(len(c.get_segments()) for c in lines.collections if isinstance(c, LineCollection))
    assert ticks == (mine & (who != 1)).sum()
    assert lines.get_xlim() == pytest.approx(limits)
    (stairs,) = plot.rates(result, "more", width=0.002, window=window).patches
    assert stairs.get_data().values.sum() * 3 * 0.002 == pytest.approx(mine.sum())


def test_windows_side_by_side_share_no_spike() -> None:
    result = random_result(3, 0.1, 500)
    edges = np.arange(0, 101, 10) * 1e-3
    marks = [drawn(plot.raster(result, window=pair))[0] for pair in pairwise(edges)]
    assert sum(len(points) for points in marks) == result.spikes["cells"][0].size
    assert all((points[:, 0] >= k * 10 - 1e-9).all() for k, points in enumerate(marks))


@pytest.mark.parametrize(
    "window",
    [(0.05, 0.02), (0.05, 0.05), (-0.01, 0.05), (0.0, 0.2), (0.2, 0.3), (np.nan, 0.1), (0, np.inf),
     (0.01,), (0, 0.01, 0.02), 0.05, "ab", ("a", "b"), (20, 50)],
)  # fmt: skip
def test_a_window_is_a_part_of_the_run(result: Result, window: Any) -> None:
    for draw in (plot.raster, plot.rates):
        with pytest.raises(ParameterError, match=r"^window = .* seconds\.$"):
            draw(result, window=window)
    with pytest.raises(ParameterError, match=r"^window = .* seconds\.$"):
        plot.membrane(result, "more", window=window)


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


@pytest.mark.parametrize(
    "sizes", [(400, 2, 2, 100), (1, 1, 300), (300, 1, 1), (3, 500, 3), (50, 50), (1,) * 30]
)
def test_names_of_populations_never_cover_each_other(sizes: tuple[int, ...]) -> None:
    empty = (np.zeros(0, np.int64),) * 2
    names = [f"population {k}" for k in range(len(sizes))]
    result = Result(
        dt=1e-3, start=0, steps=100, sizes=dict(zip(names, sizes, strict=True)),
        spikes=dict.fromkeys(names, empty),
    )  # fmt: skip
    axes = plot.raster(result)
    axes.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert [label.get_text() for label in axes.get_yticklabels()] == names
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))
    assert axes.get_ylim() == (-0.5, sum(sizes) - 0.5)


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


def described() -> tuple[Network, Any, Result]:
    """A network whose object goes with a result: 6 cells, of which 4, 1 and 0 were recorded."""
    net = Network(dt=2e-3)
    cells = net.neurons(6, asp.LIF(v_thresh=-50e-3), "cells")
    rng = np.random.default_rng(3)
    when, who = np.nonzero(rng.random((50, 6)) < 0.2)
    result = Result(
        dt=2e-3, start=100, steps=50, sizes={"cells": 6}, spikes={"cells": (when + 100, who)},
        v={"cells": rng.normal(-0.06, 0.003, (50, 3))}, v_neurons={"cells": np.array([4, 1, 0])},
    )  # fmt: skip
    return net, cells, result


def test_populations_and_views_are_keys_of_plots() -> None:
    _, cells, result = described()
    when, who = result.spikes["cells"]
    for key in (cells, "cells", [cells], ["cells"]):
        (marks,) = drawn(plot.raster(result, key))
        np.testing.assert_allclose(marks, np.column_stack([(when - 100) * 2.0, who]))
    axes = plot.raster(result, cells[[4, 1]])
    (marks,) = drawn(axes)
    chosen = np.isin(who, (4, 1))
    assert len(marks) == chosen.sum()
    for row, neuron in enumerate((4, 1)):
        np.testing.assert_allclose(marks[marks[:, 1] == row, 0], (when[who == neuron] - 100) * 2.0)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["4", "1"]
    assert axes.get_ylabel() == "cells neuron"
    axes = plot.raster(result, [cells[:2], cells[5], cells[[0, 2]]])
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "cells 0-1",
        "cells 5",
        "cells (2 of 6)",
    ]
    lines = plot.membrane(result, cells[[1, 4]]).get_lines()
    np.testing.assert_allclose(lines[0].get_ydata(), result.v["cells"][:, 1] * 1e3)
    np.testing.assert_allclose(lines[1].get_ydata(), result.v["cells"][:, 0] * 1e3)
    (stairs,) = plot.rates(result, cells[[4, 1]], width=0.1).patches
    assert stairs.get_data().values == pytest.approx([chosen.sum() / 2 / 0.1])


@pytest.mark.parametrize("draw", [plot.raster, plot.rates])
def test_an_unknown_population_is_answered_with_the_nearest(result: Result, draw: Any) -> None:
    with pytest.raises(ParameterError, match=r"no population 'mroe'; did you mean 'more'\?"):
        draw(result, "mroe")
    with pytest.raises(ParameterError, match=r"is no population"):
        draw(result, 3)


def beside(axes: Any) -> bool:
    """Whether the legend is wholly to the right of the data, and within the figure."""
    axes.figure.canvas.draw()
    legend, data = axes.get_legend().get_window_extent(), axes.get_window_extent()
    return data.x1 <= legend.x0 and legend.x1 <= axes.figure.bbox.x1 + 1


def test_membranes_are_lines_with_a_tick_for_each_spike(result: Result) -> None:
    axes = plot.membrane(result, "more")
    axes.figure.canvas.draw()
    lines = axes.get_lines()
    assert [line.get_label() for line in lines] == ["more 2", "more 0"]
    ticks = [c for c in axes.collections if isinstance(c, LineCollection)]
    when, who = result.spikes["more"]
    for k, neuron in enumerate((2, 0)):
        np.testing.assert_allclose(lines[k].get_xdata(), np.arange(50) * 2.0)
        np.testing.assert_allclose(lines[k].get_ydata(), result.v["more"][:, k] * 1e3)
        segments = np.array(ticks[k].get_segments())
        np.testing.assert_allclose(segments[:, 0, 0], (when[who == neuron] - 100) * 2.0)
        assert (segments[:, 0, 1] > result.v["more"].max() * 1e3).all()
        assert (segments[:, 1, 1] > segments[:, 0, 1]).all()
        assert to_hex(ticks[k].get_colors()[0]) == to_hex(lines[k].get_color())
    assert axes.get_ylabel() == "membrane potential (mV)"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["more 2", "more 0"]
    assert beside(axes)


def test_the_threshold_is_drawn_where_it_is_known() -> None:
    net, cells, result = described()
    axes = plot.membrane(result, cells)
    assert [text.get_text() for text in axes.get_legend().get_texts()][-1] == "threshold"
    assert axes.get_lines()[-1].get_ydata() == [-50, -50]
    ticks = np.concatenate([c.get_segments() for c in axes.collections if isinstance(c, LineCollection)])
    assert ticks[:, :, 1].min() > -50
    assert len(plot.membrane(result, "cells").get_lines()) == 3
    adapting = net.neurons(6, asp.LIF(theta_plus=1e-3), "adapting")
    unequal = net.neurons(6, asp.LIF(v_thresh=np.linspace(-50, -45, 6) * 1e-3), "unequal")
    for other in (adapting, unequal):
        renamed = replace(
            result, sizes={other.name: 6}, spikes={other.name: result.spikes["cells"]},
            v={other.name: result.v["cells"]}, v_neurons={other.name: result.v_neurons["cells"]},
        )  # fmt: skip
        assert len(plot.membrane(renamed, other).get_lines()) == 3


def test_potentials_of_many_neurons_are_an_image() -> None:
    v = np.random.default_rng(0).normal(-0.06, 0.005, (200, 20))
    members = np.arange(20)[::-1]
    axes = plot.membrane(random_result(20, 0.2, 20, v={"cells": v}, v_neurons={"cells": members}))
    axes.figure.canvas.draw()
    (image,) = axes.get_images()
    np.testing.assert_allclose(image.get_array(), v.T * 1e3)
    assert image.get_extent() == [0, 200, -0.5, 19.5]
    assert image.colorbar.ax.get_ylabel() == "membrane potential (mV)"
    formatted = axes.yaxis.get_major_formatter()
    assert [formatted(row, None) for row in (0, 19, 0.5, -1, 20)] == ["19", "0", "", "", ""]
    assert axes.get_ylabel() == "cells neuron"


def test_potentials_of_machine_learning_are_plain_numbers() -> None:
    v = {"cells": np.linspace(0, 0.99, 20)[:, None]}
    axes = plot.membrane(replace(silent(1), v=v, v_neurons={"cells": np.array([0])}))
    assert axes.get_ylabel() == "membrane potential"
    np.testing.assert_array_equal(axes.get_lines()[0].get_ydata(), v["cells"][:, 0])


def test_which_potentials_is_asked_where_there_are_several(result: Result) -> None:
    assert len(plot.membrane(result).get_lines()) == 2
    both = replace(result, v=dict(result.v) | {"some": np.zeros((50, 1))},
                   v_neurons=dict(result.v_neurons) | {"some": np.array([0])})  # fmt: skip
    with pytest.raises(ParameterError, match=r"^potentials of more, some were recorded: say of which one\.$"):
        plot.membrane(both)
    with pytest.raises(ParameterError, match=r"^no potentials were recorded: .*record_v.*\.$"):
        plot.membrane(silent())


def test_ticks_are_seen_above_a_flat_potential_too() -> None:
    """A neuron that fires at every step is at its reset whenever it is read."""
    spikes = {"cells": (np.arange(5), np.zeros(5, np.int64))}
    flat = Result(
        dt=1e-3, start=0, steps=5, sizes={"cells": 1}, spikes=spikes,
        v={"cells": np.full((5, 1), -0.065)}, v_neurons={"cells": np.array([0])},
    )  # fmt: skip
    axes = plot.membrane(flat, "cells")
    (ticks,) = [c for c in axes.collections if isinstance(c, LineCollection)]
    segments = np.array(ticks.get_segments())
    assert len(segments) == 5
    assert (segments[:, 1, 1] > segments[:, 0, 1]).all()


@pytest.mark.parametrize("population", ["some", "nobody"])
def test_potentials_that_were_not_recorded_are_asked_for(result: Result, population: str) -> None:
    with pytest.raises(ParameterError, match=rf"^no potentials? of '{population}' .*record_v.*\.$"):
        plot.membrane(result, population)


def test_weights_are_an_image_with_zero_in_white() -> None:
    matrix = np.array([[0.0, -2.0, 1.0], [0.5, 0.0, 0.0]])
    axes = plot.weights(matrix, label="weight (nA)")
    axes.figure.canvas.draw()
    (image,) = axes.get_images()
    np.testing.assert_array_equal(image.get_array(), matrix)
    assert image.get_clim() == (-2, 2)
    assert np.allclose(image.cmap(image.norm(0.0))[:3], 1, atol=0.05)
    red, _, blue, _ = image.cmap(image.norm(2.0))
    assert red > blue
    assert image.colorbar.ax.get_ylabel() == "weight (nA)"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("post neuron", "pre neuron")


@pytest.mark.parametrize(
    ("size", "scale", "label"),
    [(2e-9, 1e9, "weight (nA)"), (1e-10, 1e9, "weight (nA)"), (5e-11, 1e12, "weight (pA)"),
     (3e-7, 1e9, "weight (nA)"), (1e-3, 1, "weight"), (127, 1, "weight"), (0, 1, "weight")],
)  # fmt: skip
def test_weights_are_shown_in_the_unit_of_their_size(size: float, scale: float, label: str) -> None:
    matrix = np.array([[size, -size / 2]])
    (image,) = plot.weights(matrix).get_images()
    np.testing.assert_allclose(image.get_array(), matrix * scale)
    assert image.colorbar.ax.get_ylabel() == label
    (image,) = plot.fields(matrix.T, (2, 1)).get_images()
    np.testing.assert_allclose(image.get_array(), matrix.T * scale)
    assert image.colorbar.ax.get_ylabel() == label


def test_weights_that_are_no_number_are_grey() -> None:
    axes = plot.weights([[np.nan, 1.0], [np.inf, -0.5]])
    axes.figure.canvas.draw()
    (image,) = axes.get_images()
    assert image.get_clim() == (-1, 1)
    assert len(set(image.cmap(np.ma.masked)[:3])) == 1
    plot.weights(np.full((2, 2), np.nan)).figure.canvas.draw()


def test_weights_of_a_projection_are_its_matrix() -> None:
    net = Network()
    s, c = net.inputs(2, "s"), net.neurons(3, name="c")
    (image,) = plot.weights(net.connect(s, c, weight=2e-9)).get_images()
    np.testing.assert_allclose(image.get_array(), np.full((2, 3), 2.0))


def with_history(values: np.ndarray) -> Result:
    steps = 7 + np.arange(len(values)) * 10
    return replace(
        silent(1, 100), start=7, weight_steps={"p": steps}, weight_history={"p": np.asarray(values, float)}
    )


def test_the_history_of_few_weights_is_a_line_each_and_their_mean() -> None:
    values = np.random.default_rng(0).uniform(1e-9, 2e-9, (11, 3, 4))
    values[:, 1] = 0  # no synapses
    axes = plot.weight_history(with_history(values))
    lines = axes.get_lines()
    assert len(lines) == 9
    np.testing.assert_allclose(lines[0].get_xdata(), np.arange(11) * 10.0)
    np.testing.assert_allclose([line.get_ydata() for line in lines[:4]], values[:, 0].T * 1e9)
    np.testing.assert_allclose(lines[-1].get_ydata(), values[:, [0, 2]].mean((1, 2)) * 1e9)
    assert lines[-1].get_label() == "mean of 8"
    assert axes.get_ylabel() == "weight (nA)"
    assert beside(axes)


def test_the_history_of_many_weights_is_their_spread() -> None:
    values = np.random.default_rng(0).uniform(0, 1, (11, 10, 10))
    axes = plot.weight_history(with_history(values), "p")
    assert axes.get_ylabel() == "weight"
    assert len(axes.get_lines()) == 1
    wide, narrow = (band.get_paths()[0].vertices for band in axes.collections)
    low, high = np.percentile(values[4], (5, 95))
    at = wide[wide[:, 0] == 40, 1]
    assert (at.min(), at.max()) == pytest.approx((low, high))
    assert np.ptp(narrow[narrow[:, 0] == 40, 1]) < np.ptp(at)


def test_the_history_of_a_window_reaches_its_edges() -> None:
    axes = plot.weight_history(with_history(np.ones((11, 1, 2))), window=(0.025, 0.055))
    np.testing.assert_allclose(axes.get_lines()[0].get_xdata(), [20, 30, 40, 50, 60])
    assert axes.get_xlim() == (25, 55)


def test_weights_that_were_not_recorded_are_asked_for() -> None:
    for projection in (None, "p"):
        with pytest.raises(ParameterError, match=r"^no weights were recorded: run with record_weights.*\.$"):
            plot.weight_history(silent(), projection)
    with pytest.raises(ParameterError, match=r"no projection 'q'; .*there are: p"):
        plot.weight_history(with_history(np.ones((2, 1, 1))), "q")


@pytest.mark.parametrize(
    "values", [np.zeros((0, 2, 2)), np.zeros((3, 2, 2)), np.full((3, 2, 2), np.nan), np.ones((1, 2, 2))]
)
def test_histories_that_show_nothing_can_be_drawn(values: np.ndarray) -> None:
    plot.weight_history(with_history(values)).figure.canvas.draw()


@pytest.mark.parametrize("steps", [0, 1])
def test_runs_of_hardly_any_steps_can_be_drawn(steps: int) -> None:
    for width in (1, 20):
        recorded = {"v": {"cells": np.zeros((steps, width))}, "v_neurons": {"cells": np.arange(width)}}
        result = replace(silent(20, steps), **recorded)
        for draw in (plot.raster, plot.rates, plot.membrane):
            draw(result).figure.canvas.draw()


def test_a_result_without_populations_can_be_drawn() -> None:
    nothing = Result(dt=1e-3, start=0, steps=5, sizes={}, spikes={})
    for draw in (plot.raster, plot.rates):
        draw(nothing).figure.canvas.draw()


def test_weights_that_are_all_zero_can_be_drawn() -> None:
    axes = plot.weights(np.zeros((2, 2)))
    axes.figure.canvas.draw()
    low, high = axes.get_images()[0].get_clim()
    assert low < 0 < high


@pytest.mark.parametrize("shape", [(3,), (2, 2, 2), ()])
def test_weights_are_a_matrix(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"^a weight matrix is \[pre, post\], not of shape \(.*\)\.$"):
        plot.weights(np.zeros(shape))


def test_a_confusion_matrix_has_a_label_for_each_class() -> None:
    with pytest.raises(ParameterError, match=r"of 2 labels is \[2, 2\], not of shape \(3, 3\)\.$"):
        plot.confusion(np.eye(3, dtype=int), "ab")


def test_a_confusion_matrix_writes_its_counts() -> None:
    counts = np.array([[9, 0, 1], [0, 8, 0], [2, 0, 7]])
    axes = plot.confusion(counts, ["a", "b", "c"])
    axes.figure.canvas.draw()
    written = {(t.get_position()[1], t.get_position()[0]): int(t.get_text()) for t in axes.texts}
    expected = {(i, j): counts[i, j] for i in range(3) for j in range(3) if counts[i, j]}
    assert written == expected
    for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [label.get_text() for label in ticks] == ["a", "b", "c"]
    (image,) = axes.get_images()
    assert np.argmax(image.get_array()) == 0
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("answer", "truth")


def test_axes_that_are_given_are_drawn_on(result: Result) -> None:
    figure, axes = plot.figure(rows=2, columns=2, width=7, height=5)
    assert figure.get_size_inches().tolist() == [7, 5]
    assert plot.raster(result, axes=axes[0, 0]) is axes[0, 0]
    assert plot.membrane(result, "more", axes=axes[0, 1]) is axes[0, 1]
    assert plot.weights(np.eye(3), axes=axes[1, 0]) is axes[1, 0]
    assert plot.confusion(np.eye(3, dtype=int), "abc", axes=axes[1, 1]) is axes[1, 1]
    assert len(plt.get_fignums()) == 1
    assert not axes[0, 0].spines["top"].get_visible()


def test_what_is_added_to_a_figure_is_in_its_style() -> None:
    figure, axes = plot.figure()
    axes.plot([0, 1], [0, 1], label="line")
    axes.set(title="a title")
    figure.canvas.draw()
    assert not axes.legend().get_frame_on()
    assert axes.get_title(loc="left") == "a title"
    assert {
        label.get_size() for label in (*axes.get_xticklabels(), axes.xaxis.label, axes.text(0, 0, "a"))
    } == {9}


def test_a_legend_beside_foreign_axes_is_in_the_file(result: Result, tmp_path: Path) -> None:
    figure, axes = plt.subplots(figsize=(3, 2))
    plot.membrane(result, "more", axes)
    plot.save(figure, tmp_path / "a.png")
    assert plt.imread(tmp_path / "a.png").shape[1] > 3 * 200


def test_the_house_style_does_not_leak_into_the_users() -> None:
    before = dict(mpl.rcParams)
    plot.figure()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("ending", "magic"), [("png", b"\x89PNG"), ("PDF", b"%PDF"), ("svg", b"<?xml"), ("jpg", b"\xff\xd8")]
)
def test_a_picture_has_the_format_of_its_ending(
    result: Result, ending: str, magic: bytes, tmp_path: Path
) -> None:
    path = tmp_path / f"picture.{ending}"
    plot.save(plot.raster(result).figure, path)
    assert path.read_bytes().startswith(magic)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["picture.docx", "picture", "picture.", ".png", "png"])
def test_an_unknown_ending_is_answered_with_the_known(name: str, tmp_path: Path) -> None:
    figure, _ = plot.figure()
    with pytest.raises(
        ParameterError, match=rf"^.*{name} does not end in a picture format: .*pdf, .*png.*\.$"
    ):
        plot.save(figure, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_letters_that_no_font_has_are_told_in_a_sentence(tmp_path: Path) -> None:
    figure, axes = plot.figure()
    axes.set_title("\U000f1234 a\U000f1235 \U000f1234")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        plot.save(figure, tmp_path / "boxes.png")
    (one,) = told
    assert one.category is DescriptionWarning and one.filename == __file__
    assert re.match(
        r"the fonts at hand lack '.*f1234', '.*f1235', drawn as boxes in .*boxes\.png", str(one.message)
    )


def test_a_picture_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure, _ = plot.figure()
    path = tmp_path / "picture.png"
    plot.save(figure, path)
    before = path.read_bytes()

    def half(target: Path, **_: object) -> None:
        Path(target).write_bytes(before[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(figure, "savefig", half)
    with pytest.raises(FileError, match=r"^cannot write .*picture\.png: No space left on device.*\.$"):
        plot.save(figure, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileError, match=r"^cannot write .*\.$"):
        plot.save(figure, tmp_path / "absent" / "picture.png")


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"'matplotlib'.*pip install \"allspike\[plot\]\"\.$"):
        plot.figure()


def test_a_window_is_drawn_beside_its_theory() -> None:
    lags = np.array([-2e-3, -1e-3, 0.0, 1e-3])
    measured = Window(lags, np.array([-1.0, -2, 4, 2]), np.full(4, 0.5), np.array([-1.5, -2, 4, 3]), 0.1)
    axes = plot.window(measured)
    axes.figure.canvas.draw()
    curves = {tuple(line.get_xdata()): line.get_ydata() for line in axes.lines}
    np.testing.assert_array_equal(curves[(-2, -1)], [-1.5, -2])
    np.testing.assert_array_equal(curves[(0, 1)], [4, 3])
    np.testing.assert_array_equal(curves[(-2, -1, 0, 1)], measured.measured)


def test_a_rectangular_window_has_upright_flanks() -> None:
    rule = asp.STDP(a_plus=0.3, a_minus=0.4, w_max=1.0, tau_plus=0.03, tau_minus=0.02, pairing="window")
    lags = np.array([-31e-3, -13e-3, 0.0, 17e-3, 29e-3, 41e-3])
    theory = rule.window(lags)
    axes = plot.window(Window(lags, theory, np.zeros(6), theory, 0.01, rule))
    before, after = (np.array(line.get_xydata()) for line in axes.get_lines()[2:4])
    for curve, edge, inside in ((before, -20, -0.4), (after, 30, 0.3)):
        near = np.abs(curve[:, 0] - edge) < 1e-6
        assert sorted({0.0, inside}) == sorted(set(curve[near, 1]))
        assert set(curve[:, 1]) == {0.0, inside}
        assert set(curve[np.abs(curve[:, 0]) < abs(edge) - 1e-6, 1]) == {inside}
    assert (before[0, 0], after[-1, 0]) == pytest.approx((-31, 41))


@pytest.mark.parametrize("lags", [[-2e-3, -1e-3], [0.0, 1e-3], [0.0], [-1e-3]])
def test_a_window_of_one_side_can_be_drawn(lags: list[float]) -> None:
    rule = asp.STDP(a_plus=1.0, a_minus=1.0, w_max=10.0)
    for known in (rule, None):
        theory = rule.window(lags)
        axes = plot.window(Window(np.array(lags), theory, theory * 0, theory, 0.1, known))
        axes.figure.canvas.draw()
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["theory", "device"]


def test_a_measured_window_knows_its_rule() -> None:
    rule = asp.STDP(a_plus=1e-10, a_minus=1e-10, w_max=2e-9)
    measured = asp.measure_window(rule, lags=[-5e-3, 5e-3], repeats=2)
    assert measured.rule == rule
    assert plot.window(measured).get_ylabel() == "weight change (pA)"


def test_fields_stand_side_by_side() -> None:
    columns = np.arange(18.0).reshape(6, 3)
    axes = plot.fields(columns, (2, 3))
    sheet = np.ma.filled(axes.images[0].get_array(), np.nan)
    assert sheet.shape == (5, 7)
    np.testing.assert_array_equal(sheet[:2, :3], columns[:, 0].reshape(2, 3))
    np.testing.assert_array_equal(sheet[:2, 4:], columns[:, 1].reshape(2, 3))
    np.testing.assert_array_equal(sheet[3:, :3], columns[:, 2].reshape(2, 3))
    assert np.isnan(sheet[3:, 3:]).all()
    assert axes.images[0].colorbar.ax.get_ylabel() == "weight"
    with pytest.raises(ParameterError, match=r"are not \[3 x 3 pixels, neurons\]"):
        plot.fields(columns, (3, 3))
