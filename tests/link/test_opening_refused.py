"""Every trouble that a user meets on the way to a board: a sentence within two seconds."""

import errno
import os
import subprocess
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial

import allspike
from allspike.cli import main
from allspike.errors import DeviceError, LinkError, ParameterError
from allspike.link import discovery, opening
from allspike.link.frames import END, stuff
from allspike.link.link import Link
from allspike.link.port import POLL
from tests.host.test_device import image

from .pty_board import CONFIG as PTY_CONFIG
from .standins import answering, standin

pytestmark = pytest.mark.usefixtures("urls")

SECONDS = 2.0


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """The far end of a terminal device, and its name."""
    far, near = os.openpty()
    tty.setraw(near)
    yield far, os.ttyname(near)
    for end in (far, near):
        os.close(end)


def refusal(target: str, **options: float) -> str:
    """The sentence that opening it ends with, in time: that is what it waits, however busy the machine is."""
    waited, begun = 0, []
    begin, take = Link.__init__, Link._take

    def noted_begin(link: Link, *args: Any, **kwargs: Any) -> None:
        begun.append(link)
        begin(link, *args, **kwargs)

    def noted_take(link: Link, data: bytes) -> None:
        nonlocal waited
        waited += link in begun and not data  # those of other tests may still be listening
        take(link, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Link, "__init__", noted_begin)
        patch.setattr(Link, "_take", noted_take)
        with pytest.raises(DeviceError) as refused:
            allspike.open(target, **options)
    assert waited * POLL < SECONDS
    text = str(refused.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


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


@pytest.mark.parametrize("content", [b"\xff" * 17, b"\1"])
def test_something_else_that_speaks_in_frames_is_no_echo(terminal: tuple[int, str], content: bytes) -> None:
    with answering(terminal[0], lambda data: END + stuff(content) + END):
        assert "answers, but not understandably" in refusal(terminal[1])


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
    with pytest.raises(LinkError, match=f"{name} (went away|did not answer)"):
        if moment == "idle":
            board.kill()
            board.wait()
            device.status()
        else:
            for when, _ in device.stream(1_000_000):
                if when.size and when[-1] > 50 and board.poll() is None:
                    board.kill()
    device.close()


def test_the_command_line_says_it_and_exits_with_6(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["info", "--device", "loop://"])
    assert stopped.value.code == 6
    assert capsys.readouterr().err.startswith("error: loop:// sends back")
