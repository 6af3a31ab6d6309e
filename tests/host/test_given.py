"""Stimuli of a run: for whom they are, how they add up, and what is said of those that are none."""

import re
import warnings

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from allspike import (
    ConstantCurrent,
    CurrentArray,
    LatencyCode,
    Network,
    OneToOne,
    Poisson,
    RateCode,
    Simulation,
    SpikeArray,
    SpikeList,
    SpikeTimes,
    StepCurrent,
    TimingWarning,
    delta_lif,
)
from allspike.errors import ParameterError

SIZE, STEPS = 6, 20


NET = Network()
SOURCE, CELLS = NET.inputs(SIZE, "source"), NET.neurons(SIZE, delta_lif(tau_m=0.0), "cells")
NET.inputs(2, "other")
NET.connect(SOURCE, CELLS, OneToOne(), weight=1.0)
SIM = Simulation(NET)
"""Each neuron fires in the step in which its input does."""


def fired(stimuli: object) -> list[tuple[int, int]]:
    """(step of the run, input) of every input spike; nothing may be warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = SIM.run_steps(STEPS, stimuli)
    when, who = result.spikes["cells"]
    return sorted(zip((when - result.start).tolist(), who.tolist(), strict=True))


A, B = SpikeList([1, 2], [0, 1]), SpikeTimes([0.003, 0.004], [2, 5])
BOTH = [(1, 0), (2, 1), (3, 2), (4, 5)]


@pytest.mark.parametrize(
    "stimuli",
    [
        {"source": [A, B]},
        {"source": (A, B)},
        {SOURCE: A + B},
        {SOURCE: sum([A, B])},
        {SOURCE: [A + B, []]},
        {SOURCE: A, "source": B},
        {SOURCE[:2]: A, SOURCE[2:]: SpikeTimes([0.003, 0.004], [0, 3])},
        {SOURCE: A, SOURCE[[5, 2]]: SpikeTimes([0.003, 0.004], [1, 0])},
        {SOURCE: [A, np.eye(STEPS, SIZE, -3)[:, [5, 5, 0, 3, 4, 1]] * [0, 0, 1, 0, 0, 1]]},
    ],
    ids=repr,
)  # fmt: skip
def test_several_stimuli_of_one_population_add_up(stimuli: dict) -> None:
    assert fired(stimuli) == BOTH


@pytest.mark.parametrize(
    "array",
    [
        np.eye(SIZE, dtype=bool),
        np.eye(SIZE, dtype=np.uint8),
        np.eye(SIZE),
        np.eye(SIZE).tolist(),
        tuple(map(tuple, np.eye(SIZE, dtype=int).tolist())),
    ],
    ids=lambda array: f"{type(array).__name__} {getattr(array, 'dtype', '')}",
)
def test_an_array_is_a_stimulus(array: object) -> None:
    assert fired({"source": array}) == [(k, k) for k in range(SIZE)]


def test_a_sparse_matrix_is_an_array_and_one_input_takes_a_row_of_steps() -> None:
    assert fired({SOURCE: csr_matrix(np.eye(SIZE))}) == [(k, k) for k in range(SIZE)]
    assert fired({SOURCE[3]: [False, True, True]}) == [(1, 3), (2, 3)]


def test_no_stimuli_are_silence() -> None:
    for stimuli in (None, {}, {SOURCE: []}, {"source": SpikeList([], [])}, {SOURCE[:0]: Poisson(50.0)}):
        assert fired(stimuli) == []


def test_spikes_that_coincide_are_counted() -> None:
    """20,000 events of 64 sources in 1 s, of which an input can have one a step."""
    rng = np.random.default_rng(0)
    times, inputs = rng.random(20_000), rng.integers(64, size=20_000)
    lost = 20_000 - np.unique(np.floor(times * 1e3) * 64 + inputs).size
    assert lost > 2000
    net = Network()
    net.connect(net.inputs(64, "source"), net.neurons(1, name="cells"), weight=1e-9)
    sim = Simulation(net)
    words = rf"^{lost:,} of 20,000 spikes of 'source' .* merge=True .* merge=False .*\.$"
    with pytest.warns(TimingWarning, match=words):
        result = sim.run(1.0, {"source": SpikeTimes(times, inputs)})
    assert result.counters["events"] == 20_000 - lost
    with pytest.raises(ParameterError, match=rf"^{lost:,} of 20,000 spikes of 'source' .*\.$"):
        sim.run(1.0, {"source": SpikeTimes(times, inputs, merge=False)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim.run(1.0, {"source": SpikeTimes(times, inputs, merge=True)})


@pytest.mark.parametrize(
    "stimuli",
    [
        {"source": SpikeList([5, 5], [1, 1])},
        {"source": [SpikeList([5], [1]), SpikeTimes([0.005], [1])]},
        {"source": SpikeList([5], [1]) + SpikeArray(np.eye(SIZE)[[3, 3, 3, 3, 3, 1]])},
        {SOURCE: SpikeList([5], [1]), SOURCE[1:]: SpikeList([5], [0])},
    ],
    ids=repr,
)
def test_spikes_of_one_input_in_one_step_are_one_with_a_warning(stimuli: dict) -> None:
    with pytest.warns(TimingWarning, match=r"^1 of .* spikes of 'source' .*input 1 in step 5\)"):
        result = SIM.run_steps(STEPS, stimuli)
    assert (result.spikes["cells"][0] - result.start).tolist().count(5) == 1


def test_a_stimulus_that_may_merge_merges_with_others() -> None:
    plain = SpikeList([5], [0])
    assert fired({"source": [plain, SpikeList([5], [0], merge=True)]}) == [(5, 0)]
    with pytest.raises(ParameterError, match="fall into a step"):
        fired({"source": [SpikeList([5], [0], merge=False), SpikeList([5], [0], merge=True)]})
    assert fired({"source": [SpikeList([5], [0], merge=False), SpikeList([5], [1], merge=False)]})


@pytest.mark.parametrize(
    ("stimuli", "words"),
    [
        ({"source": 50}, "50 'source' Poisson(50), in Hz?"),
        ({"source": np.float64(0.5)}, "'source' Poisson(0.5), in Hz?"),
        ({"cells": 1e-9}, "'cells' ConstantCurrent(1e-09), in A?"),
        ({"source": "poisson"}, "'poisson' is no stimulus of 'source' Poisson(50.0)"),
        ({"source": None}, "None is no stimulus of 'source'"),
        ({"source": Poisson}, "is no stimulus of 'source'"),
        ({"source": {"rate": 5}}, "is no stimulus of 'source'"),
        ({"source": True}, "True is no stimulus of 'source' Poisson(50.0)"),
        ({"source": (k for k in "ab")}, "is no stimulus of 'source'"),
        ({"source": ["a", "b"]}, "is no stimulus of 'source'"),
        ({"source": SpikeList([5, 5], [0, 0], merge="yes")}, "merge = 'yes' True False None"),
        ({"source": [Poisson(5.0), 5]}, "5 is no stimulus Poisson(5), in Hz?"),
        ({"source": [0.01, 0.02]}, "(2,) [steps, 6]"),
        ({"source": [[0, 1], [1]]}, "stimulus of 'source' no array"),
        ({"source": np.ones((SIZE, STEPS))}, "(6, 20) [steps, 6] transposed"),
        ({"source": np.full((STEPS, SIZE), 0.3)}, "not 0.3 SpikeTimes RateCode or Poisson"),
        ({"cells": np.ones((STEPS, SIZE))}, "(20, 6) 'cells' CurrentArray"),
        ({"cells": Poisson(5.0)}, "'cells' has neurons Poisson(5 Hz) connect inputs are: source, other"),
        ({"source": ConstantCurrent(1e-9)}, "'source' has inputs Poisson(50.0) neurons are: cells"),
        ({"sorce": Poisson(5.0)}, "population of inputs 'sorce' did you mean 'source'? source, other"),
        ({"celss": CurrentArray([0.0])}, "population of neurons 'celss' did you mean 'cells'?"),
        ({3: Poisson(5.0)}, "3 is no population of inputs"),
        ({Network().inputs(2, "source"): Poisson(5.0)}, "no population of this network"),
        (Poisson(5.0), "{noise: Poisson(50.0)} Poisson(5 Hz) names none"),
        ([("source", Poisson(5.0))], "names none"),
    ],
)  # fmt: skip
def test_what_is_no_stimulus_is_told_what_would_be(stimuli: object, words: str) -> None:
    step = SIM.device.step
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}"):
        SIM.run_steps(STEPS, stimuli)
    assert SIM.device.step == step


def test_stimuli_show_themselves_in_a_line() -> None:
    many = [
        SpikeTimes(np.linspace(0, 1, 10_000), np.arange(10_000) % 7),
        SpikeList(range(10_000), [0] * 10_000),
        SpikeList([], []),
        SpikeArray(np.zeros((1000, 50), bool)),
        Poisson(np.ones(500)),
        Poisson(20.0, seed=4),
        RateCode(np.zeros((100, 784)), 30),
        CurrentArray(np.zeros((1000, 50))),
        ConstantCurrent(np.zeros(50), 0.1, 0.2),
        A + B,
    ]
    shown = [repr(stimulus) for stimulus in many]
    assert all("\n" not in text and len(text) < 100 for text in shown)
    assert shown[0] == "SpikeTimes(10,000 spikes of 7 inputs, 0 to 1 s)"
    assert shown[5] == "Poisson(20 Hz, seed=4)"
    assert "SpikeList" in shown[-1]
    assert "SpikeTimes" in shown[-1]


@pytest.mark.parametrize("odd", ["fast", None, [[1], [1, 2]], {"a": 1}, Network, 1j, b"x"], ids=repr)
def test_a_stimulus_made_from_anything_shows_itself(odd: object) -> None:
    """It is refused by the run, in a sentence that may show it."""
    for stimulus in (
        SpikeTimes(odd, odd), SpikeList(odd, odd), SpikeArray(odd), Poisson(odd, seed=odd),
        RateCode(odd, odd, odd), LatencyCode(odd, odd), ConstantCurrent(odd, odd, odd),
        StepCurrent(odd, odd), CurrentArray(odd),
    ):  # fmt: skip
        assert type(stimulus).__name__ in repr(stimulus)
        key = "source" if hasattr(stimulus, "events") else "cells"
        with pytest.raises(ParameterError):
            SIM.run_steps(STEPS, {key: stimulus})
