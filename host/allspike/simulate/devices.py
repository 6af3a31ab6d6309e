"""Opening devices by name: the emulator, boards, and those of the entry points `allspike.devices`."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from ..device.bus import Bus
from ..device.device import Device
from ..errors import DeviceError, ParameterError
from ..map.config import Config
from ..map.link_map import DEFAULT_BAUD
from ..map.presets import DEFAULT_PRESET, PRESETS, configurations, preset
from ..names import known_names, nearest

_GROUP = "allspike.devices"
_RING = 1 << 18
"""Bytes of the emulator's rings: large, so that it seldom stops for the host."""
_OPTIONS: dict[str, Callable[[str], Any]] = {"baud": int, "latency": float, "timeout": float}
"""Options of a serial line, and their types."""


def open(target: str = "emulator", config: Config | str | None = None, **options: float) -> Device:
    """Open a device.

    Parameters
    ----------
    target : str
        "emulator", or a device that an installed package adds; after a colon its argument, as in
        "emulator:core96". Or a board: its serial port ("/dev/ttyUSB0", "COM3"), its serial number, its name
        if it is known, or a URL of pyserial ("socket://host:port").
    config : Config or str, optional
        The build to emulate or simulate, or the name of a preset; boards have theirs already.
    **options
        Of a serial line: `baud` (bits a second; a board that is found at another rate is taken to it; by
        default the rate at which it is found, 1,000,000 first), `latency` (seconds that an answer may take
        beyond what the line needs, 0.1; for the terminal of a virtual board 0.5) and `timeout` (seconds of
        silence after which a board is given up, 1.5; for such a terminal 10). In `target` they follow a
        comma: "/dev/ttyUSB0,baud=3000000".

    Returns
    -------
    Device

    Raises
    ------
    DeviceError
        If there is no such device, or it does not answer.
    ParameterError
        If an option is unknown or out of range.

    Examples
    --------
    >>> with asp.open("emulator:up5k") as device:
    ...     device.config.neurons
    256
    """
    if not is_made_to_order(target):
        return _board(target, options)
    kind, _, argument = target.partition(":")
    if options:
        raise ParameterError(
            f"the device {kind} takes no options; {', '.join(options)} are for serial lines."
        )
    if kind == "emulator":
        build = argument or config or DEFAULT_PRESET
        return Device(_emulator(preset(build) if isinstance(build, str) else build))
    chosen = preset(config) if isinstance(config, str) else config
    (point,) = entry_points(group=_GROUP, name=kind)
    return Device(point.load()(argument, chosen))


def is_made_to_order(target: str) -> bool:
    """Whether it is of whatever build is asked for, emulated or simulated; a board has its own."""
    kind = target.partition(":")[0]
    return kind == "emulator" or kind in entry_points(group=_GROUP).names


def _unknown(target: str, boards: set[str]) -> str:
    """What to say of a target that is no device."""
    from ..link import discovery  # noqa: PLC0415  (as in _board)

    ports = discovery.what_there_is()
    if target.startswith(("tty", "cu.")) and Path("/dev", target).exists():
        return f"there is no device named {target!r}: its port is /dev/{target}."
    if target in PRESETS:
        return f"{target} is a preset, and no device: open emulator:{target} (--device emulator:{target})."
    if target in configurations():
        port = "name its port, such as /dev/ttyUSB0 or COM3"
        return (
            f"the board {target} is known, but not found: {target} does not show on USB as what it is: "
            f"{port}, or {discovery.without(target)}; {ports}."
        )
    known = ["emulator", *sorted(point.name for point in entry_points(group=_GROUP)), *sorted(boards)]
    likely = nearest(target, [*known, *configurations()])
    if likely is not None and likely not in known:  # a board that does not show what it is, or a preset
        return f"there is no device named {target!r}: did you mean {likely!r}? {ports[0].upper()}{ports[1:]}."
    return f"there is no device named {target!r}: {known_names(target, known)}, and serial ports; {ports}."


def _emulator(config: Config) -> Bus:
    from ..emulator.bus import EmulatorBus  # noqa: PLC0415  (Numba takes a second to import)

    return EmulatorBus(replace(config, event_ring=_RING, spike_ring=_RING, clock_hz=0))


def _board(target: str, options: dict[str, Any]) -> Device:
    from ..link import discovery  # noqa: PLC0415  (pyserial, which the emulator does not need)
    from ..link.opening import open_serial  # noqa: PLC0415

    place, *added = target.split(",")
    for option in added:
        name, _, value = option.partition("=")
        try:
            options[name] = _OPTIONS.get(name, str)(value)
        except ValueError:
            raise ParameterError(f"{option!r} in {target!r} is no number: it is NAME=NUMBER.") from None
    if unknown := options.keys() - _OPTIONS:
        raise ParameterError(
            f"a serial line has no option {min(unknown)!r}; it has {', '.join(_OPTIONS)}, as in "
            f"{place},baud={DEFAULT_BAUD}."
        )
    if not discovery.is_port(place):
        boards = discovery.known_boards()
        found = discovery.find_port(place, boards)
        if found is None:
            raise DeviceError(_unknown(place, {board.name for board in boards}))
        place = found
    bus = open_serial(place, **options)
    try:
        return Device(bus)
    except BaseException:
        bus.close()
        raise
