"""The gateware of the UP5K learns digits as the emulator does, to the last bit of every weight."""

from dataclasses import replace

import numpy as np

from allspike.demos import digits
from allspike.demos.competition import Competition
from allspike.demos.digits_learning import SCHEDULES, learn

from ..examples import examples

IMAGES = examples(4)


def test_the_gateware_learns_the_same_weights() -> None:
    """Competition, then corrections: both signs of the gain, teacher, homeostasis, stochastic rounding."""
    data = digits.load()
    schedule = replace(SCHEDULES["supervised"], epochs=1, corrections=1)
    found = []
    for device in ("emulator", "rtl"):
        network = Competition(data.train_images, device, seed=1)
        with network.simulation:
            learn(network, data.train_images[:IMAGES], data.train_digits[:IMAGES], schedule)
            core = network.simulation.device
            found.append([core.read(name) for name in ("weights", "neuron_state", "traces")])
    start = Competition(data.train_images, seed=1).simulation.device.read("weights")
    assert np.count_nonzero(found[0][0] != start) > 500
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
