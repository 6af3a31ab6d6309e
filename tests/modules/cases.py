"""Networks of all kinds of modules, built from the frameworks or from what stands in for them."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Kit(Protocol):
    """A set of frameworks."""

    nn: SimpleNamespace
    snn: SimpleNamespace
    neuron: SimpleNamespace
    layer: SimpleNamespace
    norse: SimpleNamespace

    def tensor(self, values: Any) -> Any:
        """A tensor of theirs."""

    def put(self, module: Any, name: str, values: Array) -> None:
        """Set a parameter or a buffer."""


@dataclass(frozen=True)
class Case:
    """A network and what may be said of it."""

    name: str
    build: Callable[[Kit, "Draw"], Any]
    shape: tuple[int, ...]
    differs: bool = False
    """Whether it is known that not every spike is the same."""
    reads: bool = False
    """Whether its output is no spikes."""
    steps: int = 60


class Draw:
    """Layers with random weights, such that neurons fire now and then."""

    def __init__(self, kit: Kit, seed: int, widths: tuple[int, int, int] = (12, 10, 6)) -> None:
        self.kit = kit
        self.widths = widths
        self.rng = np.random.default_rng(seed)

    def linear(
        self, inputs: int, outputs: int, scale: float = 0.6, bias: bool = True, kind: Any = None
    ) -> Any:
        module = (kind or self.kit.nn.Linear)(inputs, outputs, bias=bias)
        return self.filled(module, scale)

    def filled(self, module: Any, scale: float = 0.6) -> Any:
        """Draw the weights and biases of a layer."""
        shape = tuple(module.weight.detach().cpu().double().numpy().shape)
        fan = int(np.prod(shape[1:]))
        drawn = self.rng.normal(min(0.25, 2.5 / fan), 1.0, shape)
        self.kit.put(module, "weight", drawn * scale * 2 / np.sqrt(fan))
        if module.bias is not None:
            self.kit.put(module, "bias", self.rng.normal(0.0, 0.05, shape[0]))
        return module

    def normalised(self, module: Any) -> Any:
        """Draw the statistics of a BatchNorm."""
        size = len(module.running_mean)
        self.kit.put(module, "running_mean", self.rng.normal(0, 0.2, size))
        self.kit.put(module, "running_var", self.rng.uniform(0.5, 2, size))
        self.kit.put(module, "weight", self.rng.uniform(0.5, 1.5, size))
        self.kit.put(module, "bias", self.rng.normal(0.1, 0.1, size))
        return module


def _layered(neuron: Callable[[Kit, Draw, int], Any]) -> Callable[[Kit, Draw], Any]:
    """Two layers of such neurons."""

    def build(kit: Kit, draw: Draw) -> Any:
        inputs, hidden, outputs = draw.widths
        return kit.nn.Sequential(
            draw.linear(inputs, hidden, 1.0), neuron(kit, draw, hidden),
            draw.linear(hidden, outputs, 1.0), neuron(kit, draw, outputs),
        )  # fmt: skip

    return build


def _snntorch() -> list[Case]:
    found = []
    for reset in ("subtract", "zero", "none"):
        for delay in (True, False):
            options: dict[str, Any] = {"reset_mechanism": reset, "reset_delay": delay, "init_hidden": True}
            differs = reset == "subtract" and not delay

            def leaky(kit: Kit, draw: Draw, size: int, options: dict[str, Any] = options) -> Any:
                return kit.snn.Leaky(0.9, **options)

            def synaptic(kit: Kit, draw: Draw, size: int, options: dict[str, Any] = options) -> Any:
                return kit.snn.Synaptic(0.7, 0.85, **options)

            def rleaky(kit: Kit, draw: Draw, size: int, options: dict[str, Any] = options) -> Any:
                module = kit.snn.RLeaky(0.9, linear_features=size, **options)
                draw.filled(module.recurrent, 0.3)
                return module

            def rsynaptic(kit: Kit, draw: Draw, size: int, options: dict[str, Any] = options) -> Any:
                module = kit.snn.RSynaptic(0.6, 0.8, linear_features=size, **options)
                draw.filled(module.recurrent, 0.2)
                return module

            kinds = {"Leaky": leaky, "Synaptic": synaptic, "RLeaky": rleaky, "RSynaptic": rsynaptic}
            for name, neuron in kinds.items():
                if name == "RSynaptic" and not delay:
                    continue  # fails in snnTorch 1.0
                words = f"{name}, {reset}, {'a step later' if delay else 'at once'}"
                found.append(Case(words, _layered(neuron), (12,), differs))
    for reset in ("subtract", "zero", "none"):

        def lapicque(kit: Kit, draw: Draw, size: int, reset: str = reset) -> Any:
            return kit.snn.Lapicque(
                R=4.0, C=2.5, time_step=1, threshold=0.4, reset_mechanism=reset, init_hidden=True
            )

        found.append(Case(f"Lapicque, {reset}", _layered(lapicque), (12,)))

    def own(kit: Kit, draw: Draw, size: int) -> Any:
        """Everything one a neuron."""
        beta, threshold = draw.rng.uniform(0.6, 1.05, size), draw.rng.uniform(0.5, 1.5, size)
        return kit.snn.Leaky(kit.tensor(beta), threshold=kit.tensor(threshold), init_hidden=True)

    def one_to_one(kit: Kit, draw: Draw, size: int) -> Any:
        weights = kit.tensor(draw.rng.normal(0, 0.5, size))
        return kit.snn.RLeaky(0.8, V=weights, all_to_all=False, init_hidden=True)

    def graded(kit: Kit, draw: Draw, size: int) -> Any:
        return kit.snn.Leaky(
            0.9, graded_spikes_factor=0.5 if size == draw.widths[1] else 0.8, init_hidden=True
        )

    def memoryless(kit: Kit, draw: Draw, size: int) -> Any:
        return kit.snn.Leaky(0.0, reset_mechanism="none", init_hidden=True)

    def convolved(kit: Kit, draw: Draw) -> Any:
        nn, snn = kit.nn, kit.snn
        recurrent = snn.RLeaky(0.8, conv2d_channels=3, kernel_size=3, init_hidden=True)
        draw.filled(recurrent.recurrent, 0.2)
        return nn.Sequential(
            draw.filled(nn.Conv2d(2, 3, 3, padding=1), 0.8), recurrent, nn.AvgPool2d(2), nn.Dropout(0.3),
            draw.filled(nn.Conv2d(3, 4, (2, 1), stride=(1, 2), bias=False), 1.5),
            snn.Leaky(0.7, init_hidden=True), nn.Flatten(), nn.Identity(), draw.linear(8, 5, 1.5),
            snn.Synaptic(0.5, 0.5, init_hidden=True),
        ).eval()  # fmt: skip

    def normed(kit: Kit, draw: Draw) -> Any:
        nn, snn = kit.nn, kit.snn
        return nn.Sequential(
            draw.filled(nn.Conv1d(2, 4, 3, padding="same", dilation=2, groups=2), 0.8),
            draw.normalised(nn.BatchNorm1d(4)), snn.Leaky(0.9, init_hidden=True), nn.AvgPool1d(2, stride=1),
            nn.Flatten(), nn.Sequential(draw.linear(24, 6), draw.normalised(nn.BatchNorm1d(6))),
            snn.Leaky(0.9, init_hidden=True),
        ).eval()  # fmt: skip

    return [
        *found,
        Case("Leaky, one of each a neuron", _layered(own), (12,)),
        Case("RLeaky, one to one", _layered(one_to_one), (12,)),
        Case("Leaky, graded spikes", _layered(graded), (12,), reads=True),
        Case("Leaky without memory", _layered(memoryless), (12,)),
        Case("convolutions", convolved, (2, 6, 4)),
        Case("normalised, one-dimensional", normed, (2, 7)),
    ]


def _spikingjelly() -> list[Case]:
    def of(name: str, **options: Any) -> Callable[[Kit, Draw, int], Any]:
        return lambda kit, draw, size: getattr(kit.neuron, name)(**options)

    neurons = {
        "LIFNode": of("LIFNode", tau=3.0, v_threshold=0.3),
        "LIFNode, plain input, to -0.2": of("LIFNode", tau=4.0, decay_input=False, v_reset=-0.2),
        "LIFNode, soft": of("LIFNode", tau=2.5, v_reset=None, v_threshold=0.3),
        "ParametricLIFNode": of("ParametricLIFNode", init_tau=3.0, v_threshold=0.25),
        "IFNode": of("IFNode", v_threshold=1.5),
        "IFNode, to 0.25": of("IFNode", v_reset=0.25),
        "IFNode, soft": of("IFNode", v_reset=None),
        "CUBALIFNode": of("CUBALIFNode"),
        "CUBALIFNode, to 0.1": of("CUBALIFNode", v_reset=0.1),
    }

    def convolved(kit: Kit, draw: Draw) -> Any:
        layer, neuron = kit.layer, kit.neuron
        return kit.nn.Sequential(
            draw.filled(layer.Conv2d(2, 4, 3, padding=1, bias=False), 1.0),
            draw.normalised(layer.BatchNorm2d(4)), neuron.LIFNode(tau=2.0, decay_input=False),
            layer.AvgPool2d(2), layer.Flatten(), layer.Dropout(0.2),
            draw.linear(24, 10, 1.2, kind=layer.Linear), neuron.IFNode(), layer.VotingLayer(5),
        ).eval()  # fmt: skip

    def looped(kit: Kit, draw: Draw) -> Any:
        container = kit.layer.LinearRecurrentContainer(kit.neuron.LIFNode(tau=2.0), 8, 8)
        draw.filled(container.rc, 1.5)
        return kit.nn.Sequential(
            draw.linear(12, 8, 1.0), container, draw.linear(8, 4, 1.0), kit.neuron.IFNode()
        )

    def delayed(kit: Kit, draw: Draw) -> Any:
        neuron, layer = kit.neuron, kit.layer
        return kit.nn.Sequential(
            draw.linear(12, 8, 1.0), neuron.IFNode(), layer.Delay(3), draw.linear(8, 4, 1.0, bias=False),
            neuron.LIFNode(tau=2.0, decay_input=False),
        )  # fmt: skip

    return [
        *(Case(name, _layered(neuron), (12,)) for name, neuron in neurons.items()),
        Case("SpikingJelly's layers, voting", convolved, (2, 6, 4), reads=True),
        Case("LinearRecurrentContainer", looped, (12,)),
        Case("Delay", delayed, (12,)),
    ]


def _norse() -> list[Case]:
    def within(kit: Kit, *modules: Any) -> Any:
        return kit.norse.SequentialState(*modules)

    def lif(kit: Kit, draw: Draw) -> Any:
        return within(
            kit, draw.linear(12, 10, 3.0), kit.norse.LIFCell(), draw.linear(10, 6, 6.0),
            kit.norse.LIFCell(p=kit.norse.LIFParameters(v_th=kit.tensor(0.6), v_leak=kit.tensor(0.1))),
        )  # fmt: skip

    def box(kit: Kit, draw: Draw) -> Any:
        soft = kit.norse.LIFBoxParameters(reset_method=kit.norse.reset_subtract, v_th=kit.tensor(0.5))
        return within(
            kit, draw.linear(12, 10, 8.0), kit.norse.LIFBoxCell(), draw.linear(10, 6, 8.0),
            kit.norse.LIFBoxCell(p=soft),
        )  # fmt: skip

    def iaf(kit: Kit, draw: Draw) -> Any:
        raised = kit.norse.IAFParameters(v_reset=kit.tensor(0.25))
        return within(
            kit, draw.linear(12, 10, 1.0), kit.norse.IAFCell(), draw.linear(10, 6, 1.0),
            kit.norse.IAFCell(p=raised),
        )  # fmt: skip

    def recurrent(kit: Kit, draw: Draw) -> Any:
        cell = kit.norse.LIFRecurrentCell(12, 8)
        kit.put(cell, "input_weights", draw.rng.normal(0.5, 1.0, (8, 12)))
        kit.put(cell, "recurrent_weights", draw.rng.normal(0, 0.7, (8, 8)))
        return within(kit, cell, draw.linear(8, 3, 1.0), kit.norse.LICell())

    return [
        Case("LIFCell", lif, (12,)),
        Case("LIFBoxCell", box, (12,)),
        Case("IAFCell", iaf, (12,)),
        Case("LIFRecurrentCell, LICell", recurrent, (12,), reads=True),
    ]


CASES = [*_snntorch(), *_spikingjelly(), *_norse()]


def spikes_in(case: Case, seed: int = 1) -> NDArray[np.bool_]:
    """Random input, [steps, *shape]."""
    return np.random.default_rng(seed).random((case.steps, *case.shape)) < 0.3
