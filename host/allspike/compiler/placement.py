"""Where each population lies, and which configuration a network needs."""

from dataclasses import dataclass

import numpy as np

from ..config import PRESETS, Config, preset
from ..errors import CapacityError
from ..network import Network, Population


@dataclass(frozen=True)
class Placement:
    """First input or neuron of each population, and the sizes taken."""

    start: dict[str, int]
    inputs: int
    neurons: int

    def axons(self, population: Population, config: Config) -> slice:
        """The axons of a population in a build."""
        base = self.start[population.name]
        if population.name in self.neuron_names:
            base += config.inputs
        return slice(base, base + population.size)

    neuron_names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Needs:
    """What a network asks of a configuration."""

    neurons: int
    inputs: int
    max_delay: int
    plasticity: bool

    def shortfalls(self, config: Config) -> list[str]:
        """What `config` lacks, a phrase each; empty if the network fits."""
        lacks = []
        if self.neurons > config.neurons:
            lacks.append(f"{self.neurons - config.neurons} neurons more than its {config.neurons}")
        if self.inputs > config.inputs:
            lacks.append(f"{self.inputs - config.inputs} inputs more than its {config.inputs}")
        if self.max_delay > config.max_delay:
            lacks.append(f"delays of {self.max_delay} steps where it has {config.max_delay}")
        if self.plasticity and not config.plasticity:
            lacks.append("plasticity, which it has not")
        return lacks


def place(network: Network) -> Placement:
    """Populations one after another, in the order in which they were added."""
    start: dict[str, int] = {}
    inputs = neurons = 0
    for source in network.input_populations:
        start[source.name] = inputs
        inputs += source.size
    for population in network.neuron_populations:
        start[population.name] = neurons
        neurons += population.size
    names = frozenset(population.name for population in network.neuron_populations)
    return Placement(start, inputs, neurons, names)


def delay_steps(network: Network, population: Population) -> np.ndarray:
    """Axonal delay of each neuron in whole steps, at least 1."""
    delays = population.model.array("delay", population.size)  # type: ignore[union-attr]
    return np.maximum(np.rint(delays / network.dt), 1)


def required(network: Network) -> Needs:
    """What the network asks of a configuration.

    Raises
    ------
    CapacityError
        If it has no neurons.
    """
    placement = place(network)
    if placement.neurons == 0:
        raise CapacityError("the network has no neurons: add a population with net.neurons(size).")
    longest = max(int(delay_steps(network, p).max()) for p in network.neuron_populations)
    return Needs(placement.neurons, placement.inputs, longest, network.stdp is not None)


def _fitting(needs: Needs) -> list[str]:
    """Presets that hold the network: full weights before narrower ones, then the smallest first."""
    fitting = [name for name, config in PRESETS.items() if not needs.shortfalls(config)]
    return sorted(fitting, key=lambda name: (-PRESETS[name].weight_bits, PRESETS[name].synapses))


def choose_config(network: Network, config: Config | str | None) -> tuple[Config, str]:
    """The configuration to compile for, and its name: the one asked for, or the smallest preset that fits.

    Raises
    ------
    CapacityError
        If the network does not fit, saying by how much and what it would fit.
    ParameterError
        If there is no preset of that name.
    """
    needs = required(network)
    fitting = _fitting(needs)
    if config is None:
        if not fitting:
            largest = max(PRESETS, key=lambda name: PRESETS[name].synapses)
            raise CapacityError(
                f"the network fits no preset; the largest, {largest}, lacks "
                f"{' and '.join(needs.shortfalls(PRESETS[largest]))}: make it smaller, or pass a Config of "
                "your own to the emulator."
            )
        return PRESETS[fitting[0]], fitting[0]
    name = (
        config if isinstance(config, str) else next((n for n, c in PRESETS.items() if c == config), "custom")
    )
    chosen = preset(config) if isinstance(config, str) else config
    lacks = needs.shortfalls(chosen)
    if lacks:
        advice = f"it fits {fitting[0]}" if fitting else "it fits no preset"
        raise CapacityError(f"the network does not fit {name}: it needs {' and '.join(lacks)}; {advice}.")
    return chosen, name
