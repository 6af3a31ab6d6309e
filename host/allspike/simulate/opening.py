"""A network on its device: compiled for it, the device opened for the network, and loaded."""

from dataclasses import dataclass

from ..describe.network import Network
from ..device.device import Device
from ..errors import ParameterError
from ..image.image import Image
from ..map.config import Config
from ..map.presets import config_of
from .devices import is_made_to_order
from .devices import open as open_device
from .source import Source


@dataclass(frozen=True)
class Opened:
    """A device that holds an image."""

    image: Image
    device: Device
    owned: bool
    """Whether it was opened here, to be closed by the simulation."""


def opened(source: Source, device: str | Device, config: Config | str | None, seed: int | None) -> Opened:
    """Compile, open and load, in the order in which each can tell the next what it needs.

    A board has its build, for which the network is compiled; a device that is made to order is of the build
    that the network asks for.
    """
    if not isinstance(device, str | Device):
        raise ParameterError(f"{device!r:.60} is no device: give its name, or open it with allspike.open.")
    owned = isinstance(device, str)
    if isinstance(device, str) and not is_made_to_order(device):
        device = open_device(device)
    try:
        if isinstance(device, Device) and config is None and isinstance(source.source, Network):
            config = device.config
        image = source.image(config, seed)
        if isinstance(device, str):
            build = image.config if config is None else config_of(config)
            device = open_device(device, build if isinstance(source.source, Image) else image.config)
        device.load(image)
    except BaseException:
        if owned and isinstance(device, Device):
            device.close()
        raise
    return Opened(image, device, owned)
