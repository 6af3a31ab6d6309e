"""Populations of a network, and views of some of their members."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Union

import numpy as np

from ..aliases import NDArray
from ..errors import ParameterError
from ..names import WithNearest
from ..showing import brief
from .neuron import NeuronDescription


class _Members(WithNearest):
    """What populations and views share: a size, and members picked by index, slice, list or mask."""

    name: str
    size: int

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator["PopulationView"]:
        return (self[k] for k in range(self.size))

    def __getitem__(self, chosen: Any) -> "PopulationView":
        return self._view(_picked(self.name, chosen, self.size))

    def _view(self, members: NDArray[np.int64]) -> "PopulationView":
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class _Population(_Members):
    name: str
    """Unique in its network."""
    size: int
    """How many members, 1 or more."""

    def _view(self, members: NDArray[np.int64]) -> "PopulationView":
        return PopulationView(self, members)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Inputs(_Population):
    """A population of inputs, external spike sources, made by `Network.inputs`. `inputs[:10]` is a view.

    Examples
    --------
    >>> pixels = Network().inputs(64, "pixels")
    >>> pixels, len(pixels[:10])
    (<Inputs 'pixels': 64>, 10)
    """

    def __repr__(self) -> str:
        return f"<Inputs {self.name!r:.60}: {self.size}>"


@dataclass(frozen=True, eq=False)
class Neurons(_Population):
    """A population of neurons of one model, made by `Network.neurons`. `cells[:10]` is a view.

    Examples
    --------
    >>> cells = Network().neurons(20, LIF(tau_m=10e-3), "cells")
    >>> cells
    <Neurons 'cells': 20 LIF(tau_m=0.01)>
    """

    model: NeuronDescription
    """Their parameters, which may differ from neuron to neuron."""

    def __repr__(self) -> str:
        head, model = f"<Neurons {self.name!r:.60}: {self.size}", repr(self.model)
        # What takes several lines, or would, begins on one of its own.
        return f"{head}{' ' if len(head) + len(model) < 98 else chr(10) + '    '}{model}>"


@dataclass(frozen=True, eq=False)
class PopulationView(_Members):
    """Some members of a population, in a given order: connected, stimulated, recorded and read like one.

    Examples
    --------
    >>> cells = Network().neurons(20, name="cells")
    >>> cells[5:8]
    <3 of 20 members of 'cells': [5, 6, 7]>
    >>> cells[[7, 5]].indices
    array([7, 5])
    """

    population: Inputs | Neurons
    """Whose members they are."""
    indices: NDArray[np.int64]
    """[members]: their indices in the population; none twice."""

    @property
    def name(self) -> str:  # type: ignore[override]
        """The name of the population."""
        return self.population.name

    @property
    def size(self) -> int:  # type: ignore[override]
        """How many members."""
        return self.indices.size

    def _view(self, members: NDArray[np.int64]) -> "PopulationView":
        return PopulationView(self.population, self.indices[members])

    def __repr__(self) -> str:
        shown = ", ".join(map(str, self.indices[:8].tolist())) + (", ..." if self.size > 8 else "")
        return f"<{self.size} of {self.population.size} members of {self.name!r:.40}: [{shown}]>"


Population = Inputs | Neurons
Members = Union[Population, "PopulationView"]
"""A population, or a view of one."""


def _picked(name: str, chosen: Any, size: int) -> NDArray[np.int64]:
    """Indices of the members that an index, slice, list, array or mask picks.

    Raises
    ------
    ParameterError
        If one is not there, or named twice.
    """
    if isinstance(chosen, tuple):
        raise ParameterError(f"{name}[...] takes one index, slice, list or mask, not {len(chosen)}.")
    try:
        array = np.arange(size)[chosen] if isinstance(chosen, slice) else np.asarray(chosen)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{name}[{brief(chosen)}] picks nothing: {error}.") from None
    if array.dtype == bool:
        if array.shape != (size,):
            raise ParameterError(
                f"{name}[...] has {size} members; a mask of shape {array.shape} is not theirs."
            )
        return np.flatnonzero(array)
    members = np.atleast_1d(array).ravel()
    if members.size and members.dtype.kind not in "iu":
        raise ParameterError(
            f"{name}[{brief(chosen)}]: members are picked by whole numbers, slices or masks."
        )
    members = members.astype(np.int64)
    if members.size and (members.min() < -size or members.max() >= size):
        bad = members.min() if members.min() < -size else members.max()
        raise ParameterError(f"{name}[{bad}]: {name} has {size} members, numbered from 0.")
    members = np.where(members < 0, members + size, members)
    if np.unique(members).size != members.size:
        raise ParameterError(f"{name}[...] picks a member twice: list each once.")
    return members
