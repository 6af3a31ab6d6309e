"""The cells of norse.torch, and their parameters."""

from typing import Any, NamedTuple

import numpy as np

from .layers import Sequential
from .tensor import Array, Module, Tensor


class LIFParameters(NamedTuple):
    tau_syn_inv: Any = Tensor(1 / 5e-3)
    tau_mem_inv: Any = Tensor(1 / 1e-2)
    v_leak: Any = Tensor(0.0)
    v_th: Any = Tensor(1.0)
    v_reset: Any = Tensor(0.0)
    method: str = "super"


class LIParameters(NamedTuple):
    tau_syn_inv: Any = Tensor(1 / 5e-3)
    tau_mem_inv: Any = Tensor(1 / 1e-2)
    v_leak: Any = Tensor(0.0)


class IAFParameters(NamedTuple):
    v_th: Any = Tensor(1.0)
    v_reset: Any = Tensor(0.0)


def reset_value(z: Array, v: Array, reset: Any, th: Any) -> Array:
    return (1 - z) * v + z * reset


def reset_subtract(z: Array, v: Array, reset: Any, th: Any) -> Array:
    return (1 - z) * v + z * (v - th)


class LIFBoxParameters(NamedTuple):
    tau_mem_inv: Any = Tensor(1 / 1e-2)
    v_leak: Any = Tensor(0.0)
    v_th: Any = Tensor(1.0)
    v_reset: Any = Tensor(0.0)
    reset_method: Any = reset_value


class SNNCell(Module):
    parameters: Any = LIFParameters

    def __init__(self, p: Any = None, dt: float = 1e-3) -> None:
        super().__init__()
        self.p, self.dt = p or self.parameters(), dt
        self.reset_state()

    def reset_state(self) -> None:
        self.v: Any = self.p.v_leak.values if hasattr(self.p, "v_leak") else self.p.v_reset.values
        self.i: Any = 0.0
        self.z: Any = 0.0

    def follow(self, current: Array) -> Array:
        return self.v + self.dt * self.p.tau_mem_inv.values * (self.p.v_leak.values - self.v + current)

    def fire(self, v: Array) -> Array:
        z = (v - self.p.v_th.values > 0).astype(float)
        method = getattr(self.p, "reset_method", reset_value)
        self.v = method(z, v, self.p.v_reset.values, self.p.v_th.values)
        self.z = z
        return z

    def current(self, x: Array) -> Array:
        jumped = self.i + x
        self.i = jumped - self.dt * self.p.tau_syn_inv.values * jumped
        return jumped


class LIFCell(SNNCell):
    def forward(self, x: Array) -> Array:
        return self.fire(self.follow(self.current(x)))


class LIFBoxCell(SNNCell):
    parameters = LIFBoxParameters

    def forward(self, x: Array) -> Array:
        return self.fire(self.follow(x))


class IAFCell(SNNCell):
    parameters = IAFParameters

    def forward(self, x: Array) -> Array:
        return self.fire(self.v + x)


class LICell(SNNCell):
    parameters = LIParameters

    def forward(self, x: Array) -> Array:
        self.v = self.follow(self.current(x))
        return self.v


class LIFRecurrentCell(SNNCell):
    def __init__(self, input_size: int, hidden_size: int, p: Any = None, dt: float = 1e-3) -> None:
        super().__init__(p, dt)
        self.input_weights = Tensor(np.zeros((hidden_size, input_size)))
        self.recurrent_weights = Tensor(np.zeros((hidden_size, hidden_size)))

    def forward(self, x: Array) -> Array:
        z = np.ones(len(self.input_weights)) * self.z
        come = self.input_weights.values @ x + self.recurrent_weights.values @ z
        return self.fire(self.follow(self.current(come)))


class SequentialState(Sequential):
    pass
