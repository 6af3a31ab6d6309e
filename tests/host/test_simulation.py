"""Networks on a device, in the user's units: run, read, change, run on."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import (
    LIF,
    STDP,
    Config,
    FixedProbability,
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
from allspike.errors import DeviceError, ParameterError
from tests.examples import examples

SMALL = Config(neurons=16, inputs=16)
STEPS = 120


def lively(plastic: bool = True) -> Network:
    """Two populations with delays, adaptation, refractoriness, and (if wanted) synapses that learn."""
    rng = np.random.default_rng(5)
    net = Network()
    pre, other = net.inputs(10, "pre"), net.inputs(4, "other")
    some = net.neurons(
        9, LIF(t_ref=2e-3, theta_plus=5e-4, tau_theta=0.05, delay=rng.integers(1, 9, 9) * 1e-3), "some"
    )
    more = net.neurons(5, LIF(tau_m=10e-3, refractory="integrate", reset="subtract"), "more")
    rule = STDP(a_plus=3e-10, a_minus=3e-10, w_max=6e-9) if plastic else None
    net.connect(pre, some, weight=rng.uniform(1e-9, 5e-9, (10, 9)), stdp=rule, name="learn")
    net.connect(some, more, FixedProbability(0.7), weight=rng.uniform(1e-9, 8e-9, (9, 5)), name="on")
    net.connect(more, some, weight=-1e-9, name="back")
    net.connect(other, more, weight=3e-9)
    return net


def noise(steps: int = STEPS, seed: int = 0) -> dict[str, SpikeArray]:
    rng = np.random.default_rng(seed)
    return {
        "pre": SpikeArray(rng.random((steps, 10)) < 0.3),
        "other": SpikeArray(rng.random((steps, 4)) < 0.1),
    }


def joined(results: list[Result], name: str) -> np.ndarray:
    return np.concatenate([result.array(name) for result in results])


# Running


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
        STEPS, stimuli, record_v={"some": [7, 0, 7], "more": 2}
    )
    unwatched = Simulation(lively(), config=SMALL).run_steps(STEPS, stimuli)
    sim = Simulation(lively(), config=SMALL)
    for step in range(STEPS):
        now = {name: SpikeArray(np.asarray(s.spikes)[step : step + 1]) for name, s in stimuli.items()}
        sim.run_steps(1, now)
        np.testing.assert_array_equal(recorded.v["some"][step], sim.state("some")[[7, 0, 7]])
        np.testing.assert_array_equal(recorded.v["more"][step], sim.state("more")[[2]])
    assert recorded.v_neurons["some"].tolist() == [7, 0, 7]
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


# What must not matter


@settings(deadline=None, max_examples=examples(15))
@given(seed=st.integers(0, 9999), current=st.booleans())
def test_a_network_a_thousand_times_larger_spikes_the_same(seed: int, current: bool) -> None:
    """All volts and weights scaled; only the host's rounding could tell, and random weights are no ties."""

    def spikes(scale: float) -> np.ndarray:
        rng = np.random.default_rng(seed)
        net = Network()
        volts = {
            "v_rest": -0.3,
            "v_reset": -0.4,
            "v_thresh": 0.7,
            "theta_plus": 0.11,
            "v_drift": 7.0,
            "leak": 3.0,
        }
        model = LIF(
            tau_syn=5e-3 if current else 0.0, c_m=1e-3, tau_theta=0.04, t_ref=2e-3,
            **{name: value * scale for name, value in volts.items()},
        )  # fmt: skip
        pre, cells = net.inputs(12, "pre"), net.neurons(10, model, "cells")
        net.connect(pre, cells, rng.normal(0.1, 0.3, (12, 10)) * scale)
        net.connect(cells, cells, rng.normal(0, 0.2, (10, 10)) * scale)
        return (
            Simulation(net, config=SMALL)
            .run_steps(80, {"pre": SpikeArray(rng.random((80, 12)) < 0.3)})
            .array("cells")
        )

    plain, large = spikes(1.0), spikes(1000.0)
    assert plain.any()
    np.testing.assert_array_equal(large, plain)


@settings(deadline=None, max_examples=examples(15))
@given(seed=st.integers(0, 9999), order=st.permutations(range(10)))
def test_renaming_static_neurons_renames_their_spikes(seed: int, order: list[int]) -> None:
    """Parameters of each neuron, its unit of weight and its delay move with it."""

    def spikes(order: list[int]) -> np.ndarray:
        rng = np.random.default_rng(seed)
        taus, thresholds, delays = (
            rng.uniform(5e-3, 40e-3, 10),
            rng.uniform(0.5, 2, 10),
            rng.integers(1, 9, 10) * 1e-3,
        )
        feed, loop = rng.normal(0.1, 0.5, (12, 10)), rng.normal(0, 0.3, (10, 10))
        stimulus = SpikeArray(rng.random((80, 12)) < 0.3)
        net = Network()
        pre = net.inputs(12, "pre")
        cells = net.neurons(
            10, delta_lif(tau_m=taus[order], v_thresh=thresholds[order], delay=delays[order]), "cells"
        )
        net.connect(pre, cells, feed[:, order])
        net.connect(cells, cells, loop[np.ix_(order, order)])
        return Simulation(net, config=SMALL).run_steps(80, {"pre": stimulus}).array("cells")

    plain = spikes(list(range(10)))
    assert plain.any()
    np.testing.assert_array_equal(spikes(order), plain[:, order])


# State and weights


@pytest.mark.parametrize("name", ["v", "i", "theta"])
def test_state_is_set_and_read_in_the_users_units(name: str) -> None:
    sim = Simulation(lively(), config=SMALL)
    image, part = sim.image, slice(9, 14)  # the neurons of "more"
    unit = (image.i_unit if name == "i" else image.v_unit)[part]
    wanted = (
        np.random.default_rng(0).uniform(-0.06, -0.055, 5) if name == "v" else np.linspace(1e-10, 1e-9, 5)
    )
    others = sim.state("some", name)
    sim.set_state("more", name, wanted)
    held = sim.state("more", name)
    assert (np.abs(held - wanted) <= unit / 2 * 1.001).all()
    np.testing.assert_array_equal(sim.state("some", name), others)
    sim.set_state("more", name, held)  # what is read can be written, and is then the same
    np.testing.assert_array_equal(sim.state("more", name), held)
    sim.set_state("more", name, float(wanted[0]))
    np.testing.assert_allclose(sim.state("more", name), wanted[0], atol=unit.max())


@pytest.mark.parametrize("name", ["trace", "refractory"])
def test_states_in_units_of_the_device_are_whole(name: str) -> None:
    sim = Simulation(lively(), config=SMALL)
    sim.set_state("more", name, [0, 1, 2, 200, 255])
    assert sim.state("more", name).tolist() == [0, 1, 2, 200, 255]
    assert not sim.state("some", name).any()


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("v", 1e6, "v of more holds up to 8388607 units"),
        ("v", np.nan, "v NaN"),
        ("v", np.inf, "v 8388607"),
        ("i", -1e6, "i of more holds up to 8388607 units"),
        ("theta", -1e-3, "0 to"),
        ("refractory", -1, "refractory 0 to 255"),
        ("refractory", 256, "refractory 0 to 255"),
        ("trace", 70000, "0 to 65535"),
        ("v", [0.0, 0.0], "v (2,) (5,)"),
        ("volts", 0.0, "'volts' v, i, theta, trace, refractory"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(name: str, values: object, words: str) -> None:
    sim = Simulation(lively(), config=SMALL)
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        sim.set_state("more", name, values)
    assert not sim.state("more", "refractory").any()


def test_a_trace_beyond_its_width_is_refused_and_not_wrapped() -> None:
    sim = Simulation(lively(), config=Config(neurons=16, inputs=16, trace_bits=8))
    sim.set_state("more", "trace", 255)
    with pytest.raises(ParameterError):
        sim.set_state("more", "trace", 300)


@pytest.mark.parametrize("name", ["learn", "on", "back"])
def test_weights_are_set_and_read_in_the_users_units(name: str) -> None:
    net = lively()
    sim = Simulation(net, config=SMALL)
    matrix = net[name].matrix()
    exists = np.zeros(matrix.shape, bool)
    exists[tuple(net[name].pairs)] = True
    start = {"some": 0, "more": 9}[net[name].post.name]
    half = sim.image.weight_unit[start : start + net[name].post.size] / 2
    assert (np.abs(sim.weights(name) - matrix) <= half * 1.001).all()
    others = {other: sim.weights(other) for other in net.projections if other != name}

    wanted = matrix * np.random.default_rng(0).uniform(0, 1, matrix.shape) + 5e-10
    sim.set_weights(name, wanted)
    held = sim.weights(name)
    assert (np.abs(held - wanted)[exists] <= np.broadcast_to(half * 1.001, held.shape)[exists]).all()
    assert not held[~exists].any()  # places without a synapse stay so
    sim.set_weights(name, held)
    np.testing.assert_array_equal(sim.weights(name), held)
    for other, weights in others.items():
        np.testing.assert_array_equal(sim.weights(other), weights)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (np.nan, "weights NaN"),
        (np.ones((9, 10)), "weights (9, 10) (10, 9)"),
        (7e-9, "7e-09 beyond 6e-09"),
        (-7e-9, "-7e-09 beyond"),
        ("strong", "weights 'strong'"),
    ],
)
def test_weights_beyond_a_synapse_are_refused(weights: object, words: str) -> None:
    sim = Simulation(lively(), config=SMALL)
    before = sim.weights("learn")
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        sim.set_weights("learn", weights)
    np.testing.assert_array_equal(sim.weights("learn"), before)


def test_a_poisson_rate_that_would_round_to_zero_is_refused() -> None:
    net = Network(dt=1e-4)
    net.connect(net.inputs(1, "slow"), net.neurons(1), weight=1e-9)
    with pytest.raises(ParameterError, match=r"^a Poisson rate of 0\.05 Hz rounds to zero; .*\.$"):
        Simulation(net).run_steps(1, {"slow": Poisson(0.05)})


def test_the_weight_that_is_beyond_is_the_one_that_is_named() -> None:
    """Not a neighbour at the end of the range, of which the negative one is the longer."""
    sim = Simulation(lively(), config=SMALL)
    wanted = np.zeros((10, 9))
    unit = float(sim.image.weight_unit[0])
    wanted[0, 0], wanted[1, 0] = -128 * unit, 128 * unit
    with pytest.raises(ParameterError, match=rf"^a weight of {128 * unit:g} is beyond .*\.$"):
        sim.set_weights("learn", wanted)


@pytest.mark.parametrize("read", ["weights", "set"])
def test_an_unknown_projection_is_answered_with_the_known(read: str) -> None:
    sim = Simulation(lively(), config=SMALL)
    with pytest.raises(ParameterError, match=r"^.*'nothing'.*learn, on, back, other-more\.$"):
        sim.weights("nothing") if read == "weights" else sim.set_weights("nothing", 0.0)


# Learning


def trained(gain: float, config: Config = SMALL) -> np.ndarray:
    """Change of the weights when an input always comes just before the neuron fires."""
    net = Network()
    pre, force = net.inputs(4, "pre"), net.inputs(1, "force")
    cells = net.neurons(3, delta_lif(tau_m=0.0, v_thresh=1.1), "cells")
    rule = STDP(a_plus=0.02, a_minus=0.0, w_max=0.2, rounding="nearest")
    net.connect(pre, cells, weight=0.1, stdp=rule, name="learn")
    net.connect(force, cells, weight=2.0)
    sim = Simulation(net, config=config)
    before = sim.weights("learn")
    sim.learning_gain = gain
    assert sim.learning_gain == gain
    pairs = np.arange(2) * 400
    stimuli = {
        "pre": SpikeList(np.repeat(pairs, 4), np.tile(range(4), 2)),
        "force": SpikeList(pairs + 1, [0, 0]),
    }
    assert sim.run_steps(900, stimuli).counts("cells").tolist() == [2, 2, 2]
    return sim.weights("learn") - before


def test_the_gain_stops_scales_and_reverses_learning() -> None:
    unit = 2.0 / 127
    assert not trained(0.0).any()
    once = trained(1.0)
    assert (once > 0).all()
    np.testing.assert_allclose(once, 2 * 0.02, atol=2 * unit / 2 * 1.01)
    np.testing.assert_allclose(trained(-1.0), -once, atol=1e-12)
    np.testing.assert_allclose(trained(1.75), 2 * 0.02 * 1.75, atol=2 * unit / 2 * 1.01)


@pytest.mark.parametrize("gain", [-2.001 - 1 / 64, 2.0, np.nan, np.inf, -np.inf, "more"])
def test_a_gain_beyond_its_range_is_refused(gain: object) -> None:
    sim = Simulation(lively(), config=SMALL)
    with pytest.raises(ParameterError, match=r"^learning_gain = .* -2 to 1\.98.*\.$"):
        sim.learning_gain = gain
    assert sim.learning_gain == 1.0


def test_a_snapshot_carries_the_learned_weights_into_another_simulation() -> None:
    sim = Simulation(lively(), config=SMALL)
    start = sim.image.weights.copy()
    sim.run_steps(STEPS, noise())
    snapshot = sim.snapshot()
    other = Simulation(snapshot)
    np.testing.assert_array_equal(other.weights("learn"), sim.weights("learn"))
    np.testing.assert_array_equal(sim.image.weights, start)  # the image is as it was compiled
    assert not np.array_equal(snapshot.weights, start)
    sim.reset()
    results = [s.run_steps(STEPS, noise(seed=1)) for s in (sim, other)]
    np.testing.assert_array_equal(results[0].array("some"), results[1].array("some"))


# Devices and wrong calls


def test_an_open_device_decides_the_configuration_and_is_left_open() -> None:
    with open_device("emulator", Config(neurons=24, inputs=20)) as device:
        with Simulation(lively(), device) as sim:
            assert (sim.image.config.neurons, sim.image.config.inputs) == (24, 20)
            first = sim.run_steps(STEPS, noise()).array("some")
        with Simulation(lively(), device) as sim:
            np.testing.assert_array_equal(sim.run_steps(STEPS, noise()).array("some"), first)
        with pytest.raises(
            DeviceError,
            match=r"^the image does not fit: .* 16, .* 24; and .* 16, .* 20; .*\.$",
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


@pytest.mark.parametrize(
    ("stimuli", "record", "words"),
    [
        ({"nobody": SpikeList([0], [0])}, None, "population of inputs 'nobody' pre, other"),
        ({"some": SpikeList([0], [0])}, None, "population of inputs 'some' pre, other"),
        ({"other": SpikeList([0], [4])}, None, "4"),
        ({"other": SpikeList([10], [0])}, None, "10 steps 10"),
        ({"other": SpikeArray(np.ones((5, 10), bool))}, None, "(5, 10) [steps, 4]"),
        ({"pre": RateCode(np.ones((1, 4)))}, None, "4 pixels 10 inputs"),
        ({"pre": Poisson(2000.0)}, None, "2000 Hz 1000 Hz"),
        ({}, {"pre": [0]}, "population of neurons 'pre' some, more"),
        ({}, {"some": [9]}, "record_v of some 9"),
        ({}, {"some": [-1]}, "record_v of some -1"),
        ({}, {"some": [0.5]}, "record_v of some whole numbers"),
    ],
)
def test_stimuli_and_records_that_do_not_fit_are_refused(
    stimuli: dict, record: dict | None, words: str
) -> None:
    """Before the first step: the device stays where it was."""
    sim = Simulation(lively(), config=SMALL)
    sim.run_steps(3)
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        sim.run_steps(10, stimuli, record_v=record)
    assert sim.device.step == 3


@pytest.mark.parametrize("duration", [-0.1, np.nan, np.inf, "1 s", 1e300], ids=repr)
def test_a_duration_is_a_time_that_a_device_can_count(duration: object) -> None:
    with pytest.raises(ParameterError, match=r"^duration = .* must be .*\.$"):
        Simulation(lively(), config=SMALL).steps_of(duration)


@pytest.mark.parametrize("steps", [-1, 2.0, True, "3"])
def test_steps_are_a_whole_number(steps: object) -> None:
    with pytest.raises(ParameterError, match=rf"^steps = {steps!r} must be a whole number .*\.$"):
        Simulation(lively(), config=SMALL).run_steps(steps)


def test_a_device_without_poisson_says_how_else() -> None:
    sim = Simulation(lively(), config=Config(neurons=16, inputs=16, poisson=False))
    with pytest.raises(ParameterError, match=r"^this device draws no Poisson spikes: .*SpikeArray\.$"):
        sim.run_steps(10, {"pre": Poisson(10.0)})
    assert sim.run_steps(10, noise(10)).counters["events"] > 0


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


def test_weights_are_recorded_at_whole_steps_above_zero() -> None:
    net = Network()
    net.neurons(1, name="cells")
    with pytest.raises(ParameterError, match="record_weights"):
        Simulation(net).run_steps(5, record_weights=0)
