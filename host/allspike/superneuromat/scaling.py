"""The units of a translated network, and weights that are too large to need their size.

A weight that fires its neuron from the reset state by itself does the same at any larger size, if nothing can
hold V back: no weight or input of the neuron is negative, its V starts at the reset state or above, and a V
above the threshold does not leak while the neuron is refractory. Where numbers of very different sizes have
no common unit, such weights are brought down to just above the threshold: V differs, spikes do not.

An input value beyond the largest weight is the sum of several inputs, as many as the build has.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..map.config import Config
from .delays import Wiring
from .description import Description
from .lattice import Group, Lattice, common_unit, is_binary, lattice, written
from .sources import Arrivals, Sources, grouped

_ANY = 1 << 62
"""More inputs than any build has."""


def scaled(
    own: Description, wiring: Wiring, arriving: Arrivals, amplitudes: NDArray[np.float64], build: Config
) -> "Scaled":
    """Units and weights of a network: exact with as many inputs as that takes, or as the build has."""
    most = max(build.inputs, 1)
    found = wanted = Scaled(own, wiring, arriving, amplitudes, build, most)
    while found.sources.count > build.inputs and most > 1:
        most //= 2
        found = Scaled(own, wiring, arriving, amplitudes, build, most)
    if found.sources.count > build.inputs:
        return wanted  # it does not fit in any way: the compiler says so
    if found is not wanted and not found.units.exact.all():
        found.differences.append(
            f"To be exact they take {wanted.sources.count} inputs: pass a config= with as many to "
            "Network.from_superneuromat."
        )
    return found


@dataclass
class Scaled:
    """The units of every kept neuron, [neurons], and the weights that they are for."""

    own: Description
    wiring: Wiring
    arriving: Arrivals
    amplitudes: NDArray[np.float64]
    """[L]: of the learning rule."""
    build: Config
    most: int
    """Of how many inputs a value may be the sum."""
    facts: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        kept = self.wiring.kept
        self.learns = np.zeros(kept.size, bool)
        self.learns[[s.post for s in self.wiring.synapses if s.plastic]] = True
        # Neurons that learn share a unit, which the learning rule has too.
        self._members = [np.array([j]) for j in np.flatnonzero(~self.learns)]
        if self.learns.any():
            self._members.append(np.flatnonzero(self.learns))
        self.units = self._units()
        if not self.units.exact.all():
            self._cap(None)
            self.units = self._units()
            self._cap(self.units)
        self.sources: Sources = grouped(self.arriving, self.units, self.build.weight_max)
        self._say()

    def _weights(self) -> list[set[float]]:
        """The weights of the synapses onto each neuron."""
        weights: list[set[float]] = [set() for _ in range(self.wiring.kept.size)]
        for synapse in self.wiring.synapses:
            weights[synapse.post].add(synapse.weight)
        return weights

    def _values(self) -> list[set[float]]:
        """The values of input spikes that each neuron gets."""
        values: list[set[float]] = [set() for _ in range(self.wiring.kept.size)]
        for neuron, value in self.arriving:
            values[neuron].add(value)
        return values

    def _potentials(self, neurons: NDArray[np.int64]) -> NDArray[np.float64]:
        """What moves V of these neurons besides weights: leaks and initial states."""
        mine = self.wiring.kept[neurons]
        leak = self.own.leak[mine]
        found = np.concatenate((leak[np.isfinite(leak)], self.own.state[mine] - self.own.reset[mine]))
        return np.unique(found[found != 0])

    def _groups(self) -> list[Group]:
        weights, values = self._weights(), self._values()
        groups = []
        for mine in self._members:
            held = set().union(*(weights[j] for j in mine))
            given = set().union(*(values[j] for j in mine))
            grown = 0.0
            if self.learns[mine[0]]:
                largest = max((abs(s.weight) for s in self.wiring.synapses if s.plastic), default=0.0)
                grown = largest + float(self.amplitudes.sum())
                held |= set(self.amplitudes.tolist())
            reach = np.abs(self.own.threshold - self.own.reset)[self.wiring.kept[mine]].max()
            groups.append(
                Group(
                    weights=np.array(sorted(held - {0.0})),
                    values=np.array(sorted(given - {0.0})),
                    potentials=self._potentials(mine),
                    reach=float(reach),
                    range=grown,
                )
            )
        return groups

    def _units(self) -> Lattice:
        self._last = self._groups()
        return self._lattice(self.most)

    def _lattice(self, most: int) -> Lattice:
        """The units if an input value may be the sum of as many weights."""
        found = lattice(self._last, self.build.weight_max, self.build.state_max, most)
        group_of = np.zeros(self.wiring.kept.size, np.int64)
        for k, mine in enumerate(self._members):
            group_of[mine] = k
        return Lattice(found.unit[group_of], found.exact[group_of], found.shift)

    def _cap(self, units: Lattice | None) -> None:
        """Bring weights that fire their neuron by themselves down to just above its threshold.

        Just above is the next multiple of the unit; before there are units, of the unit of all smaller
        values.
        """
        caps: dict[int, float] = {}
        for neuron, values in enumerate(map(set.union, self._weights(), self._values())):
            j = self.wiring.kept[neuron]
            swing = written(self.own.threshold[j]) - written(self.own.reset[j])
            free = self.own.period[j] == 0 or self.own.leak[j] == 0 or np.isinf(self.own.leak[j])
            if swing <= 0 or not free or min(values, default=0) < 0 or self.own.state[j] < self.own.reset[j]:
                continue
            if units is None:
                small = [*(v for v in values if v <= swing), *self._potentials(np.array([neuron]))]
                step = common_unit([*small, *(self.amplitudes if self.learns[neuron] else ())]) or swing
            elif units.exact[neuron]:
                continue
            else:
                step = written(units.unit[neuron])
            caps[neuron] = float((swing // step + 1) * step)
        fixed = {(s.pre, s.post) for s in self.wiring.synapses if s.plastic}

        def capped(neuron: int, value: float) -> float:
            j = self.wiring.kept[neuron]
            fires = value > self.own.threshold[j] - self.own.reset[j]
            return caps[neuron] if neuron in caps and fires else value

        synapses = [
            s if (s.pre, s.post) in fixed else replace(s, weight=capped(s.post, s.weight))
            for s in self.wiring.synapses
        ]
        arriving: Arrivals = {}
        for (j, value), steps in self.arriving.items():
            arriving.setdefault((j, capped(j, value)), set()).update(steps)
        changed = sum(a != b for a, b in zip(synapses, self.wiring.synapses, strict=True))
        changed += len(self.arriving.keys() - arriving.keys())
        if changed and units is None:
            self.facts.append(
                f"{changed} weights that fire their neuron by themselves are held as just above its "
                "threshold: V differs, spikes do not."
            )
        self.wiring = replace(self.wiring, synapses=synapses)
        self.arriving = arriving

    def _say(self) -> None:
        """What of all this is not exact, and what the inputs are."""
        largest = self.build.weight_max * self.units.unit
        sums = sum(abs(v) > largest[j] * (1 + 1e-9) for j, v in self.arriving if self.units.exact[j])
        if sums:
            self.facts.append(
                f"{sums} input values beyond the range of a weight are sums of several inputs; all values "
                f"take {self.sources.count} inputs, and the build has {self.build.inputs}."
            )
        worst_weight = worst_leak = 0.0
        for group, mine in zip(self._last, self._members, strict=True):
            unit = self.units.unit[mine[0]]
            if not self.units.exact[mine[0]]:
                given = np.concatenate((group.weights, group.values))
                off = np.abs(np.rint(given / unit) * unit - given)
                fine = unit / 2**self.units.shift
                drift = np.abs(np.rint(group.potentials / fine) * fine - group.potentials)
                worst_weight = max(worst_weight, float(off.max(initial=0.0)))
                worst_leak = max(worst_leak, float(drift.max(initial=0.0)))
        rounded = int(np.count_nonzero(~self.units.exact))
        if rounded:
            self.differences.append(
                f"Values of {rounded} of {self.units.exact.size} neurons have no common unit in "
                f"{self.build.weight_bits} bits: weights are off by up to {worst_weight:.3g}, leaks and "
                f"initial states by up to {worst_leak:.3g}."
            )
            beyond = int(np.count_nonzero(self._lattice(_ANY).exact & ~self.units.exact))
            if beyond:
                self.differences.append(
                    f"Input values of {beyond} of these are too large to be sums of this build's "
                    f"{self.build.inputs} inputs."
                )
        elif not is_binary(
            (*self.own.reset, *(x for g in self._last for x in (*g.weights, *g.values, *g.potentials)))
        ):
            self.differences.append(
                "Values such as 0.1 are held as the decimal numbers that they are written as, exactly; "
                "SuperNeuroMAT adds them in binary, off by some 1e-16, which matters where V meets a "
                "threshold to the last digit."
            )
