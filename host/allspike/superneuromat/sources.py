"""Input spikes with values: each input of a core has fixed weights, so a value is a weight of some input."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Sources:
    """Inputs that stand for the input spikes."""

    count: int
    entries: list[tuple[int, int, float]]
    """Input, neuron (an index among those kept) and value."""
    spikes: NDArray[np.int64]
    """[2, spikes]: step and input."""


def grouped(inputs: Mapping[int, Mapping[int, float]], kept: NDArray[np.int64]) -> Sources:
    """The fewest inputs of two ways: one for each step with spikes, or one for each set of (neuron, value)
    that come in the same steps."""
    place = {neuron: k for k, neuron in enumerate(kept.tolist())}
    steps: dict[tuple[int, float], list[int]] = {}
    for step, values in inputs.items():
        for neuron, value in values.items():
            steps.setdefault((place[neuron], value), []).append(step)
    # A neuron can have one value an input: values of one neuron have no step in common, so no set holds two.
    trains: dict[tuple[int, ...], list[tuple[int, float]]] = {}
    for pair, mine in steps.items():
        trains.setdefault(tuple(mine), []).append(pair)
    if len(inputs) < len(trains):
        trains = {
            (step,): [(place[neuron], value) for neuron, value in values.items()]
            for step, values in inputs.items()
        }
    entries = [(k, neuron, value) for k, pairs in enumerate(trains.values()) for neuron, value in pairs]
    spikes = [(step, k) for k, mine in enumerate(trains) for step in mine]
    return Sources(len(trains), entries, np.array(sorted(spikes), np.int64).reshape(-1, 2).T)
