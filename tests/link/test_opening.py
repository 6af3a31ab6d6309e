"""Opening the port of a board that is there: by name and by URL, at whatever rate it listens."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import serial

import allspike
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.errors import DeviceError
from allspike.link import link
from allspike.link.bus import LinkBus
from allspike.link.finding import OTHER_RATES
from allspike.link.port import POLL
from allspike.map.link_map import BREAK_CLOCKS, DEFAULT_BAUD
from tests.host.test_device import image

from .boards import CONFIG
from .faults import Faults
from .pty_board import CONFIG as PTY_CONFIG
from .standins import CLOCK, ROOT, rate_of, standin

pytestmark = pytest.mark.usefixtures("urls")


def test_a_terminal_device_is_opened_and_runs(process: tuple[subprocess.Popen, str]) -> None:
    clean = Device(EmulatorBus(PTY_CONFIG))
    clean.load(image(PTY_CONFIG))
    with allspike.open(process[1]) as device:
        device.load(image(PTY_CONFIG))
        events = (np.arange(0, 300, 3), np.zeros(100, np.int64))
        assert np.array_equal(device.run(300, events), clean.run(300, events))
        assert np.array_equal(device.read("neuron_state"), clean.read("neuron_state"))


@pytest.mark.parametrize("target", ["standin://board", "standin://board,baud=1000000,latency=0.05,timeout=1"])
def test_a_url_is_opened_with_options(target: str) -> None:
    standin()
    with allspike.open(target) as device:
        assert rate_of(device) == 1_000_000
        assert device.config.neurons == CONFIG.neurons


def test_a_network_is_compiled_for_the_board_on_which_it_runs(tmp_path: Path) -> None:
    standin()
    net = allspike.Network()
    cells = net.neurons(3, allspike.LIF(i_offset=1e-9), "cells")
    with allspike.Simulation(net, "standin://board") as simulation:
        assert simulation.image.config.neurons == CONFIG.neurons
        assert simulation.run(0.1).counts("cells").tolist() == [3, 3, 3]
    net.neurons(100)
    with pytest.raises(allspike.CapacityError):
        allspike.Simulation(net, "standin://board")
    assert len(cells) == 3
    allspike.open("standin://board").close()


def test_a_board_at_another_rate_is_found() -> None:
    standin(divisor=104)
    with allspike.open("standin://board") as device:
        assert rate_of(device) == 115_200


def test_it_is_looked_for_at_rates_that_every_port_has() -> None:
    """Linux has them by name; another one takes a driver that can divide so."""
    assert set(OTHER_RATES) <= set(serial.Serial.BAUDRATES)
    assert DEFAULT_BAUD not in OTHER_RATES
    assert len(set(OTHER_RATES)) == len(OTHER_RATES)


def test_a_board_is_taken_to_the_rate_that_is_asked_for() -> None:
    model = standin(divisor=104)
    with allspike.open("standin://board", baud=3_000_000) as device:
        assert rate_of(device) == 3_000_000
        assert model.divisor == 4


def test_a_board_left_at_another_rate_is_brought_back_by_a_break() -> None:
    model = standin(divisor=12)
    model.divisor = 6
    with allspike.open("standin://board") as device:
        assert rate_of(device) == 1_000_000


class SilentPort:
    """A port with nothing at its end, which notes for how much of its time it holds the line low."""

    baudrate, in_waiting = DEFAULT_BAUD, 0

    def __init__(self) -> None:
        self.now, self.low, self.held = 1e6, False, 0.0

    def clock(self) -> float:
        return self.now

    @property
    def break_condition(self) -> bool:
        return self.low

    @break_condition.setter
    def break_condition(self, low: bool) -> None:
        self.held += -self.now if low else self.now
        self.low = low

    def read(self, size: int = 1) -> bytes:
        time.sleep(POLL)
        return b""

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_break_lasts_for_every_clock_and_not_for_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slowest clock of a board is above 2 MHz; nobody feels a twentieth of a second."""
    port = SilentPort()

    def sleep(seconds: float) -> None:
        port.now += seconds

    monkeypatch.setattr(link, "time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
    line = link.Link(port, "nothing")
    line.send_break()
    line.close()
    assert not port.low
    assert BREAK_CLOCKS / 2e6 < port.held < 0.05


def test_a_rate_that_the_line_does_not_bear_is_refused_and_left() -> None:
    model = standin()
    with allspike.open("standin://board", timeout=0.3) as device:
        assert isinstance(device.bus, LinkBus)
        port: Any = device.bus.link._port
        clean = port._to_device
        port.__dict__["_opened"]._to_device = lambda data: clean(data) if port.baudrate < 2e6 else b""
        with pytest.raises(DeviceError, match="does not work at 3,000,000 baud"):
            device.bus.set_rate(3_000_000, CLOCK)
        assert rate_of(device) == CLOCK // model.divisor == 1_000_000
        assert device.step == 0


def test_a_board_on_a_bad_line_is_opened() -> None:
    standin(to_device=Faults(1, 1e-3), to_host=Faults(2, 1e-3))
    for _ in range(10):
        with allspike.open("standin://board", latency=0.02) as device:
            assert device.step == 0


def test_a_host_that_was_killed_in_mid_run_is_replaced(process: tuple[subprocess.Popen, str]) -> None:
    script = (
        "import allspike, sys\n"
        "from tests.host.test_device import image\n"
        "from tests.link.pty_board import CONFIG\n"
        f"device = allspike.open({process[1]!r})\n"
        "loaded = image(CONFIG)\n"
        "loaded.neuron_params['threshold'] = -1\n"
        "device.load(loaded)\n"
        "for when, _ in device.stream(10**9):\n"
        "    print(when.size, flush=True)\n"
    )
    clean = Device(EmulatorBus(PTY_CONFIG))
    clean.load(image(PTY_CONFIG))
    events = (np.arange(0, 100, 3), np.zeros(34, np.int64))
    expected = clean.run(100, events)
    for _ in range(2):
        host = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert host.stdout is not None
        while int(host.stdout.readline()) < 20:
            pass
        host.send_signal(signal.SIGKILL)
        host.wait()
        with allspike.open(process[1]) as device:
            device.load(image(PTY_CONFIG))
            assert np.array_equal(device.run(100, events), expected)
