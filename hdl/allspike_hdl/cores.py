"""The core that suits a build."""

from allspike.map.config import Config, Memory

from .compact.datapath import CompactDatapath
from .machine.machine import Machine
from .map.sizes import Sizes
from .wide.datapath import WideDatapath


def core_of(config: Config, build: str = "rtl") -> Machine:
    """A machine with the compact datapath where the synapses lie in single-port memory, or the wide one."""
    datapath = CompactDatapath if config.memory is Memory.SINGLE_PORT else WideDatapath
    return Machine(config, datapath(Sizes(config)), build)
