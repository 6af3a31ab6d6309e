"""Runs in which single steps matter: V after each, biases that change. docs/model.md: the bias of step t is
what stands when step t is computed."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np

from ..aliases import ArrayLike, NDArray, Spikes
from ..errors import ParameterError
from ..map import device_map as dm
from ..map.config import Config
from .running import Progress

if TYPE_CHECKING:
    from .device import Device

Drive = tuple[ArrayLike, ArrayLike, ArrayLike]
"""Steps (ascending, from the start of the run), neurons and their biases from then on, [changes]."""


@dataclass(frozen=True)
class Observation:
    """What is asked of the steps of a run."""

    start: int
    """The first step."""
    probes: NDArray[np.int32]
    """[K]: neurons whose V is recorded."""
    v: NDArray[np.int32]
    """[steps, K]: V after each step; filled by the run."""
    steps: NDArray[np.int64]
    """[changes]: steps since the reset, ascending."""
    neurons: NDArray[np.int32]
    """[changes]"""
    biases: NDArray[np.int32]
    """[changes]: of that neuron from that step on."""

    @property
    def changes(self) -> NDArray[np.int64]:
        """[3, changes]: steps from the start of the run, neurons, biases."""
        return np.array([self.steps - self.start, self.neurons, self.biases], np.int64)

    @classmethod
    def of(
        cls, config: Config, start: int, steps: int, probes: ArrayLike | None, drive: Drive | None
    ) -> Self:
        """Check what is asked for.

        Raises
        ------
        ParameterError
            If a neuron, a step or a bias is out of range, or the potentials do not fit in memory.
        """
        probed = np.array(() if probes is None else probes, np.int64).ravel()
        when, who, biases = (np.array(part, np.int64).ravel() for part in drive or ((), (), ()))
        if not when.size == who.size == biases.size:
            raise ParameterError(
                f"{when.size} steps, {who.size} neurons and {biases.size} biases do not pair."
            )
        for what, neurons in (("probes", probed), ("drive", who)):
            _check_range(f"the neurons of {what}", neurons, 0, config.neurons - 1)
        _check_range("the steps of drive", when, 0, steps - 1)
        _check_range("the biases of drive", biases, -config.state_max - 1, config.state_max)
        if (np.diff(when) < 0).any():
            raise ParameterError("the steps of drive must ascend.")
        try:
            v = np.empty((steps, probed.size), np.int32)
        except (MemoryError, ValueError):
            raise ParameterError(
                f"V of {probed.size} neurons in {steps} steps takes {4 * probed.size * steps / 1e9:.3g} GB, "
                "for which there is no memory: record fewer neurons, or run in pieces."
            ) from None
        return cls(
            start, probed.astype(np.int32), v, start + when, who.astype(np.int32), biases.astype(np.int32)
        )


def _check_range(name: str, values: NDArray[np.int64], low: int, high: int) -> None:
    if values.size and (values.min() < low or values.max() > high):
        raise ParameterError(f"{name} are {low} to {high} here, not {values.min()} to {values.max()}.")


def run_in_pieces(
    device: "Device",
    asked: Observation,
    events: Spikes,
    progress: Progress | None,
    stop: threading.Event | None,
) -> Iterator[tuple[int, Spikes]]:
    """Run a device that cannot do it by itself up to each step that matters, to read and write there.

    Yields how far it came, in steps of the run, and the spikes since; V up to there is recorded by then.
    """
    order = np.argsort(events[0], kind="stable")
    when, who = (part[order] for part in events)
    steps = len(asked.v)
    potential = f"{dm.NEURON_STATE.name}.{device.config.model.potential}"
    cuts = np.arange(steps) if asked.probes.size else np.unique(asked.steps - asked.start)
    biases = _Biases(device) if asked.steps.size else None
    for begin, end in pairwise(np.unique([0, *cuts, steps]).tolist()):
        if stop is not None and stop.is_set():
            return
        if biases is not None:
            first, last = np.searchsorted(asked.steps - asked.start, (begin, begin + 1))
            biases.change(asked.neurons[first:last], asked.biases[first:last])
        first, last = np.searchsorted(when, (begin, end))
        piece = (when[first:last] - begin, who[first:last])

        def told(done: int, _: int, begin: int = begin) -> None:
            if progress is not None:
                progress(begin + done, steps)

        spikes = device.run(end - begin, piece, told, stop)
        if asked.probes.size:  # in a piece that was stopped before its step this is never looked at
            asked.v[begin] = device.read(potential, asked.probes)
        yield end, spikes


class _Biases:
    """The biases that a device holds, written where they change."""

    def __init__(self, device: "Device") -> None:
        self._device = device
        self._name = f"{dm.NEURON_PARAMS.name}.{device.config.model.drive}"
        self._biases = device.read(self._name)

    def change(self, neurons: NDArray[np.int32], biases: NDArray[np.int32]) -> None:
        """Of neurons that are named more than once, the last bias counts."""
        before = self._biases.copy()
        self._biases[neurons] = biases
        changed = np.flatnonzero(self._biases != before)
        self._device.put_values(self._name, self._biases[changed], changed)
