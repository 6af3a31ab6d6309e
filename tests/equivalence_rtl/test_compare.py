"""The comparison finds a planted fault, and says what, where and when."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm

from ..host.networks import Network
from .builds import BUILDS
from .compare import disagreement
from .story import Act, Story, networks_of, stories

CONFIG = BUILDS["1 lanes"]
FAULT_STEP = 7


class Faulty(EmulatorBus):
    """From a step on, one bit of one weight reads wrong."""

    def read(self, address: int, size: int) -> bytes:
        data = super().read(address, size)
        status = np.frombuffer(super().read(dm.STATUS.base, dm.STATUS.record.size), dm.STATUS.record.dtype)[0]
        if address == dm.WEIGHTS.base and status["step"] > FAULT_STEP:
            place = 3 * CONFIG.neurons + 5
            return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        return data


@settings(deadline=None, max_examples=10, suppress_health_check=list(HealthCheck))
@given(stories(CONFIG))
def test_equal_devices_do_not_part(story: Story) -> None:
    assert disagreement(EmulatorBus(CONFIG), EmulatorBus(CONFIG), story) is None
    assert disagreement(EmulatorBus(CONFIG), EmulatorBus(CONFIG), story, longest=1) is None


@settings(deadline=None, max_examples=3, suppress_health_check=list(HealthCheck))
@given(networks_of(CONFIG), st.sampled_from((1, 5)))
def test_a_wrong_weight_is_named(network: Network, longest: int) -> None:
    rule = np.zeros(1, dm.LEARNING.record.dtype)
    act = Act("nothing", 0, rule, np.zeros((20, CONFIG.inputs), bool))
    where = disagreement(EmulatorBus(CONFIG), Faulty(CONFIG), Story(network, (act,)), longest)
    assert where is not None
    assert f"after step {FAULT_STEP if longest == 1 else 9}, weights[3, 5] is" in where
    assert "1 of 368 differ" in where
