"""The words of the event and spike rings: steps and indices, two bytes each.

A word with its top bit set is a marker and opens a step; the words after it, up to the next marker, name
the axons (events) or neurons (spikes) of that step. A marker holds the low 15 bits of its step and means the
first step after the previous marker's that has them, so gaps of more than 2**15 steps carry markers without
spikes.
"""

import numpy as np
from numpy.typing import NDArray

from .constants import RING_MARKER, RING_STEP_MASK

_SPAN = RING_STEP_MASK + 1


def encode(
    steps: NDArray[np.int64], indices: NDArray[np.int64], last: int = -1
) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Ring words of spikes.

    Parameters
    ----------
    steps, indices : [spikes]
        When and who, sorted by step; every step is above `last`.
    last : int
        Step of the marker before these words; -1 after a reset.

    Returns
    -------
    words : uint16 [words]
    times : int64 [words]
        The step that each word belongs to; a waypoint belongs to its own.
    """
    opens = np.flatnonzero(np.diff(steps, prepend=last))
    before = np.concatenate(([last], steps[opens[:-1]]))[: opens.size]
    # Each marker is preceded by its waypoints, one every _SPAN steps after the marker before it.
    markers = (steps[opens] - before - 1) // _SPAN + 1
    order = np.arange(markers.sum()) - np.repeat(np.cumsum(markers) - markers, markers) + 1
    times = np.minimum(np.repeat(before, markers) + order * _SPAN, np.repeat(steps[opens], markers))
    places = np.repeat(opens, markers)
    opening = (RING_MARKER | (times & RING_STEP_MASK)).astype(np.uint16)
    return np.insert(indices.astype(np.uint16), places, opening), np.insert(steps, places, times)


def decode(words: NDArray[np.uint16], last: int = -1) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Spikes of ring words.

    Parameters
    ----------
    words : uint16 [words]
    last : int
        Step of the marker before these words; -1 after a reset.

    Returns
    -------
    steps, indices : int64 [spikes]
    last : int
        Step of the last marker, to go on from.
    """
    places = np.flatnonzero(words >= RING_MARKER)
    count = places.size
    if not count:
        return np.full(words.size, last, np.int64), words.astype(np.int64), last
    low = words[places] & np.uint16(RING_STEP_MASK)
    before = np.empty_like(low)
    before[0], before[1:] = last & RING_STEP_MASK, low[:-1]
    times = np.empty(count + 1, np.int64)
    times[0] = last
    np.cumsum(((low - before - np.uint16(1)) & np.uint16(RING_STEP_MASK)) + np.uint16(1), out=times[1:])
    times[1:] += last
    # The words between two markers are spikes of the first; those before any belong to the step before.
    spikes = np.empty(count + 1, np.int64)
    spikes[0], spikes[1:-1], spikes[-1] = places[0], np.diff(places) - 1, words.size - places[-1] - 1
    return np.repeat(times, spikes), words[words < RING_MARKER].astype(np.int64), int(times[-1])
