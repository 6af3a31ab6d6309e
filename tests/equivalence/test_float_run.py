"""A run in float64 is NEST's `iaf_psc_exp`, which integrates exactly: the same spikes, V to rounding."""

import numpy as np
import pytest

from allspike import SpikeArray
from allspike.training import float_run

from .circuits import draw, in_nest, network


@pytest.mark.parametrize(("dt", "seconds"), [(1e-3, 2.0), (1e-4, 0.3)])
@pytest.mark.parametrize("recurrent", [False, True])
def test_no_spike_differs_from_nest(dt: float, seconds: float, recurrent: bool) -> None:
    circuit = draw(dt, seconds, drive=1.2, recurrent=recurrent)
    theirs, v = in_nest(circuit, record=True)
    run = float_run(network(circuit), {"inputs": SpikeArray(circuit.spikes)}, circuit.steps, record_v=True)
    assert sum(train.size for train in theirs) > 100
    for neuron, train in enumerate(theirs):
        assert np.array_equal(np.flatnonzero(run.spikes("cells")[0, :, neuron]), train)
    np.testing.assert_allclose(run.v("cells")[0], v, atol=1e-13)
