"""The core that suits a build."""

from amaranth.lib import wiring

from allspike.map.config import Config, Memory

from .compact.core import CompactCore
from .wide.core import Core


def core_of(config: Config, build: str = "rtl") -> wiring.Component:
    """A core: a `CompactCore` where the synapses lie in single-port memory, otherwise a `Core`."""
    return (CompactCore if config.memory is Memory.SINGLE_PORT else Core)(config, build)
