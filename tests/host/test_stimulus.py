"""Stimuli against straightforward loops: who fires when."""

import re
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from allspike import LatencyCode, Poisson, RateCode, SpikeArray, SpikeList, SpikeTimes
from allspike.errors import ParameterError
from allspike.stimulus import Run, Stimulus

PIXELS = 4
images = hnp.arrays(float, st.tuples(st.integers(1, 3), st.just(PIXELS)), elements=st.floats(0, 1))


def spikes(stimulus: Stimulus, steps: int, size: int) -> list[tuple[int, int]]:
    """The events of a stimulus, sorted, checked to lie in the run and to be named once."""
    when, who = stimulus.events(Run(steps), size)
    found = sorted(zip(np.asarray(when).tolist(), np.asarray(who).tolist(), strict=True))
    assert all(0 <= t < steps and 0 <= i < size for t, i in found)
    return found


@given(
    images=images, steps=st.integers(1, 40), rate=st.floats(0, 1), rest=st.integers(0, 5),
    phase=st.floats(0, 0.999),
)  # fmt: skip
def test_rate_code_gives_each_pixel_its_share_evenly(
    images: np.ndarray, steps: int, rate: float, rest: int, phase: float
) -> None:
    """Any beginning of an image holds what it should to within one spike; from the middle of an interval on,
    to within half of one."""
    found = spikes(RateCode(images, steps, rate, phase), len(images) * steps + rest, PIXELS)
    assert len(set(found)) == len(found)
    assert all(t < len(images) * steps for t, _ in found)
    for image, pixel in np.ndindex(images.shape):
        start = image * steps
        mine = [t - start for t, i in found if i == pixel and start <= t < start + steps]
        done = np.searchsorted(mine, np.arange(steps + 1))
        ahead = done - images[image, pixel] * rate * np.arange(steps + 1)
        assert ahead.max() <= phase + 1e-6
        assert ahead.min() >= phase - 1 - 1e-6


@given(images=images, steps=st.integers(1, 40), phases=st.lists(st.floats(0, 0.99), min_size=4, max_size=4))
def test_rate_code_is_the_loop_that_it_stands_for(
    images: np.ndarray, steps: int, phases: list[float]
) -> None:
    expected = []
    for k, image in enumerate(images):
        for i, (p, phase) in enumerate(zip(image, phases, strict=True)):
            count = 0
            for t in range(steps):
                # A sum meant to be whole counts as whole.
                if floor(p * (t + 1) + phase + 1e-9) > count:
                    expected.append((k * steps + t, i))
                    count += 1
    assert spikes(RateCode(images, steps, phase=phases), len(images) * steps, PIXELS) == sorted(expected)


@given(images=images, steps=st.integers(1, 40))
def test_latency_code_fires_once_the_brighter_the_earlier(images: np.ndarray, steps: int) -> None:
    found = spikes(LatencyCode(images, steps), len(images) * steps, PIXELS)
    first = {(t // steps, i): t % steps for t, i in found}
    assert len(first) == len(found) == np.count_nonzero(images)
    for (image, pixel), step in first.items():
        assert abs(step - (1 - images[image, pixel]) * (steps - 1)) <= 0.5
    for image in range(len(images)):
        lit = sorted((images[image, i], step) for (k, i), step in first.items() if k == image)
        assert [step for _, step in lit] == sorted((step for _, step in lit), reverse=True)


def test_images_may_be_one_picture_or_have_rows_and_columns() -> None:
    flat = np.array([0.0, 0.25, 0.75, 1.0])
    for code in (RateCode, LatencyCode):
        expected = spikes(code(flat[None], 8), 8, PIXELS)
        assert expected
        assert spikes(code(flat, 8), 8, PIXELS) == expected
        assert spikes(code(flat.reshape(1, 2, 2), 8), 8, PIXELS) == expected
        assert spikes(code(np.zeros((0, PIXELS)), 8), 8, PIXELS) == []


@given(pairs=st.lists(st.tuples(st.integers(0, 19), st.integers(0, 3))))
def test_spike_lists_and_arrays_say_the_same(pairs: list[tuple[int, int]]) -> None:
    dense = np.zeros((20, PIXELS), bool)
    for t, i in pairs:
        dense[t, i] = True
    listed = spikes(SpikeList([t for t, _ in pairs], [i for _, i in pairs]), 20, PIXELS)
    assert listed == sorted(pairs)
    for array in (dense, dense.astype(int), dense.astype(float), dense.tolist()):
        assert spikes(SpikeArray(array), 25, PIXELS) == sorted(set(pairs))


@given(
    steps=st.lists(st.integers(0, 10**6), min_size=1, max_size=20),
    late=st.floats(0, 0.99), dt=st.sampled_from([1e-4, 3e-4, 1e-3, 0.1]),
)  # fmt: skip
def test_a_time_falls_in_the_step_that_holds_it(steps: list[int], late: float, dt: float) -> None:
    times = [(step + late) * dt for step in steps]
    found = SpikeTimes(times, [0] * len(times)).events(Run(10**6 + 1, dt), 1)[0]
    assert found.tolist() == steps


@pytest.mark.parametrize("dt", [1e-4, 3e-4, 1e-3, 0.1])
def test_multiples_of_dt_are_their_own_steps(dt: float) -> None:
    """Though floating point puts some of them below."""
    steps = np.arange(3000)
    assert (np.floor(steps * dt / dt) < steps).any()
    found = SpikeTimes(steps * dt, np.zeros(3000, int)).events(Run(3000, dt), 1)[0]
    np.testing.assert_array_equal(found, steps)


def steps_of(times: object, dt: float, steps: int = 10**9) -> list[int]:
    """Where a run takes these times to."""
    return SpikeTimes(times, np.zeros(np.size(times), int)).events(Run(steps, dt), 1)[0].tolist()


@pytest.mark.parametrize("dt", [1e-3, 1e-4, 1e-3 / 3, 0.25e-3])
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.longdouble])
def test_a_time_is_as_exact_as_its_type(kind: type, dt: float) -> None:
    """Multiples of dt and times between them, as long as the type can tell a step from the next."""
    last = 1000 if kind is not np.float16 else int(0.9 / np.finfo(kind).eps / 2)
    k = np.arange(last)
    assert steps_of((k * dt).astype(kind), dt) == k.tolist()
    middle = ((k + 0.5) * dt).astype(kind)
    assert steps_of(middle, dt) == k.tolist()


def test_half_precision_reaches_a_thousand_steps() -> None:
    """A time in float16 lies up to a quarter of a step of 1 ms from what was meant, close to one second."""
    k = np.arange(1001)
    assert steps_of((k * 1e-3).astype(np.float16), 1e-3) == k.tolist()


@pytest.mark.parametrize("dt", [1e-3, 1e-4, 1e-3 / 3])
def test_times_made_by_arithmetic_of_their_own_type_go_to_their_steps(dt: float) -> None:
    k = np.arange(1000)
    assert steps_of(k.astype(np.float32) * np.float32(dt), dt) == k.tolist()
    assert steps_of(np.arange(0, 1000 * dt - dt / 2, dt), dt) == k.tolist()
    assert steps_of(np.cumsum(np.full(100_000, dt)), dt) == list(range(1, 100_001))
    assert steps_of(np.linspace(0, 999 * dt, 1000), dt) == k.tolist()


def test_late_times_whole_seconds_and_lists_are_times_too() -> None:
    late = 1e5 + np.arange(1000) * 1e-4
    assert steps_of(late, 1e-4, 2**40) == (10**9 + np.arange(1000)).tolist()
    assert steps_of([0, 1, 2], 1e-3) == [0, 1000, 2000]
    assert steps_of(np.array([3], np.uint8), 1e-4) == [30_000]
    assert steps_of([0.001, 0.0019, 0.002], 1e-3) == [1, 1, 2]
    assert steps_of([], 1e-3) == []
    assert steps_of(0.004, 1e-3) == [4]


def test_a_list_of_seconds_is_for_any_step() -> None:
    listed = SpikeList.from_times([0.1], [0])
    assert isinstance(listed, SpikeTimes)
    for dt, step in ((1e-3, 100), (1e-4, 1000), (0.1, 1)):
        assert listed.events(Run(2000, dt), 1)[0].tolist() == [step]


class Tensor:
    """Like a tensor of another library: an array only when asked."""

    def __init__(self, values: object) -> None:
        self.values = values

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return np.asarray(self.values, dtype)


def test_tensors_are_arrays() -> None:
    assert spikes(SpikeTimes(Tensor(np.float32([0.003])), Tensor([1])), 5, 2) == [(3, 1)]
    assert spikes(SpikeArray(Tensor([[0, 1]])), 5, 2) == [(0, 1)]
    assert Poisson(Tensor([5.0, 6.0])).rates(2, 1e-3).tolist() == pytest.approx([5e-3, 6e-3])


def test_what_lies_outside_the_run_is_dropped_if_asked() -> None:
    times = SpikeTimes([-0.001, 0.0, 0.009, 0.01, 5.0], [0, 1, 2, 3, 0], beyond="drop")
    assert spikes(times, 10, 4) == [(0, 1), (9, 2)]
    assert spikes(SpikeList([-1, 3, 10], [0, 0, 0], beyond="drop"), 10, 4) == [(3, 0)]
    assert spikes(SpikeArray(np.eye(4)[[0, 1, 2]], beyond="drop"), 2, 4) == [(0, 0), (1, 1)]
    images = np.ones((2, 4))
    for code in (RateCode, LatencyCode):
        whole = spikes(code(images, 8), 16, 4)
        assert spikes(code(images, 8, beyond="drop"), 10, 4) == [(t, i) for t, i in whole if t < 10]


@given(rate=st.floats(0, 1), dt=st.floats(1e-5, 1.0))
def test_poisson_rates_are_shares_of_a_step(rate: float, dt: float) -> None:
    stimulus = Poisson([rate / dt, 0.0])
    assert stimulus.events(Run(10, dt), 2)[0].size == 0
    np.testing.assert_allclose(stimulus.rates(2, dt), [rate, 0.0], rtol=1e-12)
    assert Poisson(1 / dt).rates(3, dt).tolist() == pytest.approx([1.0] * 3)


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (-1.0, "rate = -1 Hz 0 to 1000 Hz"),
        (1001.0, "rate = 1001 Hz 0 to 1000 Hz"),
        ([5.0, 2000.0], "rate = 2000 Hz 0 to 1000 Hz"),
        ([-2.0, 2000.0], "rate = -2 Hz 0 to 1000 Hz"),
        (np.nan, "rate NaN"),
        ([1.0, 2.0, 3.0], "rate (3,) (2,)"),
        ("fast", "rate number 'fast'"),
    ],
)
def test_poisson_rates_beyond_one_spike_a_step_are_refused(rate: object, words: str) -> None:
    with pytest.raises(ParameterError, match=f"^.*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        Poisson(rate).rates(2, 1e-3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SpikeList([0, 10], [0, 0]), "run of 10 steps 10"),
        (lambda: SpikeList([-1], [0]), "run of 10 steps -1"),
        (lambda: SpikeList([0], [4]), "inputs 4"),
        (lambda: SpikeList([0, 1], [0]), "2 spike steps 1 inputs"),
        (lambda: SpikeList([0.5], [0]), "whole numbers float64"),
        (lambda: SpikeList([[0], [1, 2]], [0]), "spike list"),
        (lambda: SpikeList.from_times([np.inf], [0]), "times finite"),
        (lambda: SpikeList.from_times([np.nan], [0]), "times"),
        (lambda: SpikeList.from_times([-0.001], [0]), "-1"),
        (
            lambda: SpikeTimes([-1.0, 0.001, 0.01, 0.5], [0] * 4),
            "4 spike times: 1 before 2 after step 500 beyond",
        ),
        (lambda: SpikeTimes([0.0, np.nan, np.inf], [0] * 3), "times finite 2 of 3 nan"),
        (lambda: SpikeTimes([1e300], [0]), "times 1e+300 counted"),
        (lambda: SpikeTimes([True], [0]), "numbers of seconds True"),
        (lambda: SpikeTimes([0.001, 0.002], [0]), "2 spike times 1 inputs"),
        (lambda: SpikeTimes([0.001], [1.5]), "inputs whole numbers"),
        (lambda: SpikeTimes([[0.001], [0.1, 2]], [0]), "spike times numbers of seconds one array"),
        (lambda: SpikeTimes(np.array([0.001, None]), [0, 0]), "numbers of seconds not None"),
        (lambda: SpikeTimes({0.001}, [0]), "numbers of seconds not {0.001}"),
        (lambda: SpikeTimes([1j], [0]), "numbers of seconds not 1j"),
        (lambda: SpikeTimes([0.001], [0], beyond="cut"), "beyond = 'cut' drop"),
        (lambda: SpikeList([0.5], [0]), "SpikeTimes"),
        (lambda: SpikeArray(np.ones((4, 3), bool)), "(4, 3) [steps, 4] transposed"),
        (lambda: SpikeArray([[0, 1, 2, 0]]), "not 2 at most one > 0 shorter dt"),
        (lambda: SpikeArray([[0, 1, np.nan, 0]]), "not nan"),
        (lambda: SpikeArray([["a", "b", "c", "d"]]), "not <U1"),
        (lambda: SpikeList.from_times(["noon"], [0]), "times numbers"),
        (lambda: SpikeList.from_times([0.001], [0], dt=1e-3), "no dt 0.001 seconds until the run"),
        (lambda: SpikeArray(np.ones((3, 5), bool)), "(3, 5) [steps, 4]"),
        (lambda: SpikeArray(np.ones(4, bool)), "(4,) [steps, 4]"),
        (lambda: SpikeArray(np.full((3, 4), 2)), "true and false"),
        (lambda: SpikeArray(np.ones((11, 4), bool)), "11 steps longer 10"),
        (lambda: RateCode(np.ones((2, 4)), 8), "16 steps longer 10"),
        (lambda: RateCode(np.ones((1, 5)), 8), "5 pixels 4 inputs"),
        (lambda: RateCode(np.full((1, 4), 1.5), 8), "pixels 0 to 1"),
        (lambda: RateCode(np.full((1, 4), -0.5), 8), "pixels 0 to 1"),
        (lambda: RateCode(np.full((1, 4), np.nan), 8), ""),
        (lambda: RateCode(np.ones((1, 4)), 8, rate=1.5), "rate = 1.5 0 to 1"),
        (lambda: RateCode(np.ones((1, 4)), 8, rate="fast"), "rate = 'fast' 0 to 1"),
        (lambda: RateCode(np.ones((1, 4)), 0), "steps an image = 0 at least 1"),
        (lambda: RateCode(np.ones((1, 4)), 8, phase=1.0), "phases 0 to below 1"),
        (lambda: RateCode(np.ones((1, 4)), 8, phase=[0.5, 0.5]), "phase (2,) (4,)"),
        (lambda: RateCode("picture", 8), "images numbers"),
        (lambda: RateCode(0.5, 8), "1 pixels 4 inputs"),
        (lambda: LatencyCode(np.ones((2, 4)), 8), "2 images of 8 steps longer 10"),
        (lambda: LatencyCode(np.ones((1, 4)), 2.5), "steps an image = 2.5 whole number"),
    ],
)
def test_a_stimulus_that_does_not_fit_is_refused(make: type, words: str) -> None:
    """In a run of 10 steps of 4 inputs; the sentence names the words, in this order."""
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        make().events(Run(10), 4)
