"""Networks on a device, in the user's units: run, record, run on."""

import re
import warnings
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import (
    LIF,
    STDP,
    Config,
    DescriptionWarning,
    Network,
    Poisson,
    RateCode,
    Result,
    Simulation,
    SpikeArray,
    SpikeList,
    TimingWarning,
    compile_network,
    delta_lif,
)
from allspike import open as open_device
from allspike.errors import DeviceError, ParameterError
from tests.examples import examples

from .lively import SMALL, STEPS, lively, noise


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


@pytest.mark.parametrize(
    ("stimuli", "record", "words"),
    [
        ({"nobody": SpikeList([0], [0])}, None, "population of inputs 'nobody' pre, other"),
        ({"some": SpikeList([0], [0])}, None, "'some' has neurons connect inputs are: pre, other"),
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


def test_a_poisson_rate_that_would_round_to_zero_is_refused() -> None:
    net = Network(dt=1e-4)
    net.connect(net.inputs(1, "slow"), net.neurons(1), weight=1e-9)
    with pytest.raises(ParameterError, match=r"^a Poisson rate of 0\.05 Hz rounds to zero; .*\.$"):
        Simulation(net).run_steps(1, {"slow": Poisson(0.05)})


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


# Durations, options and wrong kinds


@pytest.mark.parametrize(
    ("dt", "duration", "steps"),
    [(1e-2, 0.025, 2), (1e-2, 0.035, 4), (1e-3, 0.0004, 0), (1e-3, 1e-8, 0), (1e-4, 0.10005, 1000)],
)
def test_a_duration_that_is_no_multiple_of_the_step_is_told(dt: float, duration: float, steps: int) -> None:
    net = Network(dt)
    net.neurons(1, name="cells")
    sim = Simulation(net)
    with pytest.warns(
        TimingWarning, match=rf"^duration = {duration:g} s is .* steps of {dt:g} s: {steps} are run"
    ):
        assert sim.run(duration).steps == steps


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dt", [1e-4, 1e-3 / 3, 1e-3, 1e-2])
def test_a_multiple_of_the_step_is_run_without_a_word(dt: float) -> None:
    net = Network(dt)
    net.neurons(1, name="cells")
    sim = Simulation(net)
    for steps in (0, 1, 3, 7, 999, 123_457):
        for duration in (steps * dt, float(np.sum(np.full(steps, dt))), np.float64(steps * dt)):
            assert sim.steps_of(duration) == steps
    assert sim.steps_of(np.float32(30 * dt)) == 30


def test_an_image_obeys_a_seed_and_refuses_what_was_compiled_into_it() -> None:
    image = compile_network(lively(), SMALL, seed=7)

    def draw(network: object, **options: object) -> np.ndarray:
        return Simulation(network, **options).run_steps(STEPS, {"pre": Poisson(300.0)}).array("some")

    np.testing.assert_array_equal(draw(image), draw(lively(), config=SMALL, seed=7))
    np.testing.assert_array_equal(draw(image, seed=3), draw(lively(), config=SMALL, seed=3))
    assert not np.array_equal(draw(image), draw(image, seed=3))
    np.testing.assert_array_equal(draw(image, config=SMALL), draw(image))
    for options in ({"config": "core96"}, {"weight_unit": 1e-9}, {"weight_shift": 2}):
        (name,) = options
        with pytest.raises(ParameterError, match=rf"^an image cannot obey {name}: "):
            Simulation(image, **options)
    with pytest.raises(ParameterError, match=r"^seed = -1 must be"):
        Simulation(image, seed=-1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Simulation("net.npz"), "'net.npz' no network no image Network.load"),
        (lambda: Simulation(None), "None no network"),
        (lambda: Simulation(lively(), None), "None no device"),
        (lambda: Simulation(lively(), config=SMALL).run_steps(3, progress=True), "progress = True"),
        (
            lambda: Simulation(lively(), config=SMALL).run({"pre": Poisson(5.0)}),
            "duration = number of seconds",
        ),
        (lambda: Simulation(lively(), config=SMALL).run(True), "duration = True"),
        (lambda: Simulation(lively(), config=SMALL).reset(-1), "seed = -1"),
        (lambda: Simulation(lively(), config=SMALL).reset("x"), "seed = 'x'"),
    ],
)
def test_wrong_kinds_are_told_in_a_sentence(make: Callable, words: str) -> None:
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        make()


def test_what_is_no_attribute_cannot_be_set() -> None:
    sim = Simulation(lively(), config=SMALL)
    with pytest.raises(AttributeError, match=r"learning_gian .*learning_gain"):
        sim.learning_gian = 0
    sim.learning_gain = 0.5
    assert sim.learning_gain == 0.5


def test_what_is_added_after_compiling_is_told_once() -> None:
    net = lively()
    sim = Simulation(net, config=SMALL)
    later = net.neurons(2, name="later")
    net.connect(net["pre"], later, weight=1e-9, name="late")
    with pytest.warns(DescriptionWarning, match=r"^population 'later', projection 'late' came .*new"):
        sim.run_steps(3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim.run_steps(3)
    net.inputs(1, "more inputs")
    with pytest.raises(
        ParameterError, match=r"^'more inputs' was added after the network was compiled: make"
    ):
        sim.run_steps(3, {"more inputs": Poisson(5.0)})
    assert Simulation(net, config="core96").run_steps(3, record_v=later).v["later"].shape == (3, 2)


def test_recording_weights_where_none_learns_is_told() -> None:
    sim = Simulation(lively(plastic=False), config=SMALL)
    with pytest.warns(
        DescriptionWarning, match=r"^record_weights records nothing: no projection .* learns\.$"
    ):
        assert sim.run_steps(3, record_weights=1).weight_history == {}
