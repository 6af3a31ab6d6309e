"""A network run in float64: what a device with infinitely many bits would compute."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_array
from ..describe.network import Network
from ..describe.selection import resolve
from ..errors import ParameterError
from ..names import WithNearest, checked_arguments
from ..showing import some
from ..simulate.recording import check_memory
from .dynamics import Dynamics, State
from .samples import Runs, Samples, samples_of, symbols_of

Progress = Callable[[int, int], object]
"""Called with what is done and what is to do."""


@dataclass(frozen=True, eq=False, repr=False)
class FloatRun(WithNearest):
    """What `float_run` gives, of all samples at once.

    Examples
    --------
    >>> net = Network()
    >>> cells = net.neurons(3, LIF(i_offset=[0, 1e-9, 2e-9]), "cells")
    >>> asp.training.float_run(net, {}, 100).counts(cells)
    array([[ 0,  3, 10]])
    """

    dynamics: Dynamics
    """What was run."""
    raster: NDArray[np.bool_]
    """[samples, steps, neurons]: the spikes of all neurons, in the order of the device."""
    potentials: NDArray[np.float64]
    """[samples, steps, neurons]: their V after each step, in volts; of none if it was not recorded."""
    arrived: NDArray[np.bool_]
    """[samples, steps, inputs + neurons]: the axons whose spike arrived in the step."""

    def __repr__(self) -> str:
        samples, steps, neurons = self.raster.shape
        return (
            f"<FloatRun of {some(samples, 'sample')}, {some(steps, 'step')} each, "
            f"{some(neurons, 'neuron')}: {some(int(self.raster.sum()), 'spike')}>"
        )

    def part(self, chosen: NDArray[np.int64]) -> "FloatRun":
        """Some of the samples, by their indices."""
        return FloatRun(self.dynamics, self.raster[chosen], self.potentials[chosen], self.arrived[chosen])

    def spikes(self, population: Any) -> NDArray[np.bool_]:
        """Spikes of a population of neurons or a view, [samples, steps, members]."""
        return self.raster[:, :, self._places(population)]

    def counts(self, population: Any) -> NDArray[np.int64]:
        """Spikes of each neuron of a population or view, [samples, members]."""
        return self.spikes(population).sum(axis=1)

    def v(self, population: Any) -> NDArray[np.float64]:
        """V of a population or view after each step, [samples, steps, members], in volts.

        Raises
        ------
        ParameterError
            If it was not recorded.
        """
        places = self._places(population)
        if not self.potentials.shape[2]:
            raise ParameterError("V was not recorded: say record_v=True.")
        return self.potentials[:, :, places]

    def _places(self, population: Any) -> NDArray[np.int64]:
        resolve(population, {p.name: p for p in self.dynamics.network.neuron_populations}, _KIND)
        return self.dynamics.places(population)


@checked_arguments
def float_run(
    network: Network,
    stimuli: Runs,
    steps: int | None = None,
    *,
    record_v: bool = False,
    progress: Progress | None = None,
) -> FloatRun:
    """Run a network in float64, unquantised, with a batch of samples at once.

    Exponential decay, then the synaptic currents' and the potentials' sums, thresholds, resets, refractory
    periods and delays are those of the device (`docs/model.md`), with real numbers for integers: what differs
    from a simulation is what quantisation did. Nothing saturates.

    Parameters
    ----------
    network : Network
        Without plastic synapses.
    stimuli : mapping, or sequence of mappings
        Of one run, as `Simulation.run_steps` takes them; or of several, in a list or as arrays
        [samples, steps, inputs]. Each run starts from the network's start. Poisson stimuli need a seed.
    steps : int, optional
        Of each run; by default as many as the arrays have.
    record_v : bool
        Whether to keep V of all neurons.
    progress : callable, optional
        Called now and then with the steps done and the steps asked for.

    Returns
    -------
    FloatRun

    Raises
    ------
    ParameterError
        If the network learns, or a stimulus does not fit.
    CapacityError
        If there is no memory for the record, or the network has no neurons.

    Examples
    --------
    >>> net = Network()
    >>> pixels, cells = net.inputs(2, "pixels"), net.neurons(1, delta_lif(), "cells")
    >>> _ = net.connect(pixels, cells, weight=[[0.5], [0.75]])
    >>> run = asp.training.float_run(net, {pixels: np.ones((3, 4, 2), bool)})
    >>> run
    <FloatRun of 3 samples, 4 steps each, 1 neuron: 12 spikes>
    """
    dynamics = Dynamics(network)
    samples = samples_of(network, stimuli, steps)
    return run_samples(dynamics, samples, dynamics.matrix(dynamics.weights()), record_v, progress)


def run_samples(
    dynamics: Dynamics,
    samples: Samples,
    weights: NDArray[np.float64],
    record_v: bool = False,
    progress: Progress | None = None,
) -> FloatRun:
    """`float_run` of samples that are known to be in order, with the weights [inputs + neurons, neurons]."""
    shape = (len(samples), samples.steps, dynamics.neurons)
    check_memory(samples.steps, len(samples) * dynamics.neurons if record_v else 0)
    raster = np.zeros(shape, bool)
    v = np.zeros(shape if record_v else (*shape[:2], 0))
    arrived = np.zeros((*shape[:2], dynamics.inputs + dynamics.neurons), bool)
    arrived[:, :, : dynamics.inputs] = samples.spikes
    state = started(dynamics, len(samples))
    for step in range(samples.steps):
        arrived[:, step, dynamics.inputs :] = dynamics.arriving(state)
        spikes = samples.spikes[:, step].astype(np.float64)
        currents = None if samples.currents is None else samples.currents[:, step]
        state, fired = dynamics.step(state, spikes, weights, currents)
        raster[:, step] = fired > 0
        if record_v:
            v[:, step] = state.v + dynamics.v_rest
        if progress is not None:
            progress(step + 1, samples.steps)
    return FloatRun(dynamics, raster, v, arrived)


def started(dynamics: Dynamics, samples: int) -> State:
    """The state from which the network starts: of a translated one what its translation says."""
    state = dynamics.start(samples)
    translation = dynamics.network.translation
    if translation is None:
        return state
    start = _Start(dynamics)
    translation.start(start)  # what it does with a simulation is `set_state`
    return state._replace(**{name: np.tile(row, (samples, 1)) for name, row in start.rows.items()})


class _Start:
    """Stands for a simulation whose state is set, and keeps it, [neurons] each, by the names in `State`.

    Its image is of a device that holds whatever it is given.
    """

    def __init__(self, dynamics: Dynamics) -> None:
        self._dynamics = dynamics
        self.image = SimpleNamespace(
            config=SimpleNamespace(state_max=np.inf),
            populations=symbols_of(dynamics.network),
            i_unit=np.ones(dynamics.neurons),
        )
        self.rows: dict[str, NDArray[np.float64]] = {}

    def set_state(self, population: Any, name: str, values: ArrayLike) -> None:
        places = self._dynamics.places(population)
        given = checked_array(name, values, places.shape)
        rest = self._dynamics.v_rest[places] if name == "v" else 0.0
        key = "rest" if name == "refractory" else name
        self.rows.setdefault(key, np.zeros(self._dynamics.neurons))[places] = given - rest


_KIND = "population of neurons"
