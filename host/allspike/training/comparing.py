"""What quantisation does to what a network computes: the emulator's spikes and V beside a run in float64."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..describe.network import Network
from ..errors import QuantisationWarning
from ..map.config import Config
from ..quantities import share
from ..showing import some
from ..simulate.simulation import Simulation
from .floating import FloatRun
from .samples import Samples


@dataclass(frozen=True)
class Loss:
    """How far the device's spikes and V are from those of float64, over some samples.

    Examples
    --------
    >>> loss = asp.training.Loss(samples=2, entries=400, spikes=40, off=3, v_error=0.0, classes_off=0)
    >>> print(loss)
    3 of 400 entries off (0.75 %), 40 spikes; the class of 0 of 2 samples changes
    """

    samples: int
    """Samples compared."""
    entries: int
    """Neurons times steps times samples."""
    spikes: int
    """Spikes in float64."""
    off: int
    """Entries in which one spikes and the other does not."""
    v_error: float
    """RMS error of V of the populations that are read by it, as a share of its RMS; 0 if there are none."""
    classes_off: int
    """Samples of which another output neuron is the first."""

    def __str__(self) -> str:
        v = f"V {share(self.v_error)} off (RMS), " if self.v_error else ""
        return (
            f"{self.off:,} of {self.entries:,} entries off ({share(self.off / max(self.entries, 1))}), "
            f"{v}{some(self.spikes, 'spike')}; the class of {self.classes_off:,} of "
            f"{some(self.samples, 'sample')} changes"
        )

    @property
    def value(self) -> float:
        """What is made small: entries off for each spike, and the error of V."""
        return self.off / max(self.spikes, 1) + self.v_error


@dataclass(frozen=True, eq=False)
class Emulated:
    """Runs on the emulator: spikes of all neurons, and V of the populations that are read by it."""

    raster: NDArray[np.bool_]
    """[samples, steps, neurons]."""
    v: dict[str, NDArray[np.float64]]
    """[samples, steps, members] each."""
    weight_shift: int
    """With which they ran."""


class Comparison:
    """Compares with a run in float64.

    Parameters
    ----------
    run : FloatRun
        With V.
    output : str
        The population whose first neuron is the class: that of most spikes, or of the highest V at the end
        where none fires.
    """

    def __init__(self, run: FloatRun, output: str) -> None:
        self.run, self.output = run, output
        network = run.dynamics.network
        sending = {projection.pre.name for projection in network.projections.values()}
        self.read = [
            p.name
            for p in network.neuron_populations
            if p.name not in sending and not run.spikes(p.name).any()
        ]
        self._classes = self._decided(run.spikes(output), run.v(output))

    def loss(self, made: Emulated) -> Loss:
        """Of what the emulator made of the same samples."""
        run, places = self.run, self.run.dynamics.places(self.output)
        v = made.v.get(self.output, np.zeros((len(made.raster), 0, 0)))
        error = power = 0.0
        for name in self.read:
            error += float(np.square(made.v[name] - run.v(name)).sum())
            power += float(np.square(run.v(name)).sum())
        return Loss(
            samples=len(run.raster),
            entries=run.raster.size,
            spikes=int(run.raster.sum()),
            off=int((run.raster != made.raster).sum()),
            v_error=float(np.sqrt(error / power)) if power else 0.0,
            classes_off=int((self._classes != self._decided(made.raster[:, :, places], v)).sum()),
        )

    def _decided(self, spikes: NDArray[np.bool_], v: NDArray[np.float64]) -> NDArray[np.int64]:
        """The first output neuron of each sample."""
        if self.output in self.read and v.shape[1]:
            return v[:, -1].argmax(axis=1)
        return spikes.sum(axis=1).argmax(axis=1)


def output_of(network: Network) -> str:
    """The population that says the class: the last that sends to no other, or else the last."""
    sending = {p.pre.name for p in network.projections.values() if p.pre is not p.post}
    names = [population.name for population in network.neuron_populations]
    return next((name for name in reversed(names) if name not in sending), names[-1])


def emulated(
    network: Network, samples: Samples, read: list[str], config: Config | None, **options: Any
) -> Emulated:
    """The samples on the emulator, each from the network's start.

    Parameters
    ----------
    network : Network
    samples : Samples
    read : list of str
        Populations whose V is recorded.
    config : Config, optional
    **options
        `weight_unit` and `weight_shift` of the simulation.
    """
    rasters: list[NDArray[np.bool_]] = []
    v: dict[str, list[NDArray[np.float64]]] = {name: [] for name in read}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", QuantisationWarning)  # it is what is measured here
        simulation = Simulation(network, config=config, **options)
    with simulation:
        for stimuli in samples.stimuli:
            simulation.reset()
            if network.translation is not None:
                network.translation.start(simulation)
            result = simulation.run_steps(samples.steps, stimuli, record_v=read)
            rasters.append(np.concatenate([result.array(p) for p in network.neuron_populations], axis=1))
            for name in read:
                v[name].append(result.v[name])
    potentials = {name: np.array(arrays) for name, arrays in v.items()}
    return Emulated(np.array(rasters), potentials, simulation.image.weight_shift)
