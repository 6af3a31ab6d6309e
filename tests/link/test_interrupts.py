"""Ctrl-C: what had arrived is the result, on every device, and the command line writes it."""

import itertools
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import serial

import allspike as asp
import allspike.simulate.network_runs as runs_module
from allspike.cli import main
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.map.config import Config

from .boards import board, warm
from .model import Model
from .ports import ModelPort
from .urls.protocol_standin import PORTS

CONFIG = Config(neurons=16, inputs=16, lanes=1, event_ring=64, spike_ring=64, clock_hz=12_000_000)
LONG = 50_000_000
LOOKS = 5
"""Times that a run looks whether it is to stop, until it is."""


def network() -> asp.Network:
    net = asp.Network()
    pixels = net.inputs(8, "pixels")
    cells = net.neurons(5, asp.delta_lif(tau_m=np.inf, v_drift=300.0), "cells")
    net.connect(pixels, cells, weight=0.5)
    return net


def interrupt_in_mid_run(monkeypatch: pytest.MonkeyPatch, after: int = LOOKS) -> None:
    """Press Ctrl-C once, when a run has looked for it so many times."""
    listening = runs_module.interrupts
    looks = itertools.count(1)

    @contextmanager
    def begun() -> Iterator[threading.Event]:
        with listening() as stop:
            looked = stop.is_set

            def look() -> bool:
                if next(looks) == after:
                    os.kill(os.getpid(), signal.SIGINT)
                return looked()

            stop.is_set = look  # type: ignore[method-assign]
            yield stop

    monkeypatch.setattr(runs_module, "interrupts", begun)


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("recording", [False, True])
def test_an_interrupted_run_keeps_what_came(
    linked: bool, recording: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stimulus = {"pixels": asp.SpikeList([0, 5, LONG - 1], [0, 3, 7])}
    device = board(CONFIG) if linked else Device(EmulatorBus(CONFIG))
    simulation = asp.Simulation(network(), device)
    record = {"cells": [0]} if recording else None
    interrupt_in_mid_run(monkeypatch, 8 * LOOKS if linked and recording else LOOKS)
    with pytest.raises(KeyboardInterrupt):
        # Recording asks the device at every step: it is long at far fewer.
        steps = 1_000_000 if recording else LONG
        given = {"pixels": asp.SpikeList([0, 5], [0, 3])} if recording else stimulus
        simulation.run_steps(steps, given, record_v=record)
    result = simulation.last
    assert result is not None
    assert 0 < result.steps < LONG
    assert simulation.device.step == result.steps
    clean = asp.Simulation(network(), Device(EmulatorBus(CONFIG)))
    expected = clean.run_steps(
        result.steps,
        {"pixels": asp.SpikeList([0, 5], [0, 3])},
        record_v=record if result.steps < 10_000 else None,
    )
    for one, other in zip(result.spikes["cells"], expected.spikes["cells"], strict=True):
        assert np.array_equal(one, other)
    if recording:
        assert result.v["cells"].shape == (result.steps, 1)
    again = simulation.run_steps(10)
    assert again.start == result.steps
    assert simulation.last is again
    device.close()


@pytest.mark.parametrize("device", ["emulator", "standin://board"])
def test_the_command_line_writes_what_came(
    device: str, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = [*serial.protocol_handler_packages, "tests.link.urls"]
    monkeypatch.setattr(serial, "protocol_handler_packages", packages)
    PORTS["board"] = lambda: ModelPort(Model(warm(CONFIG)))
    network().save(tmp_path / "net.npz")
    image = asp.compile_network(network(), CONFIG)
    image.save(tmp_path / "image.npz")
    warm(CONFIG)
    interrupt_in_mid_run(monkeypatch)
    with pytest.raises(SystemExit) as stopped:
        main(["run", str(tmp_path / "image.npz"), "--steps", str(1 << 33), "--device", device,
              "--out", str(tmp_path / "result.npz")])  # fmt: skip
    assert stopped.value.code == 130
    captured = capsys.readouterr()
    result = asp.Result.load(tmp_path / "result.npz")
    assert 0 < result.steps < 1 << 33
    assert result.counts("cells").sum() > 0
    assert f"{result.steps:,} steps" in captured.out
    assert ("line: " in captured.out) is (device != "emulator")
