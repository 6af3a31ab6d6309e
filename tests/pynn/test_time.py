"""Time in PyNN scripts: when spikes arrive and samples are taken, several delays, fractions of steps."""

import warnings

import numpy as np
import pytest

import allspike as asp
import allspike.pynn as sim
from allspike import QuantisationWarning, TimingWarning

from .scripts import CELL, trains, v


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


def test_time_is_kept() -> None:
    sim.setup(timestep=0.1, min_delay=0.1, max_delay=5.0)
    assert (sim.get_time_step(), sim.get_min_delay(), sim.get_max_delay()) == (0.1, 0.1, 5.0)
    assert (sim.num_processes(), sim.rank()) == (1, 0)
    sim.Population(1, sim.IF_curr_exp())
    assert sim.run(1.3) == 1.3 and sim.run_until(12.7) == 12.7 and sim.run_for(0.3) == 13.0
    with pytest.raises(ValueError, match="in the past"):
        sim.run_until(1.0)


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
