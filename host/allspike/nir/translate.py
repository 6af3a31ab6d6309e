"""From the flat form to a network, exact but for the rounding of its weights and factors."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiler.lif.physics import most_refractory
from ..describe.lif import LIF
from ..describe.network import Network
from ..describe.plausible import taken_as_given
from ..errors import ParameterError
from ..showing import some
from .building import add_inputs, connect, connect_inputs, free_name, model, taps
from .choosing import Choice, Options, chosen
from .drives import Drives, drives
from .flat import Flat
from .flattening import flatten
from .lags import Hop, lags, latency, loops
from .neurons import Neuron, neuron
from .places import BOUNDED, EXACT, Place, Taps, Verdict
from .restoring import restored
from .settings import Settings
from .translation import NirTranslation
from .wiring import LONGEST, Link, wired


def network_of(source: Any, options: Options, *, exact: bool = False) -> Network:
    """The network of a file or a graph: as it was, if this package wrote it, else translated."""
    own = None if options.given else restored(source)
    return translate(flatten(source), options, exact=exact) if own is None else own


def translate(
    flat: Flat,
    options: Options,
    *,
    exact: bool = False,
    settings_of: Mapping[str, Settings] | None = None,
) -> Network:
    """Translate a network; see `Network.from_nir`.

    Parameters
    ----------
    flat : Flat
    options : Options
    exact : bool
        As in `Network.from_nir`.
    settings_of : mapping, optional
        Of some nodes, by name, the settings, whatever else is said.
    """
    network = _Translator(flat, chosen(flat, options, settings_of)).network()
    translation = network.translation
    assert translation is not None
    if exact and translation.differences:
        raise ParameterError(f"{flat.source} cannot be exact: {' '.join(translation.differences)}")
    return network


class _Translator:
    """One translation."""

    def __init__(self, flat: Flat, choice: Choice) -> None:
        self.flat = flat
        self.choice = choice
        neurons = {c.name: neuron(c, choice.settings[c.name], choice.dt) for c in flat.cells}
        if not neurons:
            raise ParameterError(f"{flat.source} has no neurons.")
        self.drives: Drives = drives(flat, neurons, choice.dt)
        self.neurons: dict[str, Neuron] = self.drives.neurons
        self.facts = [*choice.facts, *self.drives.facts]
        self.lag: dict[str, int] = {}
        self.taps: list[Taps] = []

    def network(self) -> Network:
        """The network, with its `translation`."""
        with taken_as_given():  # what another program describes means what it says
            net = Network(self.choice.dt * self.choice.unit)
            links = self._links()
            names = {port.name for port in self.flat.inputs} | {cells.name for cells in self.flat.cells}
            self.taps = [
                taps(port, self.drives.links, self.lag, free_name(f"{port.name}.later", names))
                for port in self.flat.inputs
            ]
            for tap in self.taps:
                add_inputs(net, tap)
            wiring = wired({name: one.cells.size for name, one in self.neurons.items()}, links)
            for name, one in self.neurons.items():
                net.neurons(one.cells.size, self._model(one, net.dt, wiring.delay[name]), name)
            for tap in self.taps:
                connect_inputs(net, tap, self.drives.links, self.lag)
            connect(net, wiring)
        if wiring.relay_pre:
            count = some(len(wiring.relay_pre), "relay neuron")
            self.facts.append(f"{count} for spikes that come at several times or after over {LONGEST} steps.")
        net.translation = self._translation()
        return net

    def constant(self, one: Neuron) -> NDArray[np.float64]:
        """What the biases come to in each step, [size], when they have always been there."""
        return self.drives.bias.get(one.name, np.zeros(one.cells.size)) / (1 - one.alpha)

    def _model(self, one: Neuron, dt: float, delay: NDArray[np.int64]) -> LIF:
        coming = [np.abs(k.matrix).sum(axis=0) for k in self.drives.links if k.post == one.name]
        return model(one, dt, delay, self.constant(one), sum(coming, np.zeros(one.cells.size)))

    def _links(self) -> list[Link]:
        """The synapses between neurons, with their axonal delays; lags on the way."""
        between = [link for link in self.drives.links if link.pre in self.neurons]
        loop = loops(self.neurons, [(link.pre, link.post) for link in between])
        hops = [
            Hop(k.pre, k.post, k.late + self.neurons[k.pre].settings.emits, (k.matrix != 0).any(axis=1))
            for k in between
        ]
        self.lag = lags(self.neurons, hops, loop)
        deepest = max(self.lag, key=lambda name: self.lag[name])
        if self.lag[deepest] > (most := most_refractory()):  # a neuron is held for so many steps at the start
            raise ParameterError(
                f"{deepest!r} lies behind {self.lag[deepest]} layers; at most {most} can be balanced."
            )
        self._say_loops(loop, hops)
        return [
            Link(k.pre, k.post, k.matrix, latency(hop, loop) + self.lag[k.post] - self.lag[k.pre])
            for k, hop in zip(between, hops, strict=True)
        ]

    def _say_loops(self, loop: Mapping[str, int], hops: list[Hop]) -> None:
        around: dict[int, set[str]] = {}
        for hop in hops:
            if loop[hop.pre] == loop[hop.post]:
                around.setdefault(loop[hop.pre], set()).update((hop.pre, hop.post))
        for names in around.values():
            listed = ", ".join(map(repr, sorted(names)))
            self.facts.append(f"Within the loop of {listed} a spike acts in the next step.")
        if any(self.lag.values()):
            listed = ", ".join(f"{name!r} {some(lag, 'step')}" for name, lag in self.lag.items() if lag)
            self.facts.append(f"Layers run behind, which is taken out of what is read: {listed}.")

    def _translation(self) -> NirTranslation:
        """What the network brings along."""
        flat, readings = self.flat, self.drives.readings
        places = {name: self._place(one) for name, one in self.neurons.items()}
        if waiting := [repr(name) for name, place in places.items() if place.waits]:
            self.facts.append(
                f"{', '.join(waiting)} start in a state of their own, for a bias or a V that is not at rest: "
                "translation.run and allspike run set it; before other runs call "
                "translation.start(simulation)."
            )
        return NirTranslation(
            source=flat.source,
            verdicts=tuple(self._verdicts()),
            facts=tuple(self.facts),
            differences=tuple(self._differences()),
            strict={name: one.settings.fires == ">" for name, one in self.neurons.items() if one.fires},
            taps=tuple(self.taps),
            places=places,
            readings={p.name: tuple(r for r in readings if r.post == p.name) for p in flat.outputs},
            ports=flat.outputs,
        )

    def _place(self, one: Neuron) -> Place:
        current = -self.constant(one) * (one.alpha > 0)
        return Place(
            name=one.name, shape=one.cells.shape, lag=self.lag[one.name], emits=one.settings.emits,
            fires=one.fires, leaks=bool((one.beta < 1).all()), start_v=one.start, start_i=current,
            alpha=one.alpha, waits=bool((self.constant(one) != 0).any() or (one.start != one.rest).any()),
        )  # fmt: skip

    def _verdicts(self) -> Iterator[Verdict]:
        for cells in self.flat.cells:
            departs = self.choice.settings[cells.name].departs
            yield Verdict(cells.name, cells.kind, BOUNDED if departs else EXACT, " ".join(departs))

    def _differences(self) -> Iterator[str]:
        named: dict[str, list[str]] = {}
        for cells in self.flat.cells:
            for sentence in self.choice.settings[cells.name].departs:
                named.setdefault(sentence, []).append(repr(cells.name))
        for sentence, names in named.items():
            yield f"{', '.join(names)}: {sentence}"
        yield from self.drives.rounded
        yield from self.flat.notes
