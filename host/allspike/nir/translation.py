"""What a network read from NIR brings along besides its populations and projections."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..checks import checked_count
from ..device.device import Progress
from ..errors import ParameterError, QuantisationWarning
from ..map.config import Config
from ..names import known_names
from ..notices import warn
from ..results.result import Result
from ..stimulus import SpikeList
from .drives import Reading
from .flat import Port
from .own_time import own_time
from .places import EXACT, Place, Taps, Verdict
from .shown import potentials, shown
from .shown import spikes as spikes_of
from .spikes_in import arrays_of, placed

if TYPE_CHECKING:
    from ..simulate.simulation import Simulation


@dataclass(frozen=True, kw_only=True, eq=False)
class NirTranslation:
    """How a network of NIR was translated, and what a run of it needs.

    Step t of the graph is that of its inputs: what this object takes and gives is counted so, lags taken out.

    Examples
    --------
    >>> import nir, numpy as np
    >>> one = np.ones(2)
    >>> graph = nir.NIRGraph.from_list(nir.Linear(np.eye(2)), nir.IF(r=one, v_threshold=one / 2))
    >>> net = Network.from_nir(graph, dt=1e-3, reset="to", spikes="jump")
    >>> net.translation.run(Simulation(net), [[1, 0], [0, 1], [1, 1]])["output"]
    array([[ True, False],
           [False,  True],
           [ True,  True]])
    """

    source: str
    verdicts: tuple[Verdict, ...]
    """Of every node of neurons."""
    facts: tuple[str, ...]
    """What was translated how."""
    differences: tuple[str, ...]
    """What is not exact beyond the rounding of weights and factors; empty if the network is."""
    strict: Mapping[str, bool]
    """Of each population whether it fires above its threshold alone, not at it."""
    taps: tuple[Taps, ...]
    places: Mapping[str, Place]
    readings: Mapping[str, tuple[Reading, ...]]
    """Of each output what it shows."""
    ports: tuple[Port, ...]
    """The outputs."""

    home: str = "NIR stays in its file"
    weight_unit: None = None
    weight_shift: None = None
    whole: bool = True
    """Whether the compiler looks for units of which all weights onto a neuron are whole multiples."""

    def __repr__(self) -> str:
        exact = sum(one.verdict == EXACT for one in self.verdicts)
        lines = [f"<NirTranslation of {self.source}: {exact} of {len(self.verdicts)} nodes exact>"]
        return "\n".join(lines + [f"  {one}" for one in self.verdicts if one.verdict != EXACT])

    @property
    def lag(self) -> int:
        """Steps that a run takes longer than what is to come out of it."""
        return max(place.lag for place in self.places.values())

    @property
    def record_v(self) -> list[str]:
        """The populations whose V an output shows: what to give `Simulation.run_steps`."""
        shown = {reading.pre for readings in self.readings.values() for reading in readings}
        return [name for name, place in self.places.items() if name in shown and not place.fires]

    def steps(self, steps: int) -> int:
        """Steps to run, so that `steps` steps of the outputs are complete."""
        return checked_count("steps", steps) + self.lag

    def check(self, config: Config) -> None:
        """Any build will do that has the room."""

    def given(self, steps: int) -> dict[str, Any]:
        """Nothing: a NIR file holds no spikes."""
        return {}

    def differences_after(self, simulation: "Simulation") -> list[str]:
        """The differences, and neurons without leak that stand where V saturates."""
        found = list(self.differences)
        for name, place in self.places.items():
            if not place.leaks:
                part = _part(simulation, name)
                edge = simulation.image.config.state_max * simulation.image.v_unit[part]
                v = np.abs(simulation.state(name) - simulation.image.v_rest[part])
                if count := int(np.count_nonzero(v >= edge * (1 - 1e-9))):
                    found.append(
                        f"{name!r}: V of {count} neurons without leak stands at its bound, saturated."
                    )
        return found

    def start(self, simulation: "Simulation") -> None:
        """Set V and I as they are at the start, and hold neurons until their step 0; after a reset, call it
        again.

        Warns
        -----
        QuantisationWarning
            If a current that is to have decayed to its first value by step 0 would have to begin beyond what
            the device holds.
        """
        top = simulation.image.config.state_max
        for name, place in self.places.items():
            if not place.waits:
                continue
            simulation.set_state(name, "v", place.start_v)
            unit = simulation.image.i_unit[_part(simulation, name)]
            current = place.begin_i
            held = np.clip(current, -top * unit, top * unit)
            if lost := int(np.count_nonzero(held != current)):
                warn(
                    f"{name!r}: the bias of {lost} neurons acts fully from the first step on: I would have "
                    f"to begin at {np.abs(current / unit).max():.3g} units and holds {top}.",
                    QuantisationWarning,
                )
            simulation.set_state(name, "i", held)
            if place.lag:
                simulation.set_state(name, "refractory", np.full(place.start_v.size, place.lag))

    def stimuli(self, spikes: Any) -> dict[str, SpikeList]:
        """What to give `Simulation.run_steps`, for `steps(n)` steps of it.

        Parameters
        ----------
        spikes : array [n, inputs], or [n, ...] in the shape of the input; or mapping
            Of true and false, or 1 and 0; of several inputs a mapping from their names to arrays.

        Raises
        ------
        ParameterError
            If a value is neither 0 nor 1, or a shape is not the input's.
        """
        arrays = self._arrays(spikes)
        return placed(self.taps, arrays, self._steps_for(arrays))

    def _arrays(self, spikes: Any) -> dict[str, NDArray[np.bool_]]:
        """The spikes of each input, [n, size]."""
        return arrays_of(self.source, [tap.port for tap in self.taps], spikes)

    def _steps_for(self, arrays: Mapping[str, NDArray]) -> int:
        """Steps to run for these spikes."""
        return self.steps(max((len(array) for array in arrays.values()), default=0))

    def run(
        self,
        simulation: "Simulation",
        spikes: Any,
        *,
        nodes: Iterable[str] = (),
        progress: Progress | None = None,
    ) -> dict[str, NDArray]:
        """Reset, start, run, and read: the outputs for these spikes.

        Parameters
        ----------
        simulation : Simulation
            Of this network.
        spikes
            As in `stimuli`.
        nodes
            As in `outputs`.
        progress : callable, optional
            As in `Simulation.run_steps`.
        """
        arrays = self._arrays(spikes)
        steps = self._steps_for(arrays)
        simulation.reset()
        self.start(simulation)
        stimuli = placed(self.taps, arrays, steps)
        result = simulation.run_steps(steps, stimuli, record_v=self.record_v or None, progress=progress)
        return self.outputs(result, nodes=nodes)

    def outputs(self, result: Result, *, nodes: Iterable[str] = ()) -> dict[str, NDArray]:
        """What the outputs show, and some nodes, in the graph's steps.

        Parameters
        ----------
        result : Result
            Of a run from the start, or of several that were joined.
        nodes : names, optional
            Of nodes of neurons, whose spikes are wanted too.

        Returns
        -------
        dict
            By output or node an array [n, ...] in its shape, n being the steps of the run less `lag`:
            booleans where it shows spikes as they are, numbers where it shows potentials or linear nodes
            behind the spikes.

        Raises
        ------
        ParameterError
            If there is no such node, or V is shown and was not recorded (`record_v`).
        """
        steps, found = self._complete(result), {}
        for port in self.ports:
            parts = [shown(result, self.places[r.pre], r, steps) for r in self.readings[port.name]]
            if not parts:
                parts = [np.zeros((steps, port.size), bool)]
            total = parts[0] if len(parts) == 1 else sum(part.astype(np.float64) for part in parts)
            found[port.name] = np.asarray(total).reshape(-1, *port.shape)
        for name in [nodes] if isinstance(nodes, str) else nodes:
            place = self._place(name)
            own = spikes_of if place.fires else potentials
            found[name] = own(result, place, _at_once(place), steps).reshape(-1, *place.shape)
        return found

    def own_time(self, result: Result) -> Result:
        """The result of a run in the graph's steps, of its own neurons: for pictures, rates and files.

        Parameters
        ----------
        result : Result
            Of a run from the start, or of several that were joined.

        Returns
        -------
        Result
            Of `lag` steps less, without relays, and without spikes of neurons that are only read, which mean
            nothing.

        Raises
        ------
        ParameterError
            If it is of a run that went on from another, whose beginning is not in it.
        """
        return own_time(result, self.places, self.lag)

    def potentials(self, result: Result, node: str) -> NDArray[np.float64]:
        """V of a node's neurons after each step, [n, ...] in its shape, in the graph's unit and steps.

        Raises
        ------
        ParameterError
            If there is no such node, or its V was not recorded.
        """
        place = self._place(node)
        found = potentials(result, place, _at_once(place), self._complete(result))
        return found.reshape(-1, *place.shape)

    def _complete(self, result: Result) -> int:
        """Steps of the graph that a run has completed."""
        if result.steps < self.lag:
            raise ParameterError(
                f"a run of {result.steps} steps shows nothing yet, for layers run up to {self.lag} behind: "
                "run translation.steps(n) steps."
            )
        return result.steps - self.lag

    def _place(self, name: str) -> Place:
        if name not in self.places:
            raise ParameterError(
                f"{self.source} has no neurons {name!r}; {known_names(str(name), self.places)}."
            )
        return self.places[name]


def _at_once(place: Place) -> NDArray[np.int64]:
    return np.zeros(prod(place.shape), np.int64)


def _part(simulation: "Simulation", name: str) -> slice:
    """The neurons of a population on the device."""
    symbol = next(one for one in simulation.image.populations if one.name == name)
    return slice(symbol.start, symbol.start + symbol.size)
