"""The clocks of a step, as they are computed, are those that the gateware counts."""

import numpy as np
import pytest

import allspike
from allspike.map.config import SINGLE_PORT_LANES, Config, Memory
from allspike.units import ms, nA
from allspike_hdl.clocks import Activity, clocks_of

STEPS = 60
EVENTS = 3


def config_of(memory: Memory, plasticity: bool) -> Config:
    compact = {"memory": memory, "weight_bits": 7} if memory is Memory.SINGLE_PORT else {}
    lanes = SINGLE_PORT_LANES[plasticity] if compact else 4
    return Config(neurons=32, inputs=32, lanes=lanes, plasticity=plasticity, spike_ring=1 << 13, **compact)


def measured(config: Config, busy: bool) -> tuple[float, Activity]:
    """Clocks a step of a network in which nothing happens, or as many events and all firings in each step."""
    net = allspike.Network(dt=1 * ms)
    source = net.inputs(config.inputs, "in")
    cells = net.neurons(config.neurons, allspike.LIF(i_offset=50 * nA if busy else 0 * nA), "cells")
    rule = allspike.STDP(a_plus=0.01 * nA, a_minus=0.01 * nA, w_max=0.5 * nA) if config.plasticity else None
    net.connect(source, cells, allspike.AllToAll(), weight=0.5 * nA, stdp=rule)
    spikes = np.zeros((STEPS, config.inputs), bool)
    spikes[:, :EVENTS] = busy
    with allspike.Simulation(net, "rtl", config) as simulation:
        counted = simulation.run_steps(STEPS, {"in": allspike.SpikeArray(spikes)}).counters
    per_step = {name: count / STEPS for name, count in counted.items()}
    learning_rows = per_step["events"] if config.plasticity else 0
    activity = Activity(
        events=per_step["events"],
        rows=per_step["rows"],
        learning_rows=learning_rows,
        firings=per_step["firings"],
        words=per_step["firings"],
        columns=per_step["columns"],
    )
    return per_step["clocks"] - per_step["clocks_stalled"], activity


@pytest.mark.parametrize("plasticity", [False, True])
@pytest.mark.parametrize("memory", Memory)
@pytest.mark.parametrize("busy", [False, True])
def test_a_step_takes_the_clocks_that_it_should(memory: Memory, plasticity: bool, busy: bool) -> None:
    config = config_of(memory, plasticity)
    clocks, activity = measured(config, busy)
    assert (activity.firings > 0) == busy
    assert clocks == pytest.approx(clocks_of(config).step(activity), rel=0.01)


@pytest.mark.parametrize("memory", Memory)
def test_no_step_takes_more_than_the_busiest(memory: Memory) -> None:
    config = config_of(memory, True)
    most = clocks_of(config).step(Activity.most(config))
    assert most > clocks_of(config).step(Activity(events=3, rows=9, firings=8, words=8, columns=8))
