"""What was done to a device since it was loaded, so that it can be done again: on a device that does not give
away its generators and the spikes under way, the only exact way back to where it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..aliases import NDArray
from ..image import former_map
from ..image.image import Image
from ..map import device_map as dm
from ..map import ring_words
from .running import Progress

if TYPE_CHECKING:
    from .device import Device

LIMIT = 256 << 20
"""Bytes beyond which nothing is kept any more."""
_ENTRY = 200
"""Bytes of an entry beside its contents, about."""
_WRITE, _RUN, _RESET = range(3)
_HELD = (dm.NEURON_PARAMS, dm.INPUT_PARAMS, dm.WEIGHTS, dm.PLASTIC, dm.LEARNING)
"""What a reset leaves: an image has the same."""
_JOURNALED = (*_HELD, dm.NEURON_STATE, dm.TRACES)
_SETTINGS = {dm.CONTROL.address(name): name for name in ("weight_shift", "flags", "seed")}
"""Of the control record, what is written by name and matters to results."""


@dataclass(frozen=True)
class Write:
    """A write to the map."""

    address: int
    data: bytes

    def repeat(self, device: "Device", progress: Callable[[int], None]) -> None:
        """On this device."""
        device.put(self.address, self.data)


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

    def repeat(self, device: "Device", progress: Callable[[int], None]) -> None:
        """On this device."""
        device.reset(self.seed)


@dataclass
class Journal:
    """Where it began, and what was done from there on.

    It begins at the last load, or at the last reset before which the weights were known.
    """

    base: Image
    entries: list[Write | Run | Reset] = field(default_factory=list)
    lost: str | None = None
    """Why there are no entries, if there are none."""
    _size: int = 0
    _weights_known: bool = True
    seed: int | None = None
    """The last; None: its register was written."""

    def __post_init__(self) -> None:
        self.seed = self.base.seed
        self._now = {region.name: np.array(values, order="C") for region, values in self.base.regions()}
        # Of its own, too: whoever has the image may go on to change its arrays.
        own: dict[str, Any] = {name: values.copy() for name, values in self._now.items()}
        self.base = replace(self.base, **own)
        self._settings = {"weight_shift": self.base.weight_shift, "flags": self.base.control_flags}

    # Taking notes

    def wrote(self, address: int, data: bytes) -> None:
        """The map was written."""
        if address in _SETTINGS:
            if _SETTINGS[address] == "seed":
                self.seed = None
            else:
                self._settings[_SETTINGS[address]] = data[0]
            self._note(Write(address, data), len(data))
            return
        for region in _JOURNALED:
            start = address - region.base
            if 0 <= start < 1 << dm.OFFSET_BITS:
                self._note(Write(address, data), len(data))
                if region in _HELD:
                    held = self._now[region.name]
                    held.reshape(-1).view(np.uint8)[start : start + len(data)] = np.frombuffer(data, np.uint8)
                    self._weights_known |= region is dm.WEIGHTS and len(data) == held.nbytes

    def began(self, run: Run) -> None:
        """A run begins."""
        self._note(run, run.words.nbytes + run.changes.nbytes)
        learns = self._now["learning"]["gain"].any() and self._now["plastic"].any()
        if learns and self.base.config.plasticity:
            self._weights_known = False

    @property
    def open(self) -> Run | None:
        """The run that has not ended, or ended nobody knows where."""
        last = self.entries[-1] if self.entries else None
        return last if isinstance(last, Run) and last.steps is None else None

    def ended(self, step: int) -> None:
        """The last run ended at this step."""
        if (run := self.open) is not None:
            run.steps = step - run.start
            _, neurons, biases = run.changes[:, run.changes[0] < run.steps]
            self._now["neuron_params"]["bias"][neurons] = biases

    def saw_weights(self, weights: NDArray[np.int8]) -> None:
        """These are the weights now."""
        if not self._weights_known:
            self._now["weights"][:] = weights
            self._weights_known = True

    def holds(self, held: Mapping[str, np.ndarray]) -> None:
        """These are the regions and settings now."""
        for name, values in self._now.items():
            values[:] = held[name]
        self._settings = {name: int(held[name][0]) for name in self._settings}
        self._weights_known = True

    def was_reset(self, seed: int | None) -> None:
        """The device was reset: what came before no longer matters, if all is known that stays."""
        if seed is not None:
            self.seed = seed
        if not self._weights_known or self.seed is None:
            self._note(Reset(seed), 0)
            return
        held: dict[str, Any] = {name: values.copy() for name, values in self._now.items()}
        self.base = replace(
            self.base,
            weight_shift=self._settings["weight_shift"],
            control_flags=self._settings["flags"],
            seed=self.seed,
            **held,
        )
        self.entries, self.lost, self._size = [], None, 0

    def forget(self, why: str) -> None:
        """What comes cannot be done again."""
        self.entries.clear()
        self.lost = why

    def _note(self, entry: Write | Run | Reset, size: int) -> None:
        if self.lost is None:
            self.entries.append(entry)
            self._size += size + _ENTRY
            if self._size > LIMIT:
                self.forget(f"what was done since its last reset takes more than {LIMIT >> 20} MB")

    # Doing it again

    @property
    def steps(self) -> int:
        """Steps of all runs."""
        return sum(entry.steps or 0 for entry in self.entries if isinstance(entry, Run))

    @property
    def step(self) -> int:
        """Where it leads."""
        step = 0
        for entry in self.entries:
            if isinstance(entry, Run):
                step = entry.start + (entry.steps or 0)
            elif isinstance(entry, Reset):
                step = 0
        return step

    def repeat(self, device: "Device", progress: Progress | None = None) -> None:
        """Do all of it on a device that holds the base."""
        total, done = self.steps, 0
        for entry in self.entries:
            before = done

            def told(steps: int, before: int = before) -> None:
                if progress is not None:
                    progress(before + steps, total)

            entry.repeat(device, told)
            done += (entry.steps or 0) if isinstance(entry, Run) else 0

    # In files

    def arrays(self) -> dict[str, np.ndarray]:
        """The entries as plain arrays."""
        rows: list[tuple[int, ...]] = []
        for entry in self.entries:
            if isinstance(entry, Write):
                rows.append((_WRITE, entry.address, len(entry.data), 0, 0, 0))
            elif isinstance(entry, Run):
                assert entry.steps is not None
                sizes = entry.words.size, entry.changes.shape[1]
                rows.append((_RUN, entry.start, entry.steps, entry.last, *sizes))
            else:
                rows.append((_RESET, -1 if entry.seed is None else entry.seed, 0, 0, 0, 0))
        writes = b"".join(entry.data for entry in self.entries if isinstance(entry, Write))
        runs = [entry for entry in self.entries if isinstance(entry, Run)]
        return {
            "entries": np.array(rows, np.int64).reshape(-1, 6),
            "writes": np.frombuffer(writes, np.uint8),
            "events": np.concatenate([np.zeros(0, np.uint16), *(run.words for run in runs)]),
            "changes": np.concatenate([np.zeros((3, 0), np.int64), *(run.changes for run in runs)], axis=1),
        }

    @classmethod
    def of_arrays(cls, base: Image, arrays: Mapping[str, np.ndarray], map_version: int) -> Self:
        """What `arrays` made, with that version of the memory map.

        Raises
        ------
        ValueError
            If they are none.
        """
        rows, writes, events, changes = (arrays[name] for name in ("entries", "writes", "events", "changes"))
        kinds = [rows.dtype, writes.dtype, events.dtype, changes.dtype]
        if kinds != [np.int64, np.uint8, np.uint16, np.int64] or rows.shape[1:] != (6,) or len(changes) != 3:
            raise ValueError("its journal has another form")
        if (rows[:, 2] < 0).any():
            raise ValueError("its journal has a length below 0")
        journal = cls(base)
        data, place, words, made = writes.tobytes(), 0, 0, 0
        for kind, one, two, three, four, five in rows.tolist():
            if kind == _WRITE:
                wrote = data[place : place + two]
                former = map_version == former_map.FORMER_MAP
                journal.wrote(one, former_map.written(one, wrote) if former else wrote)
                place += two
            elif kind == _RUN:
                sent, drive = events[words : words + four], changes[:, made : made + five]
                journal.began(Run(one, sent, three, drive))
                journal.ended(one + two)
                words, made = words + four, made + five
            elif kind == _RESET:
                journal.was_reset(None if one < 0 else one)
            else:
                raise ValueError(f"its journal has an entry of kind {kind}")
        if (place, words, made) != (writes.size, events.size, changes.shape[1]) or len(
            journal.entries
        ) != len(rows):
            raise ValueError("its journal has lost entries")
        return journal
