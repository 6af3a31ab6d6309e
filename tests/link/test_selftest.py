"""The self-test passes on a device in order, leaves it as it was, and names what is not in order."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import serial

from allspike.cli import main
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.link.bus import LinkBus
from allspike.link.link import Link
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.simulate.selftest import Part, selftest
from tests.host.test_device import image

from .boards import CONFIG, warm
from .faults import Faults
from .model import Model
from .ports import ModelPort
from .urls.protocol_standin import PORTS

CLOCK = 12_000_000
BUILDS = [
    replace(CONFIG, clock_hz=CLOCK),
    Config(neurons=24, inputs=0, weight_bits=5, state_bits=14, plasticity=False, poisson=False, lanes=1),
    Config(neurons=64, inputs=40, weight_bits=8, trace_bits=9, lanes=1, spike_ring=16),
]


def parts_of(device: Device) -> dict[str, Part]:
    return {part.name: part for part in selftest(device)}


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("linked", [False, True])
def test_a_device_in_order_passes_and_is_as_before(build: Config, linked: bool) -> None:
    bus = warm(build)
    device = Device(LinkBus(Link(ModelPort(Model(bus)), "the board")) if linked else bus)
    device.load(replace(image(build), seed=77, weight_shift=2))
    before = {region.name: bus.read(region.base, region.size(build)) for region in dm.REGIONS}
    found = parts_of(device)
    assert list(found) == (["line"] if linked else []) + ["memories", "network"]
    assert all(part.passed for part in found.values()), found
    after = {region.name: bus.read(region.base, region.size(build)) for region in dm.REGIONS}
    epoch = dm.CONTROL.record.offset("event_head")
    assert after["control"][epoch:] == before["control"][epoch:]
    kept = before.keys() - {"control", "status", "counters", "spike_ring"}
    assert {name for name in kept if after[name] != before[name]} == set()
    device.close()


class StuckBit(EmulatorBus):
    def read(self, address: int, size: int) -> bytes:
        found = bytearray(super().read(address, size))
        if address <= dm.TRACES.base + 6 < address + size:
            found[dm.TRACES.base + 6 - address] |= 4
        return bytes(found)


class Deaf(EmulatorBus):
    """A core that lets the first input through to nobody."""

    def write(self, address: int, data: bytes) -> None:
        held = bytearray(data)
        if address == dm.EVENT_RING.base:
            held = bytearray(
                np.where(np.frombuffer(data, "<u2") == 0, 1, np.frombuffer(data, "<u2")).astype("<u2")
            )
        super().write(address, bytes(held))


@pytest.mark.parametrize(
    ("bus", "part", "says"),
    [
        (StuckBit, "memories", "traces holds .* wrong bytes of stripes, the first at 0x13000006"),
        (Deaf, "network", "other than in the emulator: "),
    ],
)
def test_a_fault_is_named(bus: Callable[[Config], EmulatorBus], part: str, says: str) -> None:
    found = parts_of(Device(bus(replace(CONFIG, event_ring=4096))))
    assert not found[part].passed
    import re  # noqa: PLC0415

    assert re.search(says, found[part].says)


def test_a_bad_line_is_named_and_the_rest_goes_on() -> None:
    port = ModelPort(Model(warm(BUILDS[0])), to_host=Faults(1, 1e-3))
    found = parts_of(Device(LinkBus(Link(port, "the board", 0.005))))
    assert not found["line"].passed
    assert "damaged answers" in found["line"].says
    assert found["memories"].passed
    assert found["network"].passed


def test_rates_are_stepped_up_as_far_as_they_work() -> None:
    model = Model(warm(BUILDS[0]))
    port = ModelPort(model, device_clock=CLOCK)
    port._to_device = lambda data: data if port.baudrate <= 1_000_000 else b""
    found = parts_of(Device(LinkBus(Link(port, "the board", 0.01, 0.2))))
    assert found["line"].passed
    assert "no error at 115,200, 460,800, 1,000,000 baud; none at 2,000,000 baud" in found["line"].says
    assert (port.baudrate, model.divisor) == (1_000_000, 12)


@pytest.mark.parametrize("good", [True, False])
def test_the_command_exits_with_0_or_6(
    good: bool, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = [*serial.protocol_handler_packages, "tests.link.urls"]
    monkeypatch.setattr(serial, "protocol_handler_packages", packages)
    bus = warm(BUILDS[0]) if good else StuckBit(BUILDS[0])
    PORTS["board"] = lambda: ModelPort(Model(bus))
    for options in ([], ["--json"]):
        with pytest.raises(SystemExit) as stopped:
            main(["selftest", "--device", "standin://board", *options])
        assert stopped.value.code == (0 if good else 6)
        captured = capsys.readouterr()
        assert good or "self-test of standin://board failed at memories" in captured.err
        if options:
            told = json.loads(captured.out)
            assert told["passed"] is good
            assert told["parts"]["memories"]["passed"] is good
            assert told["line"]["bytes_sent"] > 0
        else:
            lines = captured.out.splitlines()
            assert [line[:4] for line in lines] == ["pass", *(["pass" if good else "FAIL"] * 2)]
