"""The connections of all projections, from cell to cell, and which axons carry them.

PyNN gives each connection a delay, a device each axon. A source has an input for each delay that its
connections have. A neuron has one axon; for every longer delay it gets a relay, a neuron that fires in the
step in which a spike reaches it, and whose own axon adds what is missing; where that is more than an axon
can delay, several.

A spike of cell c at time T acts on a cell with exponential synapses in the step that begins at T + d, and on
one with delta synapses in the step before, whose end is T + d. `lag` is that step less the step of T.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..errors import ParameterError, TimingWarning
from ..notices import warn
from .simulator import State
from .support import BY_NAME, refusal
from .values import off_steps


@dataclass(frozen=True)
class Wires:
    """Connections that have an effect, [connections] each."""

    projection: NDArray[np.int64]
    """Which projection, of the state's."""
    number: NDArray[np.int64]
    """Which connection of it."""
    pre: NDArray[np.int64]
    """Number of the cell that fires."""
    post_population: NDArray[np.int64]
    post: NDArray[np.int64]
    """Index of the cell that is reached, in its population."""
    weight: NDArray[np.float64]
    """nA, or mV onto delta synapses."""
    lag: NDArray[np.int64]
    plastic: NDArray[np.bool_]


def wires(state: State) -> Wires:
    """All of a network, refusing what cannot run.

    Raises
    ------
    ParameterError
        If a model of synapses or of cells cannot run.
    """
    found = [_of_projection(state, k) for k, projection in enumerate(state.projections) if len(projection)]
    columns = zip(*found, strict=True) if found else [[]] * 8
    kinds = (np.int64,) * 5 + (np.float64, np.int64, bool)
    return Wires(
        *(np.concatenate([np.zeros(0, kind), *column]) for kind, column in zip(kinds, columns, strict=True))
    )


def _of_projection(state: State, k: int) -> tuple[NDArray, ...]:
    projection = state.projections[k]
    weights = projection.weights_now()
    _check_numbers(projection, weights)
    acts = np.full(len(projection), projection.plastic) | (weights != 0)
    number = np.flatnonzero(acts)
    owner, post = state.located(projection.post.all_cells[projection.post_index[number]])
    if number.size:
        _check_models(state, projection, np.unique(owner))
    pre = np.array([int(cell) for cell in projection.pre.all_cells], np.int64)
    delta = np.array([population.delta for population in state.populations])
    steps = _delay_steps(state, projection, number)
    return (
        np.full(number.size, k),
        number,
        pre[projection.pre_index[number]],
        owner,
        post,
        weights[number],
        steps - delta[owner],
        np.full(number.size, projection.plastic),
    )


def _check_numbers(projection: Any, weights: NDArray[np.float64]) -> None:
    """Connectors take what they are given."""
    for name, values in (("weight", weights), ("delay", projection.delays)):
        bad = ~np.isfinite(values) | ((values < 0) & (name == "delay"))
        if bad.any():
            raise ParameterError(
                f"projection {projection.label!r}: a {name} is {values[bad][0]:g}; weights are finite, "
                "and delays 0 or more ms."
            )


def _check_models(state: State, projection: Any, owners: NDArray[np.int64]) -> None:
    where = f"projection {projection.label!r}"
    kind = type(projection.synapse_type).__name__
    if projection.plastic:
        for part in (projection.synapse_type.timing_dependence, projection.synapse_type.weight_dependence):
            name = type(part).__name__
            if name not in ("SpikePairRule", "AdditiveWeightDependence"):
                raise ParameterError(refusal(name, where))
        if projection.synapse_type.voltage_dependence is not None:
            raise ParameterError(refusal("a voltage dependence", where))
    elif kind != "StaticSynapse":
        raise ParameterError(refusal(kind, where))
    for owner in owners:
        target = state.populations[owner]
        name = type(target.celltype).__name__
        if name not in BY_NAME or BY_NAME[name].level == "not":
            raise ParameterError(refusal(name, f"{where} onto {target.label!r}", f"a synapse of {name}"))


def _delay_steps(state: State, projection: Any, number: NDArray[np.int64]) -> NDArray[np.int64]:
    delays = projection.delays[number]
    steps = np.maximum(np.rint(delays / state.dt), 1).astype(np.int64)
    off = off_steps(delays, steps, state.dt)
    if off.any():
        first = int(np.flatnonzero(off)[0])
        warn(
            f"projection {projection.label!r}: {np.count_nonzero(off):,} of {off.size:,} delays are no "
            f"multiples of the timestep, {state.dt:g} ms: {delays[first]:g} ms is realised as "
            f"{state.time(int(steps[first])):g} ms.",
            TimingWarning,
        )
    return steps


@dataclass(frozen=True)
class Axons:
    """The axons that carry a network's spikes: pairs of a cell and a lag."""

    cell: NDArray[np.int64]
    """[axons]: its number."""
    lag: NDArray[np.int64]
    """[axons]: from the step of a spike's time to that of its arrival."""
    of_wire: NDArray[np.int64]
    """[connections]: which axon carries it."""

    @classmethod
    def of(cls, wires: Wires) -> "Axons":
        """Sorted by cell, then lag."""
        span = int(wires.lag.max(initial=0)) + 1
        keys, of_wire = np.unique(wires.pre * span + wires.lag, return_inverse=True)
        return cls(*np.divmod(keys, span), of_wire)


@dataclass(frozen=True)
class Chains:
    """How the axons of a population's cells, and relays, make all the delays that it has.

    Members are the cells, then the relays, numbered together.
    """

    own: NDArray[np.int64]
    """[cells]: the delay of each cell's axon, steps."""
    pre: NDArray[np.int64]
    """[relays]: the member whose spikes it relays."""
    delay: NDArray[np.int64]
    """[relays]: the delay of its axon, steps."""
    of_axon: NDArray[np.int64]
    """[axons]: the member that has it."""

    @classmethod
    def of(cls, cells: NDArray[np.int64], delays: NDArray[np.int64], size: int, longest: int) -> "Chains":
        """Of pairs of a cell and a delay in steps, sorted by cell and then delay."""
        first = np.append(True, cells[1:] != cells[:-1])[: cells.size]
        own = np.ones(size, np.int64)
        own[cells[first]] = np.minimum(delays[first], longest)
        of_axon, pre, delay = cells.copy(), [], []
        here, arrival = 0, 0
        for k in np.flatnonzero(~first | (delays > longest)):
            if first[k] or cells[k] != cells[k - 1] or of_axon[k - 1] == cells[k]:
                here, arrival = int(cells[k]), int(own[cells[k]])
            while arrival < delays[k]:
                pre.append(here)
                delay.append(min(int(delays[k]) - arrival, longest))
                here, arrival = size + len(pre) - 1, arrival + delay[-1]
            of_axon[k] = here
        return cls(own, np.array(pre, np.int64), np.array(delay, np.int64), of_axon)
