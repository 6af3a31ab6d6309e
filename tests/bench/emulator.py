"""The emulator through the ordinary device API, every spike reported to the host and decoded."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config

from . import cell as net
from .cell import Cell, Pace, Timing

SPIKE_RING = 1 << 18
"""Bytes. An emulator's ring costs nothing, and a short one would make the kernel return every few steps."""


@dataclass(frozen=True)
class Parts:
    """Parts of the work that can be left out, to see what each costs; firing stays the same."""

    firing: bool = True
    reporting: bool = True
    depression: bool = True
    potentiation: bool = True


def make_device(cell: Cell, parts: Parts | None = None) -> Device:
    """An emulated device that holds the network of `cell`."""
    device = Device(EmulatorBus(Config(neurons=cell.neurons, inputs=0, spike_ring=SPIKE_RING)))
    load(device, cell, parts or Parts())
    return device


def load(device: Device, cell: Cell, parts: Parts) -> None:
    """Put the network of `cell` on the neurons of a device; inputs that it has stay without synapses."""
    config = device.config
    unit = net.THRESHOLD_UNITS
    flags = dm.NeuronFlag(0)
    if not parts.reporting:
        flags |= dm.NeuronFlag.SILENT
    if cell.learning and parts.depression:
        flags |= dm.NeuronFlag.PLASTIC_OUT
    if cell.learning and parts.potentiation:
        flags |= dm.NeuronFlag.PLASTIC_IN
    params = np.zeros(cell.neurons, dm.NEURON_PARAMS.dtype(config))
    params["threshold"] = unit
    params["beta"] = round(cell.leak * 2**dm.DECAY_BITS)
    params["bias"] = round(cell.drive * unit) if parts.firing else 0
    params["delay"] = 1
    params["flags"] = flags
    device.write_region(dm.NEURON_PARAMS, params)
    weights = np.zeros(dm.WEIGHTS.shape(config), np.int8)
    weights[config.inputs :] = np.minimum(cell.weights(), config.weight_max)
    device.write_region(dm.WEIGHTS, weights)
    if cell.learning:
        device.write("plastic", np.full(dm.PLASTIC.shape(config), 255, np.uint8))
        device.write_region(dm.LEARNING, _rule(config, parts))
    device.reset()
    if parts.firing:
        device.write("v", np.rint(cell.potentials() * unit))


def _rule(config: Config, parts: Parts) -> np.ndarray:
    """The pair rule with exponential traces, about one weight unit a spike."""
    rule = np.zeros(1, dm.LEARNING.record.dtype)
    rule["gain"] = dm.GAIN_ONE if parts.depression or parts.potentiation else 0
    rule["x_kind"] = rule["y_kind"] = dm.TraceKind.ACCUMULATE
    rule["x_decay"] = rule["y_decay"] = round(np.exp(-1 / net.TAU_TRACE) * 2**dm.DECAY_BITS)
    rule["x_increment"] = rule["y_increment"] = 1 << 14
    # 2**14 * GAIN_ONE / 2**12 is 2**8, one unit in the fixed point of a change.
    rule["plus_shift"] = rule["minus_shift"] = 12
    rule["w_min"], rule["w_max"] = 1, min(net.WEIGHT_LIMIT, config.weight_max)
    return rule


class Emulator:
    """The emulator as one of the simulators."""

    def prepare(self, cell: Cell, parts: Parts | None = None) -> None:
        """Load the network and compile the kernel."""
        self._device = make_device(cell, parts)
        self._device.run(10)
        self._pace = Pace(self._advance)

    def _advance(self, steps: int) -> Timing:
        began = time.perf_counter()
        when, _ = self._device.run(steps)
        return Timing(steps, time.perf_counter() - began, when.size)

    def measure(self, seconds: float) -> Timing:
        """Run for about `seconds`."""
        return self._pace.measure(seconds)

    def sample(self) -> NDArray[np.float64]:
        """The weights from neuron 0, in weight units."""
        return self._device.read("weights")[0].astype(np.float64)
