"""The emulator as a device: READ and WRITE on the memory map, computed in this process."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from ..aliases import NDArray
from ..device.bus import Bus
from ..device.observing import Observation
from ..device.patch import Patch, whole
from ..device.tap import Rings, Tap
from ..errors import DeviceError
from ..map import device_map as dm
from ..map.config import Config
from . import core as layout
from . import storage
from .kept import Cut
from .kernel import kernels_of

_OFFSET = 0xFFFFFFFF
_COUNTERS = {
    "firings": layout.N_FIRINGS,
    "events": layout.N_EVENTS,
    "poisson": layout.N_POISSON,
    "rows": layout.N_ROWS,
    "columns": layout.N_COLUMNS,
    "updates": layout.N_UPDATES,
    "late_events": layout.N_LATE,
}


def _bytes_of(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1).view(np.uint8)


def _spliced(values: np.ndarray, base: int, patches: Sequence[Patch]) -> np.ndarray:
    """A copy of `values`, whose first byte is at address `base`, with patches."""
    copy = np.ascontiguousarray(values).copy()
    for patch in patches:
        patch.apply(_bytes_of(copy), base)
    return copy


_KNOWN = ("_regions", "_cut", "_kernels")
"""What `EmulatorBus` knows by its configuration."""


class EmulatorBus(Bus):
    """A core of a given build; a write that lets it run returns when it can run no further.

    Parameters
    ----------
    config : Config
        The build to emulate. `pace` has no effect: an emulator has no clock.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._core = storage.make_core(config)
        self._records = {
            region.name: np.zeros(region.shape(config), region.dtype(config))
            for region in (dm.CONTROL, dm.LEARNING, dm.INPUT_PARAMS)
        }
        self._know()
        self._identity = dm.encode_identity(config, "emulator")
        storage.store_params(self._core, config, np.zeros(config.neurons, dm.NEURON_PARAMS.dtype(config)))
        storage.reset(self._core, 0)

    def _know(self) -> None:
        """What follows from the configuration alone."""
        config = self.config
        self._regions = {r.base >> dm.OFFSET_BITS: (r, r.size(config)) for r in dm.REGIONS}
        self._cut = {
            region.name: Cut(record, config)
            for region in dm.REGIONS
            if region.writable and (record := region.layout(config)) is not None
        }
        self._kernels = kernels_of(config.model)

    def __getstate__(self) -> dict[str, Any]:
        # Of a core many arrays are views of others, which copies of each would not be; and a region of the
        # map is known by being it.
        kept = {name: value for name, value in vars(self).items() if name not in _KNOWN}
        return kept | {"_core": storage.arrays(self._core)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._know()
        self._core = storage.make_core(self.config)
        for mine, theirs in zip(storage.arrays(self._core), state["_core"], strict=True):
            if mine.shape == theirs.shape:  # not what a run records: a copy is no run
                mine[...] = theirs

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes from `address`, all in one region."""
        region, start = self._locate(address, size)
        if region is dm.WEIGHTS or region is dm.PLASTIC:
            first, last, skip = self._row_span(region, start, size)
            return self._synapse_rows(region, first, last).tobytes()[skip : skip + size]
        return _bytes_of(self._contents(region))[start : start + size].tobytes()

    def write(self, address: int, data: bytes) -> None:
        """Write `data` from `address` on, all in one region."""
        if data:
            self._write([whole(address, data)])

    def patch(self, patches: Sequence[Patch]) -> None:
        """As in `Bus`; those of one region at once."""
        for _, near in groupby(patches, lambda patch: self._locate(patch.start, 1)[0].name):
            self._write(list(near))

    def _write(self, patches: Sequence[Patch]) -> None:
        """Write patches of one region."""
        first = min(patch.start for patch in patches)
        region, _ = self._locate(first, max(patch.stop for patch in patches) - first)
        if not region.writable:
            raise DeviceError(f"region {region.name} at 0x{first:08X} is read only: write to another.")
        if region is dm.CONTROL:
            for patch in patches:
                self._write_control(patch)
        elif region is dm.WEIGHTS or region is dm.PLASTIC:
            self._write_synapses(region, patches)
        elif region is dm.EVENT_RING:
            for patch in patches:
                patch.apply(_bytes_of(self._core.events), region.base)
        else:
            self._store(region, _spliced(self._contents(region), region.base, patches))

    def observe(self, asked: Observation | None) -> bool:
        """As in `Bus`: the kernel does it, at full speed."""
        self._core = storage.observed(self._core, asked)
        return True

    def hidden(self) -> dict[str, NDArray]:
        """As in `Bus`."""
        return storage.hidden(self._core)

    def restore(self, step: int, hidden: Mapping[str, NDArray]) -> bool:
        """As in `Bus`."""
        return storage.restore(self._core, step, hidden)

    def close(self) -> None:
        """Nothing to release."""

    def store(self, parts: Sequence[tuple[int, bytes]], held: Sequence[bytes] | None = None) -> list[bool]:
        """As in `Bus`; what was loaded can then run at once."""
        right = super().store(parts, held)
        self._run()
        return right

    def tap(self, config: Config, rings: Rings) -> Tap:
        """As in `Bus`; a kernel that has to be compiled is, before anything is timed."""
        self._run()
        return super().tap(config, rings)

    def warm_up(self) -> None:
        """Have all kernels compiled: for what has to answer at once, whatever it is asked."""
        self._kernels.warm_up(storage.make_core(self.config), self._settings())

    def _run(self) -> None:
        """Run as far as can be; the kernel is compiled even if that is nowhere."""
        self._kernels.run(self._core, self._settings())

    def _settings(self) -> layout.Settings:
        control, learning = self._records["control"][0], self._records["learning"][0]
        return storage.settings_of(self.config, control, learning, self._core)

    def _locate(self, address: int, size: int) -> tuple[dm.Region, int]:
        top, start = divmod(address, 1 << dm.OFFSET_BITS)
        if (found := self._regions.get(top)) and start + size <= found[1]:
            return found[0], start
        raise DeviceError(
            f"{size} bytes at 0x{address:08X} lie outside the regions of this device: see the memory map."
        )

    def _contents(self, region: dm.Region) -> np.ndarray:
        core = self._core
        if region is dm.IDENTITY:
            return self._identity
        if region is dm.STATUS:
            return self._status()
        if region is dm.COUNTERS:
            return self._counters()
        if region is dm.NEURON_PARAMS:
            return storage.params_records(core, self.config)
        if region is dm.NEURON_STATE:
            return storage.state_records(core, self.config)
        if region is dm.TRACES:
            return core.x.astype(region.dtype(self.config))
        if region is dm.EVENT_RING:
            return core.events
        if region is dm.SPIKE_RING:
            return core.spikes
        return self._records[region.name]

    def _store(self, region: dm.Region, values: np.ndarray) -> None:
        core, config = self._core, self.config
        if region.name in self._cut:
            self._cut[region.name](values)
        if region is dm.NEURON_STATE:
            storage.store_state(core, config, values)
        elif region is dm.NEURON_PARAMS:
            storage.store_params(core, config, values)
        elif region is dm.TRACES:
            storage.store_traces(core, config, values)
        else:
            if region is dm.INPUT_PARAMS:
                storage.store_inputs(core, config, values)
            else:
                storage.normalise_learning(values, config)
            self._records[region.name] = values

    def _row_span(self, region: dm.Region, start: int, size: int) -> tuple[int, int, int]:
        pitch = region.shape(self.config)[1]
        first = start // pitch
        return first, -(-(start + size) // pitch), start - first * pitch

    def _synapse_rows(self, region: dm.Region, first: int, last: int) -> np.ndarray:
        if region is dm.WEIGHTS:
            return np.ascontiguousarray(self._core.weights[first:last, : self.config.neurons])
        return storage.plastic_bytes(self._core, self.config, first, last)

    def _write_synapses(self, region: dm.Region, patches: Sequence[Patch]) -> None:
        first = min(patch.start for patch in patches)
        size = max(patch.stop for patch in patches) - first
        first, last, _ = self._row_span(region, first - region.base, size)
        pitch = region.shape(self.config)[1]
        rows = _spliced(self._synapse_rows(region, first, last), region.base + first * pitch, patches)
        if region is dm.WEIGHTS:
            storage.store_weights(self._core, self.config, rows, first)
        else:
            storage.store_plastic(self._core, self.config, rows, first)

    def _write_control(self, patch: Patch) -> None:
        reg = self._core.reg
        old = self._records["control"]
        new = _spliced(old, dm.CONTROL.base, [patch])
        if new["epoch"] != old["epoch"]:
            storage.reset(self._core, int(new["seed"][0]))
            fresh = old.copy()
            fresh["run_until"] = fresh["event_head"] = fresh["spike_ack"] = 0
            new = _spliced(fresh, dm.CONTROL.base, [patch])
        self._cut["control"](new)
        head, ack = int(new["event_head"][0]), int(new["spike_ack"][0])
        # Offsets that cannot be true, or are older than what is known, are ignored: more events than the ring
        # holds or fewer than before, spikes not yet made or acknowledged already.
        valid, tail = int(reg[layout.EVENT_HEAD]), int(reg[layout.EVENT_TAIL])
        if (head - valid) & _OFFSET <= self.config.event_ring - ((valid - tail) & _OFFSET) and not head & 1:
            reg[layout.EVENT_HEAD] = head
        made = int(reg[layout.SPIKE_HEAD])
        if (made - ack) & _OFFSET <= (made - int(reg[layout.SPIKE_ACK])) & _OFFSET and not ack & 1:
            reg[layout.SPIKE_ACK] = ack
        new["event_head"], new["spike_ack"] = reg[layout.EVENT_HEAD], reg[layout.SPIKE_ACK]
        self._records["control"] = new
        reg[layout.RUN_UNTIL] = int(new["run_until"][0])
        if reg[layout.STEP] < reg[layout.RUN_UNTIL] or reg[layout.PENDING]:
            self._run()

    def _status(self) -> np.ndarray:
        reg = self._core.reg
        record = np.zeros(1, dm.STATUS.record.dtype)
        state = dm.State(0)
        if reg[layout.STEP] < reg[layout.RUN_UNTIL] or reg[layout.PENDING]:
            state |= dm.State.RUNNING
        if reg[layout.PENDING]:
            state |= dm.State.STALLED
        record["epoch"] = self._records["control"]["epoch"]
        record["state"] = state
        record["step"] = reg[layout.STEP]
        record["marker"] = reg[layout.MARKER]
        record["event_tail"] = reg[layout.EVENT_TAIL]
        record["spike_head"] = reg[layout.SPIKE_HEAD]
        return record

    def _counters(self) -> np.ndarray:
        record = np.zeros(1, dm.COUNTERS.record.dtype)
        for name, index in _COUNTERS.items():
            record[name] = self._core.reg[index]
        return record
