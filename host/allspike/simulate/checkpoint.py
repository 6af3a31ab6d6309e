"""Checkpoints: a simulation in mid-run, in a file that cannot carry code, exact on every device.

The emulator gives away all that it holds, and takes it back. Any other device keeps its generators and the
spikes under way to itself: what was done to it since the last reset is in the file, and is done again. A
checkpoint of one device can be resumed on another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from .. import files
from ..checks import checked_count
from ..device.device import Device
from ..device.journal import Journal
from ..device.running import Progress
from ..errors import DeviceError
from ..image import former_map
from ..image.image import Image
from ..map import device_map as dm

FORMAT = "allspike-checkpoint"
_REGIONS = (
    dm.NEURON_PARAMS, dm.INPUT_PARAMS, dm.WEIGHTS, dm.PLASTIC, dm.LEARNING, dm.NEURON_STATE, dm.TRACES,
)  # fmt: skip
_SETTINGS = ("weight_shift", "flags")
_HIDDEN = ("generators", "under_way", "counters")


def _under(name: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {f"{name}.{key}": values for key, values in arrays.items()}


def _of(name: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    start = f"{name}."
    return {key.removeprefix(start): values for key, values in arrays.items() if key.startswith(start)}


@dataclass(frozen=True)
class Checkpoint:
    """A simulation at a step."""

    image: Image
    """The network as it was compiled."""
    step: int
    held: dict[str, np.ndarray]
    """The regions of the map, and the settings."""
    hidden: dict[str, np.ndarray]
    """What the map does not show (see `Bus.hidden`); empty where nobody could tell."""
    journal: Journal
    """The way there."""

    def __repr__(self) -> str:
        """Where it is, and of what."""
        history = self.journal.lost or f"{self.journal.steps:,} steps of history"
        return (
            f"<Checkpoint at step {self.step:,} ({self.step * self.image.dt:g} s), {history}>\n{self.image!r}"
        )

    @classmethod
    def of(cls, image: Image, device: Device) -> Self:
        """A device that holds this network, as it stands.

        Raises
        ------
        DeviceError
            If a run is under way, or there is no way back to here.
        """
        step = device.rest()
        hidden, journal = device.bus.hidden(), device.journal
        if journal is None:
            raise DeviceError("there is nothing to keep: the device was not loaded.")
        if journal.lost is None and journal.step != step:
            journal.forget("it was run otherwise than by its simulation")
        if journal.lost is not None and hidden is None:
            raise DeviceError(
                f"this device cannot be brought back to step {step}: {journal.lost}; reset it more often, or "
                "use the emulator."
            )
        return cls(image, step, _held(device), hidden or {}, journal)

    def save(self, path: str | Path) -> None:
        """Write it to a file.

        Raises
        ------
        FileError
            If the place cannot be written.
        """
        image, arrays = self.image.parts()
        base, base_arrays = self.journal.base.parts()
        header: dict[str, Any] = {"image": image, "base": base, "step": self.step}
        header |= {"lost": self.journal.lost, "seed": self.journal.seed}
        arrays = _under("image", arrays) | _under("base", base_arrays) | _under("held", self.held)
        arrays |= _under("hidden", self.hidden) | _under("journal", self.journal.arrays())
        files.save(path, FORMAT, header, arrays)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read one.

        Raises
        ------
        FileError
            If the file is missing, damaged, of another kind or release.
        """
        header, arrays = files.load(path, FORMAT)
        with files.reading(path):
            image, base = (
                Image.of_parts(path, header[name], _of(name, arrays)) for name in ("image", "base")
            )
            version = header["base"]["map_version"]
            journal = Journal.of_arrays(base, _of("journal", arrays), version)
            if header["lost"] is not None:
                journal.forget(str(header["lost"]))
            journal.seed = (
                None if header["seed"] is None else checked_count("seed", header["seed"], 0, 2**32 - 1)
            )
            held, hidden = _of("held", arrays), _of("hidden", arrays)
            for region in _REGIONS:
                if (held[region.name].shape, held[region.name].dtype) != (
                    region.shape(image.config), region.dtype(image.config),
                ):  # fmt: skip
                    raise ValueError(f"{region.name} has another form")
            if set(held) != {region.name for region in _REGIONS} | set(_SETTINGS):
                raise ValueError("it holds other regions")
            if hidden and set(hidden) != set(_HIDDEN):
                raise ValueError("it holds other generators")
            if version == former_map.FORMER_MAP:
                held["neuron_params"] = former_map.neuron_params(held["neuron_params"])
            step = int(header["step"])
            if not 0 <= step < 2**dm.STEP_BITS or (journal.lost is None and journal.step != step):
                raise ValueError(f"its step is {step}, and its journal leads to {journal.step}")
        return cls(image, step, held, hidden, journal)

    def bring(self, device: Device, progress: Progress | None = None) -> None:
        """Bring a device to where this was made: it holds `journal.base`, just loaded.

        Raises
        ------
        DeviceError
            If that cannot be, or the device comes to something else.
        """
        if not self._set(device):
            if self.journal.lost is not None:
                raise DeviceError(
                    "this checkpoint can be resumed on an emulator of its own build alone, because "
                    f"{self.journal.lost}."
                )
            self.journal.repeat(device, progress)
        self._verify(device)

    def _set(self, device: Device) -> bool:
        """Where the device takes all that it is to hold."""
        if not self.hidden or not device.restore(self.step, self.hidden):
            return False
        for region in _REGIONS:
            device.write_region(region, self.held[region.name])
        for name in _SETTINGS:
            device.write(f"control.{name}", self.held[name])
        self.journal.holds(self.held)
        device.journal = self.journal
        return True

    def _verify(self, device: Device) -> None:
        step = device.rest()
        found = _held(device)
        wrong = [name for name, values in self.held.items() if not np.array_equal(found[name], values)]
        if step != self.step or wrong:
            what = f"holds other {wrong[0]}" if wrong else f"is at step {step}"
            raise DeviceError(
                f"the device {what} than the checkpoint says of step {self.step}: its build computes "
                "something else, or not all that was done to the first went by way of its simulation."
            )


def _held(device: Device) -> dict[str, np.ndarray]:
    held = {region.name: device.read_region(region) for region in _REGIONS}
    control = device.read_region(dm.CONTROL)
    return held | {name: control[name].copy() for name in _SETTINGS}
