"""The gateware, stopped at steps to be read and written, and the emulator's kernel give the same numbers."""

import numpy as np

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike_sim.rtl import RtlBus

from .builds import BUILDS

CONFIG = BUILDS["1 lanes"]
STEPS = 60


def test_v_and_changing_biases_are_the_same() -> None:
    found = []
    for bus in (EmulatorBus(CONFIG), RtlBus(CONFIG)):
        rng = np.random.default_rng(0)
        device = Device(bus)
        device.write("weights", rng.integers(-5, 30, (CONFIG.axons, CONFIG.neurons)))
        device.write("threshold", 100)
        device.write("beta", 30_000)
        events = rng.integers(0, STEPS, 80), rng.integers(0, CONFIG.inputs, 80)
        drive = np.sort(rng.integers(0, STEPS, 30)), rng.integers(0, 16, 30), rng.integers(-20, 60, 30)
        spikes, v = device.run_observed(STEPS, events, probes=[3, 0, 15], drive=drive)
        found.append((np.stack(spikes), v, device.read("neuron_params"), device.read("neuron_state")))
    assert found[0][0].shape[1] > 100
    for emulated, simulated in zip(*found, strict=True):
        np.testing.assert_array_equal(simulated, emulated)
