"""Where the parts of a network lie in a device, and what the device's integers are in the user's units."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..describe.population import Members
from ..describe.projection import Projection
from ..describe.selection import projection_name, resolve
from ..image.image import Image, PopulationSymbol, ProjectionSymbol


class Parts:
    """The populations and projections of an image.

    Parameters
    ----------
    image : Image

    Attributes
    ----------
    populations : dict of PopulationSymbol
        By name.
    projections : dict of ProjectionSymbol
        By name.
    """

    def __init__(self, image: Image) -> None:
        self._image = image
        self.populations = {symbol.name: symbol for symbol in image.populations}
        self.projections = {symbol.name: symbol for symbol in image.projections}

    def members(self, key: Members | str, kind: str) -> tuple[PopulationSymbol, NDArray[np.int64]]:
        """The population of this kind that a key means, and the indices in it of the members meant."""
        known = {name: symbol for name, symbol in self.populations.items() if symbol.kind == kind}
        symbol, indices = resolve(key, known, f"population of {kind}")
        return symbol, np.arange(symbol.size) if indices is None else indices

    def projection(self, key: Projection | str) -> ProjectionSymbol:
        """The projection that a key means."""
        return self.projections[projection_name(key, self.projections)]

    def synapses(self, symbol: ProjectionSymbol) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Axon and neuron of each synapse, in the order of its pairs."""
        pre, post = self.populations[symbol.pre], self.populations[symbol.post]
        axon = pre.start + (self._image.config.inputs if pre.kind == "neurons" else 0)
        return axon + symbol.pairs[0], post.start + symbol.pairs[1]

    def shape(self, symbol: ProjectionSymbol) -> tuple[int, int]:
        """[pre, post]"""
        return self.populations[symbol.pre].size, self.populations[symbol.post].size

    def dense(self, symbol: ProjectionSymbol, weights: NDArray[Any]) -> NDArray[np.float64]:
        """Weights of its synapses, in units of the device, as [pre, post] in the user's."""
        neurons = self.populations[symbol.post].start + symbol.pairs[1]
        dense = np.zeros(self.shape(symbol))
        dense[tuple(symbol.pairs)] = weights * self._image.weight_unit[neurons]
        return dense

    def weights(self, names: Iterable[str], held: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
        """Of several projections the weights, [pre, post], in the user's units, from the region `weights`."""
        symbols = {name: self.projections[name] for name in names}
        return {name: self.dense(symbol, held[self.synapses(symbol)]) for name, symbol in symbols.items()}
