"""Currents: amperes that flow into neurons, as i_offset does, from step to step."""

import re
import warnings

import numpy as np
import pytest

from allspike import (
    LIF,
    STDP,
    Config,
    ConstantCurrent,
    CurrentArray,
    Network,
    QuantisationWarning,
    Result,
    Simulation,
    SpikeArray,
    StepCurrent,
    TimingWarning,
    delta_lif,
)
from allspike import open as open_device
from allspike.errors import ParameterError
from tests.link.boards import board

SMALL = Config(neurons=16, inputs=16)
SIZE, STEPS = 5, 60


def network(i_offset: float | list[float] = 0.0, stdp: STDP | None = None) -> Network:
    net = Network()
    source = net.inputs(8, "source")
    cells = net.neurons(SIZE, LIF(i_offset=i_offset), "cells")
    net.neurons(3, delta_lif(tau_m=0.02, i_offset=0.0), "others")
    rng = np.random.default_rng(2)
    net.connect(source, cells, weight=rng.uniform(1e-9, 4e-9, (8, SIZE)), stdp=stdp)
    net.connect(cells, net["others"], weight=0.3)
    return net


NOISE = {"source": SpikeArray(np.random.default_rng(1).random((STEPS, 8)) < 0.2)}


def run(net: Network, current: object, steps: int = STEPS, dt: float = 1e-3, **options: object) -> Result:
    return Simulation(net, config=SMALL, **options).run_steps(
        steps, NOISE | ({"cells": current} if current is not None else {}), record_v="all"
    )


def assert_same(one: Result, other: Result) -> None:
    for name in one.sizes:
        np.testing.assert_array_equal(one.array(name), other.array(name))
        np.testing.assert_array_equal(one.v[name], other.v[name])
    assert one.counts("cells").any()


AMPERES = np.array([0.2e-9, 0.4e-9, 0.0, -0.3e-9, 1e-9])


def test_a_constant_current_is_an_offset_bit_by_bit() -> None:
    expected = run(network(AMPERES.tolist()), None)
    assert_same(run(network(), ConstantCurrent(AMPERES)), expected)
    assert_same(run(network(), CurrentArray(AMPERES)), expected)
    assert_same(run(network(), CurrentArray(np.tile(AMPERES, (STEPS, 1)))), expected)
    assert_same(run(network(), StepCurrent([0.0], [AMPERES])), expected)
    assert_same(run(network(), ConstantCurrent(AMPERES / 2) + ConstantCurrent(AMPERES / 2)), expected)


def test_all_spellings_of_a_current_are_one() -> None:
    """A pulse of 1 nA from step 20 on and of half as much from step 30 to 40."""
    values = np.zeros(STEPS)
    values[20:30], values[30:40] = 1e-9, 0.5e-9
    expected = run(network(), CurrentArray(values))
    for current in (
        ConstantCurrent(1e-9, 0.02, 0.03) + ConstantCurrent(0.5e-9, 0.03, 0.04),
        [ConstantCurrent(0.5e-9, start=0.02, stop=0.03), ConstantCurrent(0.5e-9, 0.02, 0.04)],
        StepCurrent([0.02, 0.03, 0.04], [1e-9, 0.5e-9, 0.0]),
        StepCurrent(np.float32([0.02, 0.03, 0.04]), np.float32([1e-9, 0.5e-9, 0.0])[:, None] * np.ones(SIZE)),
        CurrentArray(values[:40, None] * np.ones(SIZE)),
        CurrentArray(values[:40, None]),
        CurrentArray(np.append(values, 1e-9), beyond="drop"),
    ):
        assert_same(run(network(), current), expected)


def test_a_current_is_that_of_the_equation() -> None:
    """V in double precision, within the rounding of V; a current that changes in each step."""
    dt, tau, c_m, i_offset = 1e-3, 20e-3, 0.25e-9, 0.05e-9
    net = Network(dt)
    cells = net.neurons(3, LIF(tau_m=tau, c_m=c_m, i_offset=i_offset, v_thresh=1.0), "cells")
    rng = np.random.default_rng(0)
    values = 0.3e-9 * np.sin(np.arange(300)[:, None] / [5, 17, 40]) + rng.normal(0, 0.02e-9, (300, 3))
    sim = Simulation(net, config=SMALL)
    v = sim.run_steps(300, {cells: CurrentArray(values)}, record_v=cells).v[cells]
    beta, exact, expected = np.exp(-dt / tau), np.zeros(3), []
    for row in values + i_offset:
        exact = beta * exact + tau * (1 - beta) / c_m * row
        expected.append(-65e-3 + exact)
    unit = sim.image.v_unit[0]
    # Half a unit from each current and each decay, and the decay factor to fifteen bits.
    bound = 1.5 * unit / (1 - beta) + 2**-15 * np.abs(exact).max() / (1 - beta)
    assert np.abs(v - expected).max() < max(bound, 1e-5)
    assert np.ptp(v) > 0.02


def test_a_current_into_weights_of_volts_acts_through_the_capacitance() -> None:
    """1 pA on 1 nF is 1 mV a second; to half a unit of V a step."""
    net = Network()
    cells = net.neurons(2, delta_lif(tau_m=np.inf, c_m=[1e-9, 2e-9]), "cells")
    sim = Simulation(net)
    v = sim.run(1.0, {cells: ConstantCurrent(0.4e-9)}, record_v=cells).v[cells]
    seconds = (np.arange(1000)[:, None] + 1) * 1e-3
    off = np.abs(v - seconds * [0.4, 0.2]) / sim.image.v_unit[:2]
    assert (off <= 0.5 * (np.arange(1000)[:, None] + 1)).all()


def test_a_view_takes_a_current_alone_and_currents_add_to_the_offset() -> None:
    net = network([0.1e-9] * SIZE)
    both = {"cells": ConstantCurrent(0.2e-9), net["cells"][[3, 1]]: CurrentArray([0.3e-9, 0.5e-9])}
    sim = Simulation(net, config=SMALL)
    result = sim.run_steps(STEPS, NOISE | both, record_v="all")
    expected = run(net, ConstantCurrent(np.array([0.2, 0.7, 0.2, 0.5, 0.2]) * 1e-9))
    assert_same(result, expected)


def test_a_current_ends_with_its_run() -> None:
    net = network([0.1e-9, 0.0, 0.0, 0.0, 0.3e-9])
    sim, plain = Simulation(net, config=SMALL), Simulation(net, config=SMALL)
    biases = sim.device.read("bias")
    sim.run_steps(30, {"cells": ConstantCurrent(1e-9)})
    np.testing.assert_array_equal(sim.device.read("bias"), biases)
    for simulation in (sim, plain):
        simulation.reset()
    assert_same(sim.run_steps(STEPS, NOISE, record_v="all"), plain.run_steps(STEPS, NOISE, record_v="all"))


def test_a_current_is_the_same_in_pieces_and_while_weights_are_recorded() -> None:
    values = np.random.default_rng(3).normal(0, 0.5e-9, (STEPS, SIZE))
    rule = STDP(a_plus=1e-10, a_minus=1e-10, w_max=5e-9)
    whole = run(network(stdp=rule), CurrentArray(values))
    sim = Simulation(network(stdp=rule), config=SMALL)
    start = sim.weights("source-cells")
    noise = np.asarray(NOISE["source"].spikes)
    parts = [
        sim.run_steps(
            last - first,
            {"source": noise[first:last], "cells": CurrentArray(values[first:last])},
            record_v="all",
        )
        for first, last in ((0, 1), (1, 30), (30, STEPS))
    ]
    assert_same(sum(parts), whole)
    sim.reset()
    sim.set_weights("source-cells", start)
    assert_same(
        sim.run_steps(STEPS, NOISE | {"cells": CurrentArray(values)}, record_v="all", record_weights=7), whole
    )


@pytest.mark.parametrize("linked", [True, False])
def test_a_current_is_the_same_through_a_line_and_in_an_image(linked: bool) -> None:
    """A board is stopped at each change, and its biases are as before in the end."""
    steps, values = 25, np.random.default_rng(3).normal(0, 1e-9, (25, SIZE))
    image = Simulation(network(), config=SMALL).image
    stimuli = {
        "source": np.asarray(NOISE["source"].spikes)[:steps],
        "cells": [CurrentArray(values), StepCurrent([0.004, 0.02], [2e-9, -1e-9])],
    }
    expected = Simulation(image).run_steps(steps, stimuli, record_v="all")
    device = board(SMALL) if linked else open_device("emulator", SMALL)
    with device:
        sim = Simulation(image, device)
        biases = device.read("bias")
        assert_same(sim.run_steps(steps, stimuli, record_v="all"), expected)
        np.testing.assert_array_equal(device.read("bias"), biases)


def test_a_current_beyond_what_v_holds_is_refused_with_the_limit() -> None:
    net = network([0.1e-9] * SIZE)
    sim, cell = Simulation(net, config=SMALL), net["cells"][2]
    words = r"^a current of 1 A into neuron 2 of 'cells' .* 8388607: .* at most"
    with pytest.raises(ParameterError, match=words) as told:
        sim.run_steps(10, {"cells": CurrentArray([0.0, 0.0, 1.0, 0.0, 0.0])})
    number, prefix = re.search(r"takes ([\d.]+) (\w?)A at most", str(told.value)).groups()
    limit = float(number) * {"": 1, "m": 1e-3, "u": 1e-6, "n": 1e-9}[prefix]
    assert sim.device.step == 0
    sim.run_steps(1, {cell: ConstantCurrent(limit * 0.999)})
    with pytest.raises(ParameterError, match="V holds"):
        sim.run_steps(1, {cell: ConstantCurrent(limit * 1.001)})
    with pytest.raises(ParameterError, match=r"^a current of -1 A"):
        sim.run_steps(1, {cell: ConstantCurrent(-1.0)})


def test_a_current_that_is_realised_far_off_is_warned_of() -> None:
    net = network()
    sim, cell = Simulation(net, config=SMALL), net["cells"][3]
    unit = float(sim.image.current_unit[3])
    told = r"into neuron 3 of 'cells' is realised as .* off: one unit of its bias is"
    for amperes in (0.4 * unit, 1.4 * unit, -10.4 * unit):
        with pytest.warns(QuantisationWarning, match=told):
            sim.run_steps(3, {cell: ConstantCurrent(amperes)})
    with pytest.warns(QuantisationWarning, match=told):
        sim.run_steps(3, {cell: StepCurrent([0.0, 0.001], [1000 * unit, 0.3 * unit])})
    with pytest.warns(
        QuantisationWarning, match=r"^the current into neuron 3 of 'cells' is .* off in the mean"
    ):
        sim.run_steps(3, {cell: CurrentArray([[0.3 * unit], [0.2 * unit], [1.4 * unit]])})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim.run_steps(3, {cell: ConstantCurrent(100.4 * unit)})
        # A current that passes through zero is not exact there, and need not be.
        sim.run_steps(100, {cell: CurrentArray(1000 * unit * np.sin(np.arange(100.0)))})


def test_a_time_between_two_steps_is_told() -> None:
    sim = Simulation(network(), config=SMALL)
    with pytest.warns(
        TimingWarning, match=r"^1 of 2 times .* of 0.001 s: 0.0105 s is taken to 0.01 s, .*\.$"
    ):
        result = sim.run_steps(30, {"others": ConstantCurrent(1e-9, 0.0105, 0.02)}, record_v="others")
    assert np.flatnonzero(np.diff(result.v["others"][:, 0], prepend=0) > 0).tolist() == list(range(10, 20))


@pytest.mark.parametrize(
    ("current", "words"),
    [
        (ConstantCurrent(1e-9, start=-0.1), "start of a current = -0.1"),
        (ConstantCurrent(1e-9, start=0.02, stop=0.01), "stop of a current = 0.01 above its start, 0.02"),
        (ConstantCurrent(1e-9, start=0.02, stop=0.0205), "one step of 0.001 s"),
        (ConstantCurrent(1e-9, stop=1.0), "goes beyond the run of 50 steps (0.05 s) leave out stop"),
        (ConstantCurrent(1e-9, start=1.0), "goes beyond the run"),
        (ConstantCurrent(1e-9, start="now"), "start of a current = 'now'"),
        (ConstantCurrent(np.nan), "amplitude NaN"),
        (ConstantCurrent(np.inf), "finite inf"),
        (ConstantCurrent([1e-9, 2e-9]), "amplitude (2,) (5,)"),
        (ConstantCurrent("much"), "amplitude 'much'"),
        (StepCurrent([0.0, 0.01], [1e-9]), "amplitudes (1,) 2 times and 5 neurons [2] or [2, 5]"),
        (StepCurrent([0.0, 0.01], np.ones((2, 3))), "amplitudes (2, 3)"),
        (StepCurrent([0.01, 0.0], [1e-9, 0.0]), "ascend 0.01 and 0 s"),
        (StepCurrent([0.01, 0.0100001], [1e-9, 0.0]), "ascend by at least a step"),
        (StepCurrent([-0.01, 0.01], [1e-9, 0.0]), "negative"),
        (StepCurrent([0.0, 0.05, 0.06], [1e-9] * 3), "2 of 3 times beyond the run drop"),
        (StepCurrent([0.0, np.nan], [1e-9] * 2), "finite"),
        (StepCurrent(["a"], [1e-9]), "times of a current numbers of seconds"),
        (CurrentArray(np.zeros((50, 4))), "(50, 4) [steps, 5] [50] [5]"),
        (CurrentArray(np.zeros(49)), "(49,)"),
        (CurrentArray(np.zeros((51, 5))), "51 steps of current beyond drop"),
        (CurrentArray(np.full(50, np.nan)), "finite nan"),
        (CurrentArray(np.zeros((2, 2, 2))), "(2, 2, 2)"),
        (CurrentArray(0.0), "()"),
        (CurrentArray(["a"]), "numbers"),
        (ConstantCurrent(1e-9, stop=1.0, beyond="cut"), "beyond = 'cut'"),
    ],
)
@pytest.mark.filterwarnings("ignore::allspike.TimingWarning")
def test_a_current_that_does_not_fit_is_refused(current: object, words: str) -> None:
    sim = Simulation(network(), config=SMALL)
    with pytest.raises(ParameterError, match=f"^[^\n]*{'.*'.join(map(re.escape, words.split()))}.*\\.$"):
        sim.run_steps(50, {"cells": current})
    assert sim.device.step == 0


def test_what_lies_after_the_run_is_dropped_if_asked() -> None:
    constant = run(network(), ConstantCurrent(1e-9))
    for current in (
        ConstantCurrent(1e-9, stop=7.0, beyond="drop"),
        ConstantCurrent(1e-9) + ConstantCurrent(5e-9, start=7.0, beyond="drop"),
        StepCurrent([0.0, 7.0], [1e-9, 0.0], beyond="drop"),
        CurrentArray(np.full((100, 1), 1e-9), beyond="drop"),
    ):
        assert_same(run(network(), current), constant)
    assert Simulation(network(), config=SMALL).run_steps(0, {"cells": ConstantCurrent(1e-9)}).steps == 0


def test_a_current_ends_with_its_run_whatever_ends_that() -> None:
    """A function of progress that fails, or a second Ctrl-C."""
    simulation = Simulation(network(0.1e-9), config=SMALL)
    before = simulation.device.read("bias")

    def fail(done: int, steps: int) -> None:
        if done:
            raise OSError("the window was closed")

    with pytest.raises(OSError, match="the window was closed"):
        simulation.run_steps(STEPS, {"cells": ConstantCurrent(1e-9)}, progress=fail)
    np.testing.assert_array_equal(simulation.device.read("bias"), before)


@pytest.mark.parametrize(("seconds", "told"), [(0.0101, True), (0.01002, True), (0.01 + 1e-10, False)])
def test_a_time_off_its_step_is_told_unless_it_was_rounded(seconds: float, told: bool) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run(network(), StepCurrent([seconds], [0.4e-9]))
    assert any(issubclass(one.category, TimingWarning) for one in caught) == told
