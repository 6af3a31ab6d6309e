"""Projections of PyNN: connections as arrays, wired by PyNN's own connectors."""

from typing import Any

import numpy as np
from pyNN import common, errors
from pyNN.space import Space

from ..aliases import NDArray
from ..errors import ParameterError
from . import simulator
from .synapses import StaticSynapse, STDPMechanism

_MERGED = {"sum": np.add, "min": np.minimum, "max": np.maximum}
"""How several connections between two cells become one value."""


class Connection(common.Connection):
    """One connection: its attributes can be read and set.

    Parameters
    ----------
    projection : Projection
    number : int
        Which of its connections.
    """

    _projection: "Projection"
    _number: int

    def __init__(self, projection: "Projection", number: int) -> None:
        object.__setattr__(self, "_projection", projection)
        object.__setattr__(self, "_number", number)

    @property
    def presynaptic_index(self) -> int:
        """Which cell of the projection's `pre`."""
        return int(self._projection.pre_index[self._number])

    @property
    def postsynaptic_index(self) -> int:
        """Which cell of the projection's `post`."""
        return int(self._projection.post_index[self._number])

    def __getattr__(self, name: str) -> float:
        return float(self._projection.attribute(name)[self._number])

    def __setattr__(self, name: str, value: float) -> None:
        values = self._projection.attribute(name).copy()
        values[self._number] = value
        self._projection.set_attribute(name, values)

    def as_tuple(self, *attribute_names: str) -> tuple:
        """These attributes."""
        return tuple(getattr(self, name) for name in attribute_names)


class Projection(common.Projection):
    """Connections of one type between two groups of cells."""

    _simulator = simulator
    _static_synapse_class = StaticSynapse

    def __init__(
        self,
        presynaptic_neurons: Any,
        postsynaptic_neurons: Any,
        connector: Any,
        synapse_type: Any = None,
        source: str | None = None,
        receptor_type: str | None = None,
        space: Any = None,
        label: str | None = None,
    ) -> None:
        if not getattr(postsynaptic_neurons, "receptor_types", True):
            raise errors.ConnectionError(f"{postsynaptic_neurons.label}: spike sources receive no synapses")
        super().__init__(
            presynaptic_neurons,
            postsynaptic_neurons,
            connector,
            synapse_type,
            source,
            receptor_type,
            Space() if space is None else space,
            label,
        )
        self._pieces: list[tuple[NDArray, NDArray, dict[str, NDArray]]] = []
        connector.connect(self)
        self._join()
        self._learned: NDArray[np.float64] | None = None
        simulator.state.projections.append(self)
        simulator.state.changed = True

    def _convergent_connect(
        self,
        presynaptic_indices: Any,
        postsynaptic_index: int,
        location_selector: Any = None,
        **connection_parameters: Any,
    ) -> None:
        if location_selector is not None:
            raise ParameterError(f"{self.label}: cells here are points, without locations of synapses.")
        pre = np.atleast_1d(np.asarray(presynaptic_indices, np.int64))
        values = {
            name: np.broadcast_to(np.asarray(value, np.float64), pre.shape)
            for name, value in connection_parameters.items()
        }
        self._pieces.append((pre, np.full(pre.size, int(postsynaptic_index)), values))

    def _join(self) -> None:
        """One array of each attribute, [connections]."""
        nothing = np.zeros(0, np.int64)
        self.pre_index = np.concatenate([nothing, *(piece[0] for piece in self._pieces)])
        self.post_index = np.concatenate([nothing, *(piece[1] for piece in self._pieces)])
        names = self._pieces[0][2] if self._pieces else self.synapse_type.get_parameter_names()
        self._values = {
            name: np.concatenate([np.zeros(0), *(piece[2][name] for piece in self._pieces)]) for name in names
        }
        self._pieces = []

    def __len__(self) -> int:
        return self.pre_index.size

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [Connection(self, k) for k in range(*i.indices(len(self)))]
        if not -len(self) <= i < len(self):
            raise IndexError(f"{self.label} has {len(self)} connections, and none numbered {i}")
        return Connection(self, i % len(self))

    @property
    def connections(self) -> list[Connection]:
        """All of them, one by one."""
        return [Connection(self, k) for k in range(len(self))]

    @property
    def plastic(self) -> bool:
        """Whether the connections learn."""
        return isinstance(self.synapse_type, STDPMechanism)

    @property
    def delays(self) -> NDArray[np.float64]:
        """[connections], ms; none for electrical synapses."""
        return self._values.get("delay", np.zeros(0))

    def attribute(self, name: str) -> NDArray[np.float64]:
        """[connections]: a parameter of the synapses; their weights as they are now."""
        if name == "weight":
            return self.weights_now()
        if name not in self._values:
            raise AttributeError(f"{self.label}: its connections have no {name!r}")
        return self._values[name]

    def set_attribute(self, name: str, values: NDArray[np.float64]) -> None:
        """Change a parameter, [connections]."""
        now = self.attribute(name)
        if not np.isfinite(values).all():
            raise ParameterError(f"{self.label}: {name} must be finite numbers, and one is not.")
        if self._learned is not None and name == "weight":
            # What was learned and stays so is no part of what is asked for.
            self._values[name] = np.where(values == now, self._values[name], values)
            self._learned = values
        else:
            self._values[name] = values
        simulator.state.changed = True

    def weights_now(self) -> NDArray[np.float64]:
        """[connections], nA or mV: as set, or as learned since."""
        session = simulator.state.session
        if self.plastic and session is not None:
            session.fetch_learned()
        return self._values["weight"] if self._learned is None else self._learned

    def weights_at_start(self) -> NDArray[np.float64]:
        """[connections], nA or mV: as set."""
        return self._values["weight"]

    def learn(self, weights: NDArray[np.float64]) -> None:
        """What the device made of the weights."""
        self._learned = weights

    def forget_learned(self) -> None:
        """At time 0 again: the weights are as set."""
        self._learned = None

    def _set_attributes(self, parameter_space: Any) -> None:
        parameter_space.evaluate(simplify=False)
        for name, values in parameter_space.items():
            self.set_attribute(name, np.asarray(values, np.float64)[self.pre_index, self.post_index])

    def _get_attributes_as_list(self, names: Any) -> list[tuple]:
        own = {"presynaptic_index": self.pre_index, "postsynaptic_index": self.post_index}
        columns = [own[name] if name in own else self.attribute(name) for name in names]
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def _get_attributes_as_arrays(self, names: Any, multiple_synapses: str = "sum") -> list[NDArray]:
        pairs = (self.pre_index, self.post_index)
        found = []
        for name in names:
            values = self.attribute(name)
            array = np.full(self.shape, np.nan)
            if multiple_synapses == "first":
                array[pairs[0][::-1], pairs[1][::-1]] = values[::-1]
            else:
                array[pairs] = values
            if multiple_synapses in _MERGED:
                merge = _MERGED[multiple_synapses]
                array[pairs] = 0.0 if merge is np.add else values
                merge.at(array, pairs, values)
            found.append(array)
        return found
