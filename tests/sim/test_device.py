"""The real core as a device, opened as users open it."""

import os
import signal
import threading
from pathlib import Path

import pytest

import allspike
from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike_sim.gateware import BUILD

CONFIG = Config(neurons=4, inputs=2, lanes=2, plasticity=False, event_ring=16, spike_ring=16)


def test_it_is_opened_by_its_name_and_runs() -> None:
    with allspike.open("rtl", CONFIG) as device:
        assert device.config == CONFIG
        assert device.build == BUILD
        device.write("threshold", 3)
        device.write("bias", 1)
        device.write("beta", 1 << dm.DECAY_BITS)
        when, who = device.run(8)
    assert when.tolist() == [2] * 4 + [5] * 4
    assert who.tolist() == [0, 1, 2, 3] * 2


def test_a_waveform_shows_the_core(tmp_path: Path) -> None:
    waves = tmp_path / "core.vcd"
    with allspike.open(f"rtl:waves={waves}", CONFIG) as device:
        device.run(1)
    text = waves.read_text("ascii")
    assert " request_address " in text
    assert "$scope module population" in text


def test_ctrl_c_stops_a_run_and_the_device_goes_on() -> None:
    steps = 1 << 30
    with allspike.open("rtl", CONFIG) as device:
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            device.run(steps)
        assert not device.status()["state"]
        stopped = device.step
        assert 0 < stopped < steps
        device.run(10)
        assert device.step == stopped + 10
