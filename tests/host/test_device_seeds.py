"""A seed repeats a run, and neighbouring seeds have nothing to do with each other."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import allspike as asp
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.seeds import register_of
from tests.reference.arithmetic import hashed, seed_of

SEEDS = 100
KINDS = 6


@given(st.integers(0, 2**32 - 1))
def test_seeds_are_hashed_as_the_document_says_and_one_to_one(seed: int) -> None:
    assert register_of(seed) == hashed(seed)
    assert seed_of(register_of(seed)) == seed


@pytest.mark.parametrize(("seed", "register"), [(0, 0), (1, 0x514E28B7), (2**32 - 1, 0x81F16F39)])
def test_the_finaliser_is_that_of_murmurhash3(seed: int, register: int) -> None:
    """MurmurHash3_x86_32 of no bytes is its finaliser, of the seed: published test vectors."""
    assert register_of(seed) == register


def assert_unrelated(drawn: NDArray[np.bool_]) -> None:
    """Bits [seeds, draws], each true in half of the seeds: fair, and unrelated, also to the next seed's."""
    assert drawn.shape == (SEEDS, KINDS)
    assert (drawn.mean(0) >= 0.3).all()
    assert (drawn.mean(0) <= 0.7).all()
    rows = [*drawn.T[:, :-1], *drawn.T[:, 1:]]
    for one, other in combinations(rows, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.45


def test_neighbouring_seeds_draw_unrelated_poisson_spikes() -> None:
    net = asp.Network(dt=1e-3)
    inputs = net.inputs(KINDS, "s")
    cells = net.neurons(KINDS, asp.delta_lif(tau_m=0.0), "c")
    net.connect(inputs, cells, asp.OneToOne(), weight=1.0)
    simulation = asp.Simulation(net)
    drawn = []
    for seed in range(SEEDS):
        simulation.reset(seed)
        simulation.run_steps(1, {inputs: asp.Poisson(500.0)})
        drawn.append(simulation.device.read("v")[:KINDS] > 0)
        fired = simulation.last.counts("c") > 0
        drawn[-1] |= fired
    assert_unrelated(np.array(drawn))


def test_neighbouring_seeds_round_unrelatedly() -> None:
    """A synapse that loses half a unit in every step, rounded stochastically."""
    device = Device(EmulatorBus(Config(neurons=8, inputs=1)))
    device.write("threshold", 10_000)
    device.write("plastic", 1, index=(0, 0))
    device.write("input_params.flags", int(dm.InputFlag.PLASTIC_OUT))
    device.write("gain", dm.GAIN_ONE)
    device.write("w_min", -128)
    device.write("y_decay", 1 << dm.DECAY_BITS)
    drawn = []
    for seed in range(SEEDS):
        device.reset(seed)
        device.write("weights", 0, index=(0, 0))
        device.write("y", 2, index=0)
        held = [0]
        for _ in range(KINDS):
            device.run(1, ([0], [0]))
            held.append(int(device.read("weights")[0, 0]))
        drawn.append(np.diff(held) != 0)
    assert_unrelated(np.array(drawn))


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_loading_and_resetting_start_alike(seed: int) -> None:
    net = asp.Network()
    inputs = net.inputs(20, "s")
    cells = net.neurons(20, asp.delta_lif(tau_m=0.0, v_thresh=0.5), "c")
    net.connect(inputs, cells, asp.OneToOne(), weight=1.0)
    loaded = asp.Simulation(net, seed=seed)
    first = loaded.run(0.1, {inputs: asp.Poisson(100.0)}).counts("c")
    other = asp.Simulation(net, seed=7)
    other.reset(seed)
    assert other.run(0.1, {inputs: asp.Poisson(100.0)}).counts("c").tolist() == first.tolist()
    assert 100 < first.sum() < 300
