"""Runs in float64: where nothing is rounded they are the emulator's, spike for spike and volt for volt."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import (
    LIF,
    STDP,
    CapacityError,
    ConstantCurrent,
    CurrentArray,
    Network,
    ParameterError,
    Poisson,
    Simulation,
    SpikeArray,
    SpikeTimes,
    delta_lif,
)
from allspike.training import Dynamics, float_run

HALF = 1 / np.log(2)  # a time constant, in steps, of which a step leaves exactly one half

SHORT = 12
"""Steps of a run in which V is halved, so often at most."""


@st.composite
def exact(draw: st.DrawFn) -> tuple[Network, np.ndarray]:
    """A network of which nothing is rounded in so many steps: whole numbers, halved some times at most."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    halving = draw(st.booleans())
    size, inputs, steps = draw(st.integers(1, 6)), draw(st.integers(1, 4)), SHORT if halving else 60
    net = Network(1.0)

    def some(low: int, high: int) -> np.ndarray:
        return rng.integers(low, high + 1, size).astype(float)

    memory = [0.0, HALF, np.inf] if halving else [0.0, np.inf]
    rest = float(draw(st.integers(-2, 2)))
    model = LIF(
        tau_m=rng.choice(memory, size), tau_syn=0.0, v_rest=rest, v_reset=rest + some(-3, 3),
        v_thresh=rest + some(1, 9),
        v_subtract=draw(st.none() | st.just(some(-2, 6))), t_ref=some(0, 3),
        v_drift=0.0 if halving else some(-1, 2),
        leak=some(0, 1) * draw(st.sampled_from([0.0, 1.0])), theta_plus=some(0, 3) * draw(st.booleans()),
        tau_theta=np.inf if not halving else rng.choice([0.0, HALF, np.inf], size), delay=some(0, 5),
        reset=draw(st.sampled_from(["to", "subtract"])),
        refractory=draw(st.sampled_from(["hold", "integrate"])),
    )  # fmt: skip
    pre, cells = net.inputs(inputs, "pre"), net.neurons(size, model, "cells")
    net.connect(pre, cells, weight=rng.integers(-4, 9, (inputs, size)).astype(float))
    net.connect(cells, cells, (rng.random((size, size)) < 0.5) * rng.integers(-3, 4, (size, size)))
    return net, rng.random((3, steps, inputs)) < draw(st.sampled_from([0.1, 0.5]))


@settings(deadline=None, max_examples=60)
@given(case=exact())
@pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")
def test_a_network_that_nothing_rounds_is_the_emulators(case: tuple[Network, np.ndarray]) -> None:
    net, spikes = case
    run = float_run(net, {"pre": spikes}, record_v=True)
    shift = (
        13 if spikes.shape[1] == SHORT else 0
    )  # fractions where there are any; and V has room for the rest
    with Simulation(net, weight_unit=1.0, weight_shift=shift) as simulation:
        for k, array in enumerate(spikes):
            simulation.reset()
            result = simulation.run_steps(len(array), {"pre": array}, record_v="all")
            assert np.array_equal(result.array("cells"), run.spikes("cells")[k])
            np.testing.assert_allclose(result.v["cells"], run.v("cells")[k], atol=1e-9)


def test_currents_with_exponential_synapses_differ_by_rounding_alone() -> None:
    """The description with the parameters that the device holds."""
    net = Network()
    cells = net.neurons(3, LIF(i_offset=0.2e-9, t_ref=2e-3, delay=[0.0, 2e-3, 3e-3]), "cells")
    pre = net.inputs(2, "pre")
    net.connect(pre, cells, weight=np.array([[127, 50, -9], [3, 127, 127]]) * 1e-11)
    net.connect(cells, cells, weight=2e-10)
    drive = {pre: Poisson(100.0, seed=3), cells[1:]: ConstantCurrent([0.4e-9, 0.6e-9], start=0.05, stop=0.2)}
    drive[cells] = CurrentArray(np.random.default_rng(0).normal(0, 5e-10, (300, 3)))
    run = float_run(net, [drive, {}], 300, record_v=True)
    with Simulation(net) as simulation:
        result = simulation.run_steps(300, drive, record_v=cells)
    assert run.counts(cells)[0].min() > 5
    assert run.counts(cells)[1].tolist() == [0, 0, 0]
    assert np.array_equal(result.array(cells), run.spikes(cells)[0])
    np.testing.assert_allclose(result.v[cells[:2]], run.v(cells[:2])[0], atol=1e-6)


def two() -> Network:
    net = Network()
    net.connect(net.inputs(2, "pre"), net.neurons(3, delta_lif(), "cells"), weight=0.4)
    return net


def test_samples_come_as_arrays_or_as_a_list_and_are_apart() -> None:
    net = two()
    spikes = np.random.default_rng(1).random((4, 30, 2)) < 0.5
    together = float_run(net, {"pre": spikes})
    apart = float_run(net, [{net["pre"]: SpikeArray(array)} for array in spikes], 30)
    mixed = float_run(net, [{"pre": spikes[:3].astype(np.uint8)}, {"pre": [SpikeArray(spikes[3])]}])
    assert together.raster.any()
    for other in (apart, mixed):
        assert np.array_equal(together.raster, other.raster)
    assert float_run(net, {"pre": SpikeTimes([0.001], [0])}, steps=np.int64(5)).raster.shape == (1, 5, 3)
    assert float_run(net, {}, 0).raster.shape == (1, 0, 3)
    assert together.spikes(net["cells"][[2, 0]]).shape == (4, 30, 2)
    with pytest.raises(ParameterError, match=r"^V was not recorded: say record_v=True\.$"):
        together.v("cells")
    with pytest.raises(ParameterError, match="no population of neurons 'pre'"):
        together.counts("pre")


@pytest.mark.parametrize(
    ("runs", "steps", "words"),
    [
        ([], 5, "runs has no sample"),
        ({"pre": np.zeros((0, 5, 2))}, None, "runs has no sample"),
        ({"pre": Poisson(5.0)}, 5, r"Poisson\(.*\) for 'pre' is drawn by the device"),
        ({}, None, "no array says how long a run is: give steps="),
        ([{"pre": np.zeros((4, 2))}, {"pre": np.zeros((5, 2))}], None, r"arrays have \[4, 5\] steps: give"),
        ({"pre": np.zeros((4, 5, 2)), "cells": np.zeros((3, 5, 3))}, None, r"have \[3, 4\] samples"),
        ({"pre": np.zeros((4, 5, 3))}, None, r"3"),
        ({"pre": np.full((4, 5, 2), np.nan)}, None, "not nan"),
        ({"pre": np.full((1, 5, 2), 0.5)}, None, "0.5"),
        ("pre", 5, "runs = 'pre' must be stimuli"),
        ([1, 2], 5, "a run is a mapping from populations to stimuli, not 1"),
        ({"pre": []}, -1, "steps = -1"),
        ({"cells": np.zeros((5, 3), bool)}, 5, "did you mean CurrentArray"),
        ({"nobody": Poisson(5.0, seed=1)}, 5, "nobody"),
    ],
)
def test_runs_that_cannot_be_are_refused(runs: object, steps: int | None, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        float_run(two(), runs, steps)  # type: ignore[arg-type]


def test_a_network_without_neurons_is_refused() -> None:
    net = Network()
    for name in ("pre", "others"):
        with pytest.raises(CapacityError, match="the network has no neurons: add a population"):
            float_run(net, {}, 5)
        net.inputs(3, name)


def test_a_network_that_learns_is_refused() -> None:
    net = two()
    net.connect("cells", "cells", weight=0.1, stdp=STDP(a_plus=0.1, a_minus=0.1, w_max=1.0))
    with pytest.raises(ParameterError, match="has synapses that learn"):
        float_run(net, {"pre": np.zeros((1, 5, 2))})


def test_weights_of_parts_of_populations_are_one_matrix() -> None:
    """Two projections between the same populations; where there is no synapse, a weight counts as 0."""
    net = Network()
    pre, cells = net.inputs(2, "pre"), net.neurons(2, delta_lif(), "cells")
    net.connect(pre[:1], cells, weight=1.0, name="upper")
    net.connect(pre[1:], cells[:1], weight=2.0, name="lower")
    dynamics = Dynamics(net)
    weights = {name: np.full((2, 2), 7.0) for name in dynamics.weights()}
    assert dynamics.matrix(dynamics.weights()).tolist() == [[1, 1], [2, 0], [0, 0], [0, 0]]
    assert dynamics.matrix(weights).tolist() == [[7, 7], [7, 0], [0, 0], [0, 0]]
    for wrong, words in (
        ({}, "weights of 'upper' are missing"),
        (weights | {"lower": np.ones(2)}, "lower"),
        (
            weights | {"lower": [[1, 2], [3, 4]]},
            r"weights of 'lower' are \[\[1, 2\], \[3, 4\]\]: give an array",
        ),
    ):
        with pytest.raises(ParameterError, match=words):
            dynamics.matrix(wrong)


@pytest.mark.parametrize("above", [True, False])
def test_a_neuron_of_another_program_may_fire_above_its_threshold_alone(above: bool) -> None:
    net = Network()
    net.connect(net.inputs(1, "pre"), net.neurons(2, delta_lif(), "cells"), weight=[[1.0, 1.25]])
    net.translation = SimpleNamespace(strict={"cells": above}, given=lambda _: {}, start=lambda _: None)  # type: ignore[assignment]
    run = float_run(net, {"pre": [[True]]}, 1)
    assert run.counts("cells")[0].tolist() == [int(not above), 1]
