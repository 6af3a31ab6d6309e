"""What the linear nodes do, each to many vectors at once: rows of values in, rows of values out.

A row is what one spike brings. Biases are apart from it, for they arrive whether there is a spike or not.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from ..errors import CapacityError, ParameterError
from ..map.config import MAX_SYNAPSES
from .graph import Node, Shape

Array = NDArray[np.float64]
MOST_VALUES = 2 * MAX_SYNAPSES
"""Weights or values of one node between neurons: more come from no network that any build holds."""


def spread(node: Node, field: str, shape: Shape) -> Array:
    """A parameter for every value of a shape: one for all, one for each, or one for each along some axes.

    Raises
    ------
    ParameterError
        If it has another shape.
    """
    values = node.values(field)
    if values.size == prod(shape):
        return values.reshape(shape)
    if not spreads(values.shape, shape):
        raise ParameterError(f"{node} has {field} of shape {values.shape} where {shape} is needed.")
    return np.broadcast_to(values.reshape(()) if values.size == 1 else values, shape).copy()


def spreads(shape: Shape, onto: Shape) -> bool:
    """Whether values of a shape can be had for every value of another one."""
    alike = len(shape) == len(onto) and all(own in (1, size) for own, size in zip(shape, onto, strict=True))
    return prod(shape) == 1 or alike


def weights(node: Node) -> Array:
    """The weights of a node.

    Raises
    ------
    CapacityError
        If they are far more than any build holds.
    """
    check_room(node, prod(node.shape("weight")), "weights")
    return node.values("weight")


def check_room(node: Node, count: int, what: str) -> None:
    """Refuse numbers that would fill the memory of this machine for a network that fits nowhere.

    Raises
    ------
    CapacityError
        If they are far more than any build holds.
    """
    if count > MOST_VALUES:
        raise CapacityError(
            f"{node} has {count:,} {what}, and {MOST_VALUES:,} are the most: make it smaller."
        )


@dataclass(frozen=True, eq=False)
class LinearMap(ABC):
    """One linear node."""

    node: Node

    def needs(self) -> Shape | None:
        """The shape that it takes, as far as it says so itself."""
        return None

    @abstractmethod
    def taken(self, shape: Shape) -> Shape:
        """How it takes values that come in this shape."""

    @abstractmethod
    def given(self, taken: Shape) -> Shape:
        """The shape of what it makes of it."""

    @abstractmethod
    def apply(self, rows: Array) -> Array:
        """From [rows, *taken] to [rows, *given], without the bias."""

    def bias(self, given: Shape) -> Array | None:
        """What it adds, of shape `given`; None if it adds nothing."""
        return None

    def late(self, taken: Shape) -> Array | None:
        """By how much each value comes later, of shape `taken`; None if none does."""
        return None

    def refused(self, shape: Shape, why: str) -> ParameterError:
        """What is raised for values of a shape that it cannot take."""
        return ParameterError(f"{self.node} is given values of shape {shape}, but {why}.")


class _Identity(LinearMap):
    """The port of a nested graph: values stay as they are."""

    def taken(self, shape: Shape) -> Shape:
        return shape

    def given(self, taken: Shape) -> Shape:
        return taken

    def apply(self, rows: Array) -> Array:
        return rows


class _Flatten(_Identity):
    """The axes from `start_dim` to `end_dim` become one, in C order."""

    def given(self, taken: Shape) -> Shape:
        axes = len(taken)
        dims = (self.node.whole(field, 1, -axes)[0] for field in ("start_dim", "end_dim"))
        first, last = (dim + axes if dim < 0 else dim for dim in dims)
        if last <= first:
            return taken  # of one axis, as where the first one was a batch's
        return (*taken[:first], prod(taken[first : last + 1]), *taken[last + 1 :])


class _Scale(_Identity):
    """Every value times one of its own."""

    field = "scale"

    def needs(self) -> Shape | None:
        shape = self.node.shape(self.field)
        return shape if prod(shape) > 1 else None

    def taken(self, shape: Shape) -> Shape:
        own = self.node.shape(self.field)
        if prod(own) != prod(shape) and not spreads(own, shape):
            raise self.refused(shape, f"its {self.field} has the shape {own}")
        return own if prod(own) == prod(shape) and prod(own) > 1 else shape

    def apply(self, rows: Array) -> Array:
        return rows * spread(self.node, self.field, rows.shape[1:])


class _Delay(_Scale):
    """Values stay as they are, and come late."""

    field = "delay"

    def apply(self, rows: Array) -> Array:
        return rows

    def late(self, taken: Shape) -> Array:
        late = spread(self.node, self.field, taken)
        if (late < 0).any():
            raise ParameterError(f"{self.node} has a delay of {late.min():g}: it must be 0 or more.")
        return late


class _Matrix(LinearMap):
    """Affine and Linear: weight [..., out, in] from [..., in] to [..., out]."""

    def needs(self) -> Shape:
        shape = self.node.shape("weight")
        if len(shape) < 2 or 0 in shape:
            raise ParameterError(f"{self.node} has a weight of shape {shape}: it must be [outputs, inputs].")
        return (*shape[:-2], shape[-1])

    def taken(self, shape: Shape) -> Shape:
        needed = self.needs()
        if prod(needed) != prod(shape):
            raise self.refused(
                shape, f"its weight of shape {self.node.shape('weight')} takes {prod(needed):,}"
            )
        return needed

    def given(self, taken: Shape) -> Shape:
        return (*taken[:-1], self.node.shape("weight")[-2])

    def apply(self, rows: Array) -> Array:
        if rows.ndim == 2:
            return rows @ self._weight.T
        return np.matmul(self._weight, rows[..., None])[..., 0]

    def bias(self, given: Shape) -> Array | None:
        return spread(self.node, "bias", given) if self.node.kind == "Affine" else None

    @cached_property
    def _weight(self) -> Array:
        return weights(self.node)


MAPS: dict[str, type[LinearMap]] = {
    "Affine": _Matrix, "Linear": _Matrix, "Scale": _Scale, "Flatten": _Flatten, "Delay": _Delay,
    "Identity": _Identity,
}  # fmt: skip
"""What each kind of node does; those of `windows` beside it."""
