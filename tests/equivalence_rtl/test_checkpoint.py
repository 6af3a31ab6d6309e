"""A checkpoint of the gateware, and one that changes between gateware and emulator, goes on exactly."""

from pathlib import Path

import pytest

import allspike as asp
from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike_sim.rtl import RtlBus

from ..host.checkpoints import ACTS, CONFIG, changing, network, uninterrupted


def emulator(_: int = 0) -> Device:
    return Device(EmulatorBus(CONFIG))


def rtl(_: int = 0) -> Device:
    return Device(RtlBus(CONFIG))


@pytest.mark.parametrize("opened", [rtl, lambda k: (rtl, emulator)[k % 2]()], ids=["rtl", "to and fro"])
def test_the_gateware_goes_on_as_if_nothing_had_been(opened, tmp_path: Path) -> None:
    expected = uninterrupted(asp.Simulation(network(), emulator(), seed=3))
    for act, found, right in zip(ACTS, changing(tmp_path / "c.npz", opened, 2), expected, strict=True):
        assert found == right, act
