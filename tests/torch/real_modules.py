"""Networks of modules against snnTorch, SpikingJelly and Norse themselves: `make torch`.

pytest does not collect this file by itself, for torch costs gigabytes. The cases are those that
`tests/modules` holds against stand-ins; here the frameworks compute the spikes, in single precision.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import allspike as asp
from tests.modules.cases import CASES, Case, Draw, spikes_in
from tests.modules.standins.kit import Kit as StandIns
from tests.nir.float_run import described_run

try:
    import norse.torch
    import snntorch
    import snntorch.utils
    import torch
    from norse.torch.functional import iaf, lif, lif_box, reset
    from spikingjelly.activation_based import functional, layer, neuron
except ImportError as error:
    raise ImportError(
        f"{error}: these tests run in an environment of their own; call `make torch`."
    ) from None


class Kit:
    """The frameworks."""

    nn, snn, neuron, layer = torch.nn, snntorch, neuron, layer
    norse = SimpleNamespace(
        **{name: getattr(norse.torch, name) for name in (
            "LIFCell", "LIFBoxCell", "IAFCell", "LICell", "LIFRecurrentCell", "SequentialState",
        )},
        LIFParameters=lif.LIFParameters, LIFBoxParameters=lif_box.LIFBoxParameters,
        IAFParameters=iaf.IAFParameters, reset_subtract=reset.reset_subtract,
    )  # fmt: skip

    @staticmethod
    def tensor(values: Any) -> torch.Tensor:
        return torch.as_tensor(np.asarray(values), dtype=torch.float32)

    @staticmethod
    def put(module: torch.nn.Module, name: str, values: NDArray) -> None:
        with torch.no_grad():
            getattr(module, name).copy_(torch.as_tensor(values))


def run(module: Any, spikes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What a network gives for these spikes, [steps, ...], from its start."""
    steps = torch.as_tensor(spikes, dtype=torch.float32)
    given, state = [], None
    snntorch.utils.reset(module)
    functional.reset_net(module)
    with torch.no_grad():
        for step in steps:
            if isinstance(module, norse.torch.SequentialState):
                out, state = module(step[None], state)
            else:
                out = module(step[None])
            given.append(out[0].double().numpy())
    return np.array(given)


@pytest.fixture(params=enumerate(CASES), ids=[case.name for case in CASES])
def numbered(request: pytest.FixtureRequest) -> tuple[int, Case]:
    return request.param  # type: ignore[no-any-return]


def test_what_is_translated_does_what_the_framework_does(numbered: tuple[int, Case]) -> None:
    number, case = numbered
    module = case.build(Kit(), Draw(Kit(), number))
    spikes = spikes_in(case)
    net = asp.Network.from_torch(module, case.shape)
    there = run(module, spikes).reshape(case.steps, -1)
    here = net.translation.outputs(described_run(net, spikes))["output"].reshape(case.steps, -1)
    if case.reads:
        np.testing.assert_allclose(here, there, rtol=0, atol=1e-5 * np.abs(there).max())
    else:
        wrong = np.count_nonzero(here != (there != 0))
        print(f"{case.name}: {np.count_nonzero(there)} spikes, {wrong} of {there.size} entries differ")
        assert (wrong > 0) <= case.differs


LAYERED = [(k, case) for k, case in enumerate(CASES) if "_layered" in case.build.__qualname__]


@pytest.mark.parametrize(("number", "case"), LAYERED, ids=[case.name for _, case in LAYERED])
def test_a_large_network_does_what_the_framework_does(number: int, case: Case) -> None:
    """12,800 entries each, as those of the golden files."""
    module = case.build(Kit(), Draw(Kit(), number, (32, 64, 32)))
    spikes = np.random.default_rng(number).random((400, 32)) < 0.1
    net = asp.Network.from_torch(module, 32)
    there, here = run(module, spikes), net.translation.outputs(described_run(net, spikes))["output"]
    if case.reads:
        np.testing.assert_allclose(here, there, rtol=0, atol=1e-5 * np.abs(there).max())
        return
    wrong = np.count_nonzero(here != (there != 0))
    print(f"{case.name}, large: {np.count_nonzero(there):,} spikes, {wrong} of {there.size:,} entries differ")
    assert (wrong > 0) <= case.differs


def test_the_stand_ins_do_what_the_framework_does(numbered: tuple[int, Case]) -> None:
    number, case = numbered
    spikes = spikes_in(case)
    there = run(case.build(Kit(), Draw(Kit(), number)), spikes)
    stand_in = case.build(StandIns(), Draw(StandIns(), number))
    from tests.modules.standins.kit import run as run_stand_in  # noqa: PLC0415

    np.testing.assert_allclose(run_stand_in(stand_in, spikes), there, rtol=0, atol=1e-5 * np.abs(there).max())


def test_nothing_of_torch_is_imported_by_the_translation() -> None:
    import sys  # noqa: PLC0415

    ours = [name for name, module in sys.modules.items() if name.startswith("allspike")
            and "torch" in vars(module)]  # fmt: skip
    assert ours == []
