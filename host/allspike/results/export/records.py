"""What the formats share: a run's times, and its weights as a record in time."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...aliases import NDArray

if TYPE_CHECKING:
    from ..result import Result


def span(result: "Result") -> tuple[float, float]:
    """Beginning and end of a run, s from the device's reset."""
    first, last = seconds(result, [result.start, result.start + result.steps]).tolist()
    return first, last


def seconds(result: "Result", steps: NDArray[np.int64] | list[int]) -> NDArray[np.float64]:
    """Beginnings of steps, s from the device's reset. One product each: no time passes the run's end."""
    return np.asarray(steps, np.float64) * result.dt


def trains(result: "Result", population: str) -> list[NDArray[np.float64]]:
    """The times of each neuron's spikes, s from the device's reset."""
    when, who = result.spikes[population]
    order = np.argsort(who, kind="stable")
    ends = np.cumsum(result.counts(population))
    return np.split(seconds(result, when[order]), ends[:-1]) if ends.size else []


def joined(parts: list[Any], kind: type) -> NDArray:
    """Arrays one after another, as one of this type even if there are none."""
    return np.concatenate([np.zeros(0, kind), *parts]).astype(kind, copy=False)


def text(name: str) -> str:
    """A name or a sentence as files keep it: HDF5 has neither nulls nor halves of characters."""
    return name.encode(errors="backslashreplace").decode().replace("\0", "\\x00")


class WeightRecord(NamedTuple):
    """The weights of a plastic projection, as far as a result knows them."""

    projection: str
    times: NDArray[np.float64]
    """s from the device's reset, [records], ascending; the last is the end of the run."""
    weights: NDArray[np.float64]
    """[records, pre, post]"""


def weight_records(result: "Result") -> Iterator[WeightRecord]:
    """Of each plastic projection what was recorded, and the weights after the run."""
    end = result.start + result.steps
    for name, last in result.weights.items():
        steps = result.weight_steps.get(name, np.zeros(0, np.int64))
        before = steps < end
        history = result.weight_history[name][before] if before.any() else np.zeros((0, *last.shape))
        yield WeightRecord(
            name, seconds(result, [*steps[before].tolist(), end]), np.concatenate((history, last[None]))
        )
