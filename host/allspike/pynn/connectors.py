"""PyNN's connectors, which wire the projections of this back end by themselves."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from pyNN import connectors as standard


def _own(base: type) -> Any:
    """PyNN's class, for any sizes.

    A column of a map that is one truth for all cells, as each is where one cell fires, comes as a number
    without dimensions, and NumPy 2 finds no places in that.
    """

    def standard_connect(
        self: Any, projection: Any, columns: Callable[..., Iterator], distance_map: Any = None
    ) -> None:
        def arrays(*mask: Any) -> Iterator:
            for column in columns(*mask):
                array = np.asarray(column)
                yield array if array.ndim else np.full(projection.pre.size, bool(column))

        base._standard_connect(self, projection, arrays, distance_map)  # type: ignore[attr-defined]

    return type(base.__name__, (base,), {"_standard_connect": standard_connect, "__doc__": base.__doc__})


AllToAllConnector = _own(standard.AllToAllConnector)
ArrayConnector = _own(standard.ArrayConnector)
CloneConnector = _own(standard.CloneConnector)
CSAConnector = _own(standard.CSAConnector)
DisplacementDependentProbabilityConnector = _own(standard.DisplacementDependentProbabilityConnector)
DistanceDependentProbabilityConnector = _own(standard.DistanceDependentProbabilityConnector)
FixedNumberPostConnector = _own(standard.FixedNumberPostConnector)
FixedNumberPreConnector = _own(standard.FixedNumberPreConnector)
FixedProbabilityConnector = _own(standard.FixedProbabilityConnector)
FixedTotalNumberConnector = _own(standard.FixedTotalNumberConnector)
FromFileConnector = standard.FromFileConnector
FromListConnector = standard.FromListConnector
IndexBasedProbabilityConnector = _own(standard.IndexBasedProbabilityConnector)
OneToOneConnector = _own(standard.OneToOneConnector)
