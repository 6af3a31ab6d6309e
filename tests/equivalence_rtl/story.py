"""What a host does to a device from its reset on: runs, and what it changes between them."""

from dataclasses import dataclass, replace
from typing import Any

import hypothesis.strategies as st
import numpy as np

from allspike.device.device import Device
from allspike.map import device_map as dm
from allspike.map.config import Config

from ..host.networks import FLAVOURS, SEEDS, Network, _filled, rules

FORMS = ("as drawn", "as drawn", "all fire", "saturated", "longest delays", "learning", "subtract")
"""What a network is forced to."""
CHANGES = (
    "nothing", "rule", "gain", "params", "inputs", "state", "traces", "weights", "plastic", "shift",
    "poisson", "reset",
)  # fmt: skip
"""What a host does before a run."""


@dataclass(frozen=True)
class Act:
    """A change, then a run."""

    change: str
    seed: int
    rule: np.ndarray
    events: np.ndarray  # bool [steps, M]

    def __repr__(self) -> str:
        count, steps = int(self.events.sum()), len(self.events)
        return f"{self.change} (seed {self.seed}), then {steps} steps with {count} events"

    def prepare(self, device: Device, network: Network) -> None:
        """Make the change."""
        config = device.config
        rng = np.random.default_rng(self.seed)
        how = FLAVOURS[self.seed % len(FLAVOURS)]
        if self.change == "rule":
            device.write_region(dm.LEARNING, self.rule)
        elif self.change == "gain":
            rule = network.rule.copy()
            rule["gain"] = self.rule["gain"]
            device.write_region(dm.LEARNING, rule)
        elif self.change == "params":
            device.write_region(dm.NEURON_PARAMS, np.roll(network.params, self.seed))
        elif self.change == "inputs":
            device.write_region(dm.INPUT_PARAMS, records(rng, config, dm.INPUT_PARAMS, how))
        elif self.change == "state":
            device.write_region(dm.NEURON_STATE, records(rng, config, dm.NEURON_STATE, how))
        elif self.change == "traces":
            device.write_region(dm.TRACES, _filled(rng, np.dtype("<u2"), (config.axons,), "x", how))
        elif self.change == "weights":
            shape = (config.axons, config.neurons)
            device.write_region(dm.WEIGHTS, _filled(rng, np.dtype("i1"), shape, "w", how))
        elif self.change == "plastic":
            bits = rng.random((config.axons, config.neurons)) < 0.5
            device.write_region(dm.PLASTIC, np.packbits(bits, axis=1, bitorder="little"))
        elif self.change == "shift":
            device.write("weight_shift", self.seed % 16)
        elif self.change == "poisson":
            device.write("control.flags", self.seed % 2)
        elif self.change == "reset":
            device.reset(self.seed)


@dataclass(frozen=True)
class Story:
    """A network, and what a host does with it."""

    network: Network
    acts: tuple[Act, ...]

    def __repr__(self) -> str:
        """What a shrunk example comes to: of records, what is not 0."""
        n = self.network
        told = [f"seed {n.seed}", f"weight_shift {n.weight_shift}", f"poisson {n.poisson}"]
        told += [f"rule {_not_zero(n.rule[0])}"]
        for name, values in (("neuron", n.params), ("state", n.state), ("input", n.inputs)):
            told += [f"{name} {k}: {found}" for k, one in enumerate(values) if (found := _not_zero(one))]
        told += [f"traces {n.traces.tolist()}"] if n.traces.any() else []
        weights = {tuple(at): int(n.weights[tuple(at)]) for at in np.argwhere(n.weights)[:_TOLD].tolist()}
        told += [f"{np.count_nonzero(n.weights)} weights {weights}, {n.plastic.sum()} plastic"]
        return "\n  ".join([f"{n.config}", *told, *map(repr, self.acts)])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What Hypothesis prints, instead of all fields."""
        printer.text(repr(self))


_TOLD = 20
"""Weights that an example shows."""


def _not_zero(record: np.void) -> dict[str, int]:
    return {name: int(record[name]) for name in record.dtype.names or () if record[name]}


def records(rng: np.random.Generator, config: Config, region: dm.Region, how: str) -> np.ndarray:
    """A region of records, filled as `how` says."""
    filled = np.zeros(region.shape(config), region.dtype(config))
    for name in region.dtype(config).names or ():
        filled[name] = _filled(rng, region.dtype(config).fields[name][0], filled.shape, name, how)
    return filled


def quieten(network: Network, neurons: int, axons: int) -> None:
    """Leave nothing on the neurons and axons from these on: what makes an example small."""
    for values, alive in ((network.params, neurons), (network.state, neurons), (network.traces, axons)):
        values[alive:] = np.zeros((), values.dtype)
    network.params["threshold"][neurons:] = network.config.state_max
    for synapses in (network.weights, network.plastic):
        synapses[axons:] = 0
        synapses[:, neurons:] = 0


def forced(network: Network, form: str) -> Network:
    """The network, or an extreme one in its place."""
    config = network.config
    network = replace(network, params=network.params.copy(), inputs=network.inputs.copy())
    params = network.params
    if form == "all fire":
        params["threshold"], params["refractory"], params["adapt_increment"] = -config.state_max, 0, 0
        params["flags"] &= ~np.uint8(dm.NeuronFlag.SILENT)
        network.state["a"] = network.state["refractory"] = 0
    elif form == "saturated":
        ends = np.array([config.weight_min, config.weight_max], np.int8)
        network.weights[:] = ends[np.arange(config.neurons) % 2]
        network.state["v"] = network.state["i"] = np.where(
            np.arange(config.neurons) % 3, config.state_max, -config.state_max
        )
        params["alpha"] = params["beta"] = 1 << dm.DECAY_BITS
    elif form == "longest delays":
        params["delay"] = config.max_delay
        params["threshold"], params["refractory"] = config.state_max // 2, 1
        network.state["v"] = config.state_max
    elif form == "subtract":
        params["flags"] |= np.uint8(dm.NeuronFlag.RESET_SUBTRACT)
        params["flags"] &= ~np.uint8(dm.NeuronFlag.SILENT)
        params["threshold"], params["refractory"] = np.arange(config.neurons), 0
        # Amounts of all kinds, beside those that were drawn: none of them is the threshold.
        for k, amount in enumerate((0, -1, config.state_max, -config.state_max, -config.state_max - 1)):
            params["reset"][k + 1 :: 8] = amount
    elif form == "learning":
        params["threshold"], params["refractory"] = -config.state_max, 0
        params["adapt_increment"] = network.state["a"] = network.state["refractory"] = 0
        params["flags"] = dm.NeuronFlag.PLASTIC_IN | dm.NeuronFlag.PLASTIC_OUT
        network.inputs["flags"] = int(dm.InputFlag.PLASTIC_OUT)
        network.plastic[:] = True
        network.rule["gain"] = np.where(network.rule["gain"] == 0, 64, network.rule["gain"])
        network.rule["plus_shift"] %= 10
        network.rule["minus_shift"] %= 10
        network.rule["w_min"], network.rule["w_max"] = config.weight_min, config.weight_max
    return network


@st.composite
def networks_of(draw: st.DrawFn, config: Config) -> Network:
    """Random networks of one build."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    most = st.sampled_from(("typical", *FLAVOURS))
    network = Network(
        config=config,
        seed=draw(st.one_of(st.integers(0, 2**32 - 1), st.sampled_from(SEEDS))),
        params=records(rng, config, dm.NEURON_PARAMS, draw(most)),
        inputs=records(rng, config, dm.INPUT_PARAMS, draw(most)),
        state=records(rng, config, dm.NEURON_STATE, draw(most)),
        traces=_filled(rng, np.dtype("<u2"), (config.axons,), "x", draw(most)),
        weights=_filled(rng, np.dtype("i1"), (config.axons, config.neurons), "w", draw(most)),
        plastic=rng.random((config.axons, config.neurons)) < draw(st.sampled_from((0.0, 0.5, 1.0))),
        rule=draw(rules()),
        weight_shift=draw(st.one_of(st.integers(0, 4), st.integers(0, 15))),
        poisson=draw(st.booleans()),
        steps=0,
        events=np.zeros((0, config.inputs), bool),
    )
    network = forced(network, draw(st.sampled_from(FORMS)))
    # Half of them stay whole. One integer each, since Hypothesis takes what draws less for simpler.
    quieten(network, *(min(draw(st.integers(0, 2 * size)), size) for size in (config.neurons, config.axons)))
    return network


@st.composite
def stories(draw: st.DrawFn, config: Config) -> Story:
    """Up to five runs, the first without a change before it."""

    def act(change: str) -> Act:
        seed = draw(st.integers(0, 2**16))
        steps = draw(st.integers(1, 30))
        steps = steps if steps <= 25 else config.max_delay + 5
        rate = draw(st.sampled_from((0.0, 0.1, 0.5, 1.0)))
        events = np.random.default_rng(seed).random((steps, config.inputs)) < rate
        return Act(change, seed, draw(rules()), events)

    network = draw(networks_of(config))
    changes = draw(st.lists(st.sampled_from(CHANGES), max_size=4))
    return Story(network, tuple(act(change) for change in ["nothing", *changes]))
