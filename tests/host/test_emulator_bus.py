"""The emulator keeps the contract of the memory map: commands may be repeated, and rings lose nothing."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.emulator.core import row_pitch
from allspike.errors import DeviceError, ParameterError
from allspike.map import device_map as dm
from allspike.map.config import Config
from tests.examples import examples

from .networks import Network, networks

CONFIG = Config(neurons=8, inputs=4, event_ring=16, spike_ring=16)
RUN = np.dtype([("event_head", "<u4"), ("run_until", "<u8"), ("spike_ack", "<u4")])
MARK = dm.RING_MARKER
relaxed = settings(deadline=None, max_examples=examples(40), suppress_health_check=list(HealthCheck))


def contents(bus: EmulatorBus) -> dict[str, bytes]:
    """Everything that can be read."""
    return {region.name: bus.read(region.base, region.size(bus.config)) for region in dm.REGIONS}


def record(bus: EmulatorBus, region: dm.Region) -> np.void:
    return np.frombuffer(bus.read(region.base, region.size(bus.config)), region.dtype(bus.config))[0]


def run(bus: EmulatorBus, until: int, head: int = 0, ack: int = 0) -> np.void:
    """Let it run, in one command; the status after it."""
    bus.write(dm.CONTROL.address("event_head"), np.array([(head, until, ack)], RUN).tobytes())
    return record(bus, dm.STATUS)


def words(bus: EmulatorBus, count: int) -> list[int]:
    return np.frombuffer(bus.read(dm.SPIKE_RING.base, 2 * count), "<u2").tolist()


def relay(events: list[int], firing: int = 8) -> EmulatorBus:
    """Any input makes the first `firing` neurons fire at once; the words `events` are in the event ring."""
    bus = EmulatorBus(CONFIG)
    device = Device(bus)
    device.write("threshold", 50)
    weights = np.zeros((CONFIG.axons, 8), np.int8)
    weights[:4, :firing] = 100
    device.write("weights", weights)
    if events:
        bus.write(dm.EVENT_RING.base, np.array(events, "<u2").tobytes())
    return bus


class Stuttering(EmulatorBus):
    """Every command arrives twice, and after each command to run the one before it once more."""

    _before: tuple[int, bytes] | None = None

    def read(self, address: int, size: int) -> bytes:
        first = super().read(address, size)
        assert super().read(address, size) == first
        return first

    def write(self, address: int, data: bytes) -> None:
        super().write(address, data)
        super().write(address, data)
        if address == dm.CONTROL.address("event_head"):
            if self._before is not None:
                super().write(*self._before)
            self._before = (address, data)
        else:
            self._before = None


@relaxed
@given(networks())
def test_repeated_and_stale_commands_change_nothing(network: Network) -> None:
    results = []
    for bus in (EmulatorBus(network.config), Stuttering(network.config)):
        device = Device(bus)
        network.write_to(device)
        half = network.steps // 2
        spikes = [device.run(b - a, network.events_from(a, b)) for a, b in ((0, half), (half, network.steps))]
        # A stale command leaves its own `run_until` behind, which is the host's business alone.
        left = {name: data for name, data in contents(bus).items() if name != "control"}
        results.append(([part.tolist() for pair in spikes for part in pair], left))
    assert results[0] == results[1]


@relaxed
@given(network=networks(), data=st.data())
def test_a_region_written_in_pieces_holds_what_it_holds_written_at_once(
    network: Network, data: st.DataObject
) -> None:
    """Pieces may cut fields and rows, and come in any order."""
    bus = EmulatorBus(network.config)
    network.write_to(Device(bus))
    whole = contents(bus)
    packed = np.packbits(network.plastic, axis=1, bitorder="little")
    other = EmulatorBus(network.config)
    for region, values in (
        (dm.NEURON_PARAMS, network.params),
        (dm.NEURON_STATE, network.state),
        (dm.TRACES, network.traces),
        (dm.WEIGHTS, network.weights),
        (dm.PLASTIC, packed),
        (dm.LEARNING, network.rule),
    ):
        image = values.tobytes()
        cuts = sorted(data.draw(st.sets(st.integers(0, len(image)), max_size=5)) | {0, len(image)})
        for start, stop in data.draw(st.permutations(list(pairwise(cuts)))):
            other.write(region.base + start, image[start:stop])
        assert other.read(region.base, len(image)) == whole[region.name], region.name


@relaxed
@given(networks())
def test_a_reset_keeps_what_was_configured_and_clears_the_rest(network: Network) -> None:
    bus = EmulatorBus(network.config)
    device = Device(bus)
    network.write_to(device)
    device.run(network.steps, network.events_from(0, network.steps))
    before = contents(bus)
    device.reset()
    after = contents(bus)
    for kept in ("identity", "learning", "neuron_params", "input_params", "weights", "plastic"):
        assert after[kept] == before[kept], kept
    for cleared in ("neuron_state", "traces", "counters"):
        assert not any(after[cleared]), cleared
    status = record(bus, dm.STATUS)
    assert [int(status[name]) for name in status.dtype.names[1:]] == [0] * 5


def test_one_write_can_reset_and_run_and_its_repetition_does_neither() -> None:
    bus = relay([])
    run(bus, 5)
    control = np.frombuffer(bus.read(dm.CONTROL.base, dm.CONTROL.record.size), dm.CONTROL.record.dtype).copy()
    control["epoch"] += 1
    control["run_until"] = 9
    bus.write(dm.CONTROL.base, control.tobytes())
    once = contents(bus)
    assert record(bus, dm.STATUS)["step"] == 9
    bus.write(dm.CONTROL.base, control.tobytes())
    assert contents(bus) == once


@pytest.mark.parametrize("region", [region for region in dm.REGIONS if not region.writable])
def test_regions_that_are_read_only_refuse(region: dm.Region) -> None:
    bus = relay([])
    before = contents(bus)
    with pytest.raises(DeviceError, match=f"{region.name}.*read only"):
        bus.write(region.base, b"\1")
    assert contents(bus) == before


@pytest.mark.parametrize("region", dm.REGIONS)
def test_a_command_stays_within_its_region(region: dm.Region) -> None:
    bus = relay([])
    end = region.base + region.size(CONFIG)
    for address, size in ((end, 1), (end - 1, 2), (region.base - 1, 2)):
        with pytest.raises(DeviceError, match="outside the regions"):
            bus.read(address, size)
        with pytest.raises(DeviceError, match="outside the regions"):
            bus.write(address, bytes(size))


@pytest.mark.parametrize("head", [3, 16 + 2, 0xFFFFFFFE, 1 << 31])
def test_an_event_head_that_cannot_be_true_is_ignored(head: int) -> None:
    """Odd, further than the ring is long, behind the tail."""
    bus = relay([MARK | 1, 2, MARK | 3, 0])
    status = run(bus, 10, head)
    assert (status["step"], status["event_tail"]) == (10, 0)
    assert record(bus, dm.CONTROL)["event_head"] == 0
    assert record(bus, dm.COUNTERS)["events"] == 0


@pytest.mark.parametrize("ack", [1, 16 + 2, 0xFFFFFFFE, 2])
def test_an_acknowledgement_that_cannot_be_true_is_ignored(ack: int) -> None:
    """Odd, past the spikes made, behind the last one."""
    bus = relay([MARK | 1, 2], firing=2)
    assert run(bus, 3, head=4)["spike_head"] == 6
    run(bus, 3, head=4, ack=4)
    run(bus, 3, head=4, ack=ack)
    assert record(bus, dm.CONTROL)["spike_ack"] == 4


def test_time_stands_still_until_there_is_room_for_spikes() -> None:
    """Here the ring holds less than the spikes of one step, a marker and 8 neurons."""
    bus = relay([MARK | 4, 1])
    status = run(bus, 100, head=4)
    assert status["state"] == dm.State.RUNNING | dm.State.STALLED
    assert (status["step"], status["spike_head"]) == (4, 16)
    assert words(bus, 8) == [MARK | 4, 0, 1, 2, 3, 4, 5, 6]
    status = run(bus, 100, head=4, ack=16)
    assert status["state"] == 0
    assert (status["step"], status["spike_head"]) == (100, 18)
    assert words(bus, 1) == [7]
    assert record(bus, dm.COUNTERS)["firings"] == 8


def test_an_event_after_its_step_acts_and_is_counted() -> None:
    bus = relay([MARK | 4, 1], firing=1)
    run(bus, 7)
    assert run(bus, 10, head=4)["marker"] == 7 + 1
    assert words(bus, 2) == [MARK | 7, 0]
    assert record(bus, dm.COUNTERS)["late_events"] == 1


def test_an_event_for_no_input_is_counted_and_does_nothing() -> None:
    bus = relay([MARK, CONFIG.inputs, 0x7FFF])
    run(bus, 3, head=6)
    counters = record(bus, dm.COUNTERS)
    assert (counters["events"], counters["rows"], counters["late_events"]) == (2, 0, 0)


def test_an_event_named_twice_arrives_once() -> None:
    bus = relay([MARK, 1, 1, 1])
    run(bus, 1, head=8)
    counters = record(bus, dm.COUNTERS)
    assert (counters["events"], counters["rows"]) == (3, 1)


def test_silent_neurons_fire_and_are_not_reported() -> None:
    bus = relay([MARK, 1], firing=3)
    device = Device(bus)
    device.write("neuron_params.flags", int(dm.NeuronFlag.SILENT), index=1)
    when, who = device.run(2, ([0], [1]))
    assert (when.tolist(), who.tolist()) == ([0, 0], [0, 2])
    assert device.counters()["firings"] == 3


def test_silence_carries_a_marker_every_32768_steps() -> None:
    bus = relay([])
    assert run(bus, 0x7FFF)["spike_head"] == 0
    status = run(bus, 0x8000)
    assert (status["spike_head"], status["marker"]) == (2, 0x8000)
    assert run(bus, 0x10000)["spike_head"] == 4
    assert words(bus, 2) == [0xFFFF, 0xFFFF]


def test_a_build_without_a_feature_keeps_nothing_of_it() -> None:
    config = Config(neurons=8, inputs=4, plasticity=False, poisson=False)
    bus = EmulatorBus(config)
    for region in (dm.LEARNING, dm.TRACES, dm.PLASTIC):
        bus.write(region.base, b"\xff" * region.size(config))
        assert not any(bus.read(region.base, region.size(config))), region.name
    device = Device(bus)
    for name in ("y", "rate"):
        with pytest.raises(ParameterError, match="does not hold"):
            device.write(name, 1)
        assert not device.read(name).any()
    device.write("control.flags", 1)
    assert not device.read("control.flags").any()


def test_columns_of_weights_are_spread_over_a_cache() -> None:
    """A row takes as few lines of 64 bytes as hold it, and one more where their number would be even."""
    pitches = [(size, row_pitch(size)) for size in range(1, 1025)]
    assert all(size <= pitch for size, pitch in pitches)
    assert all(pitch % 128 == 64 for _, pitch in pitches)
    assert all(pitch - 128 < size for size, pitch in pitches)
