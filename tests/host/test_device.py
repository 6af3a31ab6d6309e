"""A device gives the same results however it is driven, and refuses what it cannot do in one sentence."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.errors import DeviceError, ParameterError
from allspike.image.image import Image
from allspike.map import device_map as dm
from allspike.map.config import Config
from tests.examples import examples

from .networks import Network, networks

CONFIG = Config(neurons=16, inputs=4, weight_bits=7, event_ring=16, spike_ring=16)
relaxed = settings(deadline=None, max_examples=examples(40), suppress_health_check=list(HealthCheck))


def small() -> Device:
    """Input 0 makes all neurons fire at once; the other inputs do nothing."""
    device = Device(EmulatorBus(CONFIG))
    device.write("threshold", 1)
    device.write("delay", 1)
    device.write("weights", 5, index=0)
    return device


def results(device: Device, spikes: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, list]:
    when, who = (np.concatenate([piece[k] for piece in spikes]) for k in range(2))
    read = {name: device.read(name).tolist() for name in ("weights", "neuron_state", "traces", "counters")}
    return read | {"when": when.tolist(), "who": who.tolist()}


@relaxed
@given(network=networks(), data=st.data())
def test_a_run_in_pieces_equals_one_run(network: Network, data: st.DataObject) -> None:
    inner = data.draw(st.sets(st.integers(0, network.steps), max_size=4))
    runs = []
    for cuts in ([0, network.steps], sorted(inner | {0, network.steps})):
        device = Device(EmulatorBus(network.config))
        network.write_to(device)
        pairs = pairwise(cuts)
        runs.append(results(device, [device.run(b - a, network.events_from(a, b)) for a, b in pairs]))
    assert runs[0] == runs[1]


@relaxed
@given(networks())
def test_tiny_rings_equal_huge_rings(network: Network) -> None:
    runs = []
    for size in (32, 1 << 20):
        config = replace(network.config, event_ring=size, spike_ring=size // 2)
        device = Device(EmulatorBus(config))
        network.write_to(device)
        runs.append(results(device, [device.run(network.steps, network.events_from(0, network.steps))]))
    assert runs[0] == runs[1]


def test_events_come_in_any_order_and_twice_is_once() -> None:
    when, who = small().run(6, ([5, 0, 5, 2], [0, 0, 0, 1]))
    assert when.tolist() == [0] * 16 + [5] * 16
    assert who.tolist() == [*range(16)] * 2


@pytest.mark.parametrize("size", [16, 32, 4096])
def test_long_gaps_between_events_and_spikes(size: int) -> None:
    """Events far beyond the reach of one marker, within one run; steps count from the reset."""
    device = Device(EmulatorBus(replace(CONFIG, event_ring=size, spike_ring=size)))
    device.write("threshold", 1)
    device.write("weights", 5, index=0)
    steps = np.array([3, 32770, 32771, 65539, 400_000])
    when, _ = device.run(400_001, (steps, np.zeros(5, int)))
    assert np.unique(when).tolist() == steps.tolist()
    assert device.counters()["late_events"] == 0
    assert device.run(3, ([1], [0]))[0].tolist() == [400_002] * 16


class Patience(EmulatorBus):
    """Gives up on a host that does not come to an end."""

    commands = 0

    def write(self, address: int, data: bytes) -> None:
        self.commands += 1
        assert self.commands < 2000, "the host goes round in circles"
        super().write(address, data)


def test_an_event_after_a_silence_longer_than_the_ring_has_markers_for() -> None:
    device = Device(Patience(CONFIG))
    device.write("threshold", 1)
    device.write("weights", 5, index=0)
    device.run(300_000)
    assert device.run(10, ([3], [0]))[0].tolist() == [300_003] * 16


def test_a_stream_that_is_left_early_does_not_shift_later_events() -> None:
    device = small()
    stream = device.stream(1000, (np.arange(0, 1000, 100), np.zeros(10, int)))
    while not next(stream)[0].size:
        pass
    stream.close()
    start = device.step
    assert start < 1000
    when, _ = device.run(100, ([50], [0]))
    assert when[when >= start].tolist() == [start + 50] * 16
    assert device.counters()["late_events"] == 0


def test_a_stream_yields_what_a_run_returns_and_tells_its_progress() -> None:
    events = (np.arange(0, 5000, 10), np.zeros(500, int))
    told: list[tuple[int, int]] = []
    pieces = list(small().stream(5000, events, lambda done, of: told.append((done, of))))
    assert len(pieces) > 2
    together = [np.concatenate([piece[k] for piece in pieces]) for k in range(2)]
    assert np.array_equal(together, small().run(5000, events))
    assert told == sorted(told)
    assert told[-1] == (5000, 5000)


@pytest.mark.parametrize(
    ("events", "says"),
    [
        (([10], [0]), "steps 10 to 10; this run has steps 0 to 9"),
        (([-1], [0]), "steps -1 to -1"),
        (([0], [4]), "inputs 4 to 4; the device has inputs 0 to 3"),
        (([0], [-1]), "inputs -1"),
        (([0, 1], [0]), "2 event steps and 1 inputs"),
    ],
)
def test_events_outside_the_run_or_the_inputs_are_refused(events: tuple, says: str) -> None:
    device = small()
    with pytest.raises(ParameterError, match=says):
        device.run(10, events)
    assert device.step == 0
    assert device.run(10, ([3], [0]))[0].size == 16


def test_a_negative_run_is_refused() -> None:
    with pytest.raises(ParameterError, match="cannot run -1 steps"):
        small().run(-1)


def test_values_have_names() -> None:
    device = small()
    device.write("v", np.arange(16))
    assert device.read("v").tolist() == device.read("neuron_state.v").tolist() == [*range(16)]
    assert device.read("neuron_state")["v"].tolist() == [*range(16)]
    device.write("weights", -3, index=(slice(4), 2))
    assert device.read("weights")[:5, 2].tolist() == [-3, -3, -3, -3, 0]
    assert device.read("weights")[0, 1] == 5, "the rest stays"
    device.write("gain", 7)
    device.write("x_target", 9)
    assert device.read("gain").tolist() == [7]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("wieghts", "nothing named 'wieghts'"),
        ("refractory", "one of neuron_params.refractory, neuron_state.refractory"),
        ("neuron_state.threshold", "no field 'threshold'"),
        ("weights.v", "no field 'v'"),
    ],
)
def test_names_that_mean_nothing_or_two_things_are_refused(name: str, says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        small().read(name)


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("gain", 128, "takes -128 to 127, not 128"),
        ("threshold", 1.5, "whole numbers"),
        ("threshold", np.nan, "whole numbers"),
        ("threshold", np.arange(15), "shape"),
        ("leak", -1, "takes 0 to"),
        ("status.step", 1, "read only"),
        ("firings", 1, "read only"),
    ],
)
def test_values_that_do_not_fit_are_refused_and_change_nothing(name: str, values: object, says: str) -> None:
    device = small()
    before = device.read(name)
    with pytest.raises(ParameterError, match=says):
        device.write(name, values)
    assert np.array_equal(device.read(name), before)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("magic", 0x12345678, "no Allspike device: it says 0x12345678 instead of 0x4B505341"),
        ("map_version", 9, f"map version 9 and this software version {dm.MAP_VERSION}"),
    ],
)
def test_something_else_or_another_version_is_refused(field: str, value: int, says: str) -> None:
    class Other(EmulatorBus):
        def read(self, address: int, size: int) -> bytes:
            identity = np.frombuffer(super().read(address, size), dm.IDENTITY.record.dtype).copy()
            identity[field] = value
            return identity.tobytes()

    with pytest.raises(DeviceError, match=says):
        Device(Other(CONFIG))


@pytest.mark.parametrize("seed", [0, 1, dm.SEED_POISSON, 2**32 - 1])
def test_a_seed_repeats_a_run(seed: int) -> None:
    device = small()
    device.write("rate", 20_000)
    device.write("control.flags", int(dm.ControlFlag.POISSON))
    device.reset(seed)
    first = device.run(200)
    device.reset()
    again = device.run(200)
    device.reset(seed ^ 6)
    other = device.run(200)
    assert np.array_equal(first, again)
    assert not np.array_equal(first[0], other[0])
    rate = np.unique(first[0]).size / 200
    assert rate == pytest.approx(20_000 / dm.RATE_ONE, abs=0.12)


def image(config: Config = CONFIG, weight: int = 5) -> Image:
    blank = {
        region.name: np.zeros(region.shape(config), region.dtype(config))
        for region in (dm.NEURON_PARAMS, dm.INPUT_PARAMS, dm.WEIGHTS, dm.PLASTIC, dm.LEARNING)
    }
    blank["neuron_params"]["threshold"] = blank["neuron_params"]["delay"] = 1
    blank["weights"][0] = weight
    return Image(config=config, seed=3, weight_shift=1, **blank)


def test_an_image_is_loaded_and_the_device_reset() -> None:
    device = Device(EmulatorBus(CONFIG))
    device.run(5)
    device.load(image())
    assert device.step == 0
    assert device.run(2, ([1], [0]))[0].tolist() == [1] * 16
    assert device.read("i").tolist() == [10] * 16, "5, shifted left by 1"


def test_an_image_for_another_build_or_too_wide_is_refused() -> None:
    device = Device(EmulatorBus(CONFIG))
    with pytest.raises(DeviceError, match=r"neurons = 32.*device has 16"):
        device.load(image(replace(CONFIG, neurons=32)))
    with pytest.raises(DeviceError, match=r"weights at \(0, 0\) holds -28 instead of 100"):
        device.load(image(weight=100))
