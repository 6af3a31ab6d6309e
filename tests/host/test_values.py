"""One value is written and read alone: those bytes, at those addresses, whatever it is one of."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allspike.device.bus import Bus
from allspike.device.device import Device
from allspike.device.named import Named
from allspike.emulator.bus import EmulatorBus
from allspike.errors import DeviceError, ParameterError
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.lif import LIF
from tests.examples import examples

from .test_device import image

CONFIG = Config(neurons=16, inputs=4, event_ring=16, spike_ring=16)
PARAMS, STATE = dm.NEURON_PARAMS, dm.NEURON_STATE
relaxed = settings(deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))


class Spy(EmulatorBus):
    """Keeps what is said to it, as a board would hear it."""

    patch = Bus.patch

    def __init__(self, config: Config = CONFIG) -> None:
        self.reads: list[tuple[int, int]] = []
        self.writes: list[tuple[int, bytes]] = []
        super().__init__(config)

    def read(self, address: int, size: int) -> bytes:
        self.reads.append((address, size))
        return super().read(address, size)

    def write(self, address: int, data: bytes) -> None:
        self.writes.append((address, data))
        super().write(address, data)


def spied() -> tuple[Device, Spy]:
    bus = Spy()
    device = Device(bus)
    bus.reads.clear()
    bus.writes.clear()
    return device, bus


def at(region: dm.Region, record: int, field: str) -> int:
    layout = region.layout(CONFIG)
    assert layout is not None
    return region.base + record * layout.size + layout.offset(field)


@pytest.mark.parametrize(
    ("name", "index", "value", "address", "data"),
    [
        ("threshold", 3, 300, at(PARAMS, 3, "threshold"), "2c010000"),
        ("neuron_params.refractory", 15, 7, at(PARAMS, 15, "refractory"), "07"),
        ("v", -1, -2, at(STATE, 15, "v"), "feffffff"),
        ("rate", 2, 513, at(dm.INPUT_PARAMS, 2, "rate"), "0102"),
        ("weights", (2, 7), -3, dm.WEIGHTS.base + 2 * 16 + 7, "fd"),
        ("plastic", (19, 1), 129, dm.PLASTIC.base + 39, "81"),
        ("traces", 5, 258, dm.TRACES.base + 10, "0201"),
        ("x_target", 0, 772, dm.LEARNING.address("x_target"), "0403"),
        ("gain", slice(None), -64, dm.LEARNING.address("gain"), "c0"),
    ],
)
def test_one_value_is_written_and_read_back_alone(
    name: str, index: Any, value: int, address: int, data: str
) -> None:
    device, bus = spied()
    device.write(name, value, index)
    assert [(where, written.hex()) for where, written in bus.writes] == [(address, data)]
    assert bus.reads == [(address, len(data) // 2)]
    bus.reads.clear()
    assert device.read(name, index).ravel().tolist() == [value]
    assert bus.reads == [(address, len(data) // 2)]


def test_a_register_is_written_alone_and_not_read_back() -> None:
    device, bus = spied()
    device.write("weight_shift", 3)
    assert (bus.writes, bus.reads) == ([(dm.CONTROL.address("weight_shift"), b"\3")], [])


def test_a_field_of_many_records_is_pieces_at_a_stride() -> None:
    device, bus = spied()
    device.write("bias", [5, 6, 7], slice(2, 5))
    assert bus.writes == [(at(PARAMS, 2 + k, "bias"), bytes([5 + k, 0, 0, 0])) for k in range(3)]
    assert bus.reads == [(at(PARAMS, 2, "bias"), 2 * dm.PARAMS_BYTES + 4)], "near each other: together"


def test_bytes_that_follow_each_other_are_one_write() -> None:
    device, bus = spied()
    device.write("weights", 4, slice(1, 3))
    assert bus.writes == [(dm.WEIGHTS.base + 16, bytes([4]) * 32)]
    bus.writes.clear()
    device.write("weights", [1, 2, 3, 4], ([0, 2, 2, 1], [0, 9, 8, 0]))
    assert sorted(bus.writes) == [
        (dm.WEIGHTS.base + k, data) for k, data in ((0, b"\1"), (16, b"\4"), (40, b"\3\2"))
    ]


def test_whole_records_are_written_alone() -> None:
    device, bus = spied()
    records = np.zeros(2, LIF.state_record.dtype)
    records["v"], records["y"] = [1, 2], [3, 4]
    device.write("neuron_state", records, [9, 3])
    assert bus.writes == [(STATE.base + 16 * k, records[[which]].tobytes()) for k, which in ((3, 1), (9, 0))]
    assert device.read("neuron_state", [9, 3]).tolist() == records.tolist()


def test_of_several_for_one_place_the_last_counts() -> None:
    device, bus = spied()
    device.write("v", [1, 2, 3], [4, 5, 4])
    assert device.read("v", [4, 5]).tolist() == [3, 2]
    assert len(bus.writes) == 2


def test_nothing_is_written_of_nothing() -> None:
    device, bus = spied()
    device.write("v", [], [])
    device.write("weights", 1, np.zeros((20, 16), bool))
    assert device.read("v", slice(0)).shape == (0,)
    assert not bus.writes
    assert not bus.reads


@pytest.mark.parametrize("index", [16, (0, 0), "first", [0, -17]])
def test_an_index_that_means_nothing_is_refused(index: Any) -> None:
    device, bus = spied()
    for use in (lambda: device.read("v", index), lambda: device.write("v", 1, index)):
        with pytest.raises(ParameterError, match=r"^v has shape \(16,\): .*\.$"):
            use()
    assert not bus.writes


def test_what_one_value_became_is_told() -> None:
    device = Device(EmulatorBus(replace(CONFIG, weight_bits=4)))
    device.write("weights", 1, (0, slice(None)))
    with pytest.raises(
        ParameterError, match="does not hold 8 as weights, it made it -8: its build has fewer"
    ):
        device.write("weights", [2, 8], (0, [3, 9]))
    assert device.read("weights")[0, [2, 3, 9]].tolist() == [1, 2, -8], "what was made of it stays"
    with pytest.raises(ParameterError, match="does not hold 8 as weights, it made it -8"):
        device.write("weights", 8)


def test_many_bytes_are_verified_by_a_digest() -> None:
    """Which the bus takes with the write: only what differs is read back, to tell what it became."""

    class Digesting(Spy):
        def store(self, parts: Any, held: Any = None) -> list[bool]:
            for address, data in parts:
                self.write(address, data)
            return [bool(data[0] < 100) for _, data in parts]

    bus = Digesting()
    device = Device(bus)
    bus.reads.clear()
    device.write("weights", 99, slice(4))
    assert (bus.writes[-1], bus.reads) == ((dm.WEIGHTS.base, bytes([99]) * 64), [])
    device.write("weights", 100, slice(4))
    assert bus.reads == [(dm.WEIGHTS.base, 64)]


NAMES = ("threshold", "delay", "neuron_params.refractory", "v", "y", "traces", "weights", "plastic", "rate",
         "x_decay")  # fmt: skip


@st.composite
def writes(draw: st.DrawFn) -> tuple[str, Any, np.ndarray]:
    """A name, an index, and values for it; also some twice."""
    name = draw(st.sampled_from(NAMES))
    shape = Device(EmulatorBus(CONFIG)).read(name).shape
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(("one", "slices", "mask", "places")))
    if kind == "one":
        index: Any = tuple(int(rng.integers(size)) for size in shape)
    elif kind == "slices":
        index = tuple(slice(int(rng.integers(size)), None, int(rng.integers(1, 4))) for size in shape)
    elif kind == "mask":
        index = rng.random(shape) < rng.random()
    else:
        index = tuple(rng.integers(-size, size, 6) for size in shape)
    return name, index, rng.integers(1, 16, np.zeros(shape)[index].shape)


@relaxed
@given(st.lists(writes(), min_size=1, max_size=4))
def test_a_write_changes_what_it_means_and_nothing_else(written: list) -> None:
    """As NumPy would; on the bus no more bytes than those; and the emulator's own patches do the same."""
    device, bus = spied()
    emulated = Device(EmulatorBus(CONFIG))
    for name, index, values in written:
        before = {region.name: device.read_region(region) for region in dm.REGIONS}
        expected = device.read(name)
        expected[index] = values
        touched = np.zeros(expected.shape, bool)
        touched[index] = True
        bus.writes.clear()
        device.write(name, values, index)
        emulated.write(name, values, index)
        assert sum(len(data) for _, data in bus.writes) == touched.sum() * expected.itemsize
        assert device.read(name).tolist() == expected.tolist()
        np.testing.assert_array_equal(device.read(name, index), expected[index])
        for region in dm.REGIONS:
            held = device.read_region(region)
            assert held.tobytes() == emulated.read_region(region).tobytes()
            if region is not Named.of(name, CONFIG).region:
                assert held.tobytes() == before[region.name].tobytes()


@pytest.mark.parametrize("stop", [DeviceError("gone."), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_each_value_old_or_new(stop: BaseException) -> None:
    """And the history that leads nowhere is dropped, until the next reset with known weights."""

    class Cut(Spy):
        left = 1 << 30

        def write(self, address: int, data: bytes) -> None:
            self.left -= 1
            if self.left < 0:
                raise stop
            super().write(address, data)

    bus = Cut()
    device = Device(bus)
    device.load(image(CONFIG))
    device.write("bias", 257)
    bus.left = 5
    with pytest.raises(type(stop)):
        device.write("bias", -2)
    bus.left = 1 << 30
    assert device.read("bias").tolist() == [-2] * 5 + [257] * 11
    assert device.journal is not None
    assert device.journal.lost is not None
    device.write("bias", -2)
    assert device.read("bias").tolist() == [-2] * 16
