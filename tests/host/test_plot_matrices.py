"""Matrices as images: weights, receptive fields and confusions, each entry at its place."""

import numpy as np
import pytest

from allspike import Network, plot
from allspike.errors import ParameterError

pytestmark = pytest.mark.usefixtures("closed")


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
