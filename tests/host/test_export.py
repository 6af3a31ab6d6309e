"""Results for other tools, read back by those tools: pandas, and what all forms have in common."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import allspike as asp

from .exported import ALL, LATE, NOTHING, SIZES, STRANGE, made, read_nwb, written_as_nix


@ALL
def test_pandas_holds_everything(result: asp.Result) -> None:
    frames = result.to_pandas()
    assert list(frames.spikes.columns) == ["population", "neuron", "step", "time"]
    assert isinstance(frames.spikes.population.dtype, pd.CategoricalDtype)
    for name, size in SIZES.items():
        mine = frames.spikes[frames.spikes.population == name]
        when, who = result.spikes[name]
        np.testing.assert_array_equal(mine.step, when)
        np.testing.assert_array_equal(mine.neuron, who)
        np.testing.assert_allclose(mine.time, when * result.dt)
        neurons = frames.neurons[frames.neurons.population == name]
        assert neurons.neuron.tolist() == list(range(size))
        np.testing.assert_array_equal(neurons.spikes, result.counts(name))
        np.testing.assert_allclose(neurons.rate, result.rates(name))
    assert frames.v.shape == (result.steps, sum(found.size for found in result.v_neurons.values()))
    np.testing.assert_allclose(frames.v.index, (result.start + np.arange(result.steps)) * result.dt)
    for name, v in result.v.items():
        for k, neuron in enumerate(result.v_neurons[name]):
            np.testing.assert_array_equal(frames.v[name, neuron], v[:, k])
    tidy = frames.v.melt(ignore_index=False, value_name="v").reset_index()
    assert list(tidy.columns) == ["time", "population", "neuron", "v"] and len(tidy) == frames.v.size


def test_pandas_holds_the_weights() -> None:
    weights = LATE.to_pandas().weights
    assert len(weights) == 2 * 12 + 3
    found = weights[weights.projection == "in/a"].set_index(["time", "pre", "post"]).weight
    np.testing.assert_array_equal(found.to_numpy()[:12], LATE.weight_history["in/a"][0].ravel())
    assert found.loc[1400 * LATE.dt, 1, 5] == LATE.weights["in/a"][1, 5]


@pytest.mark.parametrize(
    "result", [NOTHING, STRANGE, made(steps=0, v={}, v_neurons={})], ids=["0", "odd", "short"]
)
def test_the_ends_of_what_a_result_can_be(result: asp.Result, tmp_path: Path) -> None:
    neurons = sum(result.sizes.values())
    assert len(result.to_neo().segments[0].spiketrains) == neurons
    assert len(written_as_nix(result, tmp_path).segments[0].spiketrains) == neurons
    assert len(result.to_pandas().neurons) == neurons
    result.to_nwb(tmp_path / "r.nwb")
    units = read_nwb(tmp_path / "r.nwb")["units"]
    assert (0 if units is None else len(units)) == neurons


def test_v_of_a_view_of_a_network(tmp_path: Path) -> None:
    net = asp.Network()
    cells = net.neurons(9, asp.LIF(i_offset=2e-9), "cells")
    simulation = asp.Simulation(net)
    simulation.run(0.03)
    result = simulation.run(0.05, record_v=cells[[7, 2]])
    assert result.start == 30
    (signal,) = result.to_neo().segments[0].analogsignals
    np.testing.assert_array_equal(signal.magnitude, result.v[cells[[7, 2]]])
    assert signal.array_annotations["index"].tolist() == [7, 2]
    np.testing.assert_array_equal(result.to_pandas().v["cells", 2], result.v[cells[[2]]][:, 0])
