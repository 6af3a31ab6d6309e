"""Convolutions and pools: what slides over the last axes of its values.

Convolutions are those of the frameworks: the kernel is not turned, and outside there are zeros. Pools take
whole windows alone, and an average counts the zeros outside.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import product
from math import prod

import numpy as np

from ..errors import ParameterError
from .graph import Shape
from .linear import Array, LinearMap, check_room, spread, weights


class _Windows(LinearMap):
    """What slides over the last axes: the channels are the axis before them."""

    axes = 2

    @property
    def kernel(self) -> Shape:
        """Its size along the axes that it slides over."""
        return self.node.whole("kernel_size", self.axes, 1)

    @property
    def dilation(self) -> Shape:
        """Steps between the values that meet neighbours of the kernel."""
        return (1,) * self.axes

    @property
    def stride(self) -> Shape:
        """Steps between windows."""
        return self.node.whole("stride", self.axes, 1)

    @property
    def padding(self) -> tuple[tuple[int, int], ...]:
        """Zeros before and after each axis."""
        word = self.node.word("padding")
        if word is None:
            return tuple((one, one) for one in self.node.whole("padding", self.axes, 0))
        if word == "same" and max(self.stride) == 1:
            reach = [d * (k - 1) for d, k in zip(self.dilation, self.kernel, strict=True)]
            return tuple((one // 2, one - one // 2) for one in reach)
        if word == "valid":
            return ((0, 0),) * self.axes
        also = f" with a stride of {max(self.stride)}" if word == "same" else ""
        raise ParameterError(
            f"{self.node} has the padding {word!r}{also}: give whole numbers, 'valid', or 'same' with a "
            "stride of 1."
        )

    def taken(self, shape: Shape) -> Shape:
        wanted = self.axes + 1
        if len(shape) < wanted or prod(shape[:-wanted]) != 1:
            needed = self.needs()
            if needed is None or prod(needed) != prod(shape):
                names = ("channels", "height", "width") if self.axes == 2 else ("channels", "length")
                raise self.refused(shape, f"it takes [{', '.join(names)}]")
            return needed
        return shape[-wanted:]

    def given(self, taken: Shape) -> Shape:
        sizes, padded = [], taken[0]
        for size, kernel, dilation, stride, (low, high) in zip(
            taken[1:], self.kernel, self.dilation, self.stride, self.padding, strict=True
        ):
            padded *= size + low + high
            left = size + low + high - dilation * (kernel - 1) - 1
            if left < 0:
                raise self.refused(taken, f"its kernel of {self.kernel} is larger than that with its padding")
            sizes.append(left // stride + 1)
        check_room(self.node, padded, "values with its padding")
        return (self.channels(taken[0]), *sizes)

    def channels(self, taken: int) -> int:
        """Channels that it makes of those that it takes."""
        return taken

    def windows(self, rows: Array) -> Iterator[tuple[tuple[int, ...], Array]]:
        """For each place in the kernel the values [rows, channels, *given axes] that meet it."""
        shape = self.given(rows.shape[1:])[1:]
        padded = np.pad(rows, ((0, 0), (0, 0), *self.padding))
        for place in product(*map(range, self.kernel)):
            cut = tuple(
                slice(at * dilation, at * dilation + (size - 1) * stride + 1, stride)
                for at, dilation, size, stride in zip(place, self.dilation, shape, self.stride, strict=True)
            )
            yield place, padded[(slice(None), slice(None), *cut)]


class _Pool(_Windows):
    """SumPool2d and AvgPool2d."""

    def apply(self, rows: Array) -> Array:
        total = sum(values for _, values in self.windows(rows))
        assert isinstance(total, np.ndarray)
        return total / prod(self.kernel) if self.node.kind == "AvgPool2d" else total


class _Convolution(_Windows):
    """Conv1d and Conv2d: weight [out channels, in channels / groups, *kernel]."""

    @property
    def axes(self) -> int:  # type: ignore[override]
        """How many axes it slides over."""
        return 1 if self.node.kind == "Conv1d" else 2

    @property
    def kernel(self) -> Shape:
        return self._shape[2:]

    @property
    def dilation(self) -> Shape:
        return self.node.whole("dilation", self.axes, 1)

    @property
    def groups(self) -> int:
        """Into which the channels are divided."""
        return self.node.whole("groups", 1, 1)[0]

    def needs(self) -> Shape | None:
        axes = self.node.declared("input_shape")
        return None if axes is None or len(axes) != self.axes else (self._shape[1] * self.groups, *axes)

    def taken(self, shape: Shape) -> Shape:
        taken = super().taken(shape)
        if taken[0] != self._shape[1] * self.groups:
            raise self.refused(
                shape, f"its weight of shape {self._shape} in {self.groups} groups takes "
                f"{self._shape[1] * self.groups} channels",
            )  # fmt: skip
        needed = self.needs()
        if needed is not None and needed != taken:
            raise self.refused(shape, f"its input_shape makes that {needed}")
        return taken

    def channels(self, taken: int) -> int:
        return self._shape[0]

    def apply(self, rows: Array) -> Array:
        groups = self.groups
        weight = self._weight.reshape(groups, -1, *self._weight.shape[1:])
        given = self.given(rows.shape[1:])
        total = np.zeros((len(rows), groups, given[0] // groups, prod(given[1:])))
        for place, values in self.windows(rows):
            inward = values.reshape(len(rows), groups, -1, prod(given[1:]))
            at = weight.reshape(*weight.shape[:3], -1)[..., np.ravel_multi_index(place, self.kernel)]
            total += np.matmul(at, inward)
        return total.reshape(len(rows), *given)

    def bias(self, given: Shape) -> Array | None:
        each = spread(self.node, "bias", given[:1])
        return np.broadcast_to(each.reshape(-1, *(1,) * self.axes), given).copy()

    @cached_property
    def _shape(self) -> Shape:
        shape = self.node.shape("weight")
        if len(shape) != self.axes + 2 or 0 in shape or shape[0] % self.groups:
            raise ParameterError(
                f"{self.node} has a weight of shape {shape} in {self.groups} groups: it must be [outputs, "
                "inputs / groups, *kernel], with outputs that the groups divide."
            )
        return shape

    @cached_property
    def _weight(self) -> Array:
        return weights(self.node)


MAPS: dict[str, type[LinearMap]] = {
    "Conv1d": _Convolution, "Conv2d": _Convolution, "SumPool2d": _Pool, "AvgPool2d": _Pool,
}  # fmt: skip
"""What each kind of node does."""
