"""Steps beyond 32 bits, and up to the last: spikes, markers, delays and `run_until` are the emulator's."""

import numpy as np
import pytest

from allspike.device.device import Device
from allspike.errors import ParameterError
from allspike.map import device_map as dm
from allspike.map.config import Config, Memory
from tests.evidence.counted import Count

from .compare import contents, difference
from .late import late_pair

CONFIGS = {
    "wide": Config(
        neurons=6, inputs=3, lanes=2, max_delay=8, plasticity=False, event_ring=32, spike_ring=16,
    ),
    "compact": Config(
        neurons=8, inputs=3, lanes=8, max_delay=8, plasticity=False, memory=Memory.SINGLE_PORT,
        event_ring=32, spike_ring=16,
    ),
}  # fmt: skip
"""Of what learning does nothing depends on the step."""
STARTS = {"32 bits": 2**32 - 3, "the last step": 2**dm.STEP_BITS - 21}
PIECES = (1, 1, 1, 1, 16)


def load(device: Device) -> None:
    """A lively network, with delays of all kinds, and thresholds that decay often or hardly ever."""
    rng = np.random.default_rng(4)
    neurons, inputs = device.config.neurons, device.config.inputs
    device.write("threshold", rng.integers(20, 60, neurons))
    device.write("bias", 3)
    device.write("beta", 31_000)
    device.write("alpha", 16_000)
    device.write("adapt_increment", 7)
    device.write("adapt_decay", 20_000)
    device.write("adapt_period", np.resize([0, 2, 31], neurons))
    device.write("delay", np.resize(np.arange(1, 9), neurons))
    device.write("rate", np.resize([0, 20_000, 0], inputs))
    device.write("weights", rng.integers(-5, 40, (inputs + neurons, neurons)))
    device.write("a", 11)
    device.write("control.flags", int(dm.ControlFlag.POISSON))


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("build", CONFIGS)
def test_time_goes_on_as_in_the_emulator(build: str, start: str, evidence: Count) -> None:
    config, first = CONFIGS[build], STARTS[start]
    devices = late_pair(config, first)
    events = np.random.default_rng(5).random((sum(PIECES), config.inputs)) < 0.4
    done = fired = 0
    for device in devices:
        load(device)
        assert device.status()["marker"] == first, "a marker of the step before"
    for steps in PIECES:
        spikes = [device.run(steps, np.nonzero(events[done : done + steps])) for device in devices]
        done += steps
        assert [list(map(tuple, zip(*part, strict=True))) for part in spikes[1:]] == [
            list(map(tuple, zip(*spikes[0], strict=True)))
        ]
        fired += len(spikes[0][0])
        for device in devices:
            device.write("spike_ack", device.status()["spike_head"])
            assert device.step == first + done
            assert device.read("run_until") == first + done
        assert not (apart := difference(*map(contents, devices))), apart
    assert fired > sum(PIECES)
    evidence("late steps", done)
    assert all(device.read("late_events") == 0 < device.read("events") for device in devices)
    if first + done == 2**dm.STEP_BITS - 1:
        for device in devices:
            with pytest.raises(ParameterError, match="there are 0 to 0"):
                device.run(1)
