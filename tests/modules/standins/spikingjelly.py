"""The neurons and layers of spikingjelly.activation_based."""

from typing import Any

import numpy as np

from .layers import Linear
from .tensor import Array, Module, Tensor


class SurrogateFunction(Module):
    def __init__(self) -> None:
        super().__init__()
        self.spiking = True


class BaseNode(Module):
    def __init__(self, v_threshold: float = 1.0, v_reset: float | None = 0.0) -> None:
        super().__init__()
        self.v_threshold, self.v_reset = v_threshold, v_reset
        self.surrogate_function = SurrogateFunction()
        self.reset_state()

    def reset_state(self) -> None:
        self.v: Any = 0.0 if self.v_reset is None else self.v_reset
        self.c: Any = 0.0

    def charge(self, x: Array) -> Array:
        raise NotImplementedError

    def forward(self, x: Array) -> Array:
        v = self.charge(x)
        spike = (v >= self.v_threshold).astype(float)
        if self.v_reset is None:
            self.v = v - self.v_threshold * spike
        else:
            self.v = (1 - spike) * v + spike * self.v_reset
        return spike


class IFNode(BaseNode):
    def charge(self, x: Array) -> Array:
        return self.v + x


class LIFNode(BaseNode):
    def __init__(self, tau: float = 2.0, decay_input: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.tau, self.decay_input = tau, decay_input

    def charge(self, x: Array) -> Array:
        return self._charged(x, 1 / self.tau)

    def _charged(self, x: Array, rate: float) -> Array:
        rest = 0.0 if self.v_reset is None else self.v_reset
        if self.decay_input:
            return self.v + (x - (self.v - rest)) * rate
        return self.v - (self.v - rest) * rate + x


class ParametricLIFNode(LIFNode):
    def __init__(self, init_tau: float = 2.0, **options: Any) -> None:
        super().__init__(**options)
        del self.tau
        self.w = Tensor(-np.log(init_tau - 1.0))

    def charge(self, x: Array) -> Array:
        return self._charged(x, float(1 / (1 + np.exp(-self.w.values))))


class CUBALIFNode(BaseNode):
    def __init__(self, c_decay: float = 0.5, v_decay: float = 0.75, **options: Any) -> None:
        super().__init__(**({"v_threshold": 0.5} | options))
        self.c_decay, self.v_decay = c_decay, v_decay

    def charge(self, x: Array) -> Array:
        self.c = self.c * self.c_decay + x
        return self.v * self.v_decay + self.c


class LIAFNode(LIFNode):
    """It gives something else than spikes."""

    def charge(self, x: Array) -> Array:
        return x


class NonSpikingLIFNode(Module):
    def __init__(self, tau: float = 2.0, decode: str | None = None) -> None:
        super().__init__()
        self.tau, self.decode = tau, decode
        self.reset_state()

    def reset_state(self) -> None:
        self.v: Any = 0.0

    def forward(self, x: Array) -> Array:
        self.v = self.v + (x - self.v) / self.tau
        return self.v


class LinearRecurrentContainer(Module):
    def __init__(self, sub_module: Module, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        self.rc = Linear(in_features + out_features, in_features, bias)
        self.sub_module = sub_module
        self.size = out_features
        self.reset_state()

    def reset_state(self) -> None:
        self.y = np.zeros(getattr(self, "size", 0))
        super().reset_state()

    def forward(self, x: Array) -> Array:
        self.y = self.sub_module.forward(self.rc.forward(np.concatenate((x, self.y))))
        return self.y


class Delay(Module):
    def __init__(self, delay_steps: int) -> None:
        super().__init__()
        self.delay_steps = delay_steps
        self.reset_state()

    def reset_state(self) -> None:
        self.queue: list[Array] = []

    def forward(self, x: Array) -> Array:
        self.queue.append(x)
        return self.queue.pop(0) if len(self.queue) > self.delay_steps else np.zeros_like(x)


class VotingLayer(Module):
    def __init__(self, voting_size: int = 10) -> None:
        super().__init__()
        self.voting_size = voting_size

    def forward(self, x: Array) -> Array:
        whole = len(x) // self.voting_size * self.voting_size
        return x[:whole].reshape(-1, self.voting_size).mean(axis=1)
