"""A device as something that answers: who it is, where it stands, that it stands still."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ..errors import DeviceError
from ..map import device_map as dm
from ..map.config import Config
from ..names import WithDeclared
from .bus import Bus
from .journal import Journal
from .running import Rings, settle
from .traffic import Traffic


class StandingDevice(WithDeclared):
    """What answers on a bus; `Device` documents it.

    Parameters
    ----------
    bus : Bus

    Raises
    ------
    DeviceError
        If something else answers, or a device of another map version.
    """

    bus: Bus
    config: Config
    build: str
    journal: Journal | None

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.journal = None
        record = dm.IDENTITY.record
        identity = np.frombuffer(bus.read(dm.IDENTITY.base, record.size), record.dtype)
        magic, version = int(identity["magic"][0]), int(identity["map_version"][0])
        if magic != dm.MAGIC:
            raise DeviceError(
                f"what answers is no Allspike device: it says 0x{magic:08X} instead of 0x{dm.MAGIC:08X}; "
                "check the port and the bitstream."
            )
        if version != dm.MAP_VERSION:
            raise DeviceError(
                f"the device has memory map version {version} and this software version {dm.MAP_VERSION}: "
                "rebuild the bitstream or install the release that matches it."
            )
        self.config = dm.decode_identity(identity)
        self.build = identity["build"][0].decode("ascii", "replace")
        self._rings = Rings(int(self.status()["epoch"]))
        self._under_way = False

    def __repr__(self) -> str:
        c = self.config
        return f"<Device {self.build}: {c.neurons} neurons, {c.inputs} inputs, {c.weight_bits}-bit weights>"

    def status(self) -> np.void:
        """The status record: epoch, state, step, ring offsets."""
        return self._record(dm.STATUS)

    def counters(self) -> dict[str, int]:
        """What the device counted since the reset, by name."""
        record = self._record(dm.COUNTERS)
        return {name: int(record[name]) for name in record.dtype.names or ()}

    def _record(self, region: dm.Region) -> np.void:
        return np.frombuffer(self.bus.read(region.base, region.record.size), region.record.dtype)[0]

    @property
    def step(self) -> int:
        """Steps done since the reset."""
        return int(self.status()["step"])

    @property
    def traffic(self) -> Traffic | None:
        """What went over the device's line so far; None for a device in this process."""
        return self.bus.traffic

    @property
    def stalled_seconds(self) -> float:
        """How long time stood still since the reset for want of room in the spike ring, s (by its clock)."""
        return self.counters()["clocks_stalled"] / max(self.config.clock_hz, 1)

    def rest(self) -> int:
        """The step where the device stands.

        Raises
        ------
        DeviceError
            If a run is under way, or the device was reset by somebody else.
        """
        if self._under_way:
            raise DeviceError("a run is under way: wait for its end, or stop it.")
        self._close_run()
        return self._at_rest()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A block in which no other thread runs this device: it has one time and one set of rings.

        Raises
        ------
        DeviceError
            If another thread does.
        """
        mine = threading.get_ident()
        nested = self.__dict__.get("_runner") == mine
        # One operation of the interpreter: of two threads that come at once, one finds the other's.
        if self.__dict__.setdefault("_runner", mine) != mine:
            raise DeviceError(
                "another thread is running this device: wait for it, or give each thread a device of its own."
            )
        try:
            yield
        finally:
            if not nested:
                del self._runner

    def _close_run(self) -> None:
        """Note where a run that was stopped has ended."""
        if self.journal is not None and self.journal.open is not None and not self._under_way:
            self.journal.ended(self._at_rest())

    def _at_rest(self) -> int:
        """The step where the core stands; if an interrupted run left it running, it is stopped first."""
        status = self.status()
        self._rings.check(status)
        if status["state"] & dm.State.RUNNING or status["spike_head"] != self._rings.spike_ack:
            tap = self.bus.tap(self.config, self._rings)
            for _ in settle(tap, self._rings):
                pass
            tap.close()
            status = self.status()
        return int(status["step"])
