"""What a neuron model does in the emulator."""

from dataclasses import dataclass
from typing import Any


def _nothing(params: Any) -> tuple[()]:
    return ()


@dataclass(frozen=True)
class Sweep:
    """A model's step, as functions that the kernel is compiled with: each one `core.inlined`.

    They work on `core.params` and `core.state`, which have an array of each field of the model; the values
    are those of the map.

    Parameters
    ----------
    begin : callable of (core)
        What holds during a whole run, computed when it begins.
    update : callable of (core, settings, held)
        One step of every neuron, with what `begin` gave. Takes the accumulated weights, `core.acc`, which are
        to be shifted left by `settings.weight_shift`, and leaves 0 there; sets `core.fired` of every neuron.
        Returns how many fire.
    after : callable of (core, settings, j)
        What a firing does to neuron j.
    prepare : callable of (params), in Python
        `core.prepared`: a tuple of arrays that follow from the parameters, computed when these are written.
    """

    begin: Any
    update: Any
    after: Any
    prepare: Any = _nothing
