"""What a run is given, as its device takes it: events, rates to draw with, biases that change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ..aliases import NDArray, Spikes
from ..device.device import Device
from ..errors import ParameterError
from ..image.image import Image
from ..map import device_map as dm
from ..stimulus.base import Run
from ..stimulus.biases import Changes, drive
from ..stimulus.currents import Current
from ..stimulus.device import Rates, events, rates
from ..stimulus.given import shares
from .parts import Parts

Stimuli = Mapping[Any, Any]
"""Stimuli, currents, arrays, or lists of them, for populations, views or names."""
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Given:
    """The stimuli of one run."""

    spikes: Spikes
    """Of inputs: steps of the run, and inputs of the device."""
    rates: Rates
    """Of the device's own Poisson generator."""
    changes: Changes
    """Of biases."""
    neurons: NDArray[np.int64]
    """Whose bias changes."""
    biases: NDArray[np.int64]
    """What it was before."""

    @classmethod
    def of(cls, stimuli: Stimuli | None, image: Image, parts: Parts, device: Device, steps: int) -> Self:
        """What stimuli come to in the next `steps` steps of a device that holds this image.

        Raises
        ------
        ParameterError
            If a stimulus does not fit its population or the run, or the device cannot draw.
        """
        found = shares(
            {} if stimuli is None else stimuli, parts.populations, Run(steps, image.dt, device.step)
        )
        spikes = events(found)
        drawn = rates(found, device.config.inputs, image.dt)
        changes: Changes = (_NONE, _NONE, _NONE)
        neurons = biases = _NONE
        if any(isinstance(share.stimulus, Current) for share in found):
            held = device.read("bias").astype(np.int64)
            changes = drive(found, image, held)
            neurons = np.unique(changes[1])
            biases = held[neurons]
        if drawn.words.any() and not device.config.poisson:
            raise ParameterError(
                "this device draws no Poisson spikes: draw them on the host, with Poisson(rate, seed=...) "
                "or as a SpikeArray."
            )
        return cls(spikes, drawn, changes, neurons, biases)

    def begin(self, device: Device) -> None:
        """Set what is drawn."""
        words = self.rates.words
        if words.size:
            changed = np.flatnonzero(device.read("rate") != words)
            device.write("rate", words[changed], changed)
        flags = int(device.read("control.flags")[0])
        wanted = flags & ~dm.ControlFlag.POISSON | (dm.ControlFlag.POISSON if words.any() else 0)
        if wanted != flags:
            device.write("control.flags", wanted)

    def end(self, device: Device) -> None:
        """Currents end with the run."""
        if self.neurons.size:
            device.write("bias", self.biases, self.neurons)
