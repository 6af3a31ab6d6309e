"""Results of runs that follow each other, as one."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..aliases import NDArray, Spikes
from ..errors import ParameterError
from ..showing import brief

if TYPE_CHECKING:
    from .result import Result


def join(kind: "type[Result]", results: "Iterable[Result]") -> "Result":
    """See `Result.join`, of which class this is the work."""
    if isinstance(results, kind):
        return results
    runs = list(results) if isinstance(results, Iterable) else [results]
    for run in runs:
        if not isinstance(run, kind):
            raise ParameterError(f"{brief(run)} is no result: join the results of runs.")
    if not runs:
        raise ParameterError("there is nothing to join: give the results of one or more runs.")
    for before, after in pairwise(runs):
        _check(before, after)
    if len(runs) == 1:
        return runs[0]
    first = runs[0]
    steps, history = _histories(runs)
    return kind(
        dt=first.dt,
        start=first.start,
        steps=sum(run.steps for run in runs),
        sizes=dict(first.sizes),
        spikes={name: _spikes([run.spikes[name] for run in runs]) for name in first.spikes},
        v={name: np.concatenate([run.v[name] for run in runs]) for name in first.v},
        v_neurons=dict(first.v_neurons),
        weights=runs[-1].weights,
        weight_steps=steps,
        weight_history=history,
        counters={name: sum(run.counters[name] for run in runs) for name in first.counters},
        notes=tuple(dict.fromkeys(note for run in runs for note in run.notes)),
    )


def _check(before: "Result", after: "Result") -> None:
    if before.dt != after.dt:
        raise ParameterError(f"a run at dt = {before.dt:g} s cannot be joined with one at {after.dt:g} s.")
    if before.sizes != after.sizes:
        raise ParameterError(
            f"the runs are of different networks: populations {_named(before.sizes)} and "
            f"{_named(after.sizes)}."
        )
    end = before.start + before.steps
    if after.start != end:
        raise ParameterError(
            f"a run that ended before step {end} and one that starts at step {after.start} do not follow "
            "each other: join runs in their order, without a reset between."
        )
    for group, what in (("spikes", "spikes"), ("v_neurons", "V"), ("weights", "weights"),
                        ("weight_steps", "recorded weights"), ("counters", "counters")):  # fmt: skip
        one, other = getattr(before, group), getattr(after, group)
        if set(one) != set(other):
            raise ParameterError(
                f"the runs hold {what} of {', '.join(one) or 'none'} and of {', '.join(other) or 'none'}: "
                "record the same in all that are to be joined."
            )
    for name, neurons in before.v_neurons.items():
        if not np.array_equal(neurons, after.v_neurons[name]):
            raise ParameterError(
                f"the runs recorded V of different neurons of {name}: record the same in all."
            )
    for name, weights in before.weights.items():
        if weights.shape != after.weights[name].shape:
            raise ParameterError(f"the runs are of different networks: {name} has other sizes in each.")


def _named(sizes: Any) -> str:
    return ", ".join(f"{name} ({size})" for name, size in sizes.items())


def _spikes(parts: list[Spikes]) -> Spikes:
    when, who = (np.concatenate(of) for of in zip(*parts, strict=True))
    return when, who


def _histories(
    runs: "list[Result]",
) -> tuple[dict[str, NDArray[np.int64]], dict[str, NDArray[np.float64]]]:
    """The records of all runs; a run's first is left out where it repeats what the one before ended with."""
    steps: dict[str, NDArray[np.int64]] = {}
    history: dict[str, NDArray[np.float64]] = {}
    for name in runs[0].weight_steps:
        steps[name], history[name] = runs[0].weight_steps[name], runs[0].weight_history[name]
        for run in runs[1:]:
            when, weights = run.weight_steps[name], run.weight_history[name]
            if (
                when.size and steps[name].size and when[0] == steps[name][-1]
                and np.array_equal(weights[0], history[name][-1])
            ):  # fmt: skip
                when, weights = when[1:], weights[1:]
            steps[name] = np.concatenate((steps[name], when))
            history[name] = np.concatenate((history[name], weights))
    return steps, history
