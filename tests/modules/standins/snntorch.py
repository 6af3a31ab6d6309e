"""The neurons of snnTorch."""

from typing import Any

import numpy as np

from .layers import Conv2d, Linear
from .tensor import Array, Module, Tensor


def atan() -> Any:
    def inner(x: Any) -> Any:
        return x

    return inner


def SSO() -> Any:
    def inner(x: Any) -> Any:
        return x

    return inner


class SpikingNeuron(Module):
    """A parent of all of snnTorch's: the reset is that of the step before, unless `reset_delay=False`."""

    def __init__(
        self, beta: Any, threshold: Any = 1.0, reset_mechanism: str = "subtract", reset_delay: bool = True,
        init_hidden: bool = False, output: bool = False, inhibition: bool = False, state_quant: Any = False,
        graded_spikes_factor: Any = 1.0, spike_grad: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.beta, self.threshold = Tensor(beta), Tensor(threshold)
        self.graded_spikes_factor = Tensor(graded_spikes_factor)
        self.reset_mechanism, self.reset_delay = reset_mechanism, reset_delay
        self.init_hidden, self.output = init_hidden, output
        self.inhibition, self.state_quant = inhibition, state_quant
        self.spike_grad = spike_grad or atan()
        self.reset_state()

    def reset_state(self) -> None:
        self.v: Any = 0.0
        self.i: Any = 0.0
        self.spk: Any = 0.0

    def charged(self, x: Array) -> Array:
        """V of the step before any reset."""
        return np.clip(self.beta.values, 0, 1) * self.v + x

    def forward(self, x: Array) -> Array:
        threshold = self.threshold.values
        before = (np.asarray(self.v) > threshold).astype(float) * np.ones_like(x)
        if self.reset_mechanism == "zero" and type(self).__name__ == "Leaky":
            self.v = (1 - before) * self.v
        v = self.charged(x)
        if self.reset_mechanism == "subtract":
            v = v - before * threshold
        elif self.reset_mechanism == "zero" and type(self).__name__ != "Leaky":
            v = v - before * v
        spk = (v > threshold).astype(float)
        if not getattr(self, "reset_delay", True):
            due = spk - before
            v = v - due * {"subtract": threshold, "zero": v, "none": 0.0}[self.reset_mechanism]
        self.v, self.spk = v, spk * self.graded_spikes_factor.values
        return self.spk


class Leaky(SpikingNeuron):
    pass


class Lapicque(SpikingNeuron):
    def __init__(self, R: float, C: float, time_step: float = 1.0, **options: Any) -> None:
        super().__init__(np.exp(-time_step / (R * C)), **options)
        self.R, self.C, self.time_step = Tensor(R), Tensor(C), Tensor(time_step)
        del self.reset_delay

    def charged(self, x: Array) -> Array:
        resistance, capacity, step = self.R.values, self.C.values, self.time_step.values
        return x / capacity * step + (1 - step / (resistance * capacity)) * self.v


class Synaptic(SpikingNeuron):
    def __init__(self, alpha: Any, beta: Any, **options: Any) -> None:
        super().__init__(beta, **options)
        self.alpha = Tensor(alpha)

    def charged(self, x: Array) -> Array:
        self.i = np.clip(self.alpha.values, 0, 1) * self.i + x
        return np.clip(self.beta.values, 0, 1) * self.v + self.i


class RecurrentOneToOne(Module):
    def __init__(self, V: Any) -> None:
        super().__init__()
        self.V = V

    def forward(self, x: Array) -> Array:
        return x * self.V.values


def _recurrent(
    module: Any, V: Any, all_to_all: bool, linear_features: int | None, conv2d_channels: int | None,
    kernel_size: int | None,
) -> None:  # fmt: skip
    if not all_to_all:
        module.V = Tensor(V)
        module.recurrent = RecurrentOneToOne(module.V)
    elif linear_features:
        module.recurrent = Linear(linear_features, linear_features)
    else:
        assert conv2d_channels and kernel_size
        padding = kernel_size // 2
        module.recurrent = Conv2d(conv2d_channels, conv2d_channels, kernel_size, padding=padding)


class RLeaky(SpikingNeuron):
    def __init__(
        self, beta: Any, V: Any = 1.0, all_to_all: bool = True, linear_features: int | None = None,
        conv2d_channels: int | None = None, kernel_size: int | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(beta, **options)
        _recurrent(self, V, all_to_all, linear_features, conv2d_channels, kernel_size)

    def charged(self, x: Array) -> Array:
        return super().charged(x) + self.recurrent.forward(np.ones_like(x) * self.spk)


class RSynaptic(Synaptic):
    def __init__(
        self, alpha: Any, beta: Any, V: Any = 1.0, all_to_all: bool = True,
        linear_features: int | None = None, conv2d_channels: int | None = None,
        kernel_size: int | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(alpha, beta, **options)
        _recurrent(self, V, all_to_all, linear_features, conv2d_channels, kernel_size)

    def charged(self, x: Array) -> Array:
        return super().charged(x + self.recurrent.forward(np.ones_like(x) * self.spk))


class Alpha(SpikingNeuron):
    pass
