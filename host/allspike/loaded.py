"""What a device holds of a network, read and changed in the user's units."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import device_map as dm
from .checks import checked_array, checked_number
from .config import Config
from .device import Device
from .errors import ParameterError
from .freezing import freeze
from .image import Image, PopulationSymbol, ProjectionSymbol
from .network import Population

_STATE = {"v": "v", "i": "i", "theta": "a", "trace": "y", "refractory": "refractory"}


@dataclass(frozen=True)
class _Held:
    """A state of a population: where the device holds it, and how it is counted there."""

    population: str
    field: str
    part: slice
    unit: NDArray[np.float64]
    rest: NDArray[np.float64]


class LoadedNetwork:
    """A network that a device holds: its state, its weights and what learning makes of them.

    Parameters
    ----------
    image : Image
    device : Device
        Which holds the image.
    """

    def __init__(self, image: Image, device: Device) -> None:
        self.image = image
        self.device = device
        self._populations = {symbol.name: symbol for symbol in image.populations}
        self._projections = {symbol.name: symbol for symbol in image.projections}

    def _symbol(self, key: Population | str, kind: str) -> PopulationSymbol:
        name = key if isinstance(key, str) else key.name
        symbol = self._populations.get(name)
        if symbol is None or symbol.kind != kind:
            known = ", ".join(s.name for s in self.image.populations if s.kind == kind) or "none"
            raise ParameterError(f"there is no population of {kind} named {name!r}; there are: {known}.")
        return symbol

    def state(self, population: Population | str, name: str = "v") -> NDArray[np.float64]:
        """State of a population's neurons now, [neurons].

        Parameters
        ----------
        population : Neurons or str
        name : str
            "v" (V), "i" (amperes; volts for delta synapses), "theta" (the adaptive part of the threshold, V),
            "trace" (the post trace, in units of the device) or "refractory" (steps left).

        Raises
        ------
        ParameterError
            If there is no such population or state.
        """
        held = self._held(population, name)
        values = self.device.read(held.field)[held.part].astype(np.float64)
        return values * held.unit + held.rest

    def set_state(self, population: Population | str, name: str, values: ArrayLike) -> None:
        """Set a state of a population's neurons, in the units of `state`, rounded to those of the device.

        Raises
        ------
        ParameterError
            If a value does not fit.
        """
        held = self._held(population, name)
        whole = np.rint((checked_array(name, values, held.unit.shape) - held.rest) / held.unit)
        top = self.image.config.state_max
        if name in ("v", "i", "theta") and whole.size and np.abs(whole).max() > top:
            raise ParameterError(
                f"{name} of {held.population} holds up to {top} units, not {np.abs(whole).max():g}."
            )
        self.device.write(held.field, whole, held.part)

    def _held(self, population: Population | str, name: str) -> _Held:
        symbol = self._symbol(population, "neurons")
        if name not in _STATE:
            raise ParameterError(f"there is no state {name!r}; there are: {', '.join(_STATE)}.")
        part = slice(symbol.start, symbol.start + symbol.size)
        unit, rest = np.ones(symbol.size), np.zeros(symbol.size)
        if name in ("v", "theta"):
            unit = self.image.v_unit[part]
        elif name == "i":
            unit = self.image.i_unit[part]
        if name == "v":
            rest = self.image.v_rest[part]
        return _Held(symbol.name, f"neuron_state.{_STATE[name]}", part, unit, rest)

    def _synapses(self, projection: str) -> tuple[ProjectionSymbol, NDArray[np.int64], NDArray[np.int64]]:
        name = projection if isinstance(projection, str) else projection.name
        if name not in self._projections:
            known = ", ".join(self._projections) or "none"
            raise ParameterError(f"there is no projection {name!r}; there are: {known}.")
        symbol = self._projections[name]
        pre, post = self._populations[symbol.pre], self._populations[symbol.post]
        axon = pre.start + (self.image.config.inputs if pre.kind == "neurons" else 0)
        return symbol, axon + symbol.pairs[0], post.start + symbol.pairs[1]

    def weights(self, projection: str) -> NDArray[np.float64]:
        """Weights of a projection as the device holds them now, [pre, post], in the user's units."""
        return self._weights_of([projection])[projection]

    def _weights_of(self, projections: Iterable[str]) -> dict[str, NDArray[np.float64]]:
        """Weights of several projections, from one read of the device; from none if there are none."""
        found = {}
        held = None
        for projection in projections:
            symbol, axons, neurons = self._synapses(projection)
            if held is None:
                held = self.device.read_region(dm.WEIGHTS)
            dense = np.zeros((self._populations[symbol.pre].size, self._populations[symbol.post].size))
            dense[tuple(symbol.pairs)] = held[axons, neurons] * self.image.weight_unit[neurons]
            found[projection] = dense
        return found

    def set_weights(self, projection: str, weights: ArrayLike) -> None:
        """Set the weights of a projection, [pre, post], in the user's units; only its synapses are changed.

        Raises
        ------
        ParameterError
            If a weight is beyond what a synapse holds.
        """
        symbol, axons, neurons = self._synapses(projection)
        shape = (self._populations[symbol.pre].size, self._populations[symbol.post].size)
        given = checked_array("weights", weights, shape)[tuple(symbol.pairs)]
        whole = np.rint(given / self.image.weight_unit[neurons])
        config = self.image.config
        if whole.size and (whole.min() < config.weight_min or whole.max() > config.weight_max):
            worst = int(np.argmax(np.where(whole < 0, whole / config.weight_min, whole / config.weight_max)))
            edge = config.weight_min if whole[worst] < 0 else config.weight_max
            limit = edge * self.image.weight_unit[neurons[worst]]
            raise ParameterError(
                f"a weight of {given[worst]:g} is beyond the {limit:g} that a synapse holds."
            )
        self.device.write("weights", whole, (axons, neurons))

    @property
    def learning_gain(self) -> float:
        """Scale of all weight changes: 1 as the rule says, 0 none, negative reversed; the third factor."""
        return int(self.device.read("gain")[0]) / dm.GAIN_ONE

    @learning_gain.setter
    def learning_gain(self, gain: float) -> None:
        low, high = -128 / dm.GAIN_ONE, 127 / dm.GAIN_ONE
        gain = checked_number("learning_gain", gain, low, high, f"a number from {low:g} to {high:.4g}")
        self.device.write("gain", round(gain * dm.GAIN_ONE))

    def snapshot(self) -> Image:
        """The image with the weights as they are now: what learning made. `frozen()` makes it static."""
        return replace(self.image, weights=self.device.read_region(dm.WEIGHTS))

    def freeze(self, config: Config | str | None = None) -> Image:
        """What was learned, as the image of a static network that runs on a build without plasticity.

        Weights stay as they are now; the adaptive part of each threshold becomes part of the threshold.

        Parameters
        ----------
        config : Config or str, optional
            The build that the image is for, or the name of a preset, such as "up5k-static" for what was
            learned on "up5k"; by default the same build without plasticity.

        Raises
        ------
        CapacityError
            If the network does not fit that build.
        ParameterError
            If an adapted threshold cannot stay as it is.
        """
        return freeze(self.snapshot(), self.device.read("neuron_state.a"), config)
