"""Figures: their style, what is drawn on axes that are given, and the pictures that they are saved as."""

import re
import sys
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from allspike import Result, plot
from allspike.errors import DescriptionWarning, FileError, MissingExtraError, ParameterError

pytestmark = pytest.mark.usefixtures("closed")


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
