"""What a device holds of a network, read and changed in the user's units."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_array, checked_number
from ..describe.population import Members
from ..describe.projection import Projection
from ..device.device import Device
from ..errors import DeviceError, ParameterError, QuantisationWarning
from ..image.image import Image, PopulationSymbol
from ..map import device_map as dm
from ..map.config import Config
from ..names import WithDeclared, known_names
from ..notices import warn
from ..quantities import FELT, lost_weights, share
from ..results.later import FetchedLater
from .freezing import freeze
from .parts import Parts

_STATE = {"v": "v", "i": "i", "theta": "a", "trace": "y", "refractory": "refractory"}


@dataclass(frozen=True)
class _Held:
    """A state of a population: where the device holds it, and how it is counted there."""

    population: str
    field: str
    part: NDArray[np.int64]
    unit: NDArray[np.float64]
    rest: NDArray[np.float64]


class LoadedNetwork(WithDeclared):
    """A network that a device holds: its state, its weights and what learning makes of them.

    Populations, views of them and projections are given as objects or by their names.

    Parameters
    ----------
    image : Image
    device : Device
        Which holds the image.
    """

    image: Image

    def __init__(self, image: Image, device: Device) -> None:
        self.image = image
        self._device = device
        self._load = device.loads
        self._parts = Parts(image)

    @property
    def device(self) -> Device:
        """The device that holds the network.

        Raises
        ------
        DeviceError
            If it was loaded again since, and so holds something else.
        """
        if self._device.loads != self._load:
            raise DeviceError(
                f"{self._device!r} was loaded with another network since, and holds that one: make a new "
                "Simulation to load this one again, or give each a device of its own."
            )
        return self._device

    def _members(self, key: Members | str, kind: str) -> tuple[PopulationSymbol, NDArray[np.int64]]:
        self._check_compiled(key)
        return self._parts.members(key, kind)

    def _check_compiled(self, key: Any) -> None:
        """Refuse a key of what the network has and the device has not, where there is a network to ask."""

    def state(self, population: Members | str, name: str = "v") -> NDArray[np.float64]:
        """State of the neurons of a population or view now, [neurons].

        Parameters
        ----------
        population : Neurons, PopulationView or str
        name : str
            "v" (V), "i" (amperes; volts for delta synapses), "theta" (the adaptive part of the threshold, V),
            "trace" (the post trace, in units of the device) or "refractory" (steps left).

        Raises
        ------
        ParameterError
            If there is no such population or state.
        """
        held = self._held(population, name)
        values = self.device.read(held.field, held.part).astype(np.float64)
        return values * held.unit + held.rest

    def set_state(self, population: Members | str, name: str, values: ArrayLike) -> None:
        """Set a state of a population's or view's neurons, in the units of `state`, rounded to the device's.

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

    def _held(self, population: Members | str, name: str) -> _Held:
        symbol, members = self._members(population, "neurons")
        if not isinstance(name, str) or name not in _STATE:
            raise ParameterError(f"there is no state {name!r}; {known_names(name, _STATE)}.")
        part = symbol.start + members
        unit, rest = np.ones(part.size), np.zeros(part.size)
        if name in ("v", "theta"):
            unit = self.image.v_unit[part]
        elif name == "i":
            unit = self.image.i_unit[part]
        if name == "v":
            rest = self.image.v_rest[part]
        return _Held(symbol.name, f"neuron_state.{_STATE[name]}", part, unit, rest)

    def weights(self, projection: Projection | str) -> NDArray[np.float64]:
        """Weights of a projection as the device holds them now, [pre, post], in the user's units."""
        self._check_compiled(projection)
        symbol = self._parts.projection(projection)
        return self._parts.dense(symbol, self.device.read("weights", self._parts.synapses(symbol)))

    def _weights_now(self, names: Collection[str]) -> Callable[[], dict[str, NDArray[np.float64]]]:
        """What gives the weights of projections as they are now, whenever it is called."""
        parts, held = self._parts, self.device.weights_now()  # and not `self`, which goes on without them
        return lambda: parts.weights(names, held.look())

    def _weights_later(self, names: Collection[str]) -> Mapping[str, NDArray[np.float64]]:
        """Weights of projections as they are now, fetched when somebody looks; if there are any."""
        return FetchedLater(names, self._weights_now(names)) if names else {}

    def set_weights(self, projection: Projection | str, weights: ArrayLike) -> None:
        """Set the weights of a projection, [pre, post], in the user's units; only its synapses are changed.

        A `QuantisationWarning` tells of weights that round to zero, or are more than 2 % off on average.

        Raises
        ------
        ParameterError
            If a weight is beyond what a synapse holds.
        """
        self._check_compiled(projection)
        symbol = self._parts.projection(projection)
        axons, neurons = self._parts.synapses(symbol)
        given = checked_array("weights", weights, self._parts.shape(symbol))[tuple(symbol.pairs)]
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
        unit = self.image.weight_unit[neurons]
        measured = self.image.report.get("projections", {}).get(symbol.name, {}).get("unit", "")
        lost = lost_weights(given, whole * unit, unit, measured, "weights closer to each other lose less")
        for sentence in lost:
            warn(f"{symbol.name}: {sentence}", QuantisationWarning)

    @property
    def learning_gain(self) -> float:
        """Scale of all weight changes: 1 as the rule says, 0 none, negative reversed; the third factor.

        A multiple of 1/64, from -2 to 127/64; what is more than 2 % off is warned of.
        """
        return int(self.device.read("gain")[0]) / dm.GAIN_ONE

    @learning_gain.setter
    def learning_gain(self, gain: float) -> None:
        low, high = -128 / dm.GAIN_ONE, 127 / dm.GAIN_ONE
        gain = checked_number("learning_gain", gain, low, high, f"a number from {low:g} to {high:.4g}")
        held = round(gain * dm.GAIN_ONE) / dm.GAIN_ONE
        if abs(held - gain) > FELT * abs(gain):
            warn(
                f"learning_gain = {gain:.4g} becomes {held:.4g} ({share(abs(held / gain - 1))} off): it is a "
                f"multiple of 1/{dm.GAIN_ONE}.",
                QuantisationWarning,
            )
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
