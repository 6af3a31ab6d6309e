"""A device as what it holds: regions and names, loading, resetting, standing still.

All of it is READ and WRITE on the memory map, through a `Bus`.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_count
from ..errors import DeviceError, ParameterError
from ..image.image import Image
from ..map import device_map as dm
from ..map.config import Config
from ..names import WithDeclared
from ..seeds import register_of
from .bus import Bus
from .device_names import check_whole, named
from .journal import Journal
from .running import Rings, settle
from .traffic import Traffic

_EPOCHS = 1 << 32


class MappedDevice(WithDeclared):
    """What a device holds, and that it stands still; `Device` runs it, and documents it.

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
    loads: int
    """How often it was loaded: whoever loaded it knows by that whether it is still theirs."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.journal = None
        self.loads = 0
        identity = np.frombuffer(
            bus.read(dm.IDENTITY.base, dm.IDENTITY.record.size), dm.IDENTITY.record.dtype
        )
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
        self.reset()

    def __repr__(self) -> str:
        c = self.config
        return f"<Device {self.build}: {c.neurons} neurons, {c.inputs} inputs, {c.weight_bits}-bit weights>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the device."""
        self.bus.close()

    # Regions and names

    def read_region(self, region: dm.Region) -> np.ndarray:
        """A whole region, in its shape and type."""
        data = self.bus.read(region.base, region.size(self.config))
        values = np.frombuffer(data, region.dtype(self.config)).reshape(region.shape(self.config)).copy()
        journal = self.journal
        if region is dm.WEIGHTS and journal is not None and journal.open is None and not self._under_way:
            journal.saw_weights(values)
        return values

    def write_region(self, region: dm.Region, values: np.ndarray) -> None:
        """Write a whole region.

        Raises
        ------
        ParameterError
            If `values` has another shape or type.
        """
        dtype, shape = region.dtype(self.config), region.shape(self.config)
        if values.shape != shape or values.dtype != dtype:
            raise ParameterError(
                f"region {region.name} of this device is {dtype} {shape}, not {values.dtype} {values.shape}."
            )
        self.put(region.base, values.tobytes())

    def put(self, address: int, data: bytes) -> None:
        """Write `data` from `address` on, within one region: see the memory map."""
        self._close_run()
        try:
            self.bus.write(address, data)
        except DeviceError:
            if self.journal is not None:
                self.journal.forget("a write to it failed")
            raise
        if self.journal is not None:
            if self._under_way:
                self.journal.forget("it was written while a run was under way")
            self.journal.wrote(address, data)

    def read(self, name: str) -> np.ndarray:
        """The values called `name`: a region ("weights"), one of its fields ("neuron_state.v"), or a field by
        itself where only one region has it ("v", "threshold", "gain").

        Raises
        ------
        ParameterError
            If nothing, or more than one thing, has that name.
        """
        region, field = named(name, self.config)
        values = self.read_region(region)
        return values if field is None else values[field].copy()

    def write(self, name: str, values: ArrayLike, index: Any = slice(None)) -> None:
        """Write the values called `name`, all or those at `index`; the rest stays as it is.

        Raises
        ------
        ParameterError
            If the name is unknown or read only, or a value does not fit its field.
        """
        region, field = named(name, self.config)
        if not region.writable:
            raise ParameterError(f"{name} is read only.")
        contents = self.read_region(region)
        target = contents if field is None else contents[field]
        given = np.asarray(values)
        if target.dtype.kind in "iu":
            check_whole(name, given, target.dtype)
        try:
            target[index] = given
        except (IndexError, ValueError, TypeError, OverflowError) as error:
            raise ParameterError(f"{name} has shape {target.shape}: {error}.") from None
        wanted = target.copy()
        if field is not None and contents.size == 1:
            # A register: writing its neighbours back could undo what the device changed meanwhile.
            self.put(region.address(field), target.tobytes())
        else:
            self.write_region(region, contents)
        if region is not dm.CONTROL and not np.array_equal(held := self.read(name), wanted):
            place = tuple(np.argwhere(held != wanted)[0])
            raise ParameterError(
                f"this device does not hold {wanted[place]} as {name}, it made it {held[place]}: its build "
                "has fewer bits, or lacks the feature."
            )

    # Loading

    def load(self, image: Image) -> None:
        """Reset, write an image, and verify what the device then holds.

        Raises
        ------
        DeviceError
            If the image is for another build, or the device does not hold what was written.
        """
        misfits = image.misfits(self.config)
        if misfits:
            raise DeviceError(
                f"the image does not fit: it has {'; and '.join(misfits)}; compile the network for "
                "this device."
            )
        regions = list(image.regions())
        settings = bytes((image.weight_shift, image.control_flags))
        rings, reset = self._fresh(image.seed)
        parts = [(dm.CONTROL.base, reset), (dm.CONTROL.address("weight_shift"), settings)]
        parts += [(region.base, values.tobytes()) for region, values in regions if values.size]
        self.journal = None
        self.loads += 1
        right = self.bus.store(parts)
        self._rings = rings
        if not all(right):
            self._find_difference(regions)
        self.journal = Journal(image)

    def _find_difference(self, regions: list[tuple[dm.Region, np.ndarray]]) -> None:
        """Say where the device does not hold what it should."""
        for region, values in regions:
            held = self.read_region(region)
            if not np.array_equal(held, values):
                where = tuple(int(k) for k in np.argwhere(held != values)[0])
                raise DeviceError(
                    f"after loading, {region.name} at {where} holds {held[where]} instead of "
                    f"{values[where]}: load again, and check the line and the board."
                )

    def reset(self, seed: int | None = None) -> None:
        """State, time, rings and counters as after power-on; parameters, weights and rule stay.

        Parameters
        ----------
        seed : int, optional
            Start of the random generators, 0 to 2**32 - 1; by default the one used before. Neighbouring seeds
            give unrelated draws.
        """
        seed = None if seed is None else checked_count("seed", seed, 0, 2**32 - 1)
        rings, reset = self._fresh(seed or 0)
        if seed is None:
            reset = reset[: dm.CONTROL.record.offset("event_head")]  # the epoch alone
        self._close_run()
        self.bus.write(dm.CONTROL.base, reset)
        self._rings = rings
        if self.journal is not None:
            self.journal.was_reset(seed)

    def _fresh(self, seed: int) -> tuple[Rings, bytes]:
        """Where rings are after a reset, and the start of the control record that makes it."""
        rings = Rings((self._rings.epoch + 1) % _EPOCHS)
        record = np.zeros(1, dm.CONTROL.record.dtype)
        record["epoch"], record["seed"] = rings.epoch, register_of(seed)
        return rings, record.tobytes()[: dm.CONTROL.record.offset("pace")]

    def restore(self, step: int, hidden: Mapping[str, NDArray]) -> bool:
        """Bring a device that was just reset to a step: see `Bus.restore`; whether that can be."""
        done = self.bus.restore(step, hidden)
        if done:
            self._rings.last_event = self._rings.last_spike = step - 1
        return done

    # Where it stands

    def status(self) -> np.void:
        """The status record: epoch, state, step, ring offsets."""
        return self.read_region(dm.STATUS)[0]

    def counters(self) -> dict[str, int]:
        """What the device counted since the reset, by name."""
        record = self.read_region(dm.COUNTERS)[0]
        return {name: int(record[name]) for name in record.dtype.names}

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
