"""Weights that are whole multiples of one number: a unit that holds them exactly.

Networks that were trained with few bits have them. By default the largest weight onto a neuron takes the
whole range, which makes fractions of the others; here it takes as many units as leave none.
"""

import numpy as np
from numpy.typing import NDArray

from ..describe.network import Network
from .placement import Placement

_NEAR = 2e-4
"""Of a unit: what single precision may have made of a whole multiple. A unit by which all weights are so
close to whole ones by chance is as good."""


def whole_units(network: Network, placement: Placement, most: int) -> NDArray[np.float64]:
    """Of each neuron the finest unit of which all weights onto it are whole multiples; NaN if there is none.

    Parameters
    ----------
    network : Network
    placement : Placement
    most : int
        The largest weight, in units.
    """
    found = np.full(placement.neurons, np.nan)
    posts, weights = [np.zeros(0, np.int64)], [np.zeros(0)]
    for projection in network.projections.values():
        posts.append(placement.targets(projection))
        weights.append(np.abs(projection.weights))
    post, weight = np.concatenate(posts), np.concatenate(weights)
    order = np.argsort(post, kind="stable")
    ends = np.searchsorted(post[order], np.arange(placement.neurons + 1))
    for neuron in np.flatnonzero(np.diff(ends)):
        own = weight[order[ends[neuron] : ends[neuron + 1]]]
        if own.max() > 0:
            parts = _parts(own / own.max(), most)
            found[neuron] = own.max() / parts if parts else np.nan
    return found


def _parts(shares: NDArray[np.float64], most: int) -> int:
    """Into how many units the largest weight falls, if all others are whole then; 0 if they are never.

    Parameters
    ----------
    shares : [weights]
        Of the largest.
    most : int
        Units that it may have.
    """
    parts = np.arange(most, 0, -1)
    for start in range(0, shares.size, _PIECE):
        units = np.outer(parts, shares[start : start + _PIECE])
        parts = parts[(np.abs(units - np.rint(units)) < _NEAR).all(axis=1)]
        if not parts.size:
            break
    return int(parts[0]) if parts.size else 0


_PIECE = 16
"""Weights that are tried at a time: of most neurons the first few say no."""
