"""What was done to a device since it was loaded, so that it can be done again: on a device that does not give
away its generators and the spikes under way, the only exact way back to where it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..aliases import NDArray
from ..image import former_map
from ..image.image import Image
from ..map import device_map as dm
from .acts import Act, Reset, Run, Write, of_arrays, to_arrays
from .patch import Patch
from .running import Progress

if TYPE_CHECKING:
    from .device import Device

LIMIT = 256 << 20
"""Bytes beyond which nothing is kept any more."""
_ENTRY = 200
"""Bytes of an entry beside its contents, about."""
_HELD = (dm.NEURON_PARAMS, dm.INPUT_PARAMS, dm.WEIGHTS, dm.PLASTIC, dm.LEARNING)
"""What a reset leaves: an image has the same."""
_JOURNALED = (*_HELD, dm.NEURON_STATE, dm.TRACES)
_SETTINGS = {dm.CONTROL.address(name): name for name in ("weight_shift", "flags", "seed")}
"""Of the control record, what is written by name and matters to results."""


@dataclass
class Journal:
    """Where it began, and what was done from there on.

    It begins at the last load, or at the last reset before which the weights were known.
    """

    base: Image
    entries: list[Act] = field(default_factory=list)
    lost: str | None = None
    """Why there are no entries, if there are none."""
    _size: int = 0
    weights_known: bool = True
    """Whether those that the device holds are known here."""
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

    def wrote(self, patch: Patch) -> None:
        """The map was written."""
        if patch.start in _SETTINGS:
            if _SETTINGS[patch.start] == "seed":
                self.seed = None
            else:
                self._settings[_SETTINGS[patch.start]] = patch.data[0]
            self._note(Write(patch))
            return
        for region in _JOURNALED:
            if 0 <= patch.start - region.base < 1 << dm.OFFSET_BITS:
                self._note(Write(patch))
                if region in _HELD:
                    held = self._now[region.name]
                    patch.apply(held.reshape(-1).view(np.uint8), region.base)
                    self.weights_known |= region is dm.WEIGHTS and len(patch.data) == held.nbytes

    def began(self, run: Run) -> None:
        """A run begins."""
        self._note(run)
        if self.learns:
            self.weights_known = False

    @property
    def learns(self) -> bool:
        """Whether a run may change weights."""
        rule, plastic = self._now["learning"], self._now["plastic"]
        return self.base.config.plasticity and bool(rule["gain"].any() and plastic.any())

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
            self._now["neuron_params"][self.base.config.model.drive][neurons] = biases

    def saw_weights(self, weights: NDArray[np.int8]) -> None:
        """These are the weights now."""
        if not self.weights_known:
            self._now["weights"][:] = weights
            self.weights_known = True

    def holds(self, held: Mapping[str, np.ndarray]) -> None:
        """These are the regions and settings now."""
        for name, values in self._now.items():
            values[:] = held[name]
        self._settings = {name: int(held[name][0]) for name in self._settings}
        self.weights_known = True

    def was_reset(self, seed: int | None) -> None:
        """The device was reset: what came before no longer matters, if all is known that stays."""
        if seed is not None:
            self.seed = seed
        if not self.weights_known or self.seed is None:
            self._note(Reset(seed))
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

    def _note(self, entry: Act) -> None:
        if self.lost is None:
            self.entries.append(entry)
            self._size += entry.size + _ENTRY
            if self._size > LIMIT:
                self.forget(f"what was done since its last reset takes more than {LIMIT >> 20} MB")

    # Doing it again

    @property
    def steps(self) -> int:
        """Steps of all runs."""
        return sum(entry.steps or 0 for entry in self.entries if isinstance(entry, Run))

    @property
    def length(self) -> int:
        """What it takes to do all of it again: bytes and steps, which are about as quick on a line."""
        return self._size + self.steps

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
        return to_arrays(self.entries)

    @classmethod
    def of_arrays(cls, base: Image, arrays: Mapping[str, np.ndarray], map_version: int) -> Self:
        """What `arrays` made, with that version of the memory map.

        Raises
        ------
        ValueError
            If they are none.
        """
        journal = cls(base)
        acts = list(of_arrays(arrays))
        for act in acts:
            if isinstance(act, Write):
                patch = act.patch
                if map_version == former_map.FORMER_MAP:
                    patch = replace(patch, data=former_map.written(patch.start, patch.data))
                journal.wrote(patch)
            elif isinstance(act, Run):
                assert act.steps is not None
                journal.began(replace(act, steps=None))
                journal.ended(act.start + act.steps)
            else:
                journal.was_reset(act.seed)
        if len(journal.entries) != len(acts):
            raise ValueError("its journal has lost entries")
        return journal
