"""The result of a run in the graph's own steps: every node's lag taken out."""

from collections.abc import Mapping
from dataclasses import replace

from ..aliases import Spikes
from ..errors import ParameterError
from ..results.result import Result
from .places import Place


def own_time(result: Result, places: Mapping[str, Place], lag: int) -> Result:
    """A result of `lag` steps less than the run; see `NirTranslation.own_time`."""
    if result.start:
        raise ParameterError(
            f"the result begins at step {result.start}: give that of a run from the start, or joined with it."
        )
    steps = max(result.steps - lag, 0)

    def spikes_of(place: Place) -> Spikes:
        when, who = result.spikes[place.name]
        own = when - place.lag + place.emits
        inside = (own >= 0) & (own < steps) & place.fires
        return own[inside], who[inside]

    return replace(
        result,
        steps=steps,
        sizes={name: result.sizes[name] for name in places},
        spikes={name: spikes_of(place) for name, place in places.items()},
        v={name: v[places[name].lag :][:steps] for name, v in result.v.items() if name in places},
        v_neurons={name: which for name, which in result.v_neurons.items() if name in places},
    )
