"""All stand-ins under the names of their frameworks, and how a network of them is run."""

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from .layers import (
    AdaptiveAvgPool2d,
    AvgPool1d,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv1d,
    Conv2d,
    DataParallel,
    Dropout,
    Flatten,
    Identity,
    Linear,
    MaxPool2d,
    ModuleList,
    ReLU,
    Sequential,
)
from .norse import (
    IAFCell,
    IAFParameters,
    LICell,
    LIFBoxCell,
    LIFBoxParameters,
    LIFCell,
    LIFParameters,
    LIFRecurrentCell,
    LIParameters,
    SequentialState,
    SNNCell,
    reset_subtract,
)
from .snntorch import Alpha, Lapicque, Leaky, RecurrentOneToOne, RLeaky, RSynaptic, SpikingNeuron, Synaptic
from .spikingjelly import (
    BaseNode,
    CUBALIFNode,
    Delay,
    IFNode,
    LIAFNode,
    LIFNode,
    LinearRecurrentContainer,
    NonSpikingLIFNode,
    ParametricLIFNode,
    VotingLayer,
)
from .tensor import Array, Module, Tensor


def _under(place: str, *classes: type) -> SimpleNamespace:
    """The classes, said to be defined there."""
    for cls in classes:
        cls.__module__ = place
    return SimpleNamespace(**{cls.__name__: cls for cls in classes})


def _copied(place: str, *classes: type) -> SimpleNamespace:
    """Classes of torch as a framework derives them from it."""
    return SimpleNamespace(**{c.__name__: type(c.__name__, (c,), {"__module__": place}) for c in classes})


nn = _under("torch.nn.modules", Module, Sequential, ModuleList, Linear, Conv1d, Conv2d, AvgPool1d, AvgPool2d,
            AdaptiveAvgPool2d, BatchNorm1d, BatchNorm2d, Flatten, Dropout, Identity, MaxPool2d, ReLU,
            DataParallel)  # fmt: skip
snn = _under("snntorch._neurons", SpikingNeuron, Leaky, Lapicque, Synaptic, RLeaky, RSynaptic, Alpha,
             RecurrentOneToOne)  # fmt: skip
sj_neuron = _under("spikingjelly.activation_based.neuron", BaseNode, IFNode, LIFNode, ParametricLIFNode,
                   CUBALIFNode, LIAFNode, NonSpikingLIFNode)  # fmt: skip
sj_layer = _copied("spikingjelly.activation_based.layer", Linear, Conv2d, AvgPool2d, BatchNorm2d, Flatten,
                   Dropout)  # fmt: skip
sj_layer.__dict__.update(
    vars(_under("spikingjelly.activation_based.layer", LinearRecurrentContainer, Delay, VotingLayer))
)  # fmt: skip
norse = _under("norse.torch.module", SNNCell, LIFCell, LIFBoxCell, IAFCell, LICell, LIFRecurrentCell,
               SequentialState, LIFParameters, LIFBoxParameters, IAFParameters, LIParameters)  # fmt: skip
norse.reset_subtract = reset_subtract


class Kit:
    """All of them, as `tests.modules.cases` wants them."""

    nn, snn, neuron, layer, norse = nn, snn, sj_neuron, sj_layer, norse
    tensor = staticmethod(Tensor)

    @staticmethod
    def put(module: Module, name: str, values: Array) -> None:
        getattr(module, name).values = np.asarray(values, np.float64)


def run(module: Module, spikes: NDArray[np.bool_]) -> Array:
    """What a network gives for these spikes, [steps, ...], from its start."""
    module.reset_state()
    return np.array([module.forward(step.astype(np.float64)) for step in spikes])
