"""A device as what is loaded and reset."""

from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

import numpy as np

from ..aliases import NDArray
from ..checks import checked_count
from ..errors import DeviceError
from ..image.image import Image
from ..map import device_map as dm
from ..seeds import register_of
from .bus import Bus
from .journal import Journal
from .mapped import MappedDevice
from .running import Rings

_EPOCHS = 1 << 32


class LoadedDevice(MappedDevice):
    """Loading an image, and beginning anew; `Device` documents it."""

    loads: int
    """How often it was loaded: whoever loaded it knows by that whether it is still theirs."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        self.loads = 0
        self.reset()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the device."""
        try:
            self.keep_weights()
        finally:
            self.bus.close()

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
        self.keep_weights()
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
        self._look_before_reset()
        self.bus.write(dm.CONTROL.base, reset)
        self._rings = rings
        if self.journal is not None:
            self.journal.was_reset(seed)

    def _look_before_reset(self) -> None:
        """Where the weights are known, a reset begins a new history.

        Over a line they are fetched once doing again what there is takes longer than that.
        """
        journal = self.journal
        if journal is None or journal.weights_known:
            return
        near = self.traffic is None
        if near or journal.lost is not None or journal.length >= dm.WEIGHTS.size(self.config):
            with suppress(DeviceError):
                self.weights_now().look()

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
