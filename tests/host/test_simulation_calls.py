"""What cannot be asked of a run is refused or told in a sentence: stimuli, durations, options, kinds."""

import re
import warnings
from collections.abc import Callable

import numpy as np
import pytest

from allspike import (
    Config,
    DescriptionWarning,
    Network,
    Poisson,
    RateCode,
    Simulation,
    SpikeArray,
    SpikeList,
    TimingWarning,
    compile_network,
)
from allspike.errors import ParameterError

from .lively import SMALL, STEPS, lively, noise


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


def test_weights_are_recorded_at_whole_steps_above_zero() -> None:
    net = Network()
    net.neurons(1, name="cells")
    with pytest.raises(ParameterError, match="record_weights"):
        Simulation(net).run_steps(5, record_weights=0)


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
