"""The regions of a device as the link sees them: how long each is, and what may be written."""

from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from allspike.map import device_map as dm
from allspike.map.config import Config
from allspike.map.link_map import LINK_REGIONS, MAX_READ

from ..map.regions import REGION_BITS, top

REGIONS = (*dm.REGIONS, *LINK_REGIONS)


def size_bits(config: Config) -> int:
    """Width of the size of the longest region, and of the longest READ."""
    return max(MAX_READ, *(region.size(config) for region in REGIONS)).bit_length()


class RegionTable(wiring.Component):
    """Looks a region up. No latency.

    Members
    -------
    region : In(8)
        Top bits of an address.
    size : Out
        Bytes; 0 if there is no such region.
    writable : Out(1)
    local : Out(1)
        The link answers it, not the core.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        super().__init__(
            {
                "region": In(REGION_BITS),
                "size": Out(size_bits(config)),
                "writable": Out(1),
                "local": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        with m.Switch(self.region):
            for region in REGIONS:
                with m.Case(top(region)):
                    m.d.comb += [
                        self.size.eq(region.size(self._config)),
                        self.writable.eq(region.writable),
                        self.local.eq(region in LINK_REGIONS),
                    ]
        return m
