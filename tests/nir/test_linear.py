"""The linear nodes one by one, against loops that are written out, and against SciPy."""

from itertools import product
from typing import Any

import nir
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import correlate

from allspike.errors import CapacityError, ParameterError
from allspike.nir.flat import Edge
from allspike.nir.flattening import flatten
from tests.nir.graphs import between, graph, lif

Array = NDArray[np.float64]
RNG = np.random.default_rng(13)


def the_edge(node: Any, taken: tuple[int, ...], given: tuple[int, ...]) -> Edge:
    """That through one node into the neurons."""
    return next(edge for edge in flatten(between(node, taken, given)).edges if edge.post == "lif")


def conv2d_loops(
    x: Array, weight: Array, bias: Array, stride: Any, padding: Any, dilation: Any, groups: int
) -> Array:
    """A convolution as its definition has it, one product at a time."""
    (above, below), (left, right) = padding
    _, height, width = x.shape
    outputs, per_group, tall, wide = weight.shape
    rows = (height + above + below - dilation[0] * (tall - 1) - 1) // stride[0] + 1
    columns = (width + left + right - dilation[1] * (wide - 1) - 1) // stride[1] + 1
    found = np.zeros((outputs, rows, columns))
    for o, r, c in product(range(outputs), range(rows), range(columns)):
        total = bias[o]
        first = (o // (outputs // groups)) * per_group
        for i, m, n in product(range(per_group), range(tall), range(wide)):
            y = r * stride[0] + m * dilation[0] - above
            z = c * stride[1] + n * dilation[1] - left
            if 0 <= y < height and 0 <= z < width:
                total += weight[o, i, m, n] * x[first + i, y, z]
        found[o, r, c] = total
    return found


CONVOLUTIONS: list[dict[str, Any]] = [
    {},
    {"stride": 2},
    {"stride": (1, 3), "padding": (2, 1)},
    {"padding": np.array([1, 1])},
    {"padding": "valid", "stride": np.array([2, 1])},
    {"padding": "same"},
    {"padding": "same", "kernel": (2, 4), "dilation": (1, 2)},
    {"dilation": 2},
    {"dilation": (2, 1), "stride": (2, 2), "padding": (3, 0)},
    {"groups": 2},
    {"groups": 4, "padding": 1, "kernel": (3, 3)},
    {"kernel": (1, 5), "groups": 2, "stride": (2, 1)},
]


@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_conv2d_is_its_definition(case: dict[str, Any]) -> None:
    kernel, groups = case.get("kernel", (3, 2)), case.get("groups", 1)
    stride, dilation = (np.broadcast_to(case.get(name, 1), 2).tolist() for name in ("stride", "dilation"))
    padding = case.get("padding", 0)
    pads = {"valid": [(0, 0), (0, 0)]}.get(padding) if isinstance(padding, str) else None
    if isinstance(padding, str) and padding == "same":  # as torch: what is odd goes behind
        reach = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
        pads = [(one // 2, one - one // 2) for one in reach]
    elif pads is None:
        pads = [(int(one), int(one)) for one in np.broadcast_to(padding, 2)]
    weight = RNG.normal(size=(8, 4 // groups, *kernel))
    bias = RNG.normal(size=8)
    x = RNG.normal(size=(4, 7, 9))
    expected = conv2d_loops(x, weight, bias, stride, pads, dilation, groups)
    node = nir.Conv2d(None, weight, case.get("stride", 1), padding, case.get("dilation", 1), groups, bias)
    edge = the_edge(node, x.shape, expected.shape)
    np.testing.assert_allclose(x.reshape(-1) @ edge.matrix + edge.bias, expected.reshape(-1), atol=1e-12)


@pytest.mark.parametrize("stride", [1, 2, np.array([3])])
@pytest.mark.parametrize("padding", [0, (2,), "same", "valid"])
@pytest.mark.parametrize("dilation", [1, 2])
def test_conv1d_is_scipys_correlation(stride: Any, padding: Any, dilation: int) -> None:
    if padding == "same":
        stride = 1
    weight, bias, x = RNG.normal(size=(3, 2, 3)), RNG.normal(size=3), RNG.normal(size=(2, 11))
    spread = np.zeros((3, 2, 2 * dilation + 1))
    spread[:, :, ::dilation] = weight
    pad = {"same": dilation, "valid": 0}[padding] if isinstance(padding, str) else int(np.max(padding))
    padded = np.pad(x, ((0, 0), (pad, pad)))
    full = np.stack([correlate(padded, each, "valid")[0] for each in spread])
    expected = full[:, :: int(np.max(stride))] + bias[:, None]
    node = nir.Conv1d(None, weight, stride, padding, dilation, 1, bias)
    edge = the_edge(node, x.shape, expected.shape)
    np.testing.assert_allclose(x.reshape(-1) @ edge.matrix + edge.bias, expected.reshape(-1), atol=1e-12)


@pytest.mark.parametrize("kind", [nir.SumPool2d, nir.AvgPool2d])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [((2, 2), (2, 2), (0, 0)), ((3, 2), (1, 2), (1, 0)), (2, 3, 1), ((1, 4), (2, 1), (0, 2))],
)
def test_pools_sum_whole_windows(kind: Any, kernel: Any, stride: Any, padding: Any) -> None:
    tall, wide = np.broadcast_to(kernel, 2).tolist()
    down, along = np.broadcast_to(stride, 2).tolist()
    above, left = np.broadcast_to(padding, 2).tolist()
    x = RNG.normal(size=(3, 7, 8))
    rows, columns = (7 + 2 * above - tall) // down + 1, (8 + 2 * left - wide) // along + 1
    expected = np.zeros((3, rows, columns))
    for c, r, k, m, n in product(range(3), range(rows), range(columns), range(tall), range(wide)):
        y, z = r * down + m - above, k * along + n - left
        if 0 <= y < 7 and 0 <= z < 8:
            expected[c, r, k] += x[c, y, z]
    if kind is nir.AvgPool2d:
        expected /= tall * wide
    node = kind(np.array(kernel), np.array(stride), np.array(padding))
    edge = the_edge(node, x.shape, expected.shape)
    np.testing.assert_allclose(x.reshape(-1) @ edge.matrix, expected.reshape(-1), atol=1e-12)
    assert not edge.bias.any()


def test_matrices_are_taken_as_they_are() -> None:
    """Not a bit of a weight changes on the way, whatever its type and order."""
    weight = np.asfortranarray(RNG.normal(size=(5, 4)).astype(np.float16))
    bias = RNG.normal(size=5).astype(np.float32)
    edge = the_edge(nir.Affine(weight, bias), (4,), (5,))
    assert (edge.matrix == weight.T.astype(np.float64)).all() and (edge.bias == bias).all()
    edge = the_edge(nir.Linear(np.array([[3], [-2]])), (1,), (2,))
    assert edge.matrix.tolist() == [[3.0, -2.0]] and edge.matrix.dtype == np.float64


def test_a_matrix_of_more_axes_is_one_for_each() -> None:
    """NIR's type of a weight [..., out, in] is [..., in] to [..., out]."""
    weight, x = RNG.normal(size=(3, 2, 4)), RNG.normal(size=(3, 4))
    edge = the_edge(nir.Linear(weight), (3, 4), (3, 2))
    expected = np.stack([w @ one for w, one in zip(weight, x, strict=True)])
    np.testing.assert_allclose(x.reshape(-1) @ edge.matrix, expected.reshape(-1), atol=1e-12)


@pytest.mark.parametrize(
    "scale", [np.array(0.5), np.array([2.0]), np.arange(6.0).reshape(2, 3), np.ones((2, 1))]
)
def test_a_scale_is_of_one_value_or_of_each(scale: Array) -> None:
    edge = the_edge(nir.Scale(scale), (2, 3), (2, 3))
    factors = np.broadcast_to(scale.reshape(()) if scale.size == 1 else scale, (2, 3))
    assert (edge.matrix == np.diag(factors.reshape(-1))).all()


@pytest.mark.parametrize(("start", "end"), [(0, -1), (1, -1), (0, 1), (1, 5), (-2, -1), (2, 1), (3, 3)])
def test_flatten_keeps_the_order(start: int, end: int) -> None:
    """Also where its axes count a batch that the graph does not have."""
    edge = the_edge(nir.Flatten({"input": None}, start, end), (2, 3, 4), (24,))
    assert (edge.matrix == np.eye(24)).all()


def test_a_convolution_after_a_flat_input_takes_its_own_shape() -> None:
    """An exporter may leave the shape to the convolution, or put a batch of one before it."""
    weight, bias = RNG.normal(size=(2, 1, 3, 3)), np.zeros(2)
    matrices = [
        the_edge(nir.Conv2d((5, 4), weight, 1, 0, 1, 1, bias), taken, (2, 3, 2)).matrix
        for taken in ((20,), (1, 1, 5, 4), (1, 5, 4), (5, 4))
    ]
    assert all((one == matrices[0]).all() for one in matrices)


BAD: list[tuple[Any, tuple[int, ...], str]] = [
    (nir.Affine(np.ones((3, 2)), np.ones(3)), (4,), r"'node' \(Affine\).* \(4,\).* takes 2"),
    (nir.Affine(np.ones((3, 2)), np.ones(4)), (2,), r"'node' \(Affine\) has bias of shape \(4,\)"),
    (nir.Linear(np.full((3, 2), np.nan)), (2,), r"'node' \(Linear\) has weight .* not finite \(nan\)"),
    (nir.Linear(np.full((3, 2), 1j)), (2,), r"'node' \(Linear\) has weight .* must hold numbers"),
    (nir.Linear(np.full((3, 2), "a")), (2,), r"'node' \(Linear\) has weight .* must hold numbers"),
    (nir.Linear(np.ones((0, 2))), (2,), r"'node' \(Linear\) has a weight of shape \(0, 2\)"),
    (nir.Scale(np.array([np.inf, 1, 1])), (3,), r"'node' \(Scale\) has scale with 1 of 3 .*\(inf\)"),
    (nir.Scale(np.ones(4)), (3,), r"'node' \(Scale\).*\(3,\).*\(4,\)"),
    (nir.Scale(np.ones(3)), (3, 3), r"'node' \(Scale\)"),  # along which axis?
    (nir.Conv2d(None, np.ones((1, 2, 3, 3)), 1, 0, 1, 1, np.zeros(1)), (1, 5, 5), "takes 2 channels"),
    (nir.Conv2d(None, np.ones((1, 1, 6, 3)), 1, 0, 1, 1, np.zeros(1)), (1, 5, 5), r"kernel of \(6, 3\)"),
    (nir.Conv2d((6, 5), np.ones((1, 1, 3, 3)), 1, 0, 1, 1, np.zeros(1)), (1, 5, 5), "input_shape"),
    (nir.Conv2d(None, np.ones((1, 1, 3, 3)), 0, 0, 1, 1, np.zeros(1)), (1, 5, 5), "stride = .*0"),
    (nir.Conv2d(None, np.ones((1, 1, 3, 3)), 1, -1, 1, 1, np.zeros(1)), (1, 5, 5), "padding = .*-1"),
    (nir.Conv2d(None, np.ones((1, 1, 3, 3)), 1, 0, 1.5, 1, np.zeros(1)), (1, 5, 5), "dilation = .*1.5"),
    (nir.Conv2d(None, np.ones((3, 1, 3, 3)), 1, 0, 1, 2, np.zeros(3)), (2, 5, 5), "2 groups"),
    (
        nir.Conv2d(None, np.ones((1, 1, 3, 3)), 2, "same", 1, 1, np.zeros(1)),
        (1, 5, 5),
        "'same' with a stride",
    ),
    (nir.Conv2d(None, np.ones((1, 1, 3, 3)), 1, 0, 1, 1, np.zeros(1)), (25,), r"takes \[channels, height"),
    (nir.Conv1d(None, np.ones((1, 1, 3)), 1, 0, 1, 1, np.zeros(2)), (1, 5), "bias of shape"),
    (nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])), (16,), r"'node' \(SumPool2d\)"),
    (nir.Flatten({"input": None}, -5, 0), (1, 4, 4), "start_dim"),
    (nir.SumPool2d(np.array([2, 2, 2]), np.array([2]), np.array([0])), (1, 4, 4), "kernel_size"),
]


@pytest.mark.parametrize(("node", "taken", "said"), BAD)
def test_what_a_node_cannot_take_is_refused_by_name(node: Any, taken: tuple[int, ...], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        flatten(between(node, taken, (3,)))


def test_sizes_that_fit_nowhere_are_refused_before_they_are_made() -> None:
    """Small files may ask for terabytes."""
    conv = nir.Conv2d(None, np.ones((1, 1, 3, 3)), 10**6, 10**6, 1, 1, np.zeros(1))
    with pytest.raises(CapacityError, match=r"'node' \(Conv2d\) has .* values with its padding"):
        flatten(between(conv, (1, 5, 5), (3,)))
    wide = nir.Linear(np.broadcast_to(np.float32(1), (10**6, 10**3)))
    nodes = {"in": nir.Input(np.array([1000])), "a": wide, "lif": lif(1), "out": nir.Output(np.array([1]))}
    with pytest.raises(CapacityError, match=r"'a' \(Linear\)"):
        flatten(graph(nodes | {"b": nir.Linear(np.ones((1, 10**6)))}, "in a b lif out"))
    many = nir.Linear(np.broadcast_to(np.float32(1), (1000, 20000)))
    with pytest.raises(CapacityError, match="1,000 neurons and 20,000 inputs"):
        flatten(between(many, (20000,), (1000,)))
    with pytest.raises(CapacityError, match="5,000 neurons and 2 inputs"):
        flatten(between(nir.Linear(np.ones((5000, 2))), (2,), (5000,)))
