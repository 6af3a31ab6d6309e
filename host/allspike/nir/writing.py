"""From a network to a NIR graph that any reader understands and that this one reads back as it was.

A hop takes a step here and none in NIR, where a Delay says otherwise. Populations are therefore written as
early as their inputs allow: a spike that leaves one at step t here leaves its node L steps earlier. What is
left of a delay is a Delay node, so that layers one behind another need none. Around a loop all are equally
early, and a step of delay is what every reader takes there.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..compiler.lif.physics import Physics, lif_of, physics
from ..compiler.placement import delay_steps
from ..describe.network import Network
from ..describe.population import Inputs, Neurons, Population
from ..describe.projection import Projection
from ..describe.translated import Translated
from ..errors import ParameterError, QuantisationWarning
from ..notices import warn
from ..optional import optional
from ..writing import writing
from .lags import loops
from .nodes_out import OWN, bias, node, not_in_nir, said
from .translation import NirTranslation

if TYPE_CHECKING:
    import nir

FORMAT = 1
"""Of what is ours in the metadata."""


def write(network: Network, path: str | Path | None = None) -> "nir.NIRGraph":
    """The graph of a network, written if there is a path; see `Network.to_nir`."""
    nir = optional("nir", "nir", "writing NIR")
    _check(network)
    tree = tree_of(network)
    graph = nir.NIRGraph(
        nodes={name: _made(nir, fields) for name, fields in tree["nodes"].items()},
        edges=tree["edges"],
        metadata=tree["metadata"],
    )
    lost = sorted(
        {f"{what} ({p.name})" for p in network.neuron_populations for what in not_in_nir(lif_of(p))}
    )
    if lost:
        warn(
            "NIR has no word for some of what these neurons do, which Network.from_nir takes from the "
            f"metadata and other readers leave out: {', '.join(lost)}.",
            QuantisationWarning,
        )
    if path is not None:
        with writing(path) as temporary:
            nir.write(temporary, graph)
    return graph


def tree_of(network: Network) -> Mapping[str, Any]:
    """The graph as the dictionary that a NIR file holds."""
    return _Writer(network).tree()


def _check(network: Network) -> None:
    if network.translation is not None and not _is_plain(network.translation):
        raise ParameterError(
            f"a network translated from {network.translation.home}, and a NIR file would lose how it starts."
        )
    if not network.neuron_populations:
        raise ParameterError("the network has no neurons, so there is nothing to write: add some.")
    plastic = [p.name for p in network.projections.values() if p.stdp is not None]
    if plastic:
        raise ParameterError(
            f"NIR has static weights alone, and {', '.join(map(repr, plastic))} can learn: build the network "
            "with the weights learned (Simulation.weights) and without stdp=, and write that."
        )


def _is_plain(translation: Translated) -> bool:
    """Whether it asks for nothing that the network itself does not say: as of one that was read back."""
    if not isinstance(translation, NirTranslation) or translation.strict or translation.lag:
        return False
    return not any(place.waits for place in translation.places.values())


def _made(nir: Any, fields: Mapping[str, Any]) -> Any:
    fields = dict(fields)
    kind = fields.pop("type")
    if kind in ("Input", "Output"):
        metadata = fields.get("metadata", {})
        return getattr(nir, kind)({kind.lower(): fields["shape"]}, metadata=metadata)
    return getattr(nir, kind)(**fields)


class _Writer:
    """One graph, as the dictionaries of its nodes."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: list[tuple[str, str]] = []
        self.named: dict[str, str] = {}
        self.physics = physics_of(network)
        self.loop = loops(
            network.populations, [(p.pre.name, p.post.name) for p in network.projections.values()]
        )
        self.early = self._early()

    def tree(self) -> Mapping[str, Any]:
        """The graph."""
        for k, population in enumerate(self.network.populations.values()):
            self._add_population(k, population)
        for k, projection in enumerate(self.network.projections.values()):
            self._add_projection(k, projection)
        self._add_unfed()
        self._add_biases()
        self._add_outputs()
        own = {"format": FORMAT, "seed": self.network.seed}
        return {"type": "NIRGraph", "nodes": self.nodes, "edges": self.edges,
                "metadata": {"dt": self.network.dt, OWN: own}}  # fmt: skip

    def _new(self, wanted: str, fields: dict[str, Any]) -> str:
        """A node of that name, or of one like it: HDF5 has no slash in names."""
        stem = wanted.replace("/", "_").replace("\0", "_")
        stem = stem if stem.strip(".") else f"{stem}_"
        taken = self.nodes
        name = next(n for k in range(len(taken) + 1) if (n := f"{stem}_{k}" if k else stem) not in taken)
        self.nodes[name] = fields
        return name

    def _add_population(self, order: int, population: Population) -> None:
        own: dict[str, Any] = {"name": population.name, "order": order}
        if isinstance(population, Neurons):
            own |= {"early": self.early[population.name], "model": said(lif_of(population))}
            fields = dict(node(population, self.physics[population.name]))
        else:
            fields = {"type": "Input", "shape": np.array([population.size])}
        self.named[population.name] = self._new(population.name, fields | {"metadata": {OWN: own}})

    def _add_projection(self, order: int, projection: Projection) -> None:
        pre, post = projection.pre.name, projection.post.name
        weight = np.zeros((projection.post.size, projection.pre.size))
        weight[projection.pairs[1], projection.pairs[0]] = projection.weights
        own: dict[str, Any] = {"name": projection.name, "order": order, "pre": pre, "post": post}
        charge = self.physics[post].charge[:, None]
        if (charge != 1).any():  # amperes here, volts there: the product rounds
            own["weight"], weight = weight, weight * charge
        fields = {"type": "Affine", "weight": weight, "bias": np.zeros(projection.post.size)}
        name = self._new(projection.name, fields | {"metadata": {OWN: own}})
        before = self.named[pre]
        late = self._late(projection)
        if late.any():
            delay = self._new(f"{projection.name}.delay", {"type": "Delay", "delay": late * self.network.dt})
            self.edges.append((before, delay))
            before = delay
        self.edges += [(before, name), (name, self.named[post])]

    def _add_unfed(self) -> None:
        """Every node of NIR is reached by an Input, and every Input leads somewhere: if need be by zeros."""
        inputs = [self.named[p.name] for p in self.network.input_populations]
        first = inputs[0] if inputs else self._new("input", {"type": "Input", "shape": np.array([1])})
        for population in self.network.neuron_populations:
            own = self.named[population.name]
            if own not in self._reached() or not any(post == own for _, post in self.edges):
                self._add_zeros(first, population)
        for name in inputs:
            if not any(pre == name for pre, _ in self.edges):
                self._add_zeros(name, self.network.neuron_populations[0])

    def _reached(self) -> set[str]:
        """The nodes to which a way leads from an Input."""
        reached = {name for name, fields in self.nodes.items() if fields["type"] == "Input"}
        more = True
        while more:
            more = bool(new := {b for a, b in self.edges if a in reached} - reached)
            reached |= new
        return reached

    def _add_zeros(self, pre: str, post: Neurons) -> None:
        weight = np.zeros((post.size, int(self.nodes[pre]["shape"][0])))
        fields = {"type": "Affine", "weight": weight, "bias": np.zeros(post.size)}
        name = self._new(f"{pre}-{post.name}.zeros", fields)
        self.edges += [(pre, name), (name, self.named[post.name])]

    def _add_biases(self) -> None:
        """A bias belongs to a layer before the neurons: the first there is."""
        for population in self.network.neuron_populations:
            own = self.named[population.name]
            layer = next(pre for pre, post in self.edges if post == own)
            self.nodes[layer]["bias"] = bias(self.physics[population.name])

    def _add_outputs(self) -> None:
        """Those that send no spikes to others are shown; all, if each does."""
        senders = {p.pre.name for p in self.network.projections.values() if p.pre is not p.post}
        everyone = self.network.neuron_populations
        last = [p for p in everyone if p.name not in senders] or everyone
        for population in last:
            wanted = "output" if len(last) == 1 else f"{population.name}.output"
            name = self._new(wanted, {"type": "Output", "shape": np.array([population.size])})
            self.edges.append((self.named[population.name], name))

    def _delays(self, projection: Projection) -> NDArray[np.int64]:
        """Steps from a spike to its arrival, [pre size]."""
        if isinstance(projection.pre, Inputs):
            return np.zeros(projection.pre.size, np.int64)
        return delay_steps(self.network, projection.pre).astype(np.int64)

    def _early(self) -> Mapping[str, int]:
        """By how many steps each population is earlier in NIR: the shortest way to it from a start."""
        steps: dict[tuple[int, int], int] = {}
        for projection in self.network.projections.values():
            ends = self.loop[projection.pre.name], self.loop[projection.post.name]
            if ends[0] != ends[1]:
                least = int(self._delays(projection).min())
                steps[ends] = min(least, steps.get(ends, least))
        steps |= {(-1, self.loop[name]): 0 for name in self._unasked()}
        found: dict[int, int] = {}
        for _ in self.network.populations:  # as long as the longest way
            for end in set(self.loop.values()):
                found[end] = min((found.get(a, 0) + n for (a, b), n in steps.items() if b == end), default=0)
        return {name: found[end] for name, end in self.loop.items()}

    def _unasked(self) -> list[str]:
        """The populations whose potentials change before a spike comes to them."""
        return [
            name for name, own in self.physics.items()
            if own.drift.any() or (own["v_thresh"] <= own["v_rest"]).any()
        ]  # fmt: skip

    def _late(self, projection: Projection) -> NDArray[np.int64]:
        """Steps that a Delay must take, [pre size]; around a loop one is taken without it."""
        pre, post = projection.pre.name, projection.post.name
        left = self._delays(projection) + self.early[pre] - self.early[post]
        same = self.loop[pre] == self.loop[post]
        return np.zeros_like(left) if same and (left == 1).all() else left


def physics_of(network: Network) -> Mapping[str, Physics]:
    """The physical parameters of each population of neurons."""
    whole, start, found = physics(network), 0, {}
    for population in network.neuron_populations:
        part = slice(start, start + population.size)
        values = {name: array[part] for name, array in whole.values.items()}
        found[population.name] = Physics(whole.dt, values, whole.subtract[part], whole.integrate[part])
        start += population.size
    return found
