"""Plots hold the data that they were given, point by point."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

from allspike import Result, Window, plot
from allspike.errors import FileError, MissingExtraError, ParameterError

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
    empty = (np.zeros(0, np.int64),) * 2
    axes = plot.raster(Result(dt=1e-3, start=0, steps=20, sizes={"cells": 3}, spikes={"cells": empty}))
    assert [len(points) for points in drawn(axes)] == [0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 20), (-0.5, 2.5))


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


def test_weights_that_are_all_zero_can_be_drawn() -> None:
    axes = plot.weights(np.zeros((2, 2)))
    axes.figure.canvas.draw()
    low, high = axes.get_images()[0].get_clim()
    assert low < 0 < high


@pytest.mark.parametrize("shape", [(3,), (2, 2, 2), ()])
def test_weights_are_a_matrix(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"^a weight matrix is \[pre, post\], not of shape \(.*\)\.$"):
        plot.weights(np.zeros(shape))


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


def test_fields_stand_side_by_side() -> None:
    columns = np.arange(18.0).reshape(6, 3)
    axes = plot.fields(columns, (2, 3))
    sheet = np.ma.filled(axes.images[0].get_array(), np.nan)
    assert sheet.shape == (5, 7)
    np.testing.assert_array_equal(sheet[:2, :3], columns[:, 0].reshape(2, 3))
    np.testing.assert_array_equal(sheet[:2, 4:], columns[:, 1].reshape(2, 3))
    np.testing.assert_array_equal(sheet[3:, :3], columns[:, 2].reshape(2, 3))
    assert np.isnan(sheet[3:, 3:]).all()
    with pytest.raises(ParameterError, match=r"are not \[3 x 3 pixels, neurons\]"):
        plot.fields(columns, (3, 3))
