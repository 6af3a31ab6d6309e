"""Units of weights that are whole multiples of one number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allspike import Network, delta_lif
from allspike.compiler.placement import place
from allspike.compiler.whole import whole_units


def units(weights: object, most: int = 127) -> np.ndarray:
    """Of neurons with these weights [inputs, neurons]."""
    matrix = np.asarray(weights, float)
    net = Network()
    net.connect(net.inputs(len(matrix)), net.neurons(matrix.shape[1], delta_lif()), matrix)
    return whole_units(net, place(net), most)


@given(st.integers(1, 127), st.floats(1e-3, 1e3), st.integers(0, 2**32 - 1))
def test_whole_multiples_stay_whole(most: int, scale: float, seed: int) -> None:
    """Also in single precision, and by the finest unit: the largest takes more than half of the range."""
    whole = np.random.default_rng(seed).integers(-most, most + 1, (20, 3))
    whole[0] = most
    found = np.float32(scale) * whole.astype(np.float32) / units(np.float32(scale) * whole.astype(np.float32))
    assert np.abs(found - np.rint(found)).max() < 1e-3
    assert (np.abs(found).max(axis=0) <= 127.001).all() and (np.abs(found).max(axis=0) > 63).all()


def test_other_weights_have_no_such_unit() -> None:
    weights = np.random.default_rng(0).normal(size=(20, 4))
    weights[:, 0], weights[:, 1] = 0.0, np.arange(20) / 19
    weights[:, 2] = np.arange(20) * 7.1  # 19 parts, or a multiple of them
    assert np.isnan(units(weights)[[0, 3]]).all()
    np.testing.assert_allclose(weights[19, 1:3] / units(weights)[1:3], 19 * 6)
    assert np.isnan(units(weights, most=15)).all()


def test_weights_of_several_projections_count_together() -> None:
    net = Network()
    cells = net.neurons(1, delta_lif())
    net.connect(net.inputs(1), cells, [[3.0]])
    net.connect(net.inputs(1), cells, [[-2.0]])
    assert 3.0 / whole_units(net, place(net), 127)[0] == pytest.approx(126)
