"""Opening a board's port, and every trouble that a user meets on the way: a sentence within two seconds."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import serial

import allspike
from allspike.cli import main
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.errors import DeviceError, LinkError, ParameterError
from allspike.link import discovery, opening
from allspike.link.bus import LinkBus
from tests.host.test_device import image

from .boards import CONFIG, warm
from .faults import Faults
from .model import Model
from .ports import ModelPort
from .pty_board import CONFIG as PTY_CONFIG
from .urls.protocol_standin import PORTS

ROOT = Path(__file__).parents[2]
SECONDS = 2.0
CLOCK = 12_000_000


@pytest.fixture(autouse=True)
def urls(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = [*serial.protocol_handler_packages, "tests.link.urls"]
    monkeypatch.setattr(serial, "protocol_handler_packages", packages)


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen, str]]:
    """A board as a process, and its terminal device."""
    board = subprocess.Popen(
        [sys.executable, "-m", "tests.link.pty_board"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert board.stdout is not None
    yield board, board.stdout.readline().strip()
    board.kill()
    board.wait()


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """The far end of a terminal device, and its name."""
    far, near = os.openpty()
    tty.setraw(near)
    yield far, os.ttyname(near)
    for end in (far, near):
        os.close(end)


def standin(divisor: int = 12, **options: Any) -> Model:
    """What `standin://board` opens: a board that listens at the rate of its divisor alone."""
    model = Model(warm(replace(CONFIG, clock_hz=CLOCK)), divisor=divisor)
    PORTS["board"] = lambda: ModelPort(model, device_clock=CLOCK, **options)
    return model


def refusal(target: str, **options: float) -> str:
    """The sentence that opening it ends with, in time."""
    began = time.monotonic()
    with pytest.raises(DeviceError) as refused:
        allspike.open(target, **options)
    assert time.monotonic() - began < SECONDS
    text = str(refused.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def rate_of(device: Device) -> int:
    assert isinstance(device.bus, LinkBus)
    return device.bus.link.baud


# Boards that are there


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


# Trouble


class Adapter:
    """A port that is there."""

    device, description, serial_number = "/dev/ttyUSB0", "an adapter", None
    vid = pid = product = None


def test_an_absent_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no port /dev/ttyUSB77: plug the board in" in refusal("/dev/ttyUSB77")
    ports = "the ports are /dev/ttyUSB0 (an adapter)."
    monkeypatch.setattr(discovery.list_ports, "comports", lambda: [Adapter()])
    for target, says in (
        ("/dev/ttyUSB77", "there is no port /dev/ttyUSB77"),
        (str(tmp_path), f"{tmp_path} is no serial port"),
        (str(Path(__file__)), f"{Path(__file__)} is no serial port"),
        ("icebraker", "there is no device named 'icebraker': did you mean 'icebreaker'?"),
        ("upduino3", "upduino3 does not show on USB as what it is: name its port"),
        ("no-such-thing", "there is no device named 'no-such-thing'"),
    ):
        assert says in (said := refusal(target)) and said.endswith(ports), target
    assert refusal("tty") == "there is no device named 'tty': its port is /dev/tty."
    assert "cannot be reached" in refusal("socket://127.0.0.1:9")


def test_a_busy_port(process: tuple[subprocess.Popen, str]) -> None:
    with allspike.open(process[1]):
        assert f"{process[1]} is busy: close the program" in refusal(process[1])
    allspike.open(process[1]).close()


def test_a_port_without_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(self: serial.Serial) -> None:
        raise serial.SerialException(errno.EACCES, "could not open port: Permission denied")

    monkeypatch.setattr(serial.Serial, "open", denied)
    assert "no permission to use /dev/ttyUSB0: join the group that owns it" in refusal("/dev/ttyUSB0")
    monkeypatch.setattr(opening, "_group_of", lambda path: "dialout")
    assert "the group dialout that owns it (sudo usermod -aG dialout $USER)" in refusal("/dev/ttyUSB0")
    assert "COM3 is busy, or you have no permission" in refusal("COM3")


def test_what_is_no_port() -> None:
    assert "/dev/null is no serial port: name one" in refusal("/dev/null")
    assert "no URL that pyserial knows" in refusal("nonsense://x")
    assert "socket://localhost:1 cannot be reached" in refusal("socket://localhost:1")


def test_silence(terminal: tuple[int, str]) -> None:
    assert f"{terminal[1]} is silent at 1,000,000 baud" in refusal(terminal[1])


def test_an_echo(terminal: tuple[int, str]) -> None:
    assert "loop:// sends back what it is sent" in refusal("loop://")
    with answering(terminal[0], lambda data: data):
        assert f"{terminal[1]} sends back what it is sent" in refusal(terminal[1])


def test_a_modem(terminal: tuple[int, str]) -> None:
    with answering(terminal[0], lambda data: b"\r\nERROR\r\n"):
        assert "answers with text ('ERROR" in refusal(terminal[1])


def test_a_rate_that_is_not_found() -> None:
    standin(divisor=1000)  # 12,000 baud: this host hears nothing but garbage
    assert "answers, but not understandably, at 1,000,000 baud" in refusal("standin://board")


def test_a_port_that_does_not_have_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: serial.Serial) -> None:
        raise ValueError("Invalid custom baud rate specified")

    monkeypatch.setattr(serial.Serial, "open", refuse)
    assert "cannot be opened as a serial port" in refusal("/dev/ttyUSB0", baud=12_345_678)


@pytest.mark.parametrize(
    ("target", "options", "says"),
    [
        ("/dev/ttyUSB0,speed=1", {}, "no option 'speed'"),
        ("/dev/ttyUSB0,baud=fast", {}, "'baud=fast' .* is no number"),
        ("/dev/ttyUSB0", {"speed": 1}, "no option 'speed'"),
        ("/dev/ttyUSB0", {"baud": 7}, "baud = 7 must be a whole number from 300"),
        ("/dev/ttyUSB0", {"latency": 0}, "latency = 0 must be seconds"),
        ("/dev/ttyUSB0", {"timeout": -1}, "timeout = -1 must be seconds"),
        ("emulator", {"baud": 9600}, "takes no options"),
    ],
)
def test_options_that_cannot_be(target: str, options: dict, says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        allspike.open(target, **options)


def test_a_rate_that_the_device_cannot_make() -> None:
    standin()
    with pytest.raises(ParameterError, match="cannot be made from a clock of 12000000 Hz"):
        allspike.open("standin://board", baud=2_700_000)


@pytest.mark.parametrize("moment", ["idle", "running"])
def test_unplugged(process: tuple[subprocess.Popen, str], moment: str) -> None:
    board, name = process
    device = allspike.open(name)
    loaded = image(PTY_CONFIG)
    loaded.neuron_params["threshold"] = -1
    device.load(loaded)
    began = time.monotonic()
    with pytest.raises(LinkError, match=f"{name} (went away|did not answer)"):
        if moment == "idle":
            board.kill()
            board.wait()
            device.status()
        else:
            for when, _ in device.stream(1_000_000):
                if when.size and when[-1] > 50 and board.poll() is None:
                    board.kill()
                    began = time.monotonic()
    assert time.monotonic() - began < SECONDS
    device.close()


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


def test_the_command_line_says_it_and_exits_with_6(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["info", "--device", "loop://"])
    assert stopped.value.code == 6
    assert capsys.readouterr().err.startswith("error: loop:// sends back")


class answering:
    """Something at the far end of a terminal device that answers what it is sent."""

    def __init__(self, far: int, answer: Callable[[bytes], bytes]) -> None:
        self._far, self._answer = far, answer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        os.set_blocking(self._far, False)
        while not self._stop.is_set():
            try:
                os.write(self._far, self._answer(os.read(self._far, 4096)))
            except BlockingIOError:
                time.sleep(0.002)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
