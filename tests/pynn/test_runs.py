"""Runs of PyNN scripts: pieces, seeds, resets, ends, and what they equal."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import allspike as asp
import allspike.pynn as sim
from allspike import ConstantCurrent, SpikeTimes

from .scripts import CELL, network, trains, v


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
