"""Results as Neo, in memory and in NIX files, and what Elephant computes on them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import elephant
import neo
import nixio
import numpy as np
import pytest
import quantities as pq

import allspike as asp
from allspike.errors import ParameterError
from allspike.results.export import neo as neo_export

from .exported import ALL, LATE, SIZES, times_of, written_as_nix


@pytest.mark.parametrize("form", [lambda result, _: result.to_neo(), written_as_nix], ids=["memory", "nix"])
@ALL
def test_neo_holds_spikes_and_potentials(
    result: asp.Result, form: Callable[[asp.Result, Path], Any], tmp_path: Path
) -> None:
    block = form(result, tmp_path)
    (segment,) = block.segments
    neurons = [(name, k) for name, size in SIZES.items() for k in range(size)]
    assert [(t.annotations["population"], t.annotations["index"]) for t in segment.spiketrains] == neurons
    for train, (name, k) in zip(segment.spiketrains, neurons, strict=True):
        np.testing.assert_allclose(train.rescale("ms").magnitude, 1e3 * np.array(times_of(result, name, k)))
        assert train.size == result.counts(name)[k]
        assert float(train.t_start.rescale("s")) == pytest.approx(result.start * result.dt)
        assert float(train.t_stop.rescale("s")) == pytest.approx((result.start + result.steps) * result.dt)
    assert [signal.annotations["population"] for signal in segment.analogsignals] == list(result.v)
    for signal in segment.analogsignals:
        name = signal.annotations["population"]
        np.testing.assert_allclose(signal.rescale("mV").magnitude, 1e3 * result.v[name])
        np.testing.assert_array_equal(signal.array_annotations["index"], result.v_neurons[name])
        assert float(signal.sampling_period.rescale("s")) == pytest.approx(result.dt)
        assert float(signal.t_start.rescale("s")) == pytest.approx(result.start * result.dt)
    assert [(group.name, len(group.spiketrains)) for group in block.groups] == list(SIZES.items())
    assert block.annotations["counter_firings"] == result.counters["firings"]
    assert (block.description or "") == "\n".join(result.notes)


def test_neo_holds_the_weights() -> None:
    history, last = LATE.to_neo().segments[0].irregularlysampledsignals
    assert history.annotations["projection"] == "in/a"
    np.testing.assert_allclose(history.times.rescale("s").magnitude, [1000 * LATE.dt, 1400 * LATE.dt])
    for record, weights in zip(
        history.magnitude, [LATE.weight_history["in/a"][0], LATE.weights["in/a"]], strict=True
    ):
        pairs = zip(history.array_annotations["pre"], history.array_annotations["post"], strict=True)
        assert record.tolist() == [weights[pre, post] for pre, post in pairs]
    assert last.shape == (1, 3) and last.annotations["projection"] == "b"


def test_nix_holds_the_weights_as_one_array(tmp_path: Path) -> None:
    neo_export.save_nix(LATE, tmp_path / "r.nix")
    file = nixio.File.open(str(tmp_path / "r.nix"), nixio.FileMode.ReadOnly)
    array = file.blocks[0].data_arrays["weights in_a"]
    np.testing.assert_array_equal(array[:], [LATE.weight_history["in/a"][0], LATE.weights["in/a"]])
    np.testing.assert_allclose(array.dimensions[0].ticks, [0.5, 0.7])
    file.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of quantities, in Elephant
def test_elephant_computes_on_it() -> None:
    trains = [t for t in LATE.to_neo().segments[0].spiketrains if t.annotations["population"] == "cells"][1:]
    seconds = LATE.steps * LATE.dt
    raster = LATE.array("cells")[:, 1:].astype(int)
    for k, train in enumerate(trains):
        rate = elephant.statistics.mean_firing_rate(train).rescale("Hz").magnitude
        assert rate == pytest.approx(raster[:, k].sum() / seconds)
        assert rate == pytest.approx(LATE.rates("cells")[k + 1])
        gaps = np.diff(np.flatnonzero(raster[:, k]))
        assert elephant.statistics.cv(elephant.statistics.isi(train)) == pytest.approx(
            gaps.std() / gaps.mean()
        )
    binned = elephant.conversion.BinnedSpikeTrain(trains, bin_size=LATE.dt * pq.s)
    np.testing.assert_array_equal(binned.to_array(), raster.T)
    np.testing.assert_allclose(
        elephant.spike_train_correlation.correlation_coefficient(binned), np.corrcoef(raster.T)
    )
    first, second = (elephant.conversion.BinnedSpikeTrain(t, bin_size=LATE.dt * pq.s) for t in trains[:2])
    found, lags = elephant.spike_train_correlation.cross_correlation_histogram(first, second, window=[-9, 9])
    padded = np.pad(raster[:, 1], 9)
    expected = [int(raster[:, 0] @ padded[9 + lag : 9 + lag + LATE.steps]) for lag in lags]
    assert found.magnitude.ravel().tolist() == expected


def test_spikes_come_back_from_neo() -> None:
    trains = LATE.to_neo().groups[0].spiketrains
    net = asp.Network(dt=LATE.dt)
    pixels = net.inputs(6, "in")
    cells = net.neurons(6, asp.delta_lif(tau_m=0.0), "out")
    net.connect(pixels, cells, asp.OneToOne(), weight=1.5)
    again = asp.Simulation(net).run_steps(LATE.steps, {pixels: asp.SpikeTimes.from_neo(trains)})
    np.testing.assert_array_equal(again.array("out"), LATE.array("cells"))
    in_ms = [neo.SpikeTrain(t.rescale("ms"), t_start=t.t_start, t_stop=t.t_stop) for t in trains]
    np.testing.assert_allclose(
        asp.SpikeTimes.from_neo(in_ms).times, asp.SpikeTimes.from_neo(trains).times, atol=1e-12
    )
    assert np.size(asp.SpikeTimes.from_neo(neo.Segment()).times) == 0
    for wrong in ([0.1, 0.2], None, "trains"):
        with pytest.raises(ParameterError, match="spike trains"):
            asp.SpikeTimes.from_neo(wrong)
