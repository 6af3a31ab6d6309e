"""A simulation on what counts the looks at its weights: what the tests of weights after a run share."""

from collections.abc import Callable
from typing import Any

import numpy as np

import allspike as asp
from allspike.device.bus import Bus
from allspike.device.device import Device
from allspike.device.traffic import Traffic
from allspike.emulator.bus import EmulatorBus
from allspike.errors import DeviceError
from allspike.map import device_map as dm
from allspike.map.config import Config

from .checkpoints import CONFIG, network

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
