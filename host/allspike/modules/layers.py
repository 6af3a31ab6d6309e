"""The layers between neurons, as nodes of NIR; `allspike.nir` makes matrices of them.

A mean over windows and a normalisation of channels are convolutions of each channel on its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ..errors import ParameterError
from .neurons import Array
from .reading import numbers
from .walking import Stage

Shape = tuple[int, ...]
Node = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Layer:
    """What a layer is in NIR."""

    nodes: tuple[Node, ...]
    """One after the other."""
    shape: Shape
    """Of what comes out of it, without the batch."""


def layer(stage: Stage, shape: Shape) -> Layer:
    """What a layer does to a signal of that shape.

    Raises
    ------
    ParameterError
        If the shape does not fit it, or its settings are not supported.
    """
    return _LAYERS[stage.kind.name](stage, shape)


def _unfit(stage: Stage, shape: Shape, wanted: str) -> ParameterError:
    return ParameterError(f"{stage.where}: it takes {wanted}, and what comes to it has shape {shape}.")


def _bias(stage: Stage, size: int) -> Array:
    bias = getattr(stage.module, "bias", None)
    return np.zeros(size) if bias is None else numbers(stage.where, "bias", bias)


def _linear(stage: Stage, shape: Shape) -> Layer:
    weight = numbers(stage.where, "weight", stage.get("weight"))
    if len(shape) != 1 or shape[0] != weight.shape[1]:
        flatten = "; put a Flatten before it" if prod(shape) == weight.shape[1] else ""
        raise _unfit(stage, shape, f"one axis of {weight.shape[1]} features{flatten}")
    return Layer((affine(weight, _bias(stage, len(weight))),), (len(weight),))


def affine(weight: Array, bias: Array) -> Node:
    """x becomes weight @ x + bias, weights [outputs, inputs]."""
    return {"type": "Affine", "weight": weight, "bias": bias}


def _convolution(dimensions: int) -> Callable[[Stage, Shape], Layer]:
    def convolution(stage: Stage, shape: Shape) -> Layer:
        weight = numbers(stage.where, "weight", stage.get("weight"))
        groups = int(stage.get("groups"))
        _check_axes(stage, shape, dimensions, weight.shape[1] * groups)
        mode = getattr(stage.module, "padding_mode", "zeros")
        if mode != "zeros":
            raise ParameterError(f"{stage.where}: padding_mode={mode!r} is not supported: pad with zeros.")
        stride, dilation = (_each(stage, name, dimensions) for name in ("stride", "dilation"))
        padding = stage.get("padding")
        if padding == "valid":
            padding = (0,) * dimensions
        elif padding != "same":
            padding = _each(stage, "padding", dimensions)
        return _windows(
            stage, shape, weight, _bias(stage, len(weight)), stride, padding, dilation, groups
        )  # fmt: skip

    return convolution


def _check_axes(stage: Stage, shape: Shape, dimensions: int, channels: int | None = None) -> None:
    if len(shape) != dimensions + 1 or (channels is not None and shape[0] != channels):
        raise _unfit(stage, shape, f"{channels or 'some'} channels and {dimensions} more axes")


def _each(stage: Stage, name: str, dimensions: int) -> Shape:
    """An attribute along each axis: torch writes one number or several."""
    value = numbers(stage.where, name, stage.get(name)).astype(int).ravel()
    if value.size not in (1, dimensions):
        raise ParameterError(f"{stage.where}: {name} = {value.tolist()} does not fit {dimensions} axes.")
    return tuple(int(v) for v in np.broadcast_to(value, dimensions))


def _windows(
    stage: Stage, shape: Shape, weight: Array, bias: Array, stride: Shape, padding: Shape | str,
    dilation: Shape, groups: int,
) -> Layer:  # fmt: skip
    """A convolution."""
    if isinstance(padding, str):
        after = shape[1:]
    else:
        axes = zip(shape[1:], padding, dilation, weight.shape[2:], stride, strict=True)
        after = tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, p, d, k, s in axes)
    if min(after) < 1:
        raise _unfit(stage, shape, f"an input of at least its kernel {weight.shape[2:]}")
    scalar = len(after) == 1
    node: Node = {
        "type": f"Conv{len(after)}d", "weight": weight, "bias": bias, "groups": groups,
        "input_shape": shape[1] if scalar else np.array(shape[1:]),
        "stride": stride[0] if scalar else np.array(stride),
        "padding": padding if isinstance(padding, str) else padding[0] if scalar else np.array(padding),
        "dilation": dilation[0] if scalar else np.array(dilation),
    }  # fmt: skip
    return Layer((node,), (len(weight), *after))


def _each_channel(
    stage: Stage, shape: Shape, kernel: Array, bias: Array, stride: Shape, padding: Shape
) -> Layer:
    """A convolution of each channel with its own kernel, [channels, ...]."""
    ones = (1,) * (len(shape) - 1)
    return _windows(stage, shape, kernel[:, None], bias, stride, padding, ones, shape[0])


def _pool(dimensions: int) -> Callable[[Stage, Shape], Layer]:
    def pool(stage: Stage, shape: Shape) -> Layer:
        _check_axes(stage, shape, dimensions)
        kernel, padding = _each(stage, "kernel_size", dimensions), _each(stage, "padding", dimensions)
        stride = kernel if stage.get("stride") is None else _each(stage, "stride", dimensions)
        divisor = getattr(stage.module, "divisor_override", None)
        if getattr(stage.module, "ceil_mode", False):
            raise ParameterError(f"{stage.where}: ceil_mode=True is not supported: pad the input instead.")
        if any(padding) and divisor is None and not getattr(stage.module, "count_include_pad", True):
            raise ParameterError(f"{stage.where}: padding with count_include_pad=False is not supported.")
        each = np.full((shape[0], *kernel), 1 / (prod(kernel) if divisor is None else float(divisor)))
        return _each_channel(stage, shape, each, np.zeros(shape[0]), stride, padding)

    return pool


def _adaptive_pool(dimensions: int) -> Callable[[Stage, Shape], Layer]:
    def pool(stage: Stage, shape: Shape) -> Layer:
        _check_axes(stage, shape, dimensions)
        wanted: Any = stage.get("output_size")
        wanted = list(wanted) if isinstance(wanted, tuple | list) else [wanted] * dimensions
        sizes = [n if w is None else int(w) for n, w in zip(shape[1:], wanted, strict=True)]
        if any(n % w for n, w in zip(shape[1:], sizes, strict=True)):
            raise _unfit(stage, shape, f"axes that {tuple(sizes)} divides")
        kernel = tuple(n // w for n, w in zip(shape[1:], sizes, strict=True))
        each = np.full((shape[0], *kernel), 1 / prod(kernel))
        return _each_channel(stage, shape, each, np.zeros(shape[0]), kernel, (0,) * dimensions)

    return pool


def _normalisation(stage: Stage, shape: Shape) -> Layer:
    """What a BatchNorm does when it does not train: an affine map of each channel."""
    if getattr(stage.module, "training", False):
        raise ParameterError(
            f"{stage.where}: in training it normalises by the batch at hand: call eval() of the network."
        )
    if getattr(stage.module, "running_var", None) is None:
        raise ParameterError(
            f"{stage.where}: without running statistics it normalises by the batch at hand: train it with "
            "track_running_stats=True."
        )
    mean, variance = (numbers(stage.where, name, stage.get(name)) for name in ("running_mean", "running_var"))
    if not shape or shape[0] != mean.size:
        raise _unfit(stage, shape, f"{mean.size} channels")
    scale = 1 / np.sqrt(variance + float(stage.get("eps")))
    weight = getattr(stage.module, "weight", None)
    scale = scale if weight is None else scale * numbers(stage.where, "weight", weight)
    bias = _bias(stage, mean.size) - mean * scale
    axes = len(shape) - 1
    if not axes:
        return Layer((affine(np.diag(scale), bias),), shape)
    return _each_channel(stage, shape, scale.reshape(-1, *(1,) * axes), bias, (1,) * axes, (0,) * axes)


def _flatten(stage: Stage, shape: Shape) -> Layer:
    """Axes are counted with the batch, which is the first."""
    axes = len(shape) + 1
    first, last = (int(stage.get(name)) for name in ("start_dim", "end_dim"))
    first, last = (axis + axes if axis < 0 else axis for axis in (first, last))
    if not 1 <= first <= last < axes:
        raise _unfit(
            stage, shape, f"axes {stage.get('start_dim')} to {stage.get('end_dim')}, the batch being 0"
        )
    after = (*shape[: first - 1], prod(shape[first - 1 : last]), *shape[last:])
    return Layer(({"type": "Flatten", "start_dim": first - 1, "end_dim": last - 1},), after)


def _voting(stage: Stage, shape: Shape) -> Layer:
    """The mean over each few neighbours, which vote for one class."""
    voters = int(numbers(stage.where, "voting_size", stage.get("voting_size")))
    if len(shape) != 1 or shape[0] < voters:
        raise _unfit(stage, shape, f"one axis of {voters} or more")
    classes = shape[0] // voters
    weight = np.zeros((classes, shape[0]))
    weight[:, : classes * voters] = np.kron(np.eye(classes), np.full((1, voters), 1 / voters))
    return Layer((affine(weight, np.zeros(classes)),), (classes,))


_LAYERS: dict[str, Callable[[Stage, Shape], Layer]] = {
    "Linear": _linear,
    "Conv1d": _convolution(1),
    "Conv2d": _convolution(2),
    "AvgPool1d": _pool(1),
    "AvgPool2d": _pool(2),
    "AdaptiveAvgPool1d": _adaptive_pool(1),
    "AdaptiveAvgPool2d": _adaptive_pool(2),
    "BatchNorm1d": _normalisation,
    "BatchNorm2d": _normalisation,
    "Flatten": _flatten,
    "VotingLayer": _voting,
}
