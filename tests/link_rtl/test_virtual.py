"""The virtual board as users open it: by its URL, and by the terminal that `allspike simulate` prints."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

import allspike
from allspike.device.device import Device
from allspike.errors import DeviceError
from allspike.simulate.simulation import Simulation

COMMAND = str(Path(sys.executable).with_name("allspike"))
PRESET = "core96"
URL = f"allspike://{PRESET}"
_TURN = 0.02
"""Seconds that a slowed program runs, and does not, by turns."""


def network() -> allspike.Network:
    """A net that fires and learns."""
    net = allspike.Network(dt=1e-3)
    noise = net.inputs(20, "noise")
    cells = net.neurons(40, allspike.LIF(), "cells")
    rule = allspike.STDP(a_plus=4e-11, a_minus=3e-11, w_max=3e-9)
    net.connect(noise, cells, weight=1.5e-9, stdp=rule)
    net.connect(cells, cells, allspike.FixedProbability(0.2, seed=1), weight=0.2e-9)
    return net


@pytest.fixture(scope="module")
def device() -> Iterator[Device]:
    with allspike.open(URL) as opened:
        yield opened


def test_a_network_runs_over_the_pins_as_on_the_emulator(device: Device) -> None:
    found = []
    for where in ("emulator", device):
        simulation = Simulation(network(), where, PRESET, seed=3)
        result = simulation.run(0.1, {"noise": allspike.Poisson(120)})
        found.append((*result.spikes["cells"], simulation.device.read("weights")))
    assert found[0][0].size > 50
    assert all(np.array_equal(one, other) for one, other in zip(*found, strict=True))
    assert device.traffic is not None
    assert device.traffic.damaged == 0


def test_it_says_what_it_is(device: Device) -> None:
    assert device.build == "virtual"
    assert device.config.neurons == 96
    assert device.config.clock_hz == 4_000_000


def test_the_wrong_rate_is_noticed_or_found() -> None:
    """A port that cannot have the board's rate: the board answers at none of those that are tried."""
    with pytest.raises(DeviceError, match="baud"):
        allspike.open("allspike://core96?baud=250000")


@pytest.fixture
def terminal() -> Iterator[str]:
    """A board behind a terminal device, on a machine that is half as fast once it has been measured."""
    command = [COMMAND, "simulate", "--pty", "--config", PRESET]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        name = process.stdout.readline().strip()
        ended = Event()

        def slow_down() -> None:
            while not ended.wait(_TURN):
                process.send_signal(signal.SIGSTOP)
                ended.wait(_TURN)
                process.send_signal(signal.SIGCONT)

        slowing = Thread(target=slow_down)
        slowing.start()
        try:
            yield name
        finally:
            ended.set()
            slowing.join()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait() == 0
        assert re.search(r"simulates at [\d.]+ MHz here: clock [\d.]+ MHz, line [\d,]+ baud;", said)


@pytest.mark.skipif(os.name != "posix", reason="terminal devices are POSIX's")
def test_the_self_test_passes_on_the_terminal(terminal: str) -> None:
    command = [COMMAND, "selftest", "--device", terminal, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout)["passed"]
