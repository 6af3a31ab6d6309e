"""Weights after a run are those at its end, whenever somebody looks; and fetched only if somebody does."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import allspike as asp
from allspike.describe.selection import ByProjection
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map import device_map as dm
from allspike.simulate.selftest import selftest

from .checkpoints import CONFIG, network
from .held import NAME, Line, at_end, run, simulated


def test_nothing_is_fetched_of_a_result_that_nobody_looks_at() -> None:
    simulation, bus = simulated()
    for _ in range(5):
        run(simulation)
    simulation.device.close()
    assert bus.looks == 1, "of the last run, which `last` has, as the device closes"
    assert not np.array_equal(at_end(5), at_end(1)), "it learned"


def test_a_look_fetches_once() -> None:
    simulation, bus = simulated()
    result = run(simulation)
    assert (NAME in result.weights, list(result.weights), len(result.weights)) == (True, [NAME], 1)
    assert "weights, noise-cells" in repr(result)
    assert bus.looks == 0
    np.testing.assert_array_equal(result.weights[NAME], at_end(1))
    assert result.weights[NAME] is result.weights[simulation._source.source[NAME]]  # type: ignore[index]
    run(simulation)
    assert bus.looks == 1


def test_a_look_by_another_way_is_the_same_look() -> None:
    simulation, bus = simulated()
    result = run(simulation)
    snapshot = simulation.snapshot()
    snapshot.weights[:] = 0
    np.testing.assert_array_equal(result.weights[NAME], at_end(1))
    assert bus.looks == 1


def _other(simulation: asp.Simulation) -> None:
    simulation.device.load(asp.compile_network(network(), CONFIG))


CHANGES: dict[str, Callable[[asp.Simulation], object]] = {
    "a run": run,
    "a run in pieces": lambda s: s.run_steps(20, {"noise": asp.Poisson(80.0)}, record_v="all"),
    "a recorded run": lambda s: s.run_steps(20, {"noise": asp.Poisson(80.0)}, record_weights=7),
    "a run of the device": lambda s: s.device.run(30, (np.arange(30), np.arange(30) % 8)),
    "a stream": lambda s: list(s.device.stream(30, (np.arange(30), np.arange(30) % 8))),
    "weights": lambda s: s.set_weights(NAME, 0.0),
    "a weight": lambda s: s.device.write("weights", 1, (0, 0)),
    "all weights": lambda s: s.device.write_region(dm.WEIGHTS, np.zeros_like(s.image.weights)),
    "loading": _other,
    "another simulation": lambda s: asp.Simulation(network(), s.device),
    "closing": lambda s: s.device.close(),
    "a self-test": lambda s: selftest(s.device),
    "a reset and a run": lambda s: (s.reset(5), run(s)),
    "another gain and a run": lambda s: (setattr(s, "learning_gain", -1.0), run(s)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_looked_at_after_a_change_is_what_was_before(change: Callable) -> None:
    simulation, bus = simulated()
    result = run(simulation)
    change(simulation)
    bus.gone = True
    np.testing.assert_array_equal(result.weights[NAME], at_end(1))


STAYS: dict[str, Callable[[asp.Simulation], object]] = {
    "a reset": lambda s: s.reset(5),
    "a state": lambda s: s.set_state("cells", "v", -0.06),
    "a parameter": lambda s: s.device.write("threshold", 5, 3),
    "a gain": lambda s: setattr(s, "learning_gain", 0.0),
    "runs that do not learn": lambda s: (setattr(s, "learning_gain", 0.0), run(s), run(s)),
    "a run of no steps": lambda s: s.run_steps(0),
}


@pytest.mark.parametrize("act", STAYS.values(), ids=STAYS.keys())
def test_what_changes_no_weights_fetches_none(act: Callable) -> None:
    simulation, bus = simulated()
    simulation.device.journal.forget("so that a reset wants none")  # type: ignore[union-attr]
    simulation.device.journal.weights_known = True  # type: ignore[union-attr]
    result = run(simulation)
    simulation.device.journal.weights_known = True  # type: ignore[union-attr]
    act(simulation)
    assert bus.looks == 0
    np.testing.assert_array_equal(result.weights[NAME], at_end(1))
    assert bus.looks == 1


def test_a_rule_that_changes_within_a_run_that_did_not_learn() -> None:
    simulation, _ = simulated()
    result = run(simulation)
    simulation.learning_gain = 0.0

    def progress(done: int, steps: int) -> None:
        simulation.learning_gain = 1.0

    many = 4000
    simulation.run_steps(many, {"noise": asp.Poisson(80.0)}, progress=progress)
    np.testing.assert_array_equal(result.weights[NAME], at_end(1))


def test_every_result_has_the_weights_of_its_own_run() -> None:
    simulation, bus = simulated()
    results = [run(simulation) for _ in range(4)]
    assert bus.looks == 3
    for k, result in enumerate(results):
        np.testing.assert_array_equal(result.weights[NAME], at_end(k + 1))
    assert bus.looks == 4


def test_a_network_or_a_build_that_does_not_learn_is_never_looked_at() -> None:
    net = asp.Network()
    net.connect(net.inputs(3, "in"), net.neurons(3, asp.delta_lif(), "cells"), weight=1.0)
    bus = Line()
    simulation = asp.Simulation(net, Device(bus))
    bus.looks = 0
    results = [simulation.run_steps(10, {"in": np.ones((10, 3))}, record_weights=w) for w in (None, None)]
    simulation.reset()
    simulation.device.close()
    assert [dict(result.weights) for result in results] == [{}, {}]
    assert bus.looks == 0


def test_recorded_weights_are_not_fetched_again() -> None:
    simulation, bus = simulated()
    result = simulation.run_steps(20, {"noise": asp.Poisson(80.0)}, record_weights=10)
    assert bus.looks == 3
    np.testing.assert_array_equal(result.weights[NAME], result.weight_history[NAME][-1])
    simulation.device.close()
    assert bus.looks == 3


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))])
def test_a_copy_has_the_weights(copied: Callable) -> None:
    simulation, _ = simulated()
    other = copied(run(simulation))
    run(simulation)
    np.testing.assert_array_equal(other.weights[NAME], at_end(1))
    assert isinstance(other.weights, ByProjection)


def test_a_copy_of_a_simulation_looks_at_its_own_device() -> None:
    simulation = asp.Simulation(network(), Device(EmulatorBus(CONFIG)), seed=3)
    result = run(simulation)
    other = copy.deepcopy(simulation)
    second = run(other)
    np.testing.assert_array_equal(result.weights[NAME], at_end(1))
    np.testing.assert_array_equal(second.weights[NAME], at_end(2))


def test_a_saved_a_joined_and_an_exported_result_have_the_weights(tmp_path: Path) -> None:
    simulation, _ = simulated()
    first = run(simulation)
    first.save(tmp_path / "first.npz")
    whole = first + run(simulation)
    run(simulation)
    np.testing.assert_array_equal(asp.Result.load(tmp_path / "first.npz").weights[NAME], at_end(1))
    np.testing.assert_array_equal(whole.weights[NAME], at_end(2))
    table = whole.to_pandas().weights
    assert table.weight.to_numpy().tolist() == at_end(2).ravel().tolist()


def test_the_with_block_ends_and_the_weights_stay() -> None:
    with asp.Simulation(network(), "emulator", CONFIG, seed=3) as simulation:
        result = run(simulation)
    np.testing.assert_array_equal(result.weights[NAME], at_end(1))
