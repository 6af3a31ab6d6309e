"""Units in which a network of numbers becomes a network of whole numbers.

Each neuron has a unit for its weights, and V has `2**shift` finer ones in it. A neuron is exact if all
weights onto it are whole multiples of its unit, few enough to fit a weight, all values of input spikes are
whole multiples too, few enough to be sums of as many weights as there may be, and all that moves its V
otherwise (leak, initial state) is a whole multiple of the finer unit. The greatest such unit is a greatest
common divisor.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

import numpy as np
from numpy.typing import NDArray

_SHIFTS = range(16)
_FRACTION_BITS = 8
"""Fractional bits of V below a weight unit that rounded neurons get, if there is room."""


@dataclass(frozen=True)
class Group:
    """Neurons that share a unit: one, or all that learn."""

    weights: NDArray[np.float64]
    """Distinct weights onto them."""
    potentials: NDArray[np.float64]
    """Distinct changes of V that come from elsewhere."""
    reach: float
    """Largest distance of a threshold from rest."""
    range: float
    """Largest weight that there may come to be."""
    values: NDArray[np.float64]
    """Distinct values of input spikes."""


@dataclass(frozen=True)
class Lattice:
    """The units of each group."""

    unit: NDArray[np.float64]
    """[groups]: one weight unit."""
    exact: NDArray[np.bool_]
    """[groups]"""
    shift: int


def written(value: float) -> Fraction:
    """A number as it is written: 0.1 is a tenth, which the float is not."""
    return Fraction(repr(float(value)))


def common_unit(values: Iterable[float]) -> Fraction:
    """The greatest number of which all values, as they are written, are whole multiples; 0 if they are 0."""
    numbers = [written(value) for value in values]
    scale = lcm(*(number.denominator for number in numbers))
    return Fraction(gcd(*(int(number * scale) for number in numbers)), scale)


def is_binary(values: Iterable[float]) -> bool:
    """Whether the values, as they are written, are sums of powers of two, which floating point adds
    exactly."""
    return all(Fraction(float(value)) == written(value) for value in values)


def lattice(groups: Sequence[Group], weight_max: int, state_max: int, most: int) -> Lattice:
    """Units that make as many groups as possible exact; the others are rounded to the finest unit that fits.

    Parameters
    ----------
    groups : sequence of Group
    weight_max : int
        Largest weight of the build, in units.
    state_max : int
        Largest V of the build, in units.
    most : int
        Of how many weights an input value may be the sum.
    """
    whole = [_integers(group, weight_max) for group in groups]

    def units_at(shift: int) -> list[float | None]:
        return [
            None if numbers is None else numbers.unit(shift, weight_max, state_max, group.reach, most)
            for numbers, group in zip(whole, groups, strict=True)
        ]

    tries = [units_at(shift) for shift in _SHIFTS]
    # Coarse units leave weights room to grow and changes of them fewer units.
    best = max(
        _SHIFTS,
        key=lambda shift: (
            sum(u is not None for u in tries[shift]), sum(u or 0.0 for u in tries[shift]), -shift
        ),
    )  # fmt: skip
    found = tries[best]
    coarse = [_rounded_unit(group, weight_max) for group in groups]
    if any(unit is None for unit in found):
        best = _finer(
            best, groups, [c if u is None else u for u, c in zip(found, coarse, strict=True)], state_max
        )
        found = units_at(best)
    units = [c if u is None else u for u, c in zip(found, coarse, strict=True)]
    return Lattice(np.array(units), np.array([u is not None for u in found], bool), best)


@dataclass(frozen=True)
class _Integers:
    """A group's values as whole numbers of `1 / scale`."""

    weights: list[int]
    values: list[int]
    potentials: list[int]
    scale: int

    def unit(self, shift: int, weight_max: int, state_max: int, reach: float, most: int) -> float | None:
        """The greatest unit at a shift, or None if it is too small for weights, values or V."""
        step = gcd(*self.weights, *self.values, *(value << shift for value in self.potentials))
        if step == 0:
            step = self.scale
        top = max(map(abs, self.weights), default=0)
        highest = max(map(abs, self.values), default=0)
        unit = float(Fraction(step, self.scale))
        far = max(reach / unit, highest / step if highest > step * weight_max else 0.0)
        if top > step * weight_max or highest > step * weight_max * most or far * 2**shift >= state_max:
            return None
        return unit


def _integers(group: Group, weight_max: int) -> _Integers | None:
    if group.weights.size > 2 * weight_max + 1:
        return None
    weights = [written(value) for value in group.weights]
    values = [written(value) for value in group.values]
    potentials = [written(value) for value in group.potentials]
    scale = lcm(*(value.denominator for value in (*weights, *values, *potentials)))

    def integers(numbers: list[Fraction]) -> list[int]:
        return [int(number * scale) for number in numbers]

    return _Integers(integers(weights), integers(values), integers(potentials), scale)


def _rounded_unit(group: Group, weight_max: int) -> float:
    largest = max(float(np.abs(each).max(initial=0.0)) for each in (group.weights, group.values))
    return max(largest, group.range) / weight_max or 1.0


def _finer(shift: int, groups: Sequence[Group], units: list[float], state_max: int) -> int:
    """A shift that rounds V finely, with room for thresholds."""
    reach = max(group.reach / unit for group, unit in zip(groups, units, strict=True))
    room = int(np.floor(np.log2(state_max / max(4 * reach, 1.0))))
    return max(min(max(shift, _FRACTION_BITS), room), min(shift, room), 0)
