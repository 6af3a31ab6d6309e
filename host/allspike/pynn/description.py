"""From what a PyNN script described to a network of this package."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..describe.connect import Pairs
from ..describe.learning import STDP
from ..describe.lif import LIF
from ..describe.network import Network
from ..describe.plausible import taken_as_given
from ..describe.population import Inputs, Neurons
from ..errors import ParameterError, QuantisationWarning
from ..notices import warn
from .learning import check_bounds, check_doubles, rule_of
from .models import neuron_model
from .simulator import State
from .support import BY_NAME, refusal
from .wiring import Axons, Chains, Wires, wires

_AMPERES, _VOLTS = 1e-9, 1e-3
"""Of a weight of PyNN's."""


@dataclass
class Description:
    """A network, and what of it is which part of the script's."""

    network: Network
    names: dict[Any, str] = field(default_factory=dict)
    """Of each population of neurons its name in the network."""
    inputs: dict[Any, tuple[str, NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=dict)
    """Of each population of sources the name of its inputs, and of each of those the cell and the lag."""
    learning: dict[Any, list[tuple[str, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]] = field(
        default_factory=dict
    )
    """Of each plastic projection its parts: name in the network, connections, and their pairs there."""
    scale: dict[Any, float] = field(default_factory=dict)
    """Of each plastic projection what one unit of its weights is in SI."""

    @property
    def longest_lag(self) -> int:
        """Of a source's spike."""
        return max((int(lags.max(initial=0)) for _, _, lags in self.inputs.values()), default=0)


def describe(state: State, longest: int) -> Description:
    """The network that the script described.

    Parameters
    ----------
    state : State
    longest : int
        Steps that an axon can delay; what takes longer gets relays.

    Raises
    ------
    ParameterError
        If a model cannot run.
    """
    for population in state.populations:
        _check_cells(population)
    found = wires(state)
    with taken_as_given():  # a value of PyNN's means what it says
        return _Describer(state, found, longest).description()


def _check_cells(population: Any) -> None:
    name = type(population.celltype).__name__
    known = BY_NAME.get(name)
    if known is None or (known.level == "not" and not known.silent):
        raise ParameterError(refusal(name, f"population {population.label!r}"))


class _Describer:
    """One description: populations first, then the axons, then the synapses."""

    def __init__(self, state: State, found: Wires, longest: int) -> None:
        self.state, self.wires, self.axons, self.longest = state, found, Axons.of(found), longest
        self.made = Description(Network(state.dt * 1e-3))
        count = self.axons.cell.size
        self.owner, self.index = state.located(self.axons.cell)
        self.homes: list[Inputs | Neurons] = []
        """Populations of the network that have axons."""
        self.home, self.row = np.zeros(count, np.int64), np.zeros(count, np.int64)
        """[axons]: which of them it belongs to, and its index there."""

    def description(self) -> Description:
        """All of it."""
        for number, population in enumerate(self.state.populations):
            mine = np.flatnonzero(self.owner == number)
            if population.train is not None:
                self._sources(population, mine)
            else:
                self._neurons(number, population, mine)
        self._connect()
        return self.made

    def _name(self, label: str) -> str:
        taken = self.made.network.populations
        name, count = label, 1
        while name in taken:
            count += 1
            name = f"{label} ({count})"
        return name

    def _place(self, made: Inputs | Neurons, axons: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        self.home[axons], self.row[axons] = len(self.homes), rows
        self.homes.append(made)

    def _sources(self, population: Any, axons: NDArray[np.int64]) -> None:
        if not axons.size:
            return
        made = self.made.network.inputs(axons.size, self._name(str(population.label)))
        self.made.inputs[population] = (made.name, self.index[axons], self.axons.lag[axons])
        self._place(made, axons, np.arange(axons.size))

    def _neurons(self, number: int, population: Any, axons: NDArray[np.int64]) -> None:
        chains = Chains.of(self.index[axons], self.axons.lag[axons] + 1, population.size, self.longest)
        model = neuron_model(
            self.state, self.wires, number, delay=chains.own.astype(np.float64) * self.made.network.dt
        )
        made = self.made.network.neurons(population.size, model, self._name(str(population.label)))
        self.made.names[population] = made.name
        own = chains.of_axon < population.size
        self._place(made, axons[own], chains.of_axon[own])
        if chains.delay.size:
            relays = self._relays(made, chains)
            self._place(relays, axons[~own], chains.of_axon[~own] - population.size)

    def _relays(self, cells: Neurons, chains: Chains) -> Neurons:
        """Neurons that fire in the step in which a spike reaches them, and delay it further."""
        network = self.made.network
        model = LIF(
            tau_m=0.0, tau_syn=0.0, v_rest=0.0, v_reset=0.0, v_thresh=1.0, delay=chains.delay * network.dt
        )
        made = network.neurons(chains.delay.size, model, self._name(f"{cells.name} relays"))
        number = np.arange(chains.delay.size)
        direct = chains.pre < cells.size
        for source, mine, rows in (
            (cells, direct, chains.pre[direct]),
            (made, ~direct, chains.pre[~direct] - cells.size),
        ):
            if mine.any():
                network.connect(source, made, Pairs(rows, number[mine]), weight=1.0)
        return made

    def _connect(self) -> None:
        """Synapses between each two populations: static ones summed, plastic ones one by one."""
        own = self.wires
        check_doubles(self.state, own, self.axons)
        home, row = self.home[self.axons.of_wire], self.row[self.axons.of_wire]
        groups = np.stack((home, own.post_population, own.plastic.astype(np.int64)))
        keys, which = np.unique(groups, axis=1, return_inverse=True)
        which = which.ravel()
        for k in range(keys.shape[1]):
            mine = np.flatnonzero(which == k)
            target = self.state.populations[keys[1, k]]
            group = _Group(
                source=self.homes[keys[0, k]],
                target=target,
                wires=mine,
                pre=row[mine],
                post=own.post[mine],
                scale=_VOLTS if target.delta else _AMPERES,
            )
            if keys[2, k]:
                self._learn(group)
            else:
                self._hold(group)

    def _hold(self, group: "_Group") -> None:
        target = self.made.names[group.target]
        size = group.target.size
        pairs, where = np.unique(group.pre * size + group.post, return_inverse=True)
        self.made.network.connect(
            group.source, target, Pairs(*np.divmod(pairs, size)),
            weight=np.bincount(where, self._weights(group), minlength=pairs.size),
            name=f"{group.source.name}-{target}",
        )  # fmt: skip

    def _learn(self, group: "_Group") -> None:
        target = self.made.names[group.target]
        rule = self._rule(group)
        name = f"{group.source.name}-{target} (plastic)"
        self.made.network.connect(
            group.source, target, Pairs(group.pre, group.post),
            weight=np.clip(self._weights(group), rule.w_min, rule.w_max), stdp=rule, name=name,
        )  # fmt: skip
        of = self.wires.projection[group.wires]
        for k in np.unique(of):
            part, projection = of == k, self.state.projections[k]
            pieces = self.made.learning.setdefault(projection, [])
            pieces.append((name, self.wires.number[group.wires[part]], group.pre[part], group.post[part]))
            self.made.scale[projection] = group.scale

    def _weights(self, group: "_Group") -> NDArray[np.float64]:
        return self.wires.weight[group.wires] * group.scale

    def _rule(self, group: "_Group") -> STDP:
        rules = []
        for k in np.unique(self.wires.projection[group.wires]):
            projection = self.state.projections[k]
            rules.append(rule_of(projection, group.scale))
            self._say_shift(projection, group.target.delta)
            check_bounds(projection, rules[-1], group.scale)
        rule, known = rules[0], self.made.network.stdp
        for other in (*rules[1:], *([] if known is None else [known])):
            if other != rule:
                labels = [repr(p.label) for p in self.state.projections if p.plastic and len(p)]
                raise ParameterError(
                    f"projections {', '.join(labels)} have different rules of STDP; a core has one: give "
                    "them the same parameters."
                )
        return known or rule

    def _say_shift(self, projection: Any, delta: bool) -> None:
        """What the device's view of a pair's lag is, beside the one that was asked for."""
        fraction = projection.attribute("dendritic_delay_fraction").max(initial=0)
        delay = projection.delays.max(initial=0)
        shift = 2 * fraction * delay + (0.0 if delta else self.state.dt)
        if fraction > 0:
            warn(
                f"projection {projection.label!r}: STDP here counts a pre spike when it arrives, as with "
                f"dendritic_delay_fraction = 0; against the {fraction:g} asked for, a firing counts "
                f"{shift:g} ms earlier after the pre spike.",
                QuantisationWarning,
            )


@dataclass(frozen=True)
class _Group:
    """The wires of one kind, static or plastic, between two populations."""

    source: Inputs | Neurons
    target: Any
    wires: NDArray[np.int64]
    """Which of all these are, [n]."""
    pre: NDArray[np.int64]
    """Of each its row in `source`, [n]."""
    post: NDArray[np.int64]
    """Of each its cell in `target`, [n]."""
    scale: float
    """What one unit of a weight of PyNN's is in SI."""
