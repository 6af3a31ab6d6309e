"""What the description of any neuron has: parameters with a unit and a range, which are checked and shown."""

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields
from functools import cache
from typing import Any, ClassVar

import numpy as np

from ..aliases import NDArray
from ..checks import checked_array, numbers
from ..errors import ParameterError
from ..names import WithNearest
from ..showing import ShownAsCall, brief
from . import plausible

MODELS: dict[str, type["NeuronDescription"]] = {}
"""The description of each neuron model, by the name that the map has for it."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a neuron: what it means, and what others call it."""

    name: str
    meaning: str
    unit: str
    """Of SI; empty for a choice of words."""
    default: Any
    low: float = -np.inf
    """Least value; infinity is excluded unless `infinite`."""
    high: float = np.inf
    infinite: bool = False
    """Whether it may be infinite."""
    from_rest: bool = False
    """Whether it is a potential of which a device has the distance from rest."""
    takes: str = ""
    """The range, in words."""
    choices: tuple[str, ...] = ()
    pynn: str = ""
    """What `IF_curr_exp` of PyNN calls it, with PyNN's unit; empty where there is none."""
    brian2: str = ""
    """How one says it in Brian2, where a model is written as equations."""
    nir: str = ""
    """What the nodes `LIF` and `CubaLIF` of NIR call it."""

    def check(self, value: Any) -> None:
        """Refuse, in a sentence that names it, what is no value of this parameter."""
        if self.choices:
            if not isinstance(value, str) or value not in self.choices:
                raise ParameterError(f"{self.name} = {brief(value)}: it is one of {self.choices}.")
            return
        if value is None and self.default is None:
            return
        array = numbers(self.name, value)
        checked_array(self.name, array, array.shape)
        outside = (array < self.low) | (array > self.high)
        if not self.infinite:
            outside |= np.isinf(array)
        if outside.any():
            bad = array[outside].ravel()[0]
            raise ParameterError(f"{self.name} = {bad:g} is out of range: it takes {self.takes}.")
        if array.ndim > 1:
            raise ParameterError(
                f"{self.name} has shape {array.shape}: give one number, or one a neuron, [neurons]."
            )


def about(meaning: str, unit: str = "", **others: Any) -> Mapping[str, Any]:
    """The metadata of a field: what its `Parameter` says besides name and default."""
    return {"meaning": meaning, "unit": unit} | others


class NeuronDescription(ShownAsCall, WithNearest):
    """A neuron model as a user gives it: a frozen dataclass, each field a parameter told with `about`.

    `class Izhikevich(Axon, NeuronDescription, neuron="izhikevich")` describes the map's neuron model of that
    name, and its fields are those of the parts that it is made of, and its own. Every model has a `delay`,
    which is the part `Axon`. `allspike.compiler.lowering` says how one becomes whole numbers.
    """

    neuron: ClassVar[str]
    """The map's name of the neuron model."""

    def __init_subclass__(cls, neuron: str | None = None, **others: Any) -> None:
        super().__init_subclass__(**others)
        if neuron is not None:
            cls.neuron = neuron
            MODELS[neuron] = cls

    def __post_init__(self) -> None:
        for parameter in parameter_table(type(self)):
            parameter.check(getattr(self, parameter.name))
        plausible.say(self.findings())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in _fields(type(self)))

    __hash__ = None  # type: ignore[assignment]  # its arrays can be changed

    def array(self, name: str, size: int) -> NDArray[np.float64]:
        """The parameter `name` for each of `size` neurons, shape [size]; in place of None what it means.

        Raises
        ------
        ParameterError
            If it is an array of another length.
        """
        return checked_array(name, getattr(self, name), (size,))

    def non_default(self) -> dict[str, object]:
        """The parameters that differ from the defaults."""
        return {
            parameter.name: getattr(self, parameter.name)
            for parameter in parameter_table(type(self))
            if not np.array_equal(getattr(self, parameter.name), parameter.default)
        }

    def findings(self) -> Iterator[plausible.Finding]:
        """What can hardly be meant in it."""
        return iter(())

    def findings_of_weights(
        self, weights: NDArray[np.float64], targets: NDArray[np.int64]
    ) -> Iterator[plausible.Finding]:
        """What can hardly be meant in the weights [synapses] onto these of its neurons."""
        return iter(())

    def fires_at(self, size: int) -> NDArray[np.float64]:
        """Potentials at which its neurons fire, [size]; NaN where there is no such number."""
        return np.full(size, np.nan)

    @property
    def unit_of_volts(self) -> str:
        """The unit of its potentials: "V", or "" where they are plain numbers."""
        return "V"

    @property
    def unit_of_weights(self) -> str:
        """The unit of the weights onto it: "A", or that of the potentials."""
        return self.unit_of_volts


def _fields(model: type[NeuronDescription]) -> tuple[Field[Any], ...]:
    return fields(model)  # type: ignore[arg-type]  # each is a dataclass


def parameter_table(model: type[NeuronDescription]) -> tuple[Parameter, ...]:
    """Every parameter of a model, in order: meaning, unit, default, range, and what others call it."""
    return _table(model)  # type: ignore[arg-type]  # a class can be hashed, whatever its objects can


@cache
def _table(model: type[NeuronDescription]) -> tuple[Parameter, ...]:
    return tuple(Parameter(name=one.name, default=one.default, **one.metadata) for one in _fields(model))


def parameter_named(name: str) -> Parameter:
    """The parameter, of any model, that a quantity is of: its name, after which more may be said.

    Raises
    ------
    KeyError
        If no model has one of that name.
    """
    first = name.partition(" ")[0]
    return {one.name: one for model in MODELS.values() for one in parameter_table(model)}[first]


def documented(model: type[NeuronDescription]) -> str:
    """The section of a model's docstring that lists its parameters."""
    lines = ["", "    Parameters", "    ----------"]
    for parameter in parameter_table(model):
        kind = " or ".join(f'"{word}"' for word in parameter.choices)
        unit = kind or f"number or array [neurons], {parameter.unit}"
        lines.append(f"    {parameter.name} : {unit}, default {parameter.default!r}")
        lines.append(f"        {parameter.meaning}")
    return "\n".join(lines)
