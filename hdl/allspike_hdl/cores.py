"""The core that suits a build."""

from amaranth.lib import wiring

from allspike.map.config import Config, Memory

from .compact.core import CompactCore
from .machine.machine import Machine
from .map.sizes import Sizes
from .wide.datapath import WideDatapath


def core_of(config: Config, build: str = "rtl") -> wiring.Component:
    """A core: a `CompactCore` where the synapses lie in single-port memory, otherwise a wide `Machine`."""
    if config.memory is Memory.SINGLE_PORT:
        return CompactCore(config, build)
    return Machine(config, WideDatapath(Sizes(config)), build)
