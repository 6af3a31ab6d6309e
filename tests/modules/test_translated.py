"""Networks of modules against what the modules do: without quantisation, and on the emulator."""

import warnings

import numpy as np
import pytest

import allspike as asp
from tests.modules.cases import CASES, Case, Draw, spikes_in
from tests.modules.standins.kit import Kit, run
from tests.nir.float_run import compiled_run, described_run


@pytest.fixture(params=enumerate(CASES), ids=[case.name for case in CASES])
def numbered(request: pytest.FixtureRequest) -> tuple[int, Case]:
    return request.param  # type: ignore[no-any-return]


def test_what_is_translated_does_what_the_modules_do(numbered: tuple[int, Case]) -> None:
    number, case = numbered
    module = case.build(Kit(), Draw(Kit(), number))
    spikes = spikes_in(case)
    net = asp.Network.from_torch(module, case.shape)
    translation = net.translation
    there = run(module, spikes).reshape(case.steps, -1)
    here = translation.outputs(described_run(net, spikes))["output"].reshape(case.steps, -1)
    assert (translation.differences != ()) == case.differs
    if case.reads:
        np.testing.assert_allclose(here, there, rtol=0, atol=1e-9)
        assert np.ptp(there) > 0.1
    else:
        assert 0.02 < there.mean() < 0.98, "neurons that never or always fire show nothing"
        wrong = np.count_nonzero(here != (there != 0))
        assert wrong <= (0.2 * there.size if case.differs else 0)


def test_the_emulator_computes_what_is_translated(numbered: tuple[int, Case]) -> None:
    number, case = numbered
    spikes = spikes_in(case)
    net = asp.Network.from_torch(case.build(Kit(), Draw(Kit(), number)), case.shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", asp.errors.QuantisationWarning)
        simulation = asp.Simulation(net)
    expected = net.translation.outputs(compiled_run(simulation, net, spikes))["output"]
    got = net.translation.run(simulation, spikes)["output"]
    if case.reads:
        np.testing.assert_allclose(got, expected, rtol=0, atol=0.02)
    else:
        assert np.count_nonzero(got != expected) <= 0.01 * got.size
