"""A board that goes away in mid-run: the error is raised, and what had come is the result."""

from typing import Any

import numpy as np
import pytest

import allspike as asp
from allspike.device.running import Progress
from allspike.errors import DeviceError

from .boards import board, port_of

CONFIG = asp.Config(neurons=16, inputs=16, event_ring=64, spike_ring=64)


def network() -> asp.Network:
    net = asp.Network()
    pixels = net.inputs(8, "pixels")
    cells = net.neurons(5, asp.delta_lif(tau_m=np.inf, v_drift=300.0), "cells")
    net.connect(pixels, cells, weight=0.5, stdp=asp.STDP(a_plus=0.05, a_minus=0.05, w_max=1.0))
    return net


def fail_after(step: int, device: asp.Device) -> Progress:
    """Unplug the board when it has come so far."""

    def told(done: int, asked: int) -> None:
        if done >= step:
            port_of(device).unplugged = True

    return told


@pytest.mark.parametrize(
    ("steps", "options"),
    [
        (50_000_000, {}),
        (50_000_000, {"record_weights": 2000}),
        (400, {"record_v": "all"}),
        (400, {"record_v": {"cells": [3]}, "record_weights": 30}),
        (400, {"stimuli": {"cells": asp.CurrentArray(np.arange(400.0) * 1e-11)}}),
    ],
    ids=["alone", "weights", "V", "V and weights", "current"],
)
def test_what_had_come_is_the_result(steps: int, options: dict[str, Any]) -> None:
    device = board(CONFIG, timeout=10)
    simulation = asp.Simulation(network(), device)
    simulation.run_steps(3)
    with pytest.raises(DeviceError, match="went away"):
        simulation.run_steps(steps, progress=fail_after(100, device), **options)
    result = simulation.last
    assert result is not None
    assert result.start == 3
    assert 90 < result.steps < steps
    clean = asp.Simulation(network(), config=CONFIG)
    clean.run_steps(3)
    shorter = {key: value for key, value in options.items() if key != "stimuli"}
    if "stimuli" in options:
        shorter["stimuli"] = {"cells": asp.CurrentArray(np.arange(result.steps)[:, None] * 1e-11)}
    expected = clean.run_steps(result.steps, **shorter)
    np.testing.assert_array_equal(result.spikes["cells"], expected.spikes["cells"])
    for name in expected.v:
        np.testing.assert_array_equal(result.v[name], expected.v[name])
    for name, steps_of in result.weight_steps.items():
        count = steps_of.size
        np.testing.assert_array_equal(steps_of, expected.weight_steps[name][:count])
        np.testing.assert_array_equal(result.weight_history[name], expected.weight_history[name][:count])
    assert not result.weights
    assert not result.counters


def test_a_run_of_a_device_that_fails_says_what_had_arrived() -> None:
    device = board(CONFIG, timeout=10)
    asp.Simulation(network(), device)
    with pytest.raises(DeviceError) as told:
        device.run(50_000_000, progress=fail_after(100, device))
    arrived = told.value.arrived
    assert arrived is not None
    assert arrived.spikes[0].size > 0
    assert arrived.spikes[0].max() < arrived.steps < 50_000_000


def test_a_device_that_is_gone_before_the_run_leaves_the_last_result() -> None:
    device = board(CONFIG, timeout=10)
    simulation = asp.Simulation(network(), device)
    before = simulation.run_steps(10)
    port_of(device).unplugged = True
    with pytest.raises(DeviceError):
        simulation.run_steps(10)
    assert simulation.last is before
