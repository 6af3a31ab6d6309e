"""What the compiler asks of a neuron model: its description in whole numbers, in the fields of the map."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..describe.network import Network
from ..errors import ParameterError
from ..map.config import Config
from ..names import known_names
from .placement import Placement, neuron_of
from .quantised import Quantity
from .scale import Units

_LOWERINGS: dict[str, type["Lowering"]] = {}


class Lowering(ABC):
    """The placed neurons of a network, which are of one model: physical at first, then in whole numbers.

    `class Izhikevich(Lowering, neuron="izhikevich")` lowers the description of that name. All arrays are
    [neurons], in the order of their placement.
    """

    def __init_subclass__(cls, neuron: str) -> None:
        _LOWERINGS[neuron] = cls

    def __init__(self, network: Network, placement: Placement) -> None:
        self.network, self.placement = network, placement

    @property
    @abstractmethod
    def v_rest(self) -> NDArray[np.float64]:
        """Volts at V = 0."""

    @property
    @abstractmethod
    def charge(self) -> NDArray[np.float64]:
        """Volts that V gains in the step in which a unit of the user's weight arrives."""

    @abstractmethod
    def currents(self, volts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Constant currents that move V by so much in a step, in amperes."""

    @property
    @abstractmethod
    def swing(self) -> NDArray[np.float64]:
        """The largest distance from rest, or change in a step, that V must have room for, in volts."""

    @property
    @abstractmethod
    def threshold(self) -> NDArray[np.float64]:
        """Distance from rest at which it fires, in volts."""

    @property
    @abstractmethod
    def rounding(self) -> NDArray[np.float64]:
        """Bound, in units of V, of what the rounding of each step can add up to in V."""

    @abstractmethod
    def params(self, config: Config, scale: Units) -> Mapping[str, NDArray[np.float64]]:
        """The model's own parameters and flags by the names of the map's fields, in whole numbers.

        Raises
        ------
        CapacityError, ParameterError
            If one does not fit into its field, naming the neuron.
        """

    @abstractmethod
    def idle(self, config: Config) -> Mapping[str, int]:
        """The fields, where they are not 0, of a neuron that the network does not use: it cannot fire."""

    @abstractmethod
    def fires_at(self, params: np.ndarray) -> NDArray[np.int64]:
        """Units of V at which neurons with these parameters fire."""

    @abstractmethod
    def quantities(self, config: Config, params: np.ndarray, scale: Units) -> list[Quantity]:
        """What its parameters were asked to be, and what they are: those that were rounded.

        Parameters
        ----------
        config : Config
        params : NEURON_PARAMS [neurons]
        scale : Units
        """


def lowered(network: Network, placement: Placement) -> Lowering:
    """The neurons of a network, as their model lowers them.

    Raises
    ------
    ParameterError
        If they are of several models, or of one that is described and not lowered.
    """
    neuron = neuron_of(network)
    if neuron not in _LOWERINGS:
        raise ParameterError(f"nothing compiles neurons of {neuron!r}; {known_names(neuron, _LOWERINGS)}.")
    return _LOWERINGS[neuron](network, placement)
