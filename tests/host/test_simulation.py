"""Networks on a device, in the user's units: run, record, run on."""

import re
from itertools import pairwise

import numpy as np
import pytest

from allspike import (
    LIF,
    STDP,
    Config,
    Network,
    Poisson,
    RateCode,
    Result,
    Simulation,
    SpikeArray,
    SpikeList,
    delta_lif,
)
from allspike import open as open_device
from allspike.errors import DeviceError

from .lively import SMALL, STEPS, lively, noise


def joined(results: list[Result], name: str) -> np.ndarray:
    return np.concatenate([result.array(name) for result in results])


@pytest.mark.parametrize("poisson", [False, True])
@pytest.mark.parametrize("cuts", [[60], [1, 2, 119], [0, 0, 50]], ids=str)
def test_a_run_in_pieces_is_one_run(cuts: list[int], poisson: bool) -> None:
    """Spikes, recorded potentials, learned weights and counters; also of inputs that the device draws."""

    def stimuli(start: int, stop: int) -> dict:
        if poisson:
            return {"pre": Poisson(300.0), "other": Poisson(100.0)}
        return {name: SpikeArray(np.asarray(s.spikes)[start:stop]) for name, s in noise().items()}

    whole = Simulation(lively(), config=SMALL, seed=3).run_steps(
        STEPS, stimuli(0, STEPS), record_v={"more": [4, 0]}
    )
    sim = Simulation(lively(), config=SMALL, seed=3)
    edges = [0, *cuts, STEPS]
    parts = [
        sim.run_steps(stop - start, stimuli(start, stop), record_v={"more": [4, 0]})
        for start, stop in pairwise(edges)
    ]
    assert [part.start for part in parts] == edges[:-1]
    for name in ("some", "more"):
        np.testing.assert_array_equal(joined(parts, name), whole.array(name))
        assert whole.array(name).any()
    np.testing.assert_array_equal(np.concatenate([part.v["more"] for part in parts]), whole.v["more"])
    np.testing.assert_array_equal(parts[-1].weights["learn"], whole.weights["learn"])
    for name, count in whole.counters.items():
        assert sum(part.counters[name] for part in parts) == count, name


def test_recorded_potentials_are_the_state_after_each_step() -> None:
    """And recording changes no spike."""
    stimuli = noise()
    recorded = Simulation(lively(), config=SMALL).run_steps(
        STEPS, stimuli, record_v={"some": [7, 0], "more": 2}
    )
    unwatched = Simulation(lively(), config=SMALL).run_steps(STEPS, stimuli)
    sim = Simulation(lively(), config=SMALL)
    for step in range(STEPS):
        now = {name: SpikeArray(np.asarray(s.spikes)[step : step + 1]) for name, s in stimuli.items()}
        sim.run_steps(1, now)
        np.testing.assert_array_equal(recorded.v["some"][step], sim.state("some")[[7, 0]])
        np.testing.assert_array_equal(recorded.v["more"][step], sim.state("more")[[2]])
    assert recorded.v_neurons["some"].tolist() == [7, 0]
    for name in ("some", "more"):
        np.testing.assert_array_equal(recorded.array(name), unwatched.array(name))
    assert unwatched.v == {}


def test_a_neuron_charges_and_fires_when_the_equation_says() -> None:
    """V of a constant current and of one synaptic current, in closed form: to a hundredth of the rise, for
    a membrane of 200 steps with decays of fifteen bits and currents of whole units."""
    net = Network(dt=1e-4)
    drive = net.inputs(1, "drive")
    cells = net.neurons(
        2, LIF(tau_m=20e-3, tau_syn=5e-3, i_offset=[1e-9, 0.0], v_thresh=[-0.05, -0.04]), "cells"
    )
    net.connect(drive, cells, np.array([[0.0, 5e-9]]))
    result = Simulation(net, config=SMALL).run(
        0.05, {"drive": SpikeList([0], [0])}, record_v={"cells": [0, 1]}
    )
    t = (np.arange(500) + 1) * 1e-4
    rise = 20e-3 * 1e-9 / 1e-9 * (1 - np.exp(-t / 20e-3))
    first = int(np.argmax(rise >= 15e-3))
    assert abs(result.spikes["cells"][0][0] - first) <= 2
    np.testing.assert_allclose(
        result.v["cells"][: first - 2, 0], -0.065 + rise[: first - 2], atol=0.01 * 15e-3
    )
    synaptic = 5.0 * (np.exp(-t / 20e-3) - np.exp(-t / 5e-3)) / (1 / 5e-3 - 1 / 20e-3)
    np.testing.assert_allclose(result.v["cells"][:, 1], -0.065 + synaptic, atol=0.01 * synaptic.max())
    assert synaptic.max() > 0.01


def test_results_name_the_populations_and_count_the_run() -> None:
    sim = Simulation(lively(), config=SMALL)
    result = sim.run(0.1, {"pre": RateCode(np.full((1, 10), 0.5), 100)})
    assert (result.steps, result.dt, result.start) == (100, 1e-3, 0)
    assert result.sizes == {"some": 9, "more": 5}
    assert result.counters["events"] == 500
    assert result.counters["firings"] == sum(result.counts(name).sum() for name in result.sizes) > 0
    assert list(result.weights) == ["learn"]  # static projections did not change
    np.testing.assert_array_equal(result.weights["learn"], sim.weights("learn"))
    assert sim.run_steps(0).spikes["some"][0].size == 0


def test_reset_starts_again_and_keeps_the_weights() -> None:
    sim = Simulation(lively(), config=SMALL, seed=1)
    before = sim.weights("learn")
    first = sim.run_steps(STEPS, noise())
    learned = sim.weights("learn")
    assert not np.array_equal(before, learned)
    sim.reset()
    np.testing.assert_array_equal(sim.weights("learn"), learned)
    np.testing.assert_allclose(sim.state("some"), -0.065)
    sim.set_weights("learn", before)
    again = sim.run_steps(STEPS, noise())
    assert again.start == 0
    np.testing.assert_array_equal(again.array("some"), first.array("some"))
    np.testing.assert_array_equal(again.weights["learn"], first.weights["learn"])


def test_the_seed_decides_what_the_device_draws() -> None:
    def draw(sim: Simulation) -> np.ndarray:
        return sim.run_steps(STEPS, {"pre": Poisson(300.0)}).array("some")

    sims = [Simulation(lively(plastic=False), config=SMALL, seed=seed) for seed in (1, 1, 2)]
    first, same, other = map(draw, sims)
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)
    sims[2].reset(seed=1)
    np.testing.assert_array_equal(draw(sims[2]), first)


def test_poisson_inputs_stop_when_they_are_not_asked_for() -> None:
    """Counts within six standard deviations of the rates; and a stimulus lasts for its run."""
    sim = Simulation(lively(plastic=False), config=SMALL)
    expected = 2000 * (10 * 0.2 + 4 * 0.05)
    counters = sim.run_steps(2000, {"pre": Poisson(200.0), "other": Poisson(np.full(4, 50.0))}).counters
    assert abs(counters["poisson"] - expected) < 6 * np.sqrt(expected)
    assert sim.run_steps(200).counters["poisson"] == 0


def test_progress_is_told_to_the_end() -> None:
    for record in (None, {"some": [0]}):
        told: list[tuple[int, int]] = []
        Simulation(lively(), config=SMALL).run_steps(
            50,
            record_v=record,
            progress=lambda done, asked: told.append((done, asked)),  # noqa: B023
        )
        assert told[-1] == (50, 50)
        assert told == sorted(told)


def test_an_open_device_decides_the_configuration_and_is_left_open() -> None:
    with open_device("emulator", Config(neurons=24, inputs=20)) as device:
        with Simulation(lively(), device) as sim:
            assert (sim.image.config.neurons, sim.image.config.inputs) == (24, 20)
            first = sim.run_steps(STEPS, noise()).array("some")
        with Simulation(lively(), device) as sim:
            np.testing.assert_array_equal(sim.run_steps(STEPS, noise()).array("some"), first)
        with pytest.raises(
            DeviceError,
            match=r"^the image does not fit: .*16.* 24; and .*16.* 20; .*\.$",
        ):
            Simulation(lively(), device, SMALL)


def test_the_smallest_preset_is_emulated_by_default() -> None:
    sim = Simulation(lively())
    assert sim.image.report["preset"] == "core96"
    assert sim.device.config.neurons == 96
    assert re.search(r"4 populations .*96 neurons", repr(sim))


def test_populations_go_by_object_or_name() -> None:
    net = lively()
    sim = Simulation(net, config=SMALL)
    stimuli = {net[name]: stimulus for name, stimulus in noise().items()}
    result = sim.run_steps(STEPS, stimuli, record_v={net["more"]: [1]})
    assert result.v["more"].shape == (STEPS, 1)
    np.testing.assert_array_equal(sim.state(net["more"]), sim.state("more"))
    np.testing.assert_array_equal(sim.weights(net["learn"]), sim.weights("learn"))


def test_weights_are_recorded_during_a_run() -> None:
    """The history holds what a run in pieces would have read, and the run is the same."""
    net = Network()
    noise, cells = net.inputs(10, "noise"), net.neurons(5, delta_lif(), "cells")
    net.connect(noise, cells, weight=0.5, stdp=STDP(a_plus=0.05, a_minus=0.04, w_max=1.0))
    spikes = np.random.default_rng(0).random((50, 10)) < 0.3
    whole, pieces = Simulation(net), Simulation(net)
    result = whole.run_steps(50, {"noise": SpikeArray(spikes)}, record_weights=20)
    assert result.weight_steps["noise-cells"].tolist() == [0, 20, 40, 50]
    expected = [pieces.weights("noise-cells")]
    for first, last in ((0, 20), (20, 40), (40, 50)):
        pieces.run_steps(last - first, {"noise": SpikeArray(spikes[first:last])})
        expected.append(pieces.weights("noise-cells"))
    np.testing.assert_array_equal(result.weight_history["noise-cells"], expected)
    assert np.ptp(result.weight_history["noise-cells"], axis=0).any()
    stepwise = Simulation(net).run_steps(
        50, {"noise": SpikeArray(spikes)}, record_v={"cells": [0]}, record_weights=20
    )
    np.testing.assert_array_equal(stepwise.weight_history["noise-cells"], expected)
    assert stepwise.v["cells"].shape == (50, 1)
    assert not whole.run_steps(5).weight_history
