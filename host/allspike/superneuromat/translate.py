"""From SuperNeuroMAT's network to one of this package, exact where whole numbers can be."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiler.lif.physics import most_refractory
from ..describe.connect import Pairs
from ..describe.learning import STDP
from ..describe.lif import LIF
from ..describe.network import Network
from ..describe.plausible import taken_as_given
from ..describe.population import Inputs, Neurons
from ..errors import ParameterError
from ..map.config import Config
from ..map.presets import DEFAULT_PRESET, preset
from . import rule as rules
from .delays import wired
from .description import Description, read
from .lattice import written
from .scaling import scaled
from .sources import arrivals
from .translation import NEURONS, RELAYS, SPIKES, Translation


def translate(
    source: Any,
    *,
    name: int | str = 0,
    exact: bool = False,
    config: Config | str | None = None,
    dt: float = 1e-3,
) -> Network:
    """Translate a network; see `Network.from_superneuromat`."""
    build = (
        preset(DEFAULT_PRESET) if config is None else preset(config) if isinstance(config, str) else config
    )
    network = _Translator(read(source, name), build, dt).network()
    differences = network.translation.differences if network.translation else ()
    if exact and differences:
        raise ParameterError(f"the network cannot be exact: {' '.join(differences)}")
    return network


class _Translator:
    """One translation: units first, for thresholds and learning depend on them."""

    def __init__(self, description: Description, build: Config, dt: float) -> None:
        if not len(description):
            raise ParameterError("the SuperNeuroMAT network has no neurons.")
        self.all = description
        self.build = build
        self.dt = dt
        self.amplitudes = np.trim_zeros(description.potentiation - description.depression, "b")
        wiring = wired(description, build.max_delay)
        arriving = arrivals(description.inputs, wiring.kept)
        found = scaled(description, wiring, arriving, self.amplitudes, build)
        self.units, self.wiring, self.sources = found.units, found.wiring, found.sources
        self.learns, self.facts, self.differences = found.learns, found.facts, found.differences
        self.kept = wiring.kept

    def network(self) -> Network:
        """The network, with its `translation`."""
        net = Network(self.dt)
        spikes = net.inputs(self.sources.count, SPIKES) if self.sources.count else None
        with taken_as_given():  # a threshold of any size and sign means what SuperNeuroMAT means by it
            neurons = net.neurons(self.kept.size, self._model(), NEURONS)
        relays = self._relays(net)
        self._connect(net, neurons, relays, spikes, self._rule())
        self._say_delays()
        if self.all.has_run:
            self.differences.append(
                "The network has run before: spikes under way and those that the learning rule remembers are "
                "dropped; call its reset() first."
            )
        learning = [(s.number, s.pre, s.post) for s in self.wiring.synapses if s.plastic]
        net.translation = Translation(
            ids=self.kept,
            weight_unit=np.concatenate((self.units.unit, np.ones(len(self.wiring.relay_pre)))),
            weight_shift=self.units.shift,
            config=self.build,
            learning_synapses=np.array(learning, np.int64).reshape(-1, 3).T,
            original_weights=self.all.weight,
            facts=tuple(self.facts),
            differences=tuple(self.differences),
            spikes=self.sources.spikes,
            initial_v=self.all.state[self.kept],
            initial_refractory=np.minimum(self.all.waiting[self.kept], most_refractory()),
            depression=self.all.depression if self.learns.any() else np.zeros(0),
        )
        return net

    def _model(self) -> LIF:
        """SuperNeuroMAT's neuron. It fires at V > threshold: here at the next value that V can take."""
        own = self.all
        fine = self.units.unit / 2**self.units.shift
        rest, leak = own.reset[self.kept], own.leak[self.kept]
        swing = zip(own.threshold[self.kept], rest, fine, strict=True)
        least = np.array([(written(t) - written(r)) // written(f) + 1 for t, r, f in swing], np.float64)
        top = self.build.state_max
        if (np.abs(least) > top).any():
            self.differences.append(
                f"{np.count_nonzero(np.abs(least) > top)} thresholds lie farther from the reset state than V "
                f"goes, {top} units; they are held as that."
            )
            least = np.clip(least, -top, top)
        period = own.period[self.kept]
        longest = int(max(period.max(), own.waiting[self.kept].max()))
        most = most_refractory()
        if longest > most:
            self.differences.append(
                f"A refractory period of {longest} steps is held as {most}: the same in runs of up to "
                f"{most + 1} steps."
            )
        return LIF(
            tau_m=np.where(np.isinf(leak), 0.0, np.inf),
            tau_syn=0.0,
            leak=np.where(np.isinf(leak), 0.0, leak) / self.dt,
            v_rest=rest,
            v_reset=rest,
            v_thresh=rest + least * fine,
            t_ref=np.minimum(period, most) * self.dt,
            delay=self.wiring.axon_delay[: self.kept.size] * self.dt,
            reset="to",
            refractory="integrate",
        )

    def _relays(self, net: Network) -> Neurons | None:
        """Neurons that fire in the step in which a spike reaches them; their axons delay."""
        if not self.wiring.relay_pre:
            return None
        model = LIF(
            tau_m=0.0, tau_syn=0.0, v_rest=0.0, v_reset=0.0, v_thresh=1.0,
            delay=self.wiring.axon_delay[self.kept.size :] * self.dt,
        )  # fmt: skip
        return net.neurons(len(self.wiring.relay_pre), model, RELAYS)

    def _rule(self) -> STDP | None:
        """The learning rule, and what is to be said about it."""
        if not self.learns.any():
            return None
        own, unit = self.all, float(self.units.unit[self.learns][0])
        pre = [s.pre for s in self.wiring.synapses if s.plastic]
        origin = [k if k < self.kept.size else self.wiring.relay_origin[k - self.kept.size] for k in pre]
        gap = int(own.period[self.kept[origin]].min()) + 1
        found = rules.mapped(self.amplitudes, gap, unit, self.dt, self.build)
        self.facts.append(f"Learning is {found.text}; weights stay within {found.stdp.w_min:g} to "
                          f"{found.stdp.w_max:g}.")  # fmt: skip
        if found.largest > 0:
            self.differences.append(
                f"No trace follows the learning rule {self.amplitudes.tolist()} for all trains of spikes: at "
                f"a post spike a weight changes wrongly by up to {found.largest:.3g}, {found.mean:.2g} on "
                "average over trains."
            )
        if own.depression.any():
            self.differences.append(
                f"The depression of every enabled synapse in every step is left out: SuperNeuroMAT's weights "
                f"move by {own.depression.sum():g} a step against those here."
            )
        return found.stdp

    def _connect(
        self, net: Network, neurons: Neurons, relays: Neurons | None, spikes: Inputs | None, stdp: STDP | None
    ) -> None:
        size = self.kept.size
        if spikes is not None:
            matrix = np.zeros((spikes.size, size))
            for axon, neuron, value in self.sources.entries:
                matrix[axon, neuron] = value
            net.connect(spikes, neurons, matrix)
        for plastic in (False, True):
            for population, low, high in ((neurons, 0, size), (relays, size, np.inf)):
                mine = [s for s in self.wiring.synapses if s.plastic is plastic and low <= s.pre < high]
                if mine and population is not None:
                    entries = [(s.pre - low, s.post, s.weight) for s in mine]
                    name = f"{population.name}-{NEURONS}{'-plastic' if plastic else ''}"
                    _synapses(net, population, neurons, entries, name, stdp if plastic else None)
        if relays is None:
            return
        for population, low, high in ((neurons, 0, size), (relays, size, np.inf)):
            fired = [(pre - low, k, 1.0) for k, pre in enumerate(self.wiring.relay_pre) if low <= pre < high]
            if fired:
                _synapses(net, population, relays, fired, f"{population.name}-{RELAYS}", None)

    def _say_delays(self) -> None:
        hidden, relays = len(self.all) - self.kept.size, len(self.wiring.relay_pre)
        slow = int(np.count_nonzero(self.wiring.axon_delay[: self.kept.size] > 1))
        if hidden:
            self.facts.append(
                f"{hidden} hidden neurons of delays became {slow} axonal delays and {relays} relays."
            )


def _synapses(
    net: Network,
    pre: Neurons,
    post: Neurons,
    entries: list[tuple[int, int, float]],
    name: str,
    stdp: STDP | None,
) -> None:
    rows, columns, weights = zip(*entries, strict=True)
    values: NDArray[np.float64] = np.array(weights)
    net.connect(pre, post, Pairs(list(rows), list(columns)), weight=values, stdp=stdp, name=name)
