"""A device as what it holds: regions, and values by name, read and written one by one or many at once.

All of it is READ and WRITE on the memory map, through a `Bus`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..errors import DeviceError, ParameterError
from ..map import device_map as dm
from .bus import Bus
from .held import Held, Watched
from .named import Named
from .patch import Patch, patches, ranges, whole
from .standing import StandingDevice

_WEIGHTS = dm.WEIGHTS.base >> dm.OFFSET_BITS
_DIGESTED = 64
"""Bytes that follow each other from which on a digest verifies them, instead of reading them back."""


class MappedDevice(StandingDevice):
    """What a device holds; `Device` documents it."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        self._weights = Watched()

    def read_region(self, region: dm.Region) -> np.ndarray:
        """A whole region, in its shape and type."""
        data = self.bus.read(region.base, region.size(self.config))
        values = np.frombuffer(data, region.dtype(self.config)).reshape(region.shape(self.config)).copy()
        if region is dm.WEIGHTS and not self._under_way:
            self._saw_weights(values)
        return values

    def _saw_weights(self, values: NDArray[np.int8]) -> None:
        """Note what they are, if it is known that they stand still."""
        if self.journal is not None and self.journal.open is None:
            self.journal.saw_weights(values)
            if (held := self._weights.present) is not None:
                held.saw(values)

    def weights_now(self) -> Held:
        """The weights as they are now: fetched when somebody looks, or before they change.

        They change by a run that may learn, by a write to them, by loading. What has been looked at by
        nobody and is no longer referred to is not fetched.
        """
        if self._under_way:
            return Held.of(self._read_weights())
        return self._weights.now(self._read_weights)

    def keep_weights(self) -> None:
        """Fetch what `weights_now` gave and nobody looked at yet: they are about to change.

        Only to be called before something is done past this device.
        """
        self._weights.ends()

    def _read_weights(self) -> NDArray[np.int8]:
        self._rings.check(self.status())  # else it was reset by its power, and holds nothing any more
        return self.read_region(dm.WEIGHTS)

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
        self.put([whole(region.base, values.tobytes())] if values.size else [])

    def put(self, parts: Sequence[Patch]) -> None:
        """Write patches, each within one region, as they are: see the memory map."""
        if parts:
            self._change(parts, lambda: self.bus.patch(parts))

    def _change(self, parts: Sequence[Patch], write: Callable[[], Any]) -> Any:
        """Write patches in some way, with a note in the journal."""
        self._close_run()
        # While a run is under way another rule, too, changes weights.
        if self._under_way or any(part.start >> dm.OFFSET_BITS == _WEIGHTS for part in parts):
            self.keep_weights()
        try:
            done = write()
        except BaseException as error:
            if self.journal is not None:
                self.journal.forget(f"a write to it {_ended(error)}")
            raise
        if self.journal is not None:
            if self._under_way:
                self.journal.forget("it was written while a run was under way")
            for part in parts:
                self.journal.wrote(part)
        return done

    def read(self, name: str, index: Any = slice(None)) -> np.ndarray:
        """The values called `name`, all or those at `index`: those alone go over a line.

        Parameters
        ----------
        name : str
            A region ("weights"), one of its fields ("neuron_state.v"), or a field by itself where only one
            region has it ("v", "threshold", "gain").
        index : optional
            What NumPy takes: a neuron, a slice, (axons, neurons), a mask. Values that lie near each other
            travel together, with the few bytes between them.

        Raises
        ------
        ParameterError
            If nothing, or more than one thing, has that name, or there are no such values.

        Examples
        --------
        >>> device = asp.open("emulator")
        >>> device.write("v", -7, index=5)
        >>> int(device.read("v", 5))
        -7
        """
        named = Named.of(name, self.config)
        items = named.items(index)
        if named.field is None and 2 * items.size > np.prod(named.shape):
            return self.read_region(named.region)[index]
        places, where = np.unique(items, return_inverse=True)
        return self._read_some(named, places)[where.reshape(items.shape)]

    def _read_some(self, named: Named, items: np.ndarray) -> np.ndarray:
        """Values of ascending numbers."""
        addresses, size = named.addresses(items), named.dtype.itemsize
        parts = ranges(addresses, size)
        data = np.frombuffer(b"".join(self.bus.gather(parts)), np.uint8)
        firsts = np.array([address for address, _ in parts], np.int64)
        # What is between two ranges is not in the data.
        before = np.cumsum([0, *(length for _, length in parts)])
        which = np.searchsorted(firsts, addresses, "right") - 1
        places = before[which] + addresses - firsts[which] if parts else addresses
        return data[places[:, None] + np.arange(size)].view(named.dtype).ravel()

    def write(self, name: str, values: ArrayLike, index: Any = slice(None)) -> None:
        """Write the values called `name`, all or those at `index`: their bytes alone, so the rest stays.

        When this returns the device holds what was asked for: values were read back, or, where many bytes
        follow each other, their CRC was compared. What cannot be held is refused only then; the device keeps
        what it made of it. `control` is not read back: it acts.

        Parameters
        ----------
        name, index
            As in `read`.
        values : array
            Whole numbers, in the shape of what `index` means, or one for all.

        Raises
        ------
        ParameterError
            If the name is unknown or read only, or a value does not fit its field.
        DeviceError
            If the line fails. Each value is then the old or the new one; of several, some may be new. The
            same after Ctrl-C: write them again.
        """
        target = self._target(name, values, index)
        if target.named.region is dm.CONTROL:
            self.put(target.patches)
        elif not self._holds(target.patches):
            self._check_held(target)

    def put_values(self, name: str, values: ArrayLike, index: Any = slice(None)) -> None:
        """As `write`, but what the device then holds is not looked at: for values that are known to fit."""
        self.put(self._target(name, values, index).patches)

    def _target(self, name: str, values: ArrayLike, index: Any) -> "_Target":
        named = Named.of(name, self.config)
        if not named.region.writable:
            raise ParameterError(f"{name} is read only.")
        items = named.items(index)
        wanted = named.values(values, items.shape).ravel()
        # Of several for one place the last counts.
        items, last = np.unique(items.ravel()[::-1], return_index=True)
        return _Target(named, items, wanted[::-1][last])

    def _holds(self, parts: Sequence[Patch]) -> bool:
        """Write patches; whether a digest has shown that the device holds them, or there are none."""
        if any(len(part) > 1 or part.size < _DIGESTED for part in parts):
            self.put(parts)
            return False
        pieces = [piece for part in parts for piece in part]
        return not parts or all(self._change(parts, lambda: self.bus.store(pieces)))

    def _check_held(self, target: "_Target") -> None:
        held = self._read_some(target.named, target.items)
        wrong = np.flatnonzero((_bytes_of(held) != _bytes_of(target.values)).any(axis=1))
        if wrong.size:
            raise ParameterError(
                f"this device does not hold {target.values[wrong[0]]} as {target.named.name}, it made it "
                f"{held[wrong[0]]}: its build has fewer bits, or lacks the feature."
            )


@dataclass(frozen=True)
class _Target:
    """What a write is to make of which values."""

    named: Named
    items: NDArray[np.int64]
    """Their numbers, ascending."""
    values: np.ndarray

    @property
    def patches(self) -> list[Patch]:
        return patches(self.named.addresses(self.items), _bytes_of(self.values))


def _bytes_of(values: np.ndarray) -> NDArray[np.uint8]:
    """[values, bytes of each]"""
    return values.view(np.uint8).reshape(len(values), values.dtype.itemsize)


def _ended(error: BaseException) -> str:
    return "failed" if isinstance(error, DeviceError) else "was broken off"
