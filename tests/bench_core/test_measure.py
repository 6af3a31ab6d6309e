"""Clocks are the same on every machine: what the benchmark prints is held here to what is promised."""

from dataclasses import replace

from .measure import Build, builds, measure

STEPS = 100
FILLING = 12
"""Clocks for which the pipeline fills and empties once a step."""


def test_a_small_core_takes_the_clocks_that_it_should() -> None:
    config = replace(builds(64, 16)[0].config, spike_ring=1 << 12)
    learning = measure(Build(config, learning=True), STEPS)
    resting = measure(Build(config, learning=False), STEPS)
    for figures in (learning, resting):
        assert figures.counters["rows"] == figures.counters["firings"] > 0
        assert (
            figures.counters["clocks_rows"] <= figures.counters["rows"] * figures.row_ideal + STEPS * FILLING
        )
        assert figures.sweep <= config.neurons // config.neuron_lanes + 16
        assert figures.step > figures.sweep
    assert learning.column is not None
    assert learning.column_ideal <= learning.column < learning.column_ideal + 1
    assert resting.column is None
    assert learning.counters["updates"] > 0 == resting.counters["updates"]
