"""From the modules of a trained network to a network of this package, by way of the flat form of NIR."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..checks import checked_count, checked_number
from ..errors import ParameterError
from ..nir.choosing import Options
from ..nir.flat import Flat
from ..nir.flattening import flatten
from ..nir.graph import NEURONS
from ..nir.settings import Settings
from ..nir.translate import translate as from_flat
from ..nir.translation import NirTranslation
from . import norse, snntorch, spikingjelly
from .layers import Layer, Node, Shape, layer
from .neurons import Array, Dynamics
from .walking import Stage, stages

if TYPE_CHECKING:
    from ..describe.network import Network

_DYNAMICS: dict[str, Callable[[Stage, Shape], Dynamics]] = {
    "snntorch": snntorch.dynamics,
    "spikingjelly": spikingjelly.dynamics,
    "norse": norse.dynamics,
}
_DEFAULT_DT = 1e-3


def translate(
    module: Any,
    input_shape: int | tuple[int, ...],
    *,
    dt: float | None = None,
    children_in_order: bool = False,
    exact: bool = False,
) -> "Network":
    """Translate a network; see `Network.from_torch`."""
    shape = _checked_shape(input_shape)
    found = stages(module, in_order=children_in_order)
    graph = _Graph(shape, _step(found, dt))
    for stage in found:
        graph.add(stage)
    graph.finish()
    flat = graph.flat(f"the module {type(module).__name__}")
    network = from_flat(flat, Options(), settings_of=graph.settings, exact=exact)
    if isinstance(network.translation, NirTranslation):
        network.translation = replace(
            network.translation, facts=(*graph.facts, *network.translation.facts),
            home="torch modules stays in them",
        )  # fmt: skip
    return network


def _checked_shape(shape: object) -> Shape:
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    if not sizes:
        raise ParameterError(
            "input_shape = () is empty: give the shape of one step of one sample, such as 64."
        )
    return tuple(checked_count("input_shape", size, 1) for size in sizes)


def _step(found: list[Stage], dt: float | None) -> float:
    """Seconds a step: as said, as Norse's modules say, or a millisecond."""
    if dt is not None:
        dt = checked_number("dt", dt, np.finfo(float).tiny, np.finfo(float).max, "seconds, above 0")
    for stage in found:
        if stage.kind.package == "norse" and stage.kind.sort == "neuron":
            own = norse.step_of(stage)
            if dt is not None and not np.isclose(own, dt, rtol=1e-6):
                raise ParameterError(
                    f"{stage.where}: its dt is {own:g} s and the step {dt:g} s: a network has one."
                )
            dt = own
    return _DEFAULT_DT if dt is None else dt


class _Graph:
    """A graph of NIR as it grows, with what NIR cannot say of its neurons."""

    def __init__(self, shape: Shape, dt: float) -> None:
        self.dt = dt
        self.shape = shape
        self.last = "input"
        self.nodes: dict[str, Node] = {self.last: {"type": "Input", "shape": np.array(shape)}}
        self.edges: list[tuple[str, str]] = []
        self.neurons: dict[str, Dynamics] = {}
        self.facts: list[str] = []

    def add(self, stage: Stage) -> None:
        """Append a module."""
        if getattr(stage.module, "_forward_hooks", None):
            self.facts.append(f"{stage.name}: its forward hooks are not called here.")
        sort = stage.kind.sort
        if sort == "ignored":
            self.facts.append(f"{stage.name}: {stage.kind.name} does nothing where nothing is trained.")
        elif sort == "linear":
            self._add_layer(stage.name, layer(stage, self.shape))
        elif sort == "delay":
            self._append(stage.name, spikingjelly.delay(stage, self.shape, self.dt))
        elif sort == "loop":
            entry, back, neurons = spikingjelly.loop(stage, self.shape)
            size = (len(entry["weight"]),)
            self._add_layer(f"{stage.name}.rc", Layer((entry,), size))
            self._add_neurons(stage.name, _DYNAMICS[neurons.kind.package](neurons, size))
            self._add_loop(f"{stage.name}.rc.loop", Layer((back,), size))
        else:
            self._add_neuron_module(stage)

    def _add_neuron_module(self, stage: Stage) -> None:
        package = stage.kind.package
        if package == "norse":
            size, weights = norse.size_of(stage, self.shape), norse.input_layer(stage)
            if weights is not None:
                self._add_layer(f"{stage.name}.input_weights", Layer((weights,), size))
        self._add_neurons(stage.name, _DYNAMICS[package](stage, self.shape))
        recurrences = {"snntorch": snntorch.recurrence, "norse": norse.recurrence}
        back = recurrences[package](stage, self.shape) if package in recurrences else None
        if back is not None:
            self._add_loop(f"{stage.name}.recurrent", back)

    def _add_layer(self, name: str, found: Layer) -> None:
        for k, node in enumerate(found.nodes):
            self._append(f"{name}.{k}" if k else name, node)
        self.shape = found.shape

    def _add_loop(self, name: str, back: Layer) -> None:
        neurons = self.last
        for k, node in enumerate(back.nodes):
            self._append(f"{name}.{k}" if k else name, node)
        self.edges.append((self.last, neurons))
        self.last = neurons

    def _append(self, name: str, node: Node) -> None:
        if name in self.nodes:
            name = next(
                f"{name}_{k}" for k in range(1, len(self.nodes) + 1) if f"{name}_{k}" not in self.nodes
            )
        self.nodes[name] = node
        self.edges.append((self.last, name))
        self.last = name

    def _add_neurons(self, name: str, neurons: Dynamics) -> None:
        self._check_not_read(name)
        kind = ("LI" if neurons.alpha is None else "CubaLI") + ("" if neurons.threshold is None else "F")
        self._append(name, {"type": kind, **dict.fromkeys(NEURONS[kind], np.ones(neurons.shape))})
        self.neurons[self.last] = neurons

    def _check_not_read(self, name: str) -> None:
        for before, neurons in self.neurons.items():
            if neurons.threshold is None:
                raise ParameterError(
                    f"{before}: it gives V and no spikes, but {name} follows it: neurons that do not fire "
                    "are supported at the end of a network."
                )

    def finish(self) -> None:
        """Append the output: spikes, V of neurons that do not fire, or what the last layers make of them."""
        if not self.neurons:
            raise ParameterError("the network has no neurons: it needs a layer that spikes or is read.")
        self._append("output", {"type": "Output", "shape": np.array(self.shape)})

    def flat(self, source: str) -> Flat:
        """The flat form; gains, and how much spikes count, are in its matrices."""
        found = flatten({"type": "NIRGraph", "nodes": self.nodes, "edges": self.edges})
        cells = tuple(replace(c, parameters=_parameters(self.neurons[c.name])) for c in found.cells)
        edges = []
        for edge in found.edges:
            matrix, bias = edge.matrix, edge.bias
            pre, post = self.neurons.get(edge.pre), self.neurons.get(edge.post)
            if pre is not None and pre.spike is not None:
                matrix = matrix * pre.spike[:, None]
            if post is not None and (post.gain != 1).any():
                matrix, bias = matrix * post.gain, bias * post.gain
            edges.append(replace(edge, matrix=matrix, bias=bias))
        return replace(found, cells=cells, edges=tuple(edges), dt=self.dt, source=source)

    @property
    def settings(self) -> Mapping[str, Settings]:
        """What NIR cannot say of each node of neurons."""
        return {name: _settings(neurons) for name, neurons in self.neurons.items()}


def _parameters(neurons: Dynamics) -> Mapping[str, Array]:
    """By NIR's names, with factors of a step for time constants."""
    named = {"beta": neurons.beta, "r": np.ones_like(neurons.beta), "v_leak": neurons.rest}
    if neurons.alpha is not None:
        named["alpha"] = neurons.alpha
    if neurons.threshold is not None:
        v_reset = np.zeros_like(neurons.beta) if neurons.v_reset is None else neurons.v_reset
        named |= {"v_threshold": neurons.threshold, "v_reset": v_reset}
    return named


def _settings(neurons: Dynamics) -> Settings:
    return Settings(
        reset=neurons.reset, integration="euler", spikes="plain", fires=neurons.fires,
        starts=neurons.starts, departs=neurons.differs,
    )  # fmt: skip
