"""Which port a board is on: by its name, its serial number, or the port itself."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from ..errors import LinkError

_GROUP = "allspike.boards"
"""Entry points, each a sequence of `UsbBoard`, under which packages make their boards known."""


@dataclass(frozen=True)
class UsbBoard:
    """How a board shows on USB."""

    name: str
    vid: int
    pid: int
    product: str = ""
    """Text that the product's description holds; empty: any."""
    channel: int = -1
    """Which of the ports that it brings, in the order of their names, is its serial line."""

    def matches(self, port: ListPortInfo) -> bool:
        """Whether a port may belong to such a board."""
        said = f"{port.product or ''} {port.description or ''}".lower()
        return (port.vid, port.pid) == (self.vid, self.pid) and self.product.lower() in said


def known_boards() -> list[UsbBoard]:
    """The boards that installed packages tell of."""
    return [board for point in entry_points(group=_GROUP) for board in point.load()]


def is_port(target: str) -> bool:
    """Whether `target` is a port or a URL rather than a board to look for."""
    return "://" in target or target.startswith("/") or bool(re.fullmatch(r"COM\d+", target, re.IGNORECASE))


def find_port(
    target: str, boards: Iterable[UsbBoard], ports: Sequence[ListPortInfo] | None = None
) -> str | None:
    """The port of the board that `target` names by its name or its serial number; None if it is neither.

    Raises
    ------
    LinkError
        If the board is not there, or several are.
    """
    ports = list(list_ports.comports()) if ports is None else ports
    by_serial = [
        port for port in ports if port.serial_number and port.serial_number.lower() == target.lower()
    ]
    named = [board for board in boards if board.name == target]
    if not named and not by_serial:
        return None
    if by_serial:
        channels = {board.channel for board in boards for port in by_serial if board.matches(port)}
        return _channel(by_serial, channels.pop() if len(channels) == 1 else -1)
    found = {(_unit(port), board) for board in named for port in ports if board.matches(port)}
    if not found:
        raise LinkError(
            f"no {target} is connected: plug it in, name its port, or {without(target)}; "
            f"{what_there_is(ports)}."
        )
    if len(found) > 1:
        several = ", ".join(sorted(unit for unit, _ in found))
        raise LinkError(
            f"{len(found)} boards {target} are connected: name one by its serial number or port: {several}."
        )
    ((unit, board),) = found
    return _channel([port for port in ports if _unit(port) == unit and board.matches(port)], board.channel)


def without(board: str) -> str:
    """Part of a sentence: how a board is tried that is not there."""
    return f"try it without the board, on the emulator with config {board!r} (--config {board})"


def what_there_is(ports: Iterable[ListPortInfo] | None = None) -> str:
    """The ports of this machine, or those given, for the end of a sentence."""
    found = list_ports.comports() if ports is None else ports
    seen = ", ".join(f"{port.device} ({port.description})" for port in found)
    return f"the ports are {seen}" if seen else "this machine has no serial ports"


def _unit(port: ListPortInfo) -> str:
    """What all ports of one board have in common."""
    place = (port.location or port.device).partition(":")[0]
    return port.serial_number or place


def _channel(ports: Sequence[ListPortInfo], channel: int) -> str:
    def natural(port: ListPortInfo) -> list[str | int]:
        return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", port.device)]

    ordered = sorted(ports, key=natural)
    return ordered[channel if -len(ordered) <= channel < len(ordered) else -1].device
