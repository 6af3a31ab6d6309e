"""Runs of PyNN scripts: time, pieces, resets, changes in between, devices, and what they equal."""

import doctest
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from pyNN import errors
from pyNN.parameters import Sequence

import allspike as asp
import allspike.pynn as sim
from allspike import (
    CapacityError,
    ConstantCurrent,
    ParameterError,
    QuantisationWarning,
    SpikeTimes,
    TimingWarning,
)
from allspike.pynn import control

CELL = {"tau_m": 20.0, "cm": 1.0, "tau_refrac": 2.0, "tau_syn_E": 5.0, "tau_syn_I": 5.0}


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    yield
    sim.end()


def trains(population: Any, segment: int = -1) -> list[list[float]]:
    return [
        np.asarray(train).tolist() for train in population.get_data("spikes").segments[segment].spiketrains
    ]


def v(population: Any, segment: int = -1) -> np.ndarray:
    return np.asarray(population.get_data("v").segments[segment].analogsignals[0])


def network(**setup: Any) -> tuple[Any, Any, Any]:
    """Poisson sources, cells that they drive, and the plastic projection between them."""
    sim.setup(timestep=1.0, **setup)
    sources = sim.Population(8, sim.SpikeSourcePoisson(rate=60.0), label="sources")
    cells = sim.Population(4, sim.IF_curr_exp(**CELL), label="cells")
    rule = sim.STDPMechanism(
        sim.SpikePairRule(tau_plus=20.0, tau_minus=15.0, A_plus=0.02, A_minus=0.015),
        sim.AdditiveWeightDependence(w_min=0.0, w_max=2.0),
        weight=1.2,
        delay=2.0,
        dendritic_delay_fraction=0,
    )
    plastic = sim.Projection(sources, cells, sim.AllToAllConnector(), rule)
    inhibition = sim.StaticSynapse(weight=-0.8, delay=3.0)
    sim.Projection(cells, cells, sim.AllToAllConnector(allow_self_connections=False), inhibition)
    sources.record("spikes")
    cells.record(["spikes", "v"])
    return sources, cells, plastic


def outcome(run: Callable[[], object], **setup: Any) -> tuple[Any, Any, Any, Any]:
    sources, cells, plastic = network(**setup)
    run()
    return trains(sources), trains(cells), v(cells), plastic.get("weight", format="array")


def same(one: tuple, other: tuple) -> bool:
    return one[:2] == other[:2] and all(np.array_equal(a, b) for a, b in zip(one[2:], other[2:], strict=True))


def whole() -> None:
    sim.run(300.0)


def in_pieces() -> None:
    for piece in (1.0, 99.0, 0.0, 7.0, 193.0):
        sim.run(piece)


def test_a_run_in_pieces_is_one_run() -> None:
    one = outcome(whole)
    assert sum(map(len, one[1])) > 20
    assert same(one, outcome(in_pieces))
    assert same(one, outcome(lambda: sim.run(300.0, callbacks=[lambda t: t + 10.0])))


@pytest.mark.parametrize("device", ["rtl", "emulator:core256"])
def test_every_device_computes_the_same(device: str) -> None:
    assert same(outcome(lambda: sim.run(60.0)), outcome(lambda: sim.run(60.0), device=device))


def test_an_open_device_stays_open() -> None:
    with asp.open("emulator:core96") as device:
        outcome(whole, device=device)
        sim.end()
        assert device.step == 300


def test_seeds() -> None:
    one = outcome(whole, seed=3)
    assert same(one, outcome(whole, seed=3)) and same(one, outcome(whole, rng_seed=3))
    assert one[0] != outcome(whole, seed=4)[0]


def test_a_reset_restores_weights_and_potentials_and_begins_a_segment() -> None:
    sources, cells, plastic = network()
    cells.initialize(v=-60.0)
    before = plastic.get("weight", format="array")
    sim.run(200.0)
    learned = plastic.get("weight", format="array")
    assert not np.array_equal(before, learned)
    sim.reset()
    assert sim.get_current_time() == 0.0
    assert np.array_equal(plastic.get("weight", format="array"), before)
    sim.run(200.0)
    assert (v(cells, 0)[0] == -60.0).all() and (v(cells, 1)[0] == -60.0).all()
    # Spikes that are drawn are others in each segment, as trials of an experiment are.
    assert trains(sources, 0) != trains(sources, 1)


def test_the_same_input_gives_the_same_after_a_reset() -> None:
    sim.setup(timestep=1.0)
    sources = sim.Population(2, sim.SpikeSourceArray(spike_times=[[3.0, 9.0, 15.0], [5.0, 9.0]]))
    cells = sim.Population(3, sim.IF_curr_exp(**CELL))
    rule = sim.STDPMechanism(
        sim.SpikePairRule(A_plus=0.3, A_minus=0.1),
        sim.AdditiveWeightDependence(w_max=9.0),
        weight=5.0,
        dendritic_delay_fraction=0,
    )
    plastic = sim.Projection(sources, cells, sim.AllToAllConnector(), rule)
    cells.record(["spikes", "v"])
    weights = []
    for _ in range(3):
        sim.run(40.0)
        weights.append(plastic.get("weight", format="array"))
        sim.reset()
    assert all(np.array_equal(v(cells, 0), v(cells, k)) for k in (1, 2))
    assert all(np.array_equal(weights[0], other) for other in weights[1:])


def test_it_is_our_own_api() -> None:
    """Spikes, V and learned weights, to the last bit."""
    trains_ms = [[1.0, 5.0, 9.0, 30.0, 31.0, 60.0], [4.0, 8.0, 33.0, 61.0], [20.0, 25.0, 62.0]]
    sim.setup(timestep=1.0, seed=5)
    sources = sim.Population(3, sim.SpikeSourceArray(spike_times=trains_ms))
    cells = sim.Population(2, sim.IF_curr_exp(**CELL, i_offset=0.3), label="cells")
    rule = sim.STDPMechanism(
        sim.SpikePairRule(tau_plus=16.0, tau_minus=30.0, A_plus=0.05, A_minus=0.04),
        sim.AdditiveWeightDependence(w_min=0.5, w_max=8.0),
        weight=4.0,
        delay=2.0,
        dendritic_delay_fraction=0,
    )
    plastic = sim.Projection(sources, cells, sim.AllToAllConnector(), rule)
    sim.Projection(cells[:1], cells[1:], sim.AllToAllConnector(), sim.StaticSynapse(weight=2.5, delay=4.0))
    source = sim.DCSource(amplitude=0.5, start=40.0, stop=50.0)
    cells[1].inject(source)
    cells.record(["spikes", "v"])
    sim.run(100.0)

    net = asp.Network(dt=1e-3)
    inputs = net.inputs(3, "inputs")
    # The delay of a synapse is a step longer on the axon, and the source's is on its input.
    model = asp.LIF(tau_m=20e-3, c_m=1e-9, t_ref=2e-3, tau_syn=5e-3, i_offset=0.3e-9, delay=[5e-3, 1e-3])
    own = net.neurons(2, model, "cells")
    stdp = asp.STDP(
        a_plus=0.05 * 8e-9, a_minus=0.04 * 8e-9, w_max=8e-9, w_min=0.5e-9, tau_plus=16e-3, tau_minus=30e-3
    )
    learned = net.connect(inputs, own, weight=4e-9, stdp=stdp)
    net.connect(own[:1], own[1:], weight=2.5e-9)
    spikes = [(time + 2.0, k) for k, train in enumerate(trains_ms) for time in train]
    times, who = zip(*spikes, strict=True)
    result = asp.Simulation(net, seed=5).run(
        0.1,
        {inputs: SpikeTimes(np.array(times) * 1e-3, who), own[1:]: ConstantCurrent(0.5e-9, 0.04, 0.05)},
        record_v=own,
    )
    steps, neurons = result.spikes[own]
    assert steps.size > 6
    for k in range(2):
        assert trains(cells)[k] == ((steps[neurons == k] + 1) * 1.0).tolist()
    assert np.array_equal(v(cells)[1:], result.v[own] * 1e3)
    here = plastic.get("weight", format="array")
    assert not np.array_equal(here, np.full((3, 2), 4.0))
    assert np.array_equal(here, result.weights[learned] / 1e-9)


def test_times_of_spikes_and_samples() -> None:
    """A source's spike at T moves V from the sample at T + d + dt on; a spike is at the end of its step."""
    sim.setup(timestep=0.5)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[2.0]))
    exp = sim.Population(1, sim.IF_curr_exp(**CELL))
    delta = sim.Population(1, sim.IF_curr_delta(tau_m=20.0, tau_refrac=1.0))
    for cells in (exp, delta):
        sim.Projection(source, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0, delay=1.5))
        cells.record("v")
    sim.run(10.0)
    moved = [int(np.flatnonzero(np.abs(v(cells)[:, 0] + 65) > 0.01)[0]) * 0.5 for cells in (exp, delta)]
    assert moved == [4.0, 3.5]
    assert v(delta)[7, 0] == pytest.approx(-64.0, abs=1e-3)
    assert len(v(exp)) == 21


def test_a_spike_that_is_under_way_arrives_in_the_next_run() -> None:
    def arrival(pieces: list[float]) -> np.ndarray:
        sim.setup(timestep=1.0)
        source = sim.Population(1, sim.SpikeSourceArray(spike_times=[5.0, 10.0]))
        cell = sim.Population(1, sim.IF_curr_exp(**CELL))
        sim.Projection(source, cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0, delay=7.0))
        cell.record("v")
        for piece in pieces:
            sim.run(piece)
        return v(cell)

    assert np.array_equal(arrival([30.0]), arrival([10.0, 2.0, 18.0]))


def test_parameters_change_between_runs_and_the_state_stays() -> None:
    sim.setup(timestep=1.0)
    cells = sim.Population(2, sim.IF_curr_exp(**CELL, i_offset=0.5))
    cells.record("v")
    sim.run(20.0)
    cells[1:].set(i_offset=0.0)
    sim.run(20.0)
    found = v(cells)
    assert np.array_equal(found[:21, 0], found[:21, 1])
    assert (np.diff(found[20:, 0]) > 0).all() and (np.diff(found[20:, 1]) < 0).all()
    cells.set(tau_m=5.0, v_rest=-70.0)
    before = v(cells)[-1]
    sim.run(1.0)
    decayed = -70 + (before + 70) * np.exp(-1 / 5) + np.array([0.5, 0.0]) * 5 * (1 - np.exp(-1 / 5))
    assert v(cells)[-1] == pytest.approx(decayed, abs=0.01)


def test_weights_and_connections_change_between_runs() -> None:
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0, 41.0, 81.0]))
    cell = sim.Population(1, sim.IF_curr_exp(**CELL))
    made = sim.Projection(source, cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0))
    cell.record("v")
    sim.run(40.0)
    made.set(weight=3.0)
    sim.run(40.0)
    sim.Projection(source, cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0))
    sim.run(40.0)
    peaks = [v(cell)[k : k + 20, 0].max() + 65 for k in (0, 40, 80)]
    assert peaks[1] / peaks[0] == pytest.approx(3.0, rel=0.2)
    assert peaks[2] > peaks[1] * 1.2
    assert made.get("weight", format="list", with_address=False) == [3.0]


def test_learning_goes_on_where_it_was_after_a_change() -> None:
    _, cells, plastic = network()
    sim.run(150.0)
    learned = plastic.get("weight", format="array")
    cells.set(v_thresh=-40.0)
    assert np.array_equal(plastic.get("weight", format="array"), learned)
    sim.run(0.0)
    assert np.allclose(plastic.get("weight", format="array"), learned, atol=1e-9)
    plastic.set(weight=0.25)
    sim.run(0.0)
    assert np.allclose(plastic.get("weight", format="array"), 0.25, atol=0.01)


def test_a_weight_that_is_set_is_no_word_on_those_that_learn_beside_it() -> None:
    _, _, plastic = network()
    sim.run(150.0)
    learned = plastic.get("weight", format="array")
    plastic[0].weight = 0.5
    place = plastic[0].presynaptic_index, plastic[0].postsynaptic_index
    now = plastic.get("weight", format="array")
    assert now[place] == 0.5 and np.count_nonzero(now != learned) == 1
    sim.reset()
    start = np.full((8, 4), 1.2)
    start[place] = 0.5
    assert np.array_equal(plastic.get("weight", format="array"), start)


def test_a_population_that_comes_late_has_to_fit() -> None:
    sim.setup(timestep=1.0)
    sim.Population(90, sim.IF_curr_exp(**CELL))
    sim.run(5.0)
    late = sim.Population(4, sim.IF_curr_exp(**CELL, i_offset=5.0))
    late.record("spikes")
    sim.run(20.0)
    assert all(trains(late))
    sim.Population(900, sim.IF_curr_exp(**CELL))
    with pytest.raises(CapacityError, match=r"call reset\(\) first"):
        sim.run(5.0)
    sim.reset()
    sim.run(5.0)


def test_spike_times_are_set_between_runs() -> None:
    sim.setup(timestep=1.0)
    sources = sim.Population(2, sim.SpikeSourceArray(spike_times=[[4.0, 10.0], [5.0]]))
    sources.record("spikes")
    sim.run(10.0)
    sources[0].spike_times = [10.0, 12.0, 15.0]  # one that was already fired, and what follows
    sources[1:].set(spike_times=Sequence([10.0, 11.0]))
    sim.run(10.0)
    assert trains(sources) == [[4.0, 10.0, 12.0, 15.0], [5.0, 10.0, 11.0]]


def test_currents_change_between_runs_and_are_recorded() -> None:
    sim.setup(timestep=1.0)
    cells = sim.Population(3, sim.IF_curr_exp(**CELL))
    source = sim.DCSource(amplitude=0.1, start=5.0)
    source.inject_into(cells[:2])
    cells[0].inject(source)  # twice into the first
    source.record()
    cells.record("v")
    sim.run(10.0)
    source.amplitude = 0.3
    sim.run(10.0)
    current = np.asarray(source.get_data())[:, 0]
    assert current.tolist() == [0.0] * 5 + [0.1] * 5 + [0.3] * 11
    found = v(cells)
    assert (found[:6] == -65.0).all() and (found[:, 2] == -65.0).all()
    assert (found[6:, 0] + 65) / (found[6:, 1] + 65) == pytest.approx(2.0, rel=1e-3)


def test_noise_is_reproducible_and_lasts_its_interval() -> None:
    def noise(pieces: list[float], seed: int) -> np.ndarray:
        sim.setup(timestep=0.5, seed=seed)
        cells = sim.Population(1, sim.IF_curr_exp(**CELL))
        source = sim.NoisyCurrentSource(mean=0.2, stdev=0.1, start=2.0, stop=20.0, dt=1.5)
        cells.inject(source)
        source.record()
        for piece in pieces:
            sim.run(piece)
        return np.asarray(source.get_data())[:, 0]

    one = noise([30.0], 1)
    assert np.array_equal(one, noise([7.5, 10.0, 12.5], 1)) and not np.array_equal(one, noise([30.0], 2))
    assert (one[4:40].reshape(12, 3) == one[4:40:3, None]).all() and np.unique(one[4:40]).size == 12
    assert not one[:4].any() and not one[40:].any()


@pytest.mark.parametrize("device", ["emulator", "emulator:core96"])
def test_several_delays_of_one_cell(device: str) -> None:
    """A source has an input for each; a neuron a relay for each but the shortest, and more for long ones."""
    sim.setup(timestep=1.0, device=device)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    middle = sim.Population(1, sim.IF_curr_exp(**CELL), label="middle")
    last = sim.Population(4, sim.IF_curr_exp(**CELL))
    sim.Projection(source, middle, sim.AllToAllConnector(), sim.StaticSynapse(weight=60.0))
    for pre in (source, middle):
        delays = sim.StaticSynapse(weight=0.5, delay=np.array([[1.0, 4.0, 9.0, 90.0]]))
        sim.Projection(pre, last, sim.AllToAllConnector(), delays)
    middle.record("spikes")
    last.record("v")
    sim.run(110.0)
    fired = trains(middle)[0][0]
    rises = [np.flatnonzero(np.diff(np.diff(v(last)[:, k])) > 0.1) + 1 for k in range(4)]
    for k, delay in enumerate((1.0, 4.0, 9.0, 90.0)):
        assert set(rises[k].tolist()) >= {1.0 + delay, fired + delay}
    # A build is made for a delay that no preset has; one that is given has its own.
    longest = sim.state.session.simulation.device.config.max_delay
    relays = sim.state.session.simulation.image.populations
    assert longest == (128 if device == "emulator" else 16)
    assert [symbol.size for symbol in relays if "relays" in symbol.name] == [3 if device == "emulator" else 8]


def test_views_and_assemblies_are_connected_recorded_and_set() -> None:
    sim.setup(timestep=1.0)
    one = sim.Population((2, 3), sim.IF_curr_exp(**CELL), label="one")
    two = sim.Population(4, sim.IF_curr_exp(**CELL), label="two")
    both = one[[0, 5]] + two
    made = sim.Projection(both, both[1:4], sim.AllToAllConnector(), sim.StaticSynapse(weight=1.5))
    assert made.shape == (6, 3)
    both[1:].set(i_offset=0.2)
    two[1:3].set(i_offset=[0.3, 0.4])
    assert both.get("i_offset").tolist() == [0.0, 0.2, 0.2, 0.3, 0.4, 0.2] and one[5].i_offset == 0.2
    one[1:3].initialize(v=[-60.0, -55.0])
    one[1:4].record("v")
    both.record("spikes")
    sim.run(30.0)
    assert v(one)[0].tolist() == [-60.0, -55.0, -65.0]
    assert v(one[2:3]).shape == (31, 1)
    assert [len(one.get_data().segments[0].spiketrains), len(two.get_data().segments[0].spiketrains)] == [
        2,
        4,
    ]
    assert one.positions.shape == (3, 6)


def test_recording_may_begin_and_be_cleared_at_any_time() -> None:
    sim.setup(timestep=1.0)
    cells = sim.Population(2, sim.IF_curr_exp(**CELL, i_offset=1.5))
    cells[:1].record(["v", "spikes"])
    sim.run(50.0)
    cells.record(["v", "spikes"])
    sim.run(50.0)
    found = v(cells)
    assert np.isnan(found[:50, 1]).all() and np.array_equal(found[50:, 1], found[50:, 0])
    first = trains(cells)
    assert first[1] == [time for time in first[0] if time > 50.0]
    cells.get_data(clear=True)
    sim.run(10.0)
    later = cells.get_data().segments[0]
    assert float(later.analogsignals[0].t_start) == 100.0 and len(later.analogsignals[0]) == 11
    assert np.array_equal(np.asarray(later.analogsignals[0])[0], found[-1])


def test_data_go_to_a_file(tmp_path: Any) -> None:
    import neo  # noqa: PLC0415

    sim.setup(timestep=1.0)
    cells = sim.Population(2, sim.IF_curr_exp(**CELL, i_offset=1.5), label="cells")
    cells.record(["v", "spikes"], to_file=str(tmp_path / "data.nix"), sampling_interval=2.0)
    sim.run(50.0)
    sim.end()
    with neo.io.NixIO(str(tmp_path / "data.nix"), "ro") as file:
        block = file.read_block()
    signal = block.segments[0].analogsignals[0]
    assert signal.shape == (26, 2) and float(signal.sampling_period) == 2.0
    assert [np.asarray(train).tolist() for train in block.segments[0].spiketrains] == trains(cells)


def test_time_is_kept() -> None:
    sim.setup(timestep=0.1, min_delay=0.1, max_delay=5.0)
    assert (sim.get_time_step(), sim.get_min_delay(), sim.get_max_delay()) == (0.1, 0.1, 5.0)
    assert (sim.num_processes(), sim.rank()) == (1, 0)
    sim.Population(1, sim.IF_curr_exp())
    assert sim.run(1.3) == 1.3 and sim.run_until(12.7) == 12.7 and sim.run_for(0.3) == 13.0
    with pytest.raises(ValueError, match="in the past"):
        sim.run_until(1.0)


def test_a_run_that_is_stopped_keeps_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    sources, cells, _ = network()
    sim.run(10.0)
    simulation = sim.state.session.simulation
    whole_run = type(simulation).run_steps

    def stopped(self: Any, steps: int, *arguments: Any, **options: Any) -> Any:
        whole_run(self, steps // 2, {}, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(type(simulation), "run_steps", stopped)
    with pytest.raises(KeyboardInterrupt):
        sim.run(100.0)
    monkeypatch.undo()
    assert sim.get_current_time() == 60.0
    assert len(v(cells)) == 61 and max(time for train in trains(sources) for time in train) <= 60.0
    sim.run(10.0)
    assert len(v(cells)) == 71 and simulation.device.step == 70


def test_warnings_are_in_the_scripts_units() -> None:
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[2.5]), label="source")
    cells = sim.Population(1, sim.IF_curr_exp(**CELL | {"tau_refrac": 2.5}), label="cells")
    rule = sim.STDPMechanism(
        sim.SpikePairRule(), sim.AdditiveWeightDependence(w_max=2.0), weight=1.0, delay=3.0
    )
    sim.Projection(source, cells, sim.AllToAllConnector(), rule, label="learning")
    sim.Projection(cells, cells, sim.AllToAllConnector(), sim.StaticSynapse(delay=1.4, weight=1.0))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sim.run(5.0)
    said = {(w.category, str(w.message)) for w in caught if issubclass(w.category, asp.AllspikeWarning)}
    assert {(kind, text.partition(":")[0]) for kind, text in said} == {
        (TimingWarning, "population 'source'"),
        (TimingWarning, "population 'cells'"),
        (TimingWarning, "projection 'cells→cells'"),
        (QuantisationWarning, "projection 'learning'"),
    }
    assert all(w.filename == __file__ for w in caught if issubclass(w.category, asp.AllspikeWarning))
    texts = " ".join(text for _, text in said)
    for part in (
        "2.5 ms acts as one of 3 ms",
        "2.5 ms is realised as 3 ms",
        "1.4 ms is realised as 1 ms",
        "7 ms",
    ):
        assert part in texts


def test_a_cell_that_no_synapse_acts_on_is_a_plain_one() -> None:
    sim.setup(timestep=1.0)
    current = {"i_offset": 0.6, "cm": 1.0, "tau_m": 20.0, "tau_refrac": 2.0}
    kinds = (sim.IF_curr_exp, sim.IF_cond_exp, sim.IF_cond_alpha, sim.IF_curr_alpha)
    cells = [sim.Population(1, kind(**current)) for kind in kinds]
    sim.Projection(cells[0], cells[1], sim.AllToAllConnector(), sim.StaticSynapse(weight=0.0))
    for population in cells:
        population.record("v")
    cells[1].record(["gsyn_exc"])
    sim.run(30.0)
    assert all(np.allclose(v(population), v(cells[0]), atol=1e-6) for population in cells)
    assert not np.asarray(cells[1].get_data("gsyn_exc").segments[0].analogsignals[0]).any()


def test_what_was_learned_and_recorded_stays_after_the_end() -> None:
    _, cells, plastic = network()
    sim.run(100.0)
    sim.end()
    learned = plastic.get("weight", format="array")
    assert not np.array_equal(learned, np.full((8, 4), 1.2)) and len(v(cells)) == 101
    _, _, again = network()
    sim.run(100.0)
    assert np.array_equal(again.get("weight", format="array"), learned)


def test_any_label_will_do() -> None:
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]), label="ü / ñ: 神経")
    cells = [sim.Population(1, sim.IF_curr_exp(**CELL), label="the same\\/") for _ in range(2)]
    for population in cells:
        sim.Projection(source, population, sim.AllToAllConnector(), sim.StaticSynapse(weight=60.0))
        population.record("spikes")
    sim.run(10.0)
    assert trains(cells[0]) == trains(cells[1]) and trains(cells[0])[0][0] == 3.0


@pytest.mark.parametrize("kind", ["connect", "post"])
def test_connections_are_checked(kind: str) -> None:
    sim.setup(timestep=1.0)
    cells = sim.Population(2, sim.IF_curr_exp(**CELL))
    if kind == "post":
        with pytest.raises(errors.ConnectionError, match="receive no synapses"):
            sim.Projection(cells, sim.Population(1, sim.SpikeSourcePoisson()), sim.AllToAllConnector())
        return
    for listed, says in (((0, 1, np.nan, 1.0), "a weight is nan"), ((0, 1, 1.0, -2.0), "a delay is -2")):
        sim.setup(timestep=1.0)
        cells = sim.Population(2, sim.IF_curr_exp(**CELL))
        sim.Projection(cells, cells, sim.FromListConnector([listed], safe=False), receptor_type="excitatory")
        with refused(says):
            sim.run(1.0)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (lambda: sim.SpikeSourcePoisson(rate=2000.0), "rate = 2000 Hz"),
        (lambda: sim.SpikeSourcePoisson(rate=-1.0), "rate = -1 Hz"),
        (lambda: sim.SpikeSourcePoissonRefractory(rate=100.0, tau_refrac=20.0), "tau_refrac = 20 ms"),
        (lambda: sim.SpikeSourceGamma(alpha=0.0), "alpha above 0"),
        (lambda: sim.SpikeSourceInhGamma(a=Sequence([0.5])), "shapes a of 1 or more"),
        (lambda: sim.SpikeSourceInhGamma(b=Sequence([1.0, 2.0])), "have 1, 2 and 1 values"),
    ],
)
def test_processes_are_checked(source: Callable[[], Any], says: str) -> None:
    sim.setup(timestep=1.0)
    sim.Population(2, source(), label="drawn")
    with refused("population 'drawn'", says):
        sim.run(10.0)


@pytest.mark.parametrize(
    "source",
    [
        lambda: sim.SpikeSourcePoisson(rate=[20.0, 50.0], start=100.0, duration=1500.0),
        lambda: sim.SpikeSourcePoissonRefractory(
            rate=[20.0, 50.0], tau_refrac=4.0, start=100.0, duration=1500.0
        ),
        lambda: sim.SpikeSourceGamma(alpha=3.0, beta=[60.0, 150.0], start=100.0, duration=1500.0),
        lambda: sim.SpikeSourceInhGamma(
            a=Sequence([3.0, 3.0]), b=Sequence([1 / 60, 1 / 150]), tbins=Sequence([0.0, 600.0]), start=100.0,
            duration=1500.0,
        ),
    ],
)  # fmt: skip
def test_sources_in_pieces_are_sources_in_one(source: Callable[[], Any]) -> None:
    def drawn(pieces: list[float]) -> list[list[float]]:
        sim.setup(timestep=0.5, seed=2)
        population = sim.Population(2, source())
        population.record("spikes")
        for piece in pieces:
            sim.run(piece)
        return trains(population)

    one = drawn([2000.0])
    assert one == drawn([120.0, 0.5, 79.5, 800.0, 1000.0])
    assert all(train[0] >= 100.0 and train[-1] < 1600.0 for train in one)
    count = sum(map(len, one))
    assert 60 < count < 160, "20 and 50 Hz in 1.5 s"
    assert all((np.diff(train) > 0).all() for train in one)


def test_a_process_that_changes_has_the_rates_and_regularity_asked_for() -> None:
    """Shape 4 at 40 Hz, then 80 Hz: a CV of 1/2, and half the intervals."""
    sim.setup(timestep=0.1)
    bins, scales = Sequence([0.0, 10_000.0]), Sequence([1 / 160, 1 / 320])
    population = sim.Population(4, sim.SpikeSourceInhGamma(a=Sequence([4.0, 4.0]), b=scales, tbins=bins))
    population.record("spikes")
    sim.run(20_000.0)
    for low, high, hertz in ((0.0, 10_000.0, 40.0), (10_000.0, 20_000.0, 80.0)):
        for train in map(np.array, trains(population)):
            intervals = np.diff(train[(train >= low) & (train < high)])
            assert 1000 / intervals.mean() == pytest.approx(hertz, rel=0.08)
            assert intervals.std() / intervals.mean() == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("package", ["pyNN", "neo", "lazyarray"])
def test_without_pynn_the_command_is_named(package: str) -> None:
    script = f"import sys; sys.modules[{package!r}] = None; import allspike; import allspike.pynn"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert told.returncode == 1 and 'run pip install "allspike[pynn]"' in told.stderr


def test_the_package_itself_does_not_import_pynn() -> None:
    script = "import sys, allspike; allspike.Network(); sys.exit('pyNN' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def refused(*parts: str) -> Any:
    return pytest.raises(ParameterError, match=r".*".join(parts))


def test_what_cannot_run_is_refused_at_the_run() -> None:
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]), label="source")
    cases: list[tuple[Any, Any, tuple[str, ...]]] = [
        (sim.Izhikevich(), None, ("Izhikevich", "IF_curr_delta")),
        (sim.IF_cond_exp(), sim.StaticSynapse(weight=0.1), ("IF_cond_exp", "IF_curr_exp")),
        (sim.IF_curr_alpha(), sim.StaticSynapse(weight=0.1), ("IF_curr_alpha", "IF_curr_exp")),
        (
            sim.IF_curr_exp(),
            sim.TsodyksMarkramSynapse(weight=0.1),
            ("TsodyksMarkramSynapse", "StaticSynapse"),
        ),
        (
            sim.IF_curr_exp(),
            sim.STDPMechanism(sim.SpikePairRule(), sim.MultiplicativeWeightDependence(), weight=0.1),
            ("MultiplicativeWeightDependence", "AdditiveWeightDependence"),
        ),
        (
            sim.IF_curr_exp(),
            sim.STDPMechanism(sim.Vogels2011Rule(), sim.AdditiveWeightDependence(), weight=0.1),
            ("Vogels2011Rule", "SpikePairRule"),
        ),
        (sim.IF_curr_exp(tau_refrac=300.0), None, ("tau_refrac = 300 ms", "255")),
        (sim.IF_curr_exp(tau_m=0.0), None, ("tau_m = 0",)),
    ]
    for celltype, synapse, says in cases:
        sim.setup(timestep=1.0)
        source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]), label="source")
        cells = sim.Population(2, celltype, label="cells")
        assert cells.describe()
        if synapse is not None:
            made = sim.Projection(source, cells, sim.AllToAllConnector(), synapse)
            assert made.get("weight", format="array").tolist() == [[0.1, 0.1]] and made.describe()
        with refused("cells", *says):
            sim.run(10.0)


def test_two_time_constants_are_refused_where_both_are_in_use() -> None:
    def run(receptors: tuple[str, ...]) -> None:
        sim.setup(timestep=1.0)
        source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
        cells = sim.Population(3, sim.IF_curr_exp(tau_syn_E=5.0, tau_syn_I=10.0), label="cells")
        for k, receptor in enumerate(receptors):
            weight = 1.0 if receptor == "excitatory" else -1.0
            synapse = sim.StaticSynapse(weight=weight)
            sim.Projection(source, cells[k : k + 2], sim.AllToAllConnector(), synapse, receptor_type=receptor)
        sim.run(10.0)

    with refused("cell 1", "tau_syn_E = 5 ms", "tau_syn_I = 10 ms"):
        run(("excitatory", "inhibitory"))
    run(("inhibitory",))
    assert (
        sim.state.session.simulation.image.neuron_params["alpha"][:2] == round(2**15 * np.exp(-0.1))
    ).all()
    run(("excitatory",))


def test_a_core_has_one_rule() -> None:
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    cells = sim.Population(2, sim.IF_curr_exp(**CELL))

    def connect(target: Any, **amplitudes: float) -> Any:
        rule = sim.STDPMechanism(
            sim.SpikePairRule(**amplitudes),
            sim.AdditiveWeightDependence(w_max=2.0),
            weight=1.0,
            dendritic_delay_fraction=0,
        )
        return sim.Projection(source, target, sim.AllToAllConnector(), rule, label=f"to {target.label}")

    connect(cells[:1])
    connect(cells[1:])
    sim.run(5.0)
    connect(cells[1:])
    with refused("between two cells there is one synapse that learns"):
        sim.run(5.0)
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    cells = sim.Population(2, sim.IF_curr_exp(**CELL))
    connect(cells[:1])
    connect(cells[1:], A_plus=0.5)
    with refused("different rules of STDP"):
        sim.run(5.0)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"timestep": 0.0}, "timestep = 0"),
        ({"timestep": float("nan")}, "timestep = nan"),
        ({"timestep": "1"}, "timestep"),
        ({"devise": "rtl"}, "did you mean 'device'"),
        ({"seed": -1}, "seed = -1"),
        ({"min_delay": float("nan")}, "min_delay = nan"),
    ],
)
def test_options_of_setup_are_checked(options: dict, says: str) -> None:
    with pytest.raises((ParameterError, TypeError), match=says):
        sim.setup(**options)


def test_options_of_other_simulators_are_passed_over() -> None:
    assert (
        sim.setup(timestep=0.1, threads=4, spike_precision="off_grid", verbosity="error", quit_on_end=False)
        == 0
    )


@pytest.mark.parametrize("size", [0, -1])
def test_a_population_has_cells(size: int) -> None:
    sim.setup(timestep=1.0)
    with pytest.raises(ParameterError, match=f"population 'none' has {size} cells"):
        sim.Population(size, sim.IF_curr_exp(), label="none")


def test_a_state_variable_that_is_not_there_is_refused() -> None:
    sim.setup(timestep=1.0)
    cells = sim.Population(2, sim.IF_curr_exp(), label="cells")
    for some in (cells, cells[:1]):
        with pytest.raises(ParameterError, match="'cells' has no state variable 'vv'; did you mean 'v'"):
            some.initialize(vv=-60.0)


def test_cells_of_another_setup_are_refused() -> None:
    sim.setup()
    old = sim.Population(2, sim.IF_curr_exp())
    sim.setup()
    new = sim.Population(1, sim.IF_curr_exp())
    sim.Projection(old, new, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0))
    with refused("setup"):
        sim.run(1.0)


def test_a_name_that_is_not_there_is_answered_by_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean 'IF_curr_exp'"):
        _ = sim.IF_curr_expo
    with pytest.raises(AttributeError, match="PointNeuron cannot run"):
        _ = sim.PointNeuron
    assert "IF_curr_delta" in sim.list_standard_models() and "HH_cond_exp" not in sim.list_standard_models()


def test_the_example_of_setup_runs() -> None:
    assert doctest.testmod(control).failed == 0


def test_cells_may_come_after_sources_have_run() -> None:
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[5.0, 15.0]))
    source.record("spikes")
    sim.run(10.0)
    cells = sim.Population(1, sim.IF_curr_exp(**CELL))
    sim.Projection(source, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=60.0))
    current = sim.DCSource(amplitude=0.1, start=12.0, stop=14.0)
    cells.inject(current)
    cells.record(["spikes", "v"])
    sim.run(10.0)
    assert trains(source) == [[5.0, 15.0]] and trains(cells)[0][0] == 17.0
    assert np.flatnonzero(v(cells)[:, 0] > -65)[0] + 10 == 13
