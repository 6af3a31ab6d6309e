"""A device behind a link is the device: the same bytes and refusals, and never more under way than fits."""

import threading
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.errors import DeviceError, LinkError
from allspike.link.bus import LinkBus
from allspike.link.frames import stuff
from allspike.link.link import Link
from allspike.map import device_map as dm
from allspike.map.config import Config
from tests.examples import examples
from tests.host.networks import Network, networks
from tests.host.test_device import results

from .boards import CONFIG, board, linked, port_of
from .faults import Faults
from .model import Model
from .ports import ModelPort

relaxed = settings(deadline=None, max_examples=examples(20), suppress_health_check=list(HealthCheck))
LARGE = Config(neurons=128, inputs=128, clock_hz=12_000_000)


@relaxed
@given(network=networks(), buffer=st.sampled_from((80, 512, 2048)))
def test_a_network_over_a_link_is_the_network(network: Network, buffer: int) -> None:
    found = []
    for linking in (False, True):
        bus = EmulatorBus(network.config)
        if linking:
            bus = LinkBus(Link(ModelPort(Model(bus, buffer)), "the board"))  # type: ignore[assignment]
        with Device(bus) as device:
            network.write_to(device)
            found.append(results(device, [device.run(network.steps, network.events_from(0, network.steps))]))
    assert found[0] == found[1]


@pytest.mark.parametrize("buffer", [64, 512, 2048])
@pytest.mark.parametrize("present", [0.02, 1.0])
def test_large_memories_are_written_digested_and_read(buffer: int, present: float) -> None:
    rng = np.random.default_rng(0)
    weights = rng.integers(-128, 128, (256, 128), np.int8) * (rng.random((256, 128)) < present)
    data = weights.astype(np.int8).tobytes()
    port = ModelPort(Model(EmulatorBus(LARGE), buffer))
    bus = LinkBus(Link(port, "the board"))
    other = bytes(511) + b"\1"
    parts = [(dm.WEIGHTS.base, data), (dm.TRACES.base, bytes(512))]
    assert bus.store(parts) == [True, True]
    assert bus.store(parts, [data, other]) == [True, False]
    assert bus.store(parts, [data[:-1] + b"\x55", bytes(512)]) == [False, True]
    assert bus.read(dm.WEIGHTS.base, len(data)) == data
    assert bus.read(dm.WEIGHTS.base + 77, 5001) == data[77 : 77 + 5001]
    assert port.most_unanswered <= buffer
    assert (bus.traffic.retries, bus.traffic.damaged, port.model.counts["refused"]) == (0, 0, 0)
    bus.close()


def test_nothing_is_read_or_written_of_nothing() -> None:
    bus = linked()
    assert bus.read(dm.WEIGHTS.base, 0) == b""
    bus.write(dm.IDENTITY.base, b"")
    bus.close()


@pytest.mark.parametrize(
    ("address", "data", "says"),
    [
        (dm.STATUS.base, b"\1", "READ_ONLY"),
        (0x0F000000, b"\1", "BAD_ADDRESS"),
        (dm.WEIGHTS.base, bytes(321), "BAD"),
    ],
)
def test_what_the_device_refuses_is_an_error_and_the_link_goes_on(
    address: int, data: bytes, says: str
) -> None:
    bus = linked()
    with pytest.raises(DeviceError, match=f"refused the write .*0x{address:08X} with {says}"):
        bus.write(address, data)
    assert bus.counts()["refused"] > 0
    assert bus.read(dm.IDENTITY.base, 4) == b"ASPK"
    bus.close()


def test_answers_to_a_host_that_is_gone_are_not_taken_for_others() -> None:
    """They are still on their way when the next host opens the port, with any tags at all."""
    for _ in range(20):
        port = ModelPort(Model(EmulatorBus(CONFIG)))
        for tag in range(64):
            body = tag.to_bytes(2, "little") + b"\1" + dm.STATUS.base.to_bytes(4, "little")
            body += (8).to_bytes(4, "little")
            port.write(_frame(body))
        with Device(LinkBus(Link(port, "the board"))) as device:
            assert device.config == replace(CONFIG)
            assert device.step == 0


def _frame(body: bytes) -> bytes:
    from cobs import cobs  # noqa: PLC0415

    return cobs.encode(body + zlib.crc32(body).to_bytes(4, "little")) + b"\0"


def test_a_digest_that_overtook_a_lost_write_is_asked_for_again() -> None:
    """The first frame of each large write is lost, so it comes after the digest that was sent behind it."""
    lost = iter([True])

    def lose_once(data: bytes) -> bytes:
        return b"" if len(data) > 900 and next(lost, False) else data

    device = board(LARGE, to_device=lose_once)
    weights = np.random.default_rng(0).integers(-128, 128, (256, 128), np.int8)
    data = weights.tobytes()
    assert device.bus.store([(dm.WEIGHTS.base, data)]) == [True]
    traffic = device.traffic
    assert traffic is not None
    assert traffic.retries > 0
    device.close()


def test_a_memory_that_does_not_hold_what_was_written_is_told_with_the_place() -> None:
    class Stuck(EmulatorBus):
        def write(self, address: int, data: bytes) -> None:
            if address <= dm.WEIGHTS.base + 21 < address + len(data):
                held = bytearray(data)
                held[dm.WEIGHTS.base + 21 - address] = 3
                data = bytes(held)
            super().write(address, data)

    from tests.host.test_device import image  # noqa: PLC0415

    device = Device(LinkBus(Link(ModelPort(Model(Stuck(CONFIG))), "the board")))
    with pytest.raises(DeviceError, match=r"weights at \(1, 5\) holds 3 instead of 0"):
        device.load(image(CONFIG))
    device.close()


def test_several_threads_may_ask() -> None:
    bus = linked(LARGE, to_device=Faults(1, 2e-4), to_host=Faults(2, 2e-4))
    wrong: list[int] = []

    def work(k: int) -> None:
        address, rng = dm.WEIGHTS.base + 4096 * k, np.random.default_rng(k)
        for _ in range(5):
            data = rng.bytes(4096)
            bus.write(address, data)
            if bus.read(address, 4096) != data:
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    bus.close()


@pytest.mark.parametrize("what", ["silent", "unplugged"])
def test_a_board_that_is_gone_is_told_within_its_time_out(what: str) -> None:
    """While it is asked: what it is sent arrives nowhere, or there is no port any more."""
    gone = False

    def to_device(data: bytes) -> bytes:
        if gone and what == "unplugged":
            port.unplugged = True
        return b"" if gone else data

    device = board(timeout=0.5, to_device=to_device)
    port = port_of(device)
    device.status()
    gone, began = True, port.clock()
    with pytest.raises(LinkError, match=r"did not answer for|went away .*open the device again"):
        device.status()
    assert port.clock() - began < 0.7
    device.close()


def test_a_closed_device_says_so() -> None:
    device = board()
    device.close()
    with pytest.raises(LinkError, match="closed"):
        device.status()


def test_another_version_of_the_protocol_is_refused() -> None:
    with pytest.raises(DeviceError, match="link version 2 and this software version 1"):
        LinkBus(Link(ModelPort(Model(EmulatorBus(CONFIG), version=2)), "the board"))


def test_answers_that_come_too_late_teach_patience() -> None:
    """Each doubles what is allowed for, up to a quarter of the time after which a board is given up."""
    link = Link(ModelPort(Model(EmulatorBus(CONFIG))), "the board", latency=0.01, timeout=1.0)
    body = bytes(3)  # tag and code
    late = stuff(body + zlib.crc32(body).to_bytes(4, "little")) + b"\0"
    told = []
    for _ in range(6):
        with link._changed:
            link._take(late)
        told.append(link.latency)
    link.close()
    assert told == [0.02, 0.04, 0.08, 0.16, 0.25, 0.25]


def test_a_line_that_is_slower_than_told_is_waited_for() -> None:
    """Answers take 60 ms where 10 were allowed; what comes too late teaches."""
    port = ModelPort(Model(EmulatorBus(CONFIG)), timed=True, latency=0.03)
    bus = LinkBus(Link(port, "the board", latency=0.01))
    for _ in range(10):
        bus.counts()
    before = bus.traffic
    for _ in range(5):
        bus.counts()
    assert (bus.traffic - before).retries == 0
    bus.close()
