"""A trained and calibrated network on the simulated gateware: the emulator's spikes, V and answers."""

import numpy as np

import allspike as asp
from allspike import training

from ..training.measured import example


def test_answers_of_the_gateware_are_the_emulators() -> None:
    script = example("motions")
    net = script.train(seed=0, epochs=2)
    calibration = training.calibrate(net, {script.INPUT: script.encode(script.LEARN[::4])}, script.BUILD)
    spikes = script.encode(script.TEST[[3, 15, 37]])
    found, answers = [], []
    for device in ("emulator", "rtl"):
        with calibration.simulation(device) as simulation:
            answers.append(training.answers(simulation, {script.INPUT: spikes}, script.OUTPUT))
            simulation.reset()
            found.append(simulation.run_steps(100, {script.INPUT: spikes[0]}, record_v=script.OUTPUT))
    emulated, gateware = found
    assert emulated.counts("hidden").sum() > 100
    for population in ("value", "memory", "hidden"):
        for one, other in zip(emulated.spikes[population], gateware.spikes[population], strict=True):
            np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(emulated.v[script.OUTPUT], gateware.v[script.OUTPUT])
    np.testing.assert_array_equal(*answers)
    assert isinstance(calibration.network, asp.Network)
