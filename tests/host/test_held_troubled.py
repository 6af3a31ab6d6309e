"""Weights after a run that was stopped, or of a board that is gone, was reset, or runs on meanwhile."""

import copy
import signal
import threading

import numpy as np
import pytest

import allspike as asp
from allspike.device.device import Device
from allspike.errors import DeviceError
from allspike.map import device_map as dm

from .checkpoints import CONFIG, contents
from .held import NAME, Line, at_end, run, simulated


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
