"""Clocks are the same on every machine: what the benchmark prints is held here to what is promised."""

from dataclasses import replace

import pytest

from allspike.map.config import Memory
from allspike_hdl.clocks import clocks_of

from .measure import Build, builds, measure

STEPS = 100
FILLING = 12
"""Clocks for which the pipeline fills and empties once a step."""


@pytest.mark.parametrize("learning", [False, True])
def test_a_small_compact_core_takes_the_clocks_that_it_should(learning: bool) -> None:
    config = next(build.config for build in builds(64, 16) if build.config.memory is Memory.SINGLE_PORT)
    figures = measure(Build(replace(config, spike_ring=1 << 12), learning), STEPS)
    assert figures.row_ideal == (64 if learning else 16)
    assert figures.row_ideal <= figures.row <= figures.row_ideal + 4
    firing = figures.counters["firings"] / STEPS
    assert figures.sweep == pytest.approx(clocks_of(figures.build.config).sweep(firing))
    assert (figures.column is not None) == learning
    if figures.column is not None:
        assert figures.column_ideal == 80 <= figures.column <= 84


def test_a_small_core_takes_the_clocks_that_it_should() -> None:
    config = replace(builds(64, 16)[0].config, spike_ring=1 << 12)
    learning = measure(Build(config, learning=True), STEPS)
    resting = measure(Build(config, learning=False), STEPS)
    for figures in (learning, resting):
        assert figures.counters["rows"] == figures.counters["firings"] > 0
        assert (
            figures.counters["clocks_rows"] <= figures.counters["rows"] * figures.row_ideal + STEPS * FILLING
        )
        assert figures.sweep <= clocks_of(config).sweep(firings=0)
        assert figures.step > figures.sweep
    assert learning.column is not None
    assert learning.column_ideal <= learning.column < learning.column_ideal + 1
    assert resting.column is None
    assert learning.counters["updates"] > 0 == resting.counters["updates"]
