"""Input spikes with values: each input of a core has fixed weights, so a value is a weight, or the sum of the
weights of several inputs that spike together.

What comes to a neuron in the same steps, a train, needs one input, or more if it is beyond the largest
weight; neurons share the inputs of a train. There are several ways to make trains of values, and the one that
takes the fewest inputs is chosen:

* values: a train for each value of a neuron. A value beyond the largest weight is that weight, as often as it
  goes, and what remains, so values of a neuron share these.
* digits: each value is a sum of powers of two, of the largest weight and, if it is negative, of its negative:
  few trains for any number of values.
* for each neuron the one of these two that makes fewer trains.
* patterns: a train for each set of values that come in one step.
* lifted patterns: where values are beyond the largest weight, one more train brings every neuron half-way,
  and the patterns of these steps what remains, up or down: an input more, rather than an input more a step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .lattice import Lattice, written

Arrivals = dict[tuple[int, float], set[int]]
"""The steps at which a value comes to a neuron (an index among those kept)."""
_Part = tuple[float, int]
"""A weight, and which one of equal ones that come together."""
_Trains = dict[frozenset[int], dict[int, float]]
"""Steps, and what comes to which neurons then: whole numbers of its unit, or values of a neuron without."""


@dataclass(frozen=True)
class Sources:
    """Inputs that stand for the input spikes."""

    count: int
    entries: list[tuple[int, int, float]]
    """Input, neuron (an index among those kept) and weight."""
    spikes: NDArray[np.int64]
    """[2, spikes]: step and input."""


def arrivals(inputs: Mapping[int, Mapping[int, float]], kept: NDArray[np.int64]) -> Arrivals:
    """When which value comes to which neuron."""
    place = {neuron: k for k, neuron in enumerate(kept.tolist())}
    found: Arrivals = {}
    for step, values in inputs.items():
        for neuron, value in values.items():
            found.setdefault((place[neuron], value), set()).add(step)
    return found


def grouped(arriving: Arrivals, units: Lattice, weight_max: int) -> Sources:
    """The fewest inputs for the arrivals.

    Parameters
    ----------
    arriving : Arrivals
    units : Lattice
        Of every neuron; values of neurons that are not exact are each one weight.
    weight_max : int
        Largest weight, in units.
    """
    unit = [written(u) if exact else None for u, exact in zip(units.unit, units.exact, strict=True)]
    values: dict[int, dict[float, set[int]]] = {}
    for (neuron, value), steps in sorted(arriving.items()):
        own = unit[neuron]
        number = value if own is None else round(written(value) / own)
        values.setdefault(neuron, {}).setdefault(number, set()).update(steps)

    def inputs(trains: _Trains) -> int:
        return sum(
            max(1 if unit[n] is None else -(-abs(int(total)) // weight_max) for n, total in totals.items())
            for totals in trains.values()
        )

    trains = min(_ways(values, units, weight_max), key=inputs)
    made: list[tuple[frozenset[int], list[tuple[int, float]]]] = []
    for train, totals in trains.items():
        weights = {n: _weights(total, unit[n], weight_max) for n, total in totals.items()}
        made += [
            (train, [(n, parts[k]) for n, parts in weights.items() if k < len(parts)])
            for k in range(max(map(len, weights.values())))
        ]
    spikes = sorted((step, k) for k, (steps, _) in enumerate(made) for step in steps)
    return Sources(
        len(made),
        [(k, *entry) for k, (_, entries) in enumerate(made) for entry in entries],
        np.array(spikes, np.int64).reshape(-1, 2).T,
    )


def _weights(total: float, unit: Fraction | None, largest: int) -> list[float]:
    """The weights that come to a total."""
    return [total] if unit is None else [float(part * unit) for part in _chunks(int(total), largest)]


def _ways(values: dict[int, dict[float, set[int]]], units: Lattice, largest: int) -> list[_Trains]:
    """The trains of each of the ways above."""
    by_value: dict[int, dict[_Part, set[int]]] = {}
    by_digit: dict[int, dict[_Part, set[int]]] = {}
    fewer: dict[int, dict[_Part, set[int]]] = {}
    for neuron, mine in values.items():
        if units.exact[neuron]:
            by_value[neuron] = _summed(mine, lambda number: _chunks(int(number), largest))
            by_digit[neuron] = _summed(mine, lambda number: _digits(int(number), largest))
        else:
            by_value[neuron] = by_digit[neuron] = {(value, 0): steps for value, steps in mine.items()}
        fewer[neuron] = min(by_value[neuron], by_digit[neuron], key=len)
    lift = _lift(values, units, largest)
    return [*map(_trains, (by_value, by_digit, fewer)), _patterns(values, {}, 0), _patterns(values, *lift)]


def _chunks(number: int, largest: int) -> list[int]:
    """A number as the largest weight of its sign, as often as it goes, and what remains."""
    sign = -1 if number < 0 else 1
    often, rest = divmod(abs(number), largest)
    return [sign * largest] * often + ([sign * rest] if rest else [])


def _digits(number: int, largest: int) -> list[int]:
    """A number as the largest weight or its negative, as often as is needed, and powers of two."""
    often = -(number // largest) if number < 0 else -(-max(number - largest, 0) // largest)
    turns = [largest if number > 0 else -largest] * often
    rest = number - sum(turns)  # 0 to the largest weight, all of whose digits are ones
    return turns + [1 << k for k in range(rest.bit_length()) if rest >> k & 1]


def _summed(values: Mapping[float, set[int]], parts: Callable[[float], list[int]]) -> dict[_Part, set[int]]:
    """When which part of a neuron's values comes."""
    found: dict[_Part, set[int]] = {}
    for number, steps in values.items():
        made = parts(number)
        for k, part in enumerate(made):
            found.setdefault((part, k - made.index(part)), set()).update(steps)
    return found


def _trains(parts: Mapping[int, Mapping[_Part, set[int]]]) -> _Trains:
    """Parts that come in the same steps, together."""
    found: _Trains = {}
    for neuron, mine in parts.items():
        for (weight, _), steps in mine.items():
            totals = found.setdefault(frozenset(steps), {})
            totals[neuron] = totals.get(neuron, 0) + weight
    return found


def _lift(
    values: Mapping[int, Mapping[float, set[int]]], units: Lattice, largest: int
) -> tuple[dict[int, float], float]:
    """How far each neuron is brought in lifted steps, and beyond which value a step is one."""
    spans = {n: (min(0, *mine), max(0, *mine)) for n, mine in values.items() if units.exact[n]}
    inputs = max((-(-(high - low) // (2 * largest)) for low, high in spans.values()), default=1)
    reach = inputs * largest
    found = {n: max(high - reach, 0) + min(low + reach, 0) for n, (low, high) in spans.items()}
    return {neuron: by for neuron, by in found.items() if by}, reach


def _patterns(
    values: Mapping[int, Mapping[float, set[int]]], lift: dict[int, float], reach: float
) -> _Trains:
    """The steps of each set of values that come together, less the lift in steps with values beyond reach."""
    by_step: dict[int, dict[int, float]] = {}
    lifted: set[int] = set()
    for neuron, mine in values.items():
        for number, steps in mine.items():
            for step in steps:
                by_step.setdefault(step, {})[neuron] = number
            if neuron in lift and abs(number) > reach:
                lifted |= steps
    patterns: dict[frozenset[tuple[int, float]], set[int]] = {}
    for step, totals in by_step.items():
        if step in lifted:
            for neuron, by in lift.items():
                totals[neuron] = totals.get(neuron, 0) - by
        patterns.setdefault(frozenset(totals.items()), set()).add(step)
    found = {frozenset(steps): dict(totals) for totals, steps in patterns.items()}
    if lifted:
        together = found.setdefault(frozenset(lifted), {})
        for neuron, by in lift.items():
            together[neuron] = together.get(neuron, 0) + by
    return found
