"""A board is found by its name or its serial number, and named when several are there."""

from typing import Any

import pytest
from serial.tools.list_ports_common import ListPortInfo

import allspike
from allspike.errors import DeviceError, LinkError
from allspike.link import discovery
from allspike.link.discovery import UsbBoard, find_port, is_port

BOARDS = [
    UsbBoard("icy", 0x0403, 0x6010, "icy board"),
    UsbBoard("first", 0x0403, 0x6010, "other", channel=0),
    UsbBoard("plain", 0x1234, 0x0001),
]


def port(device: str, vid: int | None = None, pid: int = 0, **more: Any) -> ListPortInfo:
    info = ListPortInfo(device)
    info.vid, info.pid = vid, pid if vid else None
    for name, value in more.items():
        setattr(info, name, value)
    return info


def dual(product: str, serial: str | None, *names: str, location: str = "1-1") -> list[ListPortInfo]:
    """The two ports of an adapter with two channels."""
    return [
        port(name, 0x0403, 0x6010, product=product, serial_number=serial, location=f"{location}:1.{k}")
        for k, name in enumerate(names)
    ]


OTHERS = [port("/dev/ttyS0"), port("/dev/ttyUSB9", 0x0403, 0x6001, product="adapter", serial_number="A1")]


def test_a_board_is_found_by_its_name_on_its_channel() -> None:
    icy = dual("Icy Board v1", "S1", "/dev/ttyUSB10", "/dev/ttyUSB2")
    assert find_port("icy", BOARDS, [*OTHERS, *icy]) == "/dev/ttyUSB10"  # the last in natural order
    other = dual("other", "S2", "COM7", "COM12")
    assert find_port("first", BOARDS, [*icy, *other]) == "COM7"
    assert find_port("plain", BOARDS, [*icy, port("COM3", 0x1234, 1)]) == "COM3"


@pytest.mark.parametrize("said", ["S2", "s2"])
def test_a_board_is_found_by_its_serial_number(said: str) -> None:
    ports = [*dual("icy board", "S1", "/a1", "/a2"), *dual("icy board", "S2", "/b1", "/b2", location="1-2")]
    assert find_port(said, BOARDS, ports) == "/b2"
    assert find_port("A1", BOARDS, OTHERS) == "/dev/ttyUSB9"  # of no board that is known
    assert find_port("S3", BOARDS, dual("other", "S3", "/c1", "/c2")) == "/c1"


def test_one_of_several_boards_has_to_be_named() -> None:
    ports = [*dual("icy board", "S1", "/a1", "/a2"), *dual("icy board", None, "/b1", "/b2", location="1-2")]
    with pytest.raises(LinkError, match=r"2 boards icy are connected: name one .*: 1-2, S1\."):
        find_port("icy", BOARDS, ports)


def test_a_board_that_is_not_there() -> None:
    with pytest.raises(LinkError, match=r"no icy is connected: plug it in.*the ports are /dev/ttyS0"):
        find_port("icy", BOARDS, OTHERS)
    with pytest.raises(LinkError, match="this machine has no serial ports"):
        find_port("icy", BOARDS, [])


def test_what_is_neither_is_no_board() -> None:
    assert find_port("toaster", BOARDS, OTHERS) is None
    assert find_port("none", BOARDS, []) is None


@pytest.mark.parametrize("target", ["/dev/ttyUSB0", "COM3", "com12", "socket://x:1", "loop://"])
def test_ports_and_urls_are_taken_as_they_are(target: str) -> None:
    assert is_port(target)
    assert not is_port("icy")


def test_packages_make_their_boards_known(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        @staticmethod
        def load() -> list[UsbBoard]:
            return BOARDS

    monkeypatch.setattr(
        discovery, "entry_points", lambda group: [Point()] if group == "allspike.boards" else []
    )
    monkeypatch.setattr(discovery.list_ports, "comports", lambda: dual("icy board", "S1", "/no/1", "/no/2"))
    assert discovery.known_boards() == BOARDS
    with pytest.raises(LinkError, match="there is no port /no/2"):
        allspike.open("icy")
    with pytest.raises(DeviceError, match=r"there are: emulator.*first, icy, plain, and serial ports"):
        allspike.open("toaster")


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (
            "upduino3",
            r"upduino3 is known, but not found: .*--config upduino3\); the ports are /dev/ttyS0",
        ),
        ("icebreaker", r"no icebreaker is connected.*--config icebreaker\); the ports are /dev/ttyS0"),
        ("core96", r"core96 is a preset, and no device: open emulator:core96"),
        ("emulater", r"no device named 'emulater': did you mean 'emulator'\? There are: emulator, rtl"),
        ("upduino", r"no device named 'upduino': did you mean 'upduino3'\? The ports are /dev/ttyS0"),
        ("toaster", r"no device named 'toaster': there are: emulator, .* the ports are /dev/ttyS0"),
    ],
)
def test_a_device_that_is_not_there_is_told_with_what_is(
    target: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery.list_ports, "comports", lambda: [port("/dev/ttyS0")])
    with pytest.raises(DeviceError, match=says):
        allspike.open(target)
