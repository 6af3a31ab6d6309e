"""How a network of NIR is run: its spikes placed, its outputs told; and what its image lacks of that."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..nir.translation import NirTranslation
from ..results.result import Result
from ..showing import some
from ..stimulus import Poisson, SpikeList
from ..stimulus.base import Addable, Run, Stimulus

LOST = "lost"
"""Key of an image's report: what a run of it does not have, of a run of the NIR file."""
_SHOWN = 20
"""Values of an output that are printed for people."""


def placed(
    translation: NirTranslation, stimuli: Mapping[str, Sequence[Addable]], run: Run, seed: int
) -> dict[str, SpikeList]:
    """The stimuli of a run, from those that the options name, which count the graph's steps.

    Poisson spikes are drawn here, for the core cannot draw what comes late or twice.
    """
    arrays: dict[str, NDArray[np.bool_]] = {}
    for tap in translation.taps:
        array = np.zeros((run.steps, tap.port.size), bool)
        for number, stimulus in enumerate(stimuli.get(tap.port.name, ())):
            assert isinstance(stimulus, Stimulus)  # there are no currents into inputs
            own = Poisson(stimulus.rate, seed=seed) if isinstance(stimulus, Poisson) else stimulus
            when, who = own.events(Run(run.steps, run.dt, stream=(len(arrays), number)), tap.port.size)
            array[when, who] = True
        arrays[tap.port.name] = array
    return translation.stimuli(arrays)


def shown(translation: NirTranslation, result: Result) -> dict[str, dict[str, list[float]]]:
    """Of each output the spikes of each line, or the mean of what it shows; nothing of a run too short."""
    if result.steps <= translation.lag:
        return {}
    outputs = translation.outputs(result)
    return {name: _summed(outputs[name].reshape(len(outputs[name]), -1)) for name in outputs}


def _summed(values: NDArray[Any]) -> dict[str, list[float]]:
    return {"spikes": values.sum(0).tolist()} if values.dtype == bool else {"mean": values.mean(0).tolist()}


def lines(outputs: Mapping[str, Mapping[str, Sequence[float]]]) -> list[str]:
    """The same for people."""
    found = []
    for name, summed in outputs.items():
        ((what, values),) = summed.items()
        many = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
        listed = ", ".join(f"{value:.4g}" for value in values[:_SHOWN])
        best = np.flatnonzero(np.equal(values, max(values)))
        most = f"; most: {best[0]}" if best.size == 1 and len(values) > 1 else ""
        found.append(f"  output {name}: {what} of each {listed}{many}{most}")
    return found


def lost(translation: NirTranslation) -> list[str]:
    """What a run of the image does not have, of a run of the file; a sentence, or none."""
    readings = [one for port in translation.readings.values() for one in port]
    shifted = any(tap.again.size or tap.shift.any() for tap in translation.taps)
    waits = any(place.waits for place in translation.places.values())
    parts = [
        *[f"layers run up to {some(translation.lag, 'step')} behind"] * (translation.lag > 0),
        *["inputs must spike when and as often as their delays want it"] * shifted,
        *["neurons start at rest, not as the file has them"] * waits,
        *["linear nodes before an output are left out"] * any(one.matrix is not None for one in readings),
    ]
    if not parts:
        return []
    return [
        f"An image does not hold how the steps of NIR become the core's: {', '.join(parts)}. Run "
        f"{translation.source} itself for what it means."
    ]
