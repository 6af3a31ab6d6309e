"""The result of a run in the graph's own steps: every node's lag taken out."""

from dataclasses import replace
from typing import Any

from ..errors import ParameterError
from ..results import Result
from .places import Place
from .translation import NirTranslation


def own_time(translation: NirTranslation, result: Result) -> Result:
    """The spikes and potentials of a run as the graph has them, for as many steps as are complete.

    Parameters
    ----------
    translation : NirTranslation
    result : Result
        Of a run from the start.

    Returns
    -------
    Result
        Of the graph's neurons, without relays, and of `translation.lag` steps less.

    Raises
    ------
    ParameterError
        If it is of a run that went on from another, whose beginning is not in it.

    Examples
    --------
    >>> import nir, numpy as np
    >>> from allspike.nir.own_time import own_time
    >>> one, still = np.ones(1), np.zeros(1)
    >>> cells = {"r": one, "v_threshold": one / 2, "v_reset": still}
    >>> graph = nir.NIRGraph.from_list(nir.IF(**cells), nir.Scale(one), nir.IF(**cells))
    >>> net = Network.from_nir(graph, dt=1e-3, reset="to", spikes="jump")
    >>> simulation = Simulation(net)
    >>> net.translation.start(simulation)
    >>> result = simulation.run_steps(net.translation.steps(1), net.translation.stimuli([[1]]))
    >>> own_time(net.translation, result).array("if_1")
    array([[ True]])
    """
    if result.start:
        raise ParameterError(
            f"the result begins at step {result.start}: give that of a run from the start, or joined with it."
        )
    steps = max(result.steps - translation.lag, 0)
    places = translation.places

    def spikes_of(place: Place) -> Any:
        when, who = result.spikes[place.name]
        own = when - place.lag + place.emits
        inside = (own >= 0) & (own < steps)
        return own[inside], who[inside]

    return replace(
        result,
        steps=steps,
        sizes={name: result.sizes[name] for name in places},
        spikes={name: spikes_of(place) for name, place in places.items()},
        v={name: v[places[name].lag :][:steps] for name, v in result.v.items() if name in places},
        v_neurons={name: which for name, which in result.v_neurons.items() if name in places},
    )
