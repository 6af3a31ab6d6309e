"""A network that learns, of any size: what devices at their pins are compared by."""

from dataclasses import dataclass

import numpy as np

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config

from ...equivalence_rtl.compare import played
from ...equivalence_rtl.story import Act, Story, records
from ...host.networks import Network

STEPS = 300
_RATE = 0.1
"""Events of an input a step, besides those that the device draws."""
_MOST = 100
"""Thresholds are below it, so that few neurons are enough for a lively network."""
_RULE = {
    "gain": 64, "x_window": 20, "y_window": 20, "x_increment": 9000, "y_increment": 9000, "x_decay": 30000,
    "y_decay": 30000, "plus_shift": 6, "minus_shift": 6,
}  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """How much a story has."""

    steps: int
    spikes: int
    weights: int
    """All there are."""
    learned: int
    """Those that are others at its end."""


def story(config: Config, steps: int = STEPS) -> Story:
    """Neurons of all kinds, driven by Poisson draws and by the host; every synapse is plastic."""
    rng = np.random.default_rng(1)

    def some(region: dm.Region) -> np.ndarray:
        return records(rng, config, region, "typical")

    network = Network(
        config=config,
        seed=1,
        params=some(dm.NEURON_PARAMS),
        inputs=some(dm.INPUT_PARAMS),
        state=some(dm.NEURON_STATE),
        traces=np.zeros(config.axons, "<u2"),
        weights=rng.integers(config.weight_min // 2, config.weight_max, (config.axons, config.neurons), "i1"),
        plastic=np.ones((config.axons, config.neurons), bool),
        rule=np.zeros(1, dm.LEARNING.record.dtype),
        weight_shift=8 - config.weight_bits,
        poisson=True,
        steps=0,
        events=np.zeros((0, config.inputs), bool),
    )
    network.params["threshold"] %= _MOST
    network.params["flags"] = dm.NeuronFlag.PLASTIC_IN | dm.NeuronFlag.PLASTIC_OUT
    network.inputs["flags"] = int(dm.InputFlag.PLASTIC_OUT)
    bounds = {"w_min": config.weight_min, "w_max": config.weight_max}
    for name, value in (_RULE | bounds).items():
        network.rule[name] = value
    events = rng.random((steps, config.inputs)) < _RATE
    return Story(network, (Act("nothing", 0, network.rule, events),))


def figures(told: Story) -> Figures:
    """Of a story on the emulator."""
    config = told.network.config
    device = Device(EmulatorBus(config))
    spikes = sum(len(some) for _, some, _ in played(device, told, longest=STEPS))
    learned = np.count_nonzero(device.read("weights") != told.network.weights)
    return Figures(device.step, spikes, config.synapses, int(learned))
