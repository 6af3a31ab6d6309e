"""One value written to the gateware changes what it changes in the emulator, on both cores."""

import numpy as np
import pytest

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike_sim.rtl import RtlBus

from .builds import BUILDS

CONFIGS = [BUILDS[name] for name in ("1 lanes", "coarse weights, long delays", "single port")]
FIELDS = {
    "threshold": 99, "bias": -3, "neuron_params.refractory": 5, "beta": 700, "delay": 2, "adapt_period": 3,
    "v": -77, "i": 1000, "a": 31, "y": 200, "neuron_state.refractory": 9, "traces": 190, "rate": 512,
    "weights": -1, "plastic": 1, "x_kind": 2, "x_decay": 300, "w_max": 1, "gain": -5,
}  # fmt: skip
"""And a value that every build holds."""


def contents(device: Device) -> dict[str, bytes]:
    held = (dm.CONTROL, dm.LEARNING, dm.NEURON_PARAMS, dm.NEURON_STATE, dm.INPUT_PARAMS, dm.TRACES,
            dm.WEIGHTS, dm.PLASTIC)  # fmt: skip
    return {region.name: device.read_region(region).tobytes() for region in held}


@pytest.mark.parametrize("config", CONFIGS, ids=["wide", "wide, narrow words", "compact"])
def test_one_value_and_some_are_the_same(config) -> None:
    rng = np.random.default_rng(1)
    devices = [Device(bus) for bus in (EmulatorBus(config), RtlBus(config))]
    for device in devices:  # so that a neighbour that is touched shows
        for name in ("threshold", "v", "i", "a", "traces", "weights", "plastic", "delay", "beta"):
            device.write(name, 1)
    for name, value in FIELDS.items():
        shape = devices[0].read(name).shape
        one = tuple(int(rng.integers(size)) for size in shape)
        for index in (one, rng.random(shape) < 0.3):
            for device in devices:
                device.write(name, value, index)
                assert (device.read(name, index) == value).all()
            assert contents(devices[0]) == contents(devices[1]), name
    for device in devices:
        device.close()
