"""Modules that cannot be translated: one sentence that names the module, and what would do."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import allspike as asp
from allspike.errors import CapacityError, ParameterError
from tests.modules.standins.kit import Kit, run
from tests.modules.standins.norse import LIFBoxParameters, LIFParameters
from tests.modules.standins.snntorch import SSO
from tests.modules.standins.spikingjelly import SurrogateFunction
from tests.modules.standins.tensor import Module, Tensor
from tests.nir.float_run import described_run

nn, snn, neuron, layer, norse = Kit.nn, Kit.snn, Kit.neuron, Kit.layer, Kit.norse


def linear(inputs: int, outputs: int) -> Any:
    module = nn.Linear(inputs, outputs)
    module.weight = Tensor(np.full((outputs, inputs), 0.4))
    return module


def after(*modules: Any) -> Any:
    """A network that ends so."""
    return nn.Sequential(linear(3, 4), *modules)


class Net(Module):
    """As tutorials write it."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.lif1 = linear(3, 4), snn.Leaky(0.9)
        self.fc2, self.lif2 = linear(4, 2), snn.Leaky(0.9)

    def forward(self, x: Any) -> Any:
        return self.lif2.forward(self.fc2.forward(self.lif1.forward(self.fc1.forward(x))))


class Doubled(snn.Leaky):  # type: ignore[name-defined, misc]
    """It changes what a step does."""

    def forward(self, x: Any) -> Any:
        return super().forward(2 * x)


class Named(snn.Leaky):  # type: ignore[name-defined, misc]
    """It changes nothing."""

    def extra_repr(self) -> str:
        return "named"


def with_(module: Any, **attributes: Any) -> Any:
    """A module some of whose attributes are others."""
    for name, value in attributes.items():
        setattr(module, name, value)
    return module


def unspiking() -> Any:
    node = neuron.LIFNode()
    node.surrogate_function = SurrogateFunction()
    node.surrogate_function.spiking = False
    return node


def twice() -> Any:
    shared = snn.Leaky(0.9)
    return nn.Sequential(linear(3, 4), shared, linear(4, 4), shared)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "max pool": (
        lambda: nn.Sequential(nn.MaxPool2d(2)),
        r"0 \(MaxPool2d of torch\).*AvgPool of the same size",
    ),
    "activation": (lambda: after(nn.ReLU()), r"1 \(ReLU of torch\) is not supported.*snntorch's Leaky"),
    "Alpha": (lambda: after(snn.Alpha(0.9)), r"1 \(Alpha of snntorch\).*Synaptic is supported"),
    "changed subclass": (
        lambda: after(Doubled(0.9)),
        r"1 \(Doubled\).*otherwise than snntorch's Leaky.*forward",
    ),
    "LIAFNode": (lambda: after(neuron.LIAFNode()), r"1 \(LIAFNode\).*spikingjelly's LIFNode.*charge"),
    "forward by hand": (
        Net,
        r"Net \(Net\): its forward.*\[net.fc1, net.lif1, net.fc2, net.lif2.*children_in_ord.*NIR",
    ),
    "one within": (lambda: nn.Sequential(Net()), r"0 \(Net\): its forward.*net.0.fc1"),
    "no module": (lambda: nn.Sequential, "is no module of torch"),
    "number in a list": (lambda: [linear(3, 4), 3], r"module\[1\] = 3 is no module"),
    "word": (lambda: "net.pt", "'net.pt' is no module of torch"),
    "no neurons": (lambda: nn.Sequential(linear(3, 4)), "no neurons"),
    "empty": (lambda: [], "no neurons"),
    "shared": (twice, r"3 \(Leaky\): it is the same module as 1"),
    "inhibition": (lambda: after(snn.Leaky(0.9, inhibition=True)), r"1 \(Leaky\): inhibition=True"),
    "state_quant": (lambda: after(snn.Leaky(0.9, state_quant=round)), r"1 \(Leaky\): state_quant"),
    "random surrogate": (
        lambda: after(snn.Leaky(0.9, spike_grad=SSO())),
        r"surrogate SSO.*fast_sigmoid",
    ),
    "RSynaptic at once": (
        lambda: after(snn.RSynaptic(0.5, 0.5, linear_features=4, reset_delay=False)), "fails in snnTorch 1.0",
    ),
    "no memory": (lambda: after(snn.Leaky(0.0)), r"1 \(Leaky\): with beta = 0.*reset_delay=False"),
    "threshold": (lambda: after(snn.Leaky(0.9, threshold=-1.0)), "a threshold of -1 lies below 0"),
    "mechanism": (lambda: after(snn.Leaky(0.9, reset_mechanism="soft")), "reset_mechanism = 'soft'"),
    "NaN": (lambda: after(snn.Leaky(np.nan)), r"1 \(Leaky\): beta has a value nan"),
    "infinite weight": (
        lambda: [with_(linear(3, 4), weight=Tensor(np.full((4, 3), np.inf))), snn.Leaky(0.9)],
        r"0 \(Linear\): weight has a value inf",
    ),
    "words for weights": (
        lambda: [with_(linear(3, 4), weight=np.array([["a"] * 3] * 4)), snn.Leaky(0.9)], "holds no numbers",
    ),
    "other sizes": (lambda: after(snn.Leaky(Tensor(np.full(3, 0.9)))), r"beta has shape \(3,\).*\(4,\)"),
    "recurrent sizes": (
        lambda: after(snn.RLeaky(0.9, linear_features=5)),
        r"1.recurrent \(Linear\).*5 features",
    ),
    "features": (
        lambda: nn.Sequential(linear(5, 4), snn.Leaky(0.9)),
        r"0 \(Linear\): it takes one axis of 5.*\(3,\)",
    ),
    "channels": (
        lambda: nn.Sequential(nn.Conv2d(1, 2, 3), snn.Leaky(0.9)),
        r"0 \(Conv2d\): it takes 1 channels",
    ),
    "training": (lambda: after(nn.BatchNorm1d(4), snn.Leaky(0.9)), r"1 \(BatchNorm1d\).*call eval\(\)"),
    "untracked": (
        lambda: after(nn.BatchNorm1d(4, track_running_stats=False), snn.Leaky(0.9)).eval(),
        "track_running_stats=True",
    ),
    "no spikes": (lambda: after(unspiking()), r"1 \(LIFNode\).*set_spiking_mode\(True\)"),
    "short tau": (lambda: after(neuron.LIFNode(tau=0.5)), r"1 \(LIFNode\): 1 - 1 / tau = -1 is no decay"),
    "norse, short": (
        lambda: after(norse.LIFCell(p=LIFParameters(tau_mem_inv=Tensor(2000.0)))),
        "1 - dt tau_mem_inv = -1",
    ),
    "norse, reset": (
        lambda: after(norse.LIFBoxCell(p=LIFBoxParameters(reset_method=min))), "reset_method 'min'",
    ),
    "two steps": (
        lambda: after(norse.LIFCell(), linear(4, 4), norse.LIFCell(dt=1e-4)),
        r"3 \(LIFCell\): its dt is 0.0001 s",
    ),
    "read between": (
        lambda: after(norse.LICell(), linear(4, 2), norse.LIFCell()),
        "1: it gives V and no spikes, but 3",
    ),
    "no such attribute": (
        lambda: after(with_(norse.LIFCell(), p=SimpleNamespace(v_leak=0.0))),
        r"p: .*has no attribute.*release",
    ),
    "loop of layers": (
        lambda: [layer.LinearRecurrentContainer(linear(4, 4), 3, 4)], "sub_module is a torch's Linear",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_a_sentence(name: str) -> None:
    make, sentence = REFUSED[name]
    with pytest.raises(ParameterError, match=sentence) as said:
        asp.Network.from_torch(make(), 3)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("shape", [0, (), (3, 0), -1, 2.5, "3", None, (3, "x"), True])
def test_shapes_that_are_none(shape: Any) -> None:
    with pytest.raises(ParameterError, match="input_shape"):
        asp.Network.from_torch(after(snn.Leaky(0.9)), shape)


@pytest.mark.parametrize("dt", [0, -1.0, np.nan, np.inf, "1 ms"])
def test_steps_that_are_none(dt: Any) -> None:
    with pytest.raises(ParameterError, match="dt"):
        asp.Network.from_torch(after(snn.Leaky(0.9)), 3, dt=dt)


def test_a_network_that_no_build_holds() -> None:
    wide = nn.Sequential(nn.Conv2d(2, 32, 3), snn.Leaky(0.9))
    with pytest.raises(CapacityError, match="neurons"):
        asp.Network.from_torch(wide, (2, 64, 64))


def test_exact_refuses_what_differs() -> None:
    with pytest.raises(ParameterError, match="cannot be exact"):
        asp.Network.from_torch(after(snn.Leaky(0.9, reset_delay=False)), 3, exact=True)
    assert asp.Network.from_torch(after(snn.Leaky(0.9)), 3, exact=True).translation.differences == ()


def test_what_is_true_or_false_is_not_said_in_words() -> None:
    for option in ("exact", "children_in_order"):
        with pytest.raises(ParameterError, match=f"{option} = 'no' must be True or False"):
            asp.Network.from_torch(after(snn.Leaky(0.9)), 3, **{option: "no"})  # type: ignore[arg-type]


SPIKES = np.random.default_rng(0).random((30, 3)) < 0.4


def spikes_of(net: asp.Network) -> Any:
    return net.translation.outputs(described_run(net, SPIKES))["output"]


def test_a_forward_by_hand_is_taken_as_it_is_said() -> None:
    net = Net()
    expected = run(net, SPIKES)
    given = [
        asp.Network.from_torch(net, 3, children_in_order=True),
        asp.Network.from_torch([net.fc1, net.lif1, net.fc2, net.lif2], (3,)),
        asp.Network.from_torch({"a": net.fc1, "b": net.lif1, "c": net.fc2, "d": net.lif2}, [3]),
        asp.Network.from_torch(nn.ModuleList([net.fc1, net.lif1, net.fc2, net.lif2]), np.int64(3)),
        asp.Network.from_torch(nn.DataParallel(net), 3, children_in_order=True),
    ]
    names = [[p.name for p in network.neuron_populations] for network in given]
    assert names == [["lif1", "lif2"], ["1", "3"], ["b", "d"], ["1", "3"], ["lif1", "lif2"]]
    assert expected.any()
    for network in given:
        np.testing.assert_array_equal(spikes_of(network), expected)


def test_a_subclass_that_changes_nothing_is_its_base() -> None:
    module = after(Named(0.9))
    np.testing.assert_array_equal(spikes_of(asp.Network.from_torch(module, 3)), run(module, SPIKES))


def test_names_are_dotted_and_free() -> None:
    inner = nn.Sequential({"fc": linear(3, 4), "lif": snn.Leaky(0.9)})
    module = nn.Sequential({"input": inner, "output": snn.Leaky(0.9), "relays": snn.Leaky(0.5)})
    net = asp.Network.from_torch(module, 3)
    assert [p.name for p in net.neuron_populations] == ["input.lif", "output", "relays"]
    assert net.translation.run(asp.Simulation(net), SPIKES)["output_1"].shape == (30, 4)


def test_a_single_neuron_module_is_a_network() -> None:
    net = asp.Network.from_torch(snn.Leaky(0.9), 3)
    assert [p.name for p in net.neuron_populations] == ["leaky"]


def test_the_step_is_that_of_norse() -> None:
    assert asp.Network.from_torch(after(norse.LIFCell(dt=5e-4)), 3).dt == 5e-4
    assert asp.Network.from_torch(after(norse.LIFCell(dt=5e-4)), 3, dt=5e-4).dt == 5e-4
    assert asp.Network.from_torch(after(snn.Leaky(0.9)), 3).dt == 1e-3
    assert asp.Network.from_torch(after(snn.Leaky(0.9)), 3, dt=2e-3).dt == 2e-3


def test_what_is_left_out_is_said() -> None:
    module = after(nn.Dropout(0.5), with_(snn.Leaky(0.9), _forward_hooks={0: print}))
    facts = " ".join(asp.Network.from_torch(module, 3).translation.facts)
    assert "1: Dropout does nothing" in facts and "2: its forward hooks are not called" in facts


def test_numbers_may_be_of_any_kind() -> None:
    module = after(snn.Leaky(0.5, threshold=0.25))
    expected = spikes_of(asp.Network.from_torch(module, 3))
    weight = module._modules["0"].weight.values
    for other in (
        weight.tolist(),
        np.asfortranarray(weight),
        weight.astype(np.float16),
        weight.astype(np.float32),
    ):
        module._modules["0"].weight = other
        got = spikes_of(asp.Network.from_torch(module, 3))
        assert np.count_nonzero(got != expected) <= 2


@pytest.mark.parametrize(("node", "fires"), [(neuron.IFNode(), True), (norse.IAFCell(), False)])
def test_at_the_threshold_itself(node: Any, fires: bool) -> None:
    """SpikingJelly's neurons fire there, Norse's above it alone; sums of halves are exact."""
    module = with_(linear(3, 1), weight=Tensor([[0.5, 0.5, 1.0]]))
    got = spikes_of(asp.Network.from_torch([module, node], 3))
    np.testing.assert_array_equal(got, run(nn.Sequential(module, node), SPIKES))
    alone = asp.Network.from_torch([module, node], 3)
    once = np.array([[False, False, True]])
    assert alone.translation.run(asp.Simulation(alone), once)["output"].any() == fires


def test_torch_is_not_imported() -> None:
    import sys  # noqa: PLC0415

    asp.Network.from_torch(after(snn.Leaky(0.9)), 3)
    assert not {"torch", "snntorch", "spikingjelly", "norse"} & sys.modules.keys()
