"""Currents into neurons of the gateware: the emulator's numbers, and the biases of before in the end."""

import numpy as np

from allspike import LIF, CurrentArray, Network, Simulation, StepCurrent
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike_sim.rtl import RtlBus

from .builds import BUILDS

CONFIG = BUILDS["1 lanes"]
STEPS = 40


def test_currents_are_the_same() -> None:
    rng = np.random.default_rng(0)
    net = Network()
    source = net.inputs(4, "source")
    cells = net.neurons(6, LIF(tau_m=10e-3, i_offset=0.2e-9), "cells")
    net.connect(source, cells, weight=rng.uniform(0, 5e-9, (4, 6)))
    stimuli = {
        source: rng.random((STEPS, 4)) < 0.2,
        cells: CurrentArray(rng.normal(0.5e-9, 1e-9, (30, 6))),
        cells[2:4]: StepCurrent([0.005, 0.03], [3e-9, -1e-9]),
    }
    found = []
    for bus in (EmulatorBus(CONFIG), RtlBus(CONFIG)):
        simulation = Simulation(net, Device(bus))
        before = simulation.device.read("bias")
        result = simulation.run_steps(STEPS, stimuli, record_v=cells)
        np.testing.assert_array_equal(simulation.device.read("bias"), before)
        found.append(result)
    emulated, simulated = found
    assert emulated.counts(cells).sum() > 10
    np.testing.assert_array_equal(simulated.spikes[cells], emulated.spikes[cells])
    np.testing.assert_array_equal(simulated.v[cells], emulated.v[cells])
