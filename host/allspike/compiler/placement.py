"""Where each population lies, and which configuration a network needs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..describe.network import Network, Population
from ..describe.neuron import NeuronDescription
from ..describe.projection import Projection
from ..errors import CapacityError, ParameterError
from ..map.config import Config
from ..map.presets import PRESETS, UNNAMED, config_of, name_of
from ..showing import some


@dataclass(frozen=True)
class Placement:
    """First input or neuron of each population, and the sizes taken."""

    start: dict[str, int]
    inputs: int
    neurons: int

    neuron_names: frozenset[str] = frozenset()

    def of(self, population: Population) -> slice:
        """The places of a population, among the inputs or among the neurons."""
        start = self.start[population.name]
        return slice(start, start + population.size)

    def axons(self, population: Population, config: Config) -> slice:
        """The axons of a population in a build."""
        place, first = self.of(population), config.inputs * (population.name in self.neuron_names)
        return slice(first + place.start, first + place.stop)

    def targets(self, projection: Projection) -> NDArray[np.int64]:
        """The place of the neuron that each synapse reaches, [synapses]."""
        return self.start[projection.post.name] + projection.pairs[1]


@dataclass(frozen=True)
class Shortfall:
    """Something of which a network needs more than a configuration has."""

    need: str
    """As in "300 neurons"."""
    has: str
    """As in "256"."""
    over: str = ""
    """As in "44 neurons", by which it is too large; empty where nothing is counted."""

    def __str__(self) -> str:
        return f"{self.need}, where it has {self.has}"


@dataclass(frozen=True)
class Needs:
    """What a network asks of a configuration."""

    neurons: int
    inputs: int
    max_delay: int
    plasticity: bool
    neuron: str
    """As the map names it."""

    def shortfalls(self, config: Config) -> list[Shortfall]:
        """What `config` lacks; empty if the network fits."""
        lacks = []
        for what, need, has in (
            ("neuron", self.neurons, config.neurons),
            ("input", self.inputs, config.inputs),
        ):
            if need > has:
                lacks.append(Shortfall(some(need, what), f"{has:,}", some(need - has, what)))
        if self.max_delay > config.max_delay:
            lacks.append(Shortfall(f"delays of {self.max_delay:,} steps", f"up to {config.max_delay}"))
        if self.plasticity and not config.plasticity:
            lacks.append(Shortfall("plasticity", "none"))
        if self.neuron != config.neuron:
            lacks.append(Shortfall(f"neurons of the model {self.neuron!r}", repr(config.neuron)))
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


def named_neuron(network: Network, placement: Placement, place: int) -> tuple[str, NeuronDescription]:
    """What a placed neuron is called, as in "neuron 3 of cells", and the model that it is of."""
    for population in network.neuron_populations:
        index = place - placement.start[population.name]
        if 0 <= index < population.size:
            return f"neuron {index} of {population.name}", population.model
    raise AssertionError(place)


def neuron_of(network: Network) -> str:
    """The neuron model of a network, as the map names it.

    Raises
    ------
    ParameterError
        If it has neurons of several models: a core computes one.
    """
    models = {population.model.neuron: population.name for population in network.neuron_populations}
    if len(models) > 1:
        said = " and ".join(f"{name!r} of {neuron}" for neuron, name in models.items())
        raise ParameterError(f"the network has neurons of several models, {said}: a core computes one model.")
    return next(iter(models))


def delay_steps(network: Network, population: Population) -> np.ndarray:
    """Axonal delay of each neuron in whole steps, at least 1."""
    delays = population.model.array("delay", population.size)
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
    return Needs(placement.neurons, placement.inputs, longest, network.stdp is not None, neuron_of(network))


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
        If there is no configuration of that name.
    """
    needs = required(network)
    fitting = _fitting(needs)
    if config is None:
        if not fitting:
            largest = max(PRESETS, key=lambda name: PRESETS[name].synapses)
            lacks = _lacking(needs, PRESETS[largest], f"the largest preset, {largest},")
            raise CapacityError(f"{lacks}: {_advice(needs, fitting)}.")
        return PRESETS[fitting[0]], fitting[0]
    chosen = config_of(config)
    name = config if isinstance(config, str) else name_of(chosen)
    if needs.shortfalls(chosen):
        title = name if name != UNNAMED else "its configuration"
        raise CapacityError(f"{_lacking(needs, chosen, title)}; {_advice(needs, fitting)}.")
    return chosen, name


def _lacking(needs: Needs, config: Config, title: str) -> str:
    """Half a sentence: what the network needs, and what a configuration has instead."""
    lacks = needs.shortfalls(config)
    need, has = (" and ".join(getattr(one, part) for one in lacks) for part in ("need", "has"))
    over = " and ".join(one.over for one in lacks if one.over)
    over = over.partition(" ")[0] if len(lacks) == 1 else over  # one number needs no noun
    return f"the network needs {need}; {title} has {has}{f': {over} too many' if over else ''}"


def _advice(needs: Needs, fitting: list[str]) -> str:
    """What to do about it."""
    if fitting:
        return f"it fits {fitting[0]}"
    if needs.neuron not in {config.neuron for config in PRESETS.values()}:
        return f"it fits no preset: pass a Config(neuron={needs.neuron!r}, ...)"
    longest = max(config.max_delay for config in PRESETS.values())
    if needs.max_delay > longest:
        return "it fits no preset: use shorter delays, a longer dt, or a Config with a larger max_delay"
    return "make it smaller, or pass a Config of your own to the emulator"
