"""Boards and other things at the far end of a port that is opened by its name."""

import os
import select
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from allspike.device.device import Device
from allspike.link.bus import LinkBus
from allspike.link.port import POLL

from .boards import CONFIG, warm
from .model import Model
from .ports import ModelPort
from .urls.protocol_standin import PORTS

ROOT = Path(__file__).parents[2]
CLOCK = 12_000_000


def standin(divisor: int = 12, **options: Any) -> Model:
    """What `standin://board` opens: a board that listens at the rate of its divisor alone."""
    model = Model(warm(replace(CONFIG, clock_hz=CLOCK)), divisor=divisor)
    PORTS["board"] = lambda: ModelPort(model, device_clock=CLOCK, **options)
    return model


def rate_of(device: Device) -> int:
    assert isinstance(device.bus, LinkBus)
    return device.bus.link.baud


class answering:
    """Something at the far end of a terminal device that answers what it is sent."""

    def __init__(self, far: int, answer: Callable[[bytes], bytes]) -> None:
        self._far, self._answer = far, answer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        while not self._stop.is_set():
            if select.select([self._far], [], [], POLL)[0]:
                os.write(self._far, self._answer(os.read(self._far, 4096)))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
