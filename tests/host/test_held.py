"""Weights after a run are those at its end, whenever somebody looks; and fetched only if somebody does."""

import copy
import pickle
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import allspike as asp
from allspike.describe.selection import ByProjection
from allspike.device.bus import Bus
from allspike.device.device import Device
from allspike.device.traffic import Traffic
from allspike.emulator.bus import EmulatorBus
from allspike.errors import DeviceError
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.results.later import FetchedLater
from allspike.simulate.selftest import selftest

from .checkpoints import CONFIG, contents, network

NAME = "noise-cells"


class Line(EmulatorBus):
    """As a board at the end of a line: gives nothing away; counts the looks at all weights."""

    patch = Bus.patch
    looks = 0
    gone = False

    def __init__(self, config: Config = CONFIG) -> None:
        super().__init__(config)
        self.lengths: list[int] = []

    @property
    def traffic(self) -> Traffic:
        return Traffic()

    def read(self, address: int, size: int) -> bytes:
        if self.gone:
            raise DeviceError("the board is gone.")
        self.looks += address == dm.WEIGHTS.base and size == dm.WEIGHTS.size(self.config)
        return super().read(address, size)

    def observe(self, asked: object) -> bool:
        return False

    def hidden(self) -> None:
        return None

    def restore(self, step: int, hidden: object) -> bool:
        return False


def simulated(**options: Any) -> tuple[asp.Simulation, Line]:
    bus = Line()
    simulation = asp.Simulation(network(), Device(bus), seed=3, **options)
    bus.looks = 0  # to verify what was loaded
    return simulation, bus


def run(simulation: asp.Simulation, steps: int = 40) -> asp.Result:
    return simulation.run_steps(steps, {"noise": asp.Poisson(80.0)})


def at_end(runs: int, before: Callable[[asp.Simulation], None] = lambda _: None) -> np.ndarray:
    """The weights after so many runs, looked at at once."""
    simulation, _ = simulated()
    before(simulation)
    for _ in range(runs - 1):
        run(simulation)
    return run(simulation).weights[NAME]


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


def test_an_interrupted_run_has_the_weights_of_where_it_stopped() -> None:
    simulation, _ = simulated()

    def press(done: int, steps: int) -> None:
        if done >= 40:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        simulation.run_steps(1_000_000, {"noise": asp.Poisson(80.0)}, progress=press)
    stopped = simulation.last
    assert stopped is not None
    expected = simulation.snapshot().weights
    run(simulation)
    other, _ = simulated()
    found = other._parts.weights([NAME], expected)[NAME]
    np.testing.assert_array_equal(stopped.weights[NAME], found)


def test_a_board_that_is_gone_tells_who_looks_and_holds_up_nobody_else() -> None:
    simulation, bus = simulated()
    result = run(simulation)
    bus.gone = True
    for _ in range(2):
        with pytest.raises(DeviceError, match="gone"):
            _ = result.weights[NAME]
    bus.gone = False
    np.testing.assert_array_equal(result.weights[NAME], at_end(1)), "it was only unplugged for a while"
    second = run(simulation)
    bus.gone = True
    simulation.device.close()
    bus.gone = False
    with pytest.raises(DeviceError, match=r"the board is gone.* What was held at the end of the run is lost"):
        _ = second.weights[NAME]


def test_a_board_that_lost_its_power_does_not_give_other_weights() -> None:
    simulation, bus = simulated()
    result = run(simulation)
    epoch = int(simulation.device.status()["epoch"])
    bus.write(dm.CONTROL.address("epoch"), (epoch + 7).to_bytes(4, "little"))
    with pytest.raises(DeviceError, match="the device was reset"):
        _ = result.weights[NAME]
    simulation.device.reset()
    again = asp.Simulation(simulation.image, simulation.device)
    np.testing.assert_array_equal(run(again).weights[NAME], at_end(1))


def test_a_look_from_another_thread_while_the_next_run_begins() -> None:
    expected = at_end(1)
    for _ in range(10):
        simulation, _ = simulated()
        result = run(simulation)
        found: list[np.ndarray] = []
        thread = threading.Thread(target=lambda f=found, r=result: f.append(r.weights[NAME]))
        thread.start()
        run(simulation)
        thread.join()
        np.testing.assert_array_equal(found[0], expected)


def test_a_reset_over_a_line_keeps_the_history_until_it_is_longer_than_the_weights() -> None:
    simulation, bus = simulated()
    journal = simulation.device.journal
    assert journal is not None
    size, resets = dm.WEIGHTS.size(CONFIG), 0
    while not bus.looks:
        simulation.device.run(5, ([0], [0]))
        simulation.reset()
        resets += 1
    assert resets > 1
    assert not journal.entries
    assert resets * 205 >= size > (resets - 2) * 205
    simulation.device.run(5, ([0], [0]))
    simulation.reset()
    simulation.run_steps(20, {"noise": asp.Poisson(80.0)})
    path_back = copy.deepcopy(journal)
    other = asp.Simulation(path_back.base, Device(Line()))
    path_back.repeat(other.device)
    assert contents(other.device) == contents(simulation.device)


# The mapping


def later(*names: str) -> tuple[FetchedLater, list[int]]:
    calls: list[int] = []

    def fetch() -> dict[str, np.ndarray]:
        calls.append(1)
        return {name: np.full(2, k) for k, name in enumerate(names)}

    return FetchedLater(names, fetch), calls


@pytest.mark.parametrize(
    "use",
    [
        lambda m: dict(m)["b"], lambda m: {**m}["b"], lambda m: m.get("b"), lambda m: list(m.values())[1],
        lambda m: dict(m.items())["b"], lambda m: m.copy()["b"], lambda m: (m | {})["b"],
        lambda m: ({} | m)["b"], lambda m: m.pop("b"), lambda m: m.setdefault("b", 3),
        lambda m: m.popitem()[1],
        lambda m: copy.copy(m)["b"], lambda m: pickle.loads(pickle.dumps(m))["b"],
        lambda m: ByProjection(m)["b"],
    ],
)  # fmt: skip
def test_however_a_value_is_taken_it_is_fetched_once(use: Callable) -> None:
    mapping, calls = later("a", "b")
    assert use(mapping).tolist() == [1, 1]
    assert len(calls) == 1
    assert isinstance(mapping, dict)


@pytest.mark.parametrize(
    "use",
    [
        len,
        list,
        bool,
        lambda m: "b" in m,
        lambda m: "c" in m,
        lambda m: list(m.keys()),
        ", ".join,
    ],
)
def test_names_are_known_without(use: Callable) -> None:
    mapping, calls = later("a", "b")
    assert use(mapping) == use({"a": 1, "b": 2})
    assert not calls


def test_what_is_set_is_not_fetched_over() -> None:
    mapping, _ = later("a", "b")
    mapping["a"] = np.zeros(1)
    assert mapping["a"].tolist() == [0]
    del mapping["b"]
    assert list(mapping) == ["a"]
    assert "array" in repr(mapping)
