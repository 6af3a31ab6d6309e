"""The layers of torch.nn: linear ones, convolutions, pools, normalisations, and what holds others."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .tensor import Array, Module, Tensor


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
