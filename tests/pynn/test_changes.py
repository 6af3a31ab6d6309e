"""What a script changes between two runs takes effect, and nothing else does."""

import numpy as np
import pytest
from pyNN.parameters import Sequence

import allspike.pynn as sim
from allspike import (
    CapacityError,
)

from .scripts import CELL, network, trains, v


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
