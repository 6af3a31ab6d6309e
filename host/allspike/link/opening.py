"""Opening a serial port, and the device on it."""

import errno
import stat
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import serial

from ..checks import checked_count, checked_number
from ..errors import AllspikeError, LinkError
from ..map import device_map as dm
from ..map.link_map import DEFAULT_BAUD
from . import terminals
from .bus import LinkBus
from .discovery import what_there_is
from .finding import find
from .link import LATENCY, TIMEOUT, Link
from .port import POLL

_URLS = "allspike.serial_urls"
"""Entry points, each a package in which pyserial looks for handlers of URLs: simulated boards."""
_WRITE_SECONDS = 1.0


def open_serial(
    url: str, baud: int | None = None, latency: float | None = None, timeout: float | None = None
) -> LinkBus:
    """The device on a port.

    Parameters
    ----------
    url : str
        A port ("/dev/ttyUSB0", "COM3") or any URL of pyserial ("socket://host:port").
    baud : int, optional
        Bits a second, 300 to 20,000,000; a device that is found at another rate is taken to it. By default
        the rate at which it is found, 1,000,000 first; of a pseudo-terminal the one that it is set to.
    latency : float, optional
        Seconds, 0.001 to 60, that an answer may take beyond what line and device need; by default 0.1, and
        0.5 for a pseudo-terminal that tells a rate, for then a virtual board is behind it.
    timeout : float, optional
        Seconds, 0.01 to 3600, without any answer after which the device is given up; by default 1.5, and 10
        for such a pseudo-terminal.

    Raises
    ------
    LinkError
        If the port cannot be opened, or no device answers.
    DeviceError
        If it is one that this software does not know.
    ParameterError
        If an option is out of range, or the device cannot make the rate.
    """
    if baud is not None:
        baud = checked_count("baud", baud, 300, 20_000_000)
    told = terminals.told_rate(url) if terminals.is_pseudo(url) else None
    if latency is None:
        latency = LATENCY if told is None else terminals.PATIENCE
    if timeout is None:
        timeout = TIMEOUT if told is None else terminals.TIMEOUT
    latency = checked_number("latency", latency, 1e-3, 60, "seconds from 0.001 to 60")
    timeout = checked_number("timeout", timeout, 0.01, 3600, "seconds from 0.01 to 3600")
    first = baud or told or DEFAULT_BAUD
    link = Link(open_port(url, first), url, latency, timeout=latency)
    try:
        find(link, first)
        link.timeout = timeout
        bus = LinkBus(link)
        if baud is not None and link.baud != baud:
            identity = bus.read(dm.IDENTITY.base, dm.IDENTITY.record.size)
            bus.set_rate(baud, int(np.frombuffer(identity, dm.IDENTITY.record.dtype)["clock_hz"][0]))
    except BaseException:
        link.close()
        raise
    return bus


def open_port(url: str, baud: int) -> serial.SerialBase:
    """An open port, 8 bits, no parity, one stop bit, no flow control, and nobody else's.

    Raises
    ------
    LinkError
        If it is absent, busy, not permitted, or no port.
    """
    for package in (point.value for point in entry_points(group=_URLS)):
        if package not in serial.protocol_handler_packages:
            serial.protocol_handler_packages.append(package)
    try:
        port = serial.serial_for_url(url, do_not_open=True, timeout=POLL, write_timeout=_WRITE_SECONDS)
        port.baudrate = baud
        if "://" not in url:
            port.exclusive = True
        port.open()
    except (OSError, serial.SerialException, ValueError, AttributeError) as error:
        if isinstance(error.__cause__, AllspikeError):  # a virtual board's, which says it better
            raise error.__cause__ from None
        raise LinkError(_why_not(url, error)) from None
    with suppress(AttributeError, NotImplementedError, OSError, ValueError):
        port.set_low_latency_mode(True)  # else some adapters hold answers back for 16 ms
    return port


def _group_of(path: str) -> str:
    """The group that may use a device, if there is one that users join."""
    try:
        found = Path(path).stat()
        group = Path(path).group()
    except (OSError, KeyError, NotImplementedError):
        return ""
    return group if found.st_gid and found.st_mode & stat.S_IWGRP else ""


def _why_not(url: str, error: Exception) -> str:
    number = getattr(error, "errno", None)
    text = str(error)
    if isinstance(error, ValueError) and "://" in url:
        return f"{url} is no URL that pyserial knows ({text}): use a port, or one such as socket://host:port."
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO) or "FileNotFoundError" in text:
        return f"there is no port {url}: plug the board in, or name another; {what_there_is()}."
    if number in (errno.EAGAIN, errno.EBUSY):
        return f"{url} is busy: close the program that uses it, such as a terminal or another run."
    if number == errno.EACCES and url.startswith("/"):
        group = _group_of(url)
        join = "join the group that owns it (often dialout or uucp)"
        if group:
            join = f"join the group {group} that owns it (sudo usermod -aG {group} $USER)"
        return f"you have no permission to use {url}: {join} and log in again, or add a udev rule."
    if number == errno.EACCES or "PermissionError" in text:
        return f"{url} is busy, or you have no permission to use it: close the program that uses it."
    if "://" in url:
        return f"{url} cannot be reached ({text}): check the address, and that something listens there."
    if number == errno.EISDIR or str(errno.ENOTTY) in text:
        return f"{url} is no serial port: name one; {what_there_is()}."
    return f"{url} cannot be opened as a serial port ({text}): check the name of the port and its rate."
