"""What can be done to a device and be done again: a write, a run, a reset; and as plain arrays."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..aliases import NDArray
from ..map import ring_words
from .patch import Patch

if TYPE_CHECKING:
    from .device import Device

_WRITE, _RUN, _RESET = range(3)
_COLUMNS = 6


@dataclass(frozen=True)
class Write:
    """A write to the map."""

    patch: Patch

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.patch.data) + self.patch.addresses.nbytes

    def repeat(self, device: "Device", progress: Callable[[int], None]) -> None:
        """On this device."""
        device.put([self.patch])


@dataclass
class Run:
    """A run, with its events as they were sent; its length is known when it has ended."""

    start: int
    words: NDArray[np.uint16]
    last: int
    """Step of the marker before the words."""
    changes: NDArray[np.int64]
    """[3, changes]: steps from the start of the run, neurons, biases."""
    steps: int | None = None

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.words.nbytes + self.changes.nbytes

    def repeat(self, device: "Device", progress: Callable[[int], None]) -> None:
        """On this device."""
        assert self.steps is not None
        when, who, _ = ring_words.decode(self.words, self.last)
        sent = when < self.start + self.steps
        events = (when[sent] - self.start, who[sent])
        made = self.changes[:, self.changes[0] < self.steps]
        told = lambda done, _: progress(done)  # noqa: E731
        device.run_observed(self.steps, events, drive=(made[0], made[1], made[2]), progress=told)


@dataclass(frozen=True)
class Reset:
    """A reset; None: with the seed before."""

    seed: int | None
    size = 0

    def repeat(self, device: "Device", progress: Callable[[int], None]) -> None:
        """On this device."""
        device.reset(self.seed)


Act = Write | Run | Reset


def to_arrays(acts: Sequence[Act]) -> dict[str, np.ndarray]:
    """Acts, of which runs have ended, as plain arrays.

    `entries` has a row an act: its kind, and of a write the first address, the bytes in `writes` and the size
    of a piece (0: one piece; else the addresses of all are in `writes`, before the data); of a run the first
    step, the steps, the step of the last marker, and its words in `events` and columns in `changes`; of a
    reset the seed or -1.
    """
    rows: list[tuple[int, ...]] = []
    written = b""
    for act in acts:
        if isinstance(act, Write):
            patch = act.patch
            data = patch.data if len(patch) == 1 else patch.addresses.astype("<i8").tobytes() + patch.data
            rows.append((_WRITE, patch.start, len(data), 0 if len(patch) == 1 else patch.size, 0, 0))
            written += data
        elif isinstance(act, Run):
            assert act.steps is not None
            rows.append((_RUN, act.start, act.steps, act.last, act.words.size, act.changes.shape[1]))
        else:
            rows.append((_RESET, -1 if act.seed is None else act.seed, 0, 0, 0, 0))
    runs = [act for act in acts if isinstance(act, Run)]
    return {
        "entries": np.array(rows, np.int64).reshape(-1, _COLUMNS),
        "writes": np.frombuffer(written, np.uint8),
        "events": np.concatenate([np.zeros(0, np.uint16), *(run.words for run in runs)]),
        "changes": np.concatenate([np.zeros((3, 0), np.int64), *(run.changes for run in runs)], axis=1),
    }


def of_arrays(arrays: Mapping[str, np.ndarray]) -> Iterator[Act]:
    """The acts that `arrays` hold.

    Raises
    ------
    ValueError
        If they are none.
    """
    rows, writes, events, changes = (arrays[name] for name in ("entries", "writes", "events", "changes"))
    kinds = [rows.dtype, writes.dtype, events.dtype, changes.dtype]
    if (
        kinds != [np.int64, np.uint8, np.uint16, np.int64]
        or rows.shape[1:] != (_COLUMNS,)
        or len(changes) != 3
    ):
        raise ValueError("its journal has another form")
    if (rows[:, 2] < 0).any():
        raise ValueError("its journal has a length below 0")
    data, place, words, made = writes.tobytes(), 0, 0, 0
    for kind, one, two, three, four, five in rows.tolist():
        if kind == _WRITE:
            yield Write(_patch(one, data[place : place + two], three))
            place += two
        elif kind == _RUN:
            yield Run(one, events[words : words + four], three, changes[:, made : made + five], two)
            words, made = words + four, made + five
        elif kind == _RESET:
            yield Reset(None if one < 0 else one)
        else:
            raise ValueError(f"its journal has an entry of kind {kind}")
    if (place, words, made) != (writes.size, events.size, changes.shape[1]):
        raise ValueError("its journal has lost entries")


def _patch(address: int, data: bytes, size: int) -> Patch:
    count = len(data) // (8 + size) if size else 0
    addresses = np.frombuffer(data[: 8 * count], "<i8").astype(np.int64) if size else np.array([address])
    data = data[8 * count :]
    if size < 0 or not data or len(data) != (size or len(data)) * len(addresses):
        raise ValueError("its journal has a write of another size")
    if (np.diff(addresses) < len(data) // len(addresses)).any():
        raise ValueError("its journal has a write that overlaps itself")
    return Patch(addresses, len(data) // len(addresses), data)
