"""Stand-ins for torch and its three frameworks of spiking neurons: the same names and attributes, in float64.

Each computes by the equations that its framework documents, one step of one sample at a time, so that what is
translated from its attributes can be held against what it does. They are written from the sources of
snnTorch 1.0.0, SpikingJelly 2.0.0 and Norse 1.1.0; `make torch` holds the same cases against the frameworks.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Tensor:
    """Numbers that NumPy does not take as they are: a tensor that needs a gradient, on another device."""

    def __init__(self, values: Any, ready: int = 0) -> None:
        self.values = values.values if isinstance(values, Tensor) else np.asarray(values, np.float64)
        self.ready = ready

    def detach(self) -> "Tensor":
        return Tensor(self.values, self.ready | 1)

    def cpu(self) -> "Tensor":
        return Tensor(self.values, self.ready | 2)

    def double(self) -> "Tensor":
        return Tensor(self.values, self.ready | 4)

    def numpy(self) -> Array:
        if self.ready != 7:
            raise RuntimeError("Can't call numpy() on this Tensor.")
        return self.values

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise TypeError("can't convert this tensor to numpy")

    def __len__(self) -> int:
        return len(self.values)


class Module:
    """Of torch.nn: holds its children, in order."""

    def __init__(self) -> None:
        self._modules: dict[str, Any] = {}
        self._forward_hooks: dict[int, Any] = {}
        self.training = True

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Module):
            self._modules[name] = value
        object.__setattr__(self, name, value)

    def add(self, name: str, module: "Module") -> None:
        self._modules[name] = module

    def eval(self) -> "Module":
        self.training = False
        for child in self._modules.values():
            if child is not None:
                child.eval()
        return self

    def forward(self, x: Array) -> Array:
        raise NotImplementedError

    def reset_state(self) -> None:
        for child in self._modules.values():
            if child is not None:
                child.reset_state()


# torch.nn


class Sequential(Module):
    def __init__(self, *modules: Any) -> None:
        super().__init__()
        held = (
            modules[0] if len(modules) == 1 and isinstance(modules[0], Mapping) else dict(enumerate(modules))
        )
        for key, module in held.items():
            self.add(str(key), module)

    def forward(self, x: Array) -> Array:
        for module in self._modules.values():
            x = module.forward(x)
        return x


class ModuleList(Module):
    def __init__(self, modules: Any) -> None:
        super().__init__()
        for key, module in enumerate(modules):
            self.add(str(key), module)


class Linear(Module):
    def __init__(self, inputs: int, outputs: int, bias: bool = True) -> None:
        super().__init__()
        self.weight = Tensor(np.zeros((outputs, inputs)))
        self.bias = Tensor(np.zeros(outputs)) if bias else None

    def forward(self, x: Array) -> Array:
        bias = 0.0 if self.bias is None else self.bias.values
        return self.weight.values @ x + bias


class _Conv(Module):
    axes = 2

    def __init__(
        self, inputs: int, outputs: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
        dilation: Any = 1, groups: int = 1, bias: bool = True, padding_mode: str = "zeros",
    ) -> None:  # fmt: skip
        super().__init__()
        kernel = np.broadcast_to(kernel_size, self.axes)
        self.weight = Tensor(np.zeros((outputs, inputs // groups, *kernel)))
        self.bias = Tensor(np.zeros(outputs)) if bias else None
        self.stride, self.dilation = (tuple(np.broadcast_to(v, self.axes)) for v in (stride, dilation))
        self.padding = padding if isinstance(padding, str) else tuple(np.broadcast_to(padding, self.axes))
        self.groups, self.padding_mode = groups, padding_mode

    def forward(self, x: Array) -> Array:
        """Loops over every output, as the definition says."""
        weight, kernel = self.weight.values, self.weight.values.shape[2:]
        reach = [d * (k - 1) for d, k in zip(self.dilation, kernel, strict=True)]
        pads = {
            "valid": [(0, 0)] * self.axes, "same": [(r // 2, r - r // 2) for r in reach],
        }.get(self.padding) if isinstance(self.padding, str) else [(p, p) for p in self.padding]  # fmt: skip
        assert pads is not None
        padded = np.pad(x, [(0, 0), *pads])
        sizes = [
            (padded.shape[1 + a] - reach[a] - 1) // self.stride[a] + 1 for a in range(self.axes)
        ]  # fmt: skip
        out = np.zeros((len(weight), *sizes))
        per_group = len(weight) // self.groups
        for place in np.ndindex(*out.shape):
            first = place[0] // per_group * weight.shape[1]
            for tap in np.ndindex(*kernel):
                steps = zip(place[1:], self.stride, tap, self.dilation, strict=True)
                at = tuple(p * s + t * d for p, s, t, d in steps)
                window = padded[(slice(first, first + weight.shape[1]), *at)]
                out[place] += weight[(place[0], slice(None), *tap)] @ window
        bias = np.zeros(len(weight)) if self.bias is None else self.bias.values
        return out + bias.reshape(-1, *(1,) * self.axes)


class Conv1d(_Conv):
    axes = 1


class Conv2d(_Conv):
    pass


class _Pool(Module):
    axes = 2

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad
        if self.axes == 2:
            self.divisor_override = divisor_override

    def forward(self, x: Array) -> Array:
        kernel, stride, padding = (
            np.broadcast_to(v, self.axes) for v in (self.kernel_size, self.stride, self.padding)
        )  # fmt: skip
        padded = np.pad(x, [(0, 0), *((p, p) for p in padding)])
        sizes = [(padded.shape[1 + a] - kernel[a]) // stride[a] + 1 for a in range(self.axes)]
        out = np.zeros((len(x), *sizes))
        for place in np.ndindex(*out.shape):
            cut = tuple(slice(p * s, p * s + k) for p, s, k in zip(place[1:], stride, kernel, strict=True))
            window = padded[(place[0], *cut)]
            out[place] = window.sum() / (getattr(self, "divisor_override", None) or window.size)
        return out


class AvgPool1d(_Pool):
    axes = 1


class AvgPool2d(_Pool):
    pass


class AdaptiveAvgPool2d(Module):
    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, x: Array) -> Array:
        rows, columns = np.broadcast_to(self.output_size, 2)
        parts = [np.array_split(band, columns, axis=2) for band in np.array_split(x, rows, axis=1)]
        return np.array([[part.mean(axis=(1, 2)) for part in band] for band in parts]).transpose(2, 0, 1)


class _BatchNorm(Module):
    def __init__(
        self, features: int, eps: float = 1e-5, affine: bool = True, track_running_stats: bool = True
    ) -> None:
        super().__init__()
        self.eps = eps
        self.weight = Tensor(np.ones(features)) if affine else None
        self.bias = Tensor(np.zeros(features)) if affine else None
        self.running_mean = Tensor(np.zeros(features)) if track_running_stats else None
        self.running_var = Tensor(np.ones(features)) if track_running_stats else None

    def forward(self, x: Array) -> Array:
        assert self.running_mean is not None and self.running_var is not None
        each = (-1, *(1,) * (x.ndim - 1))
        mean, variance = self.running_mean.values.reshape(each), self.running_var.values.reshape(each)
        x = (x - mean) / np.sqrt(variance + self.eps)
        if self.weight is not None and self.bias is not None:
            x = x * self.weight.values.reshape(each) + self.bias.values.reshape(each)
        return x


class BatchNorm1d(_BatchNorm):
    pass


class BatchNorm2d(_BatchNorm):
    pass


class Flatten(Module):
    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: Array) -> Array:
        first, last = self.start_dim % (x.ndim + 1) - 1, self.end_dim % (x.ndim + 1) - 1
        return x.reshape(*x.shape[:first], -1, *x.shape[last + 1 :])


class Dropout(Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Array) -> Array:
        return x


class Identity(Dropout):
    pass


class MaxPool2d(Module):
    def __init__(self, kernel_size: int) -> None:
        super().__init__()
        self.kernel_size = kernel_size


class ReLU(Module):
    pass


class DataParallel(Module):
    def __init__(self, module: Module) -> None:
        super().__init__()
        self.module = module


# snntorch


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


# spikingjelly.activation_based


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


# norse.torch


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
