"""Results as data frames."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...optional import optional
from .records import joined, seconds, weight_records

if TYPE_CHECKING:
    from ..result import Result


class Frames(NamedTuple):
    """A result as data frames; times are in seconds from the device's reset.

    Examples
    --------
    >>> net = Network()
    >>> cells = net.neurons(2, LIF(i_offset=[1e-9, 2e-9]), "cells")
    >>> frames = Simulation(net).run(0.1, record_v=cells).to_pandas()
    >>> frames.neurons[["population", "neuron", "spikes"]]
      population  neuron  spikes
    0      cells       0       3
    1      cells       1      10
    """

    spikes: Any
    """A row a spike, by population, then as they came: population (categorical), neuron, step, time."""
    neurons: Any
    """A row a neuron: population (categorical), neuron, spikes, rate in Hz."""
    v: Any
    """A row a step, indexed by time; a column a recorded neuron, (population, neuron); V in volts."""
    weights: Any
    """A row a pair of a plastic projection and record: projection (categorical), pre, post, time, weight; the
    last record is the end of the run."""


def frames(result: "Result") -> Frames:
    """See `Result.to_pandas`, of which this is the work."""
    pandas = optional("pandas", "pandas", "a result as data frames")
    return Frames(
        _spikes(pandas, result),
        _neurons(pandas, result),
        _potentials(pandas, result),
        _weights(pandas, result),
    )


def _categories(pandas: Any, names: list[str], lengths: list[int]) -> Any:
    """Each name as often as told, in the order of the names."""
    codes = np.repeat(np.arange(len(names)), lengths)
    return pandas.Categorical.from_codes(codes, pandas.Index(names, dtype=object))


def _spikes(pandas: Any, result: "Result") -> Any:
    names = list(result.sizes)
    pairs = [result.spikes[name] for name in names]
    steps = joined([when for when, _ in pairs], np.int64)
    return pandas.DataFrame(
        {
            "population": _categories(pandas, names, [when.size for when, _ in pairs]),
            "neuron": joined([who for _, who in pairs], np.int64),
            "step": steps,
            "time": seconds(result, steps),
        }
    )


def _neurons(pandas: Any, result: "Result") -> Any:
    names, sizes = list(result.sizes), list(result.sizes.values())
    return pandas.DataFrame(
        {
            "population": _categories(pandas, names, sizes),
            "neuron": joined([np.arange(size) for size in sizes], np.int64),
            "spikes": joined([result.counts(name) for name in names], np.int64),
            "rate": joined([result.rates(name) for name in names], np.float64),
        }
    )


def _potentials(pandas: Any, result: "Result") -> Any:
    owners = [name for name, neurons in result.v_neurons.items() for _ in range(neurons.size)]
    members = joined(list(result.v_neurons.values()), np.int64)
    columns = pandas.MultiIndex.from_arrays(
        [pandas.Index(owners, dtype=object), members], names=["population", "neuron"]
    )
    steps = np.arange(result.start, result.start + result.steps)
    values = np.hstack([np.zeros((result.steps, 0)), *result.v.values()])
    return pandas.DataFrame(values, pandas.Index(seconds(result, steps), name="time"), columns)


def _weights(pandas: Any, result: "Result") -> Any:
    records = list(weight_records(result))
    places = [np.indices(record.weights.shape).reshape(3, -1) for record in records]
    return pandas.DataFrame(
        {
            "projection": _categories(
                pandas, [record.projection for record in records], [record.weights.size for record in records]
            ),
            "pre": joined([pre for _, pre, _ in places], np.int64),
            "post": joined([post for _, _, post in places], np.int64),
            "time": joined(
                [record.times[when] for record, (when, _, _) in zip(records, places, strict=True)], np.float64
            ),
            "weight": joined([record.weights.ravel() for record in records], np.float64),
        }
    )
