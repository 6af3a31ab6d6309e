"""Devices behind a link to the model, as tests use them."""

from dataclasses import replace
from typing import Any

from allspike.device.device import Device
from allspike.emulator.bus import EmulatorBus
from allspike.link.bus import LinkBus
from allspike.link.link import Link
from allspike.map.config import Config

from .model import Model
from .ports import ModelPort

CONFIG = Config(neurons=16, inputs=4, weight_bits=7, event_ring=64, spike_ring=64, clock_hz=12_000_000)
LATENCY = 0.005
"""Seconds that suffice for a model in the same process; where they do not, it is asked again."""


def warm(config: Config) -> EmulatorBus:
    """A bus whose first run does not wait for the compiler."""
    bus = EmulatorBus(config)
    bus.warm_up()
    return bus


def linked(config: Config = CONFIG, timeout: float = 3.0, latency: float = LATENCY, **port: Any) -> LinkBus:
    """A bus to a model of this build."""
    return LinkBus(Link(ModelPort(Model(warm(config)), **port), "the board", latency, timeout))


def board(config: Config = CONFIG, **options: Any) -> Device:
    """A device behind a link."""
    return Device(linked(replace(config, clock_hz=12_000_000), **options))


def port_of(device: Device) -> ModelPort:
    """The port of such a device."""
    assert isinstance(device.bus, LinkBus)
    port = device.bus.link._port
    assert isinstance(port, ModelPort)
    return port
