"""The part of a result that a plot shows: which window of the run, and which populations."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from allspike import Result, plot
from allspike.errors import ParameterError

from .plots import described, drawn, random_result, silent

pytestmark = pytest.mark.usefixtures("closed")


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
