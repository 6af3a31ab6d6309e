"""Runs over a link: spikes flow while the user computes, memory stays bounded, and a run can be stopped."""

import os
import queue
import signal
import threading
from dataclasses import replace
from types import FrameType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from allspike.device import running
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.errors import DeviceError
from allspike.interrupts import interrupts
from allspike.map import device_map as dm
from allspike.map.config import Config
from tests.host.test_device import image

from .boards import CONFIG, board, port_of, warm

BUSY = Config(neurons=32, inputs=4, event_ring=64, spike_ring=64, clock_hz=12_000_000)
"""The spikes of one step are more than its spike ring holds."""


def busy(device: Device) -> Device:
    """Every neuron fires at every step."""
    loaded = image(BUSY)
    loaded.neuron_params["threshold"] = -1
    device.load(loaded)
    return device


def test_spikes_are_taken_while_the_user_computes_and_memory_stays_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full = threading.Event()

    class Noted(queue.Queue):
        """A queue that says when somebody has to wait for room in it."""

        def put(self, *given: Any, **named: Any) -> None:
            if self.full():
                full.set()
            super().put(*given, **named)

    monkeypatch.setattr(running, "queue", SimpleNamespace(Queue=Noted, Empty=queue.Empty))
    device = busy(board(BUSY))
    stream = device.stream(1500)
    next(stream)
    assert full.wait(300), "it goes on by itself, until as much waits as may"
    assert 0 < device.step < 500
    steps = np.concatenate([when for when, _ in stream])
    assert np.array_equal(steps, np.repeat(np.arange(1500), 32))
    device.close()


def test_a_reader_who_leaves_early_leaves_the_device_in_order() -> None:
    device, other = busy(board(BUSY)), busy(Device(EmulatorBus(BUSY)))
    events = (np.arange(0, 500, 7), np.zeros(72, np.int64))
    stream = device.stream(500, events)
    for _ in range(5):
        next(stream)
    stream.close()
    stopped = device.step
    assert 0 < stopped < 500
    kept = events[0] < stopped
    other.run(stopped, (events[0][kept], events[1][kept]))
    later = ([1, 3], [0, 1])
    assert np.array_equal(device.run(50, later), other.run(50, later))
    assert np.array_equal(device.read("neuron_state"), other.read("neuron_state"))
    assert device.counters()["late_events"] == 0
    device.close()


@pytest.mark.parametrize("linked", [False, True])
def test_a_run_that_is_stopped_keeps_what_came(linked: bool) -> None:
    device = busy(board(BUSY, timed=True) if linked else Device(EmulatorBus(BUSY)))
    stop = threading.Event()
    when, who = device.run(100_000_000, stop=stop, progress=lambda done, _: done and stop.set())
    stopped = device.step
    assert 0 < stopped < 100_000_000
    assert np.array_equal(when, np.repeat(np.arange(stopped), 32))
    assert np.array_equal(who, np.tile(np.arange(32), stopped))
    assert device.run(2)[0].tolist() == [stopped] * 32 + [stopped + 1] * 32
    device.close()


def test_ctrl_c_is_an_event_once_and_itself_the_second_time() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(60)
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(60)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_stops_runs_where_another_library_handles_it_too() -> None:
    def other(number: int, frame: FrameType | None) -> None:
        signal.default_int_handler(number, frame)

    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, other)
    try:
        with interrupts() as stop:
            os.kill(os.getpid(), signal.SIGINT)
            assert stop.wait(60)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("linked", [False, True])
def test_ctrl_c_in_a_stream_leaves_the_device_in_order(linked: bool) -> None:
    device = busy(board(BUSY, timed=True) if linked else Device(EmulatorBus(BUSY)))
    with pytest.raises(KeyboardInterrupt):
        for _ in device.stream(100_000_000):
            if device.step > 100:
                raise KeyboardInterrupt
    stopped = device.step
    assert not device.status()["state"]
    assert device.run(1)[0].tolist() == [stopped] * 32
    device.close()


def test_a_run_that_was_left_running_is_stopped_by_the_next() -> None:
    """As after a second Ctrl-C: nobody took the spikes, and the core waits for room."""
    device = busy(board(BUSY))
    device.bus.write(dm.CONTROL.address("run_until"), (1000).to_bytes(8, "little"))
    assert device.status()["state"] & dm.State.STALLED
    device.run(0)
    stopped = device.step
    assert device.run(1)[0].tolist() == [stopped] * 32
    device.close()


def test_a_board_that_is_reset_in_mid_run_is_noticed() -> None:
    device = busy(board(BUSY))
    model = port_of(device).model
    with pytest.raises(DeviceError, match=r"was reset in mid-run: it is in epoch 0 instead of 2.*run again"):
        for when, _ in device.stream(1000):
            if when.size and when[-1] > 20:
                model.bus = warm(BUSY)
    device.close()


def test_a_board_that_is_reset_between_runs_is_noticed() -> None:
    device = busy(board(BUSY))
    device.run(3)
    port_of(device).model.bus = warm(BUSY)
    with pytest.raises(DeviceError, match="was reset"):
        device.run(3)
    device.close()


def test_an_image_for_another_build_is_refused() -> None:
    device = board()
    with pytest.raises(DeviceError, match=r"neurons.*device has 16"):
        device.load(image(replace(CONFIG, neurons=32)))
    device.close()


def test_a_device_of_another_map_version_is_refused() -> None:
    class Other(EmulatorBus):
        def read(self, address: int, size: int) -> bytes:
            found = np.frombuffer(super().read(address, size), np.uint8).copy()
            if address == dm.IDENTITY.base:
                found[dm.IDENTITY.record.offset("map_version")] = 9
            return found.tobytes()

    from allspike.link.bus import LinkBus  # noqa: PLC0415
    from allspike.link.link import Link  # noqa: PLC0415

    from .model import Model  # noqa: PLC0415
    from .ports import ModelPort  # noqa: PLC0415

    with pytest.raises(DeviceError, match=f"memory map version 9 and this software version {dm.MAP_VERSION}"):
        Device(LinkBus(Link(ModelPort(Model(Other(CONFIG))), "the board")))
