"""Opening devices by name: the emulator here, others through the entry points `allspike.devices`."""

import sys
import time
from dataclasses import replace
from importlib.metadata import entry_points

from .config import DEFAULT_PRESET, Config, preset
from .device import Bus, Device
from .errors import DeviceError

_GROUP = "allspike.devices"
_RING = 1 << 18
"""Bytes of the emulator's rings: large, so that it seldom stops for the host."""
_SLOW_START = 1.0
"""Seconds of compiling from which on it is told."""


def open(target: str = "emulator", config: Config | str | None = None) -> Device:
    """Open a device.

    Parameters
    ----------
    target : str
        "emulator", or a device that an installed package adds; after a colon its argument, as in
        "emulator:core96".
    config : Config or str, optional
        The build to emulate or simulate, or the name of a preset; boards have theirs already.

    Returns
    -------
    Device

    Raises
    ------
    DeviceError
        If there is no such device.
    """
    kind, _, argument = target.partition(":")
    if kind == "emulator":
        build = argument or config or DEFAULT_PRESET
        return Device(_emulator(preset(build) if isinstance(build, str) else build))
    added = {point.name: point for point in entry_points(group=_GROUP)}
    if kind not in added:
        known = ", ".join(["emulator", *sorted(added)])
        raise DeviceError(f"there is no device named {target!r}; there are: {known}.")
    chosen = preset(config) if isinstance(config, str) else config
    return Device(added[kind].load()(argument, chosen))


def _emulator(config: Config) -> Bus:
    began = time.perf_counter()
    from .emulator.bus import EmulatorBus  # noqa: PLC0415  (Numba takes a second to import)

    bus = EmulatorBus(replace(config, event_ring=_RING, spike_ring=_RING, clock_hz=0))
    compiled = bus.warm_up()
    if compiled and time.perf_counter() - began > _SLOW_START:
        spent = time.perf_counter() - began
        print(f"allspike: compiled the emulator in {spent:.0f} s; it is cached from now on.", file=sys.stderr)
    return bus
