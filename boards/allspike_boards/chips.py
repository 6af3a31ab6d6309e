"""The chips: what they have to build from, and how a memory is made of it."""

from dataclasses import dataclass
from enum import StrEnum

from allspike.map.config import Config, Memory
from allspike_hdl.compact.extent import ENTRY_BYTES, Extent
from allspike_hdl.fabric.target import Target

_BYTE, _NIBBLE = 8, 4


class Family(StrEnum):
    """Which tools a chip is built with."""

    ICE40 = "iCE40"
    ECP5 = "ECP5"
    GOWIN = "Gowin"
    XILINX7 = "Xilinx 7"


@dataclass(frozen=True, kw_only=True)
class Chip:
    """An FPGA."""

    part: str
    """As its vendor writes it."""
    family: Family
    luts: int
    """Look-up tables of four inputs, or of six in Xilinx 7."""
    block_rams: int
    """Dual-port memories, each of `ram_depth` words of `ram_width` bits (or fewer words of more)."""
    ram_depth: int
    ram_width: int
    dsps: int
    """Multipliers, in the unit in which the tools count them."""
    single_port_bytes: int = 0
    """Single-port memory beside the block RAM."""
    synth_options: tuple[str, ...] = ()
    """Further arguments of Yosys's `synth` command."""

    @property
    def target(self) -> Target:
        """What components may ask of it."""
        return Target.named(self.part)

    def synapse_blocks(self, config: Config) -> int:
        """Block RAMs that the synapses of a build take: `lanes` banks, each of whole memories.

        In single-port memory that of the chip, if it has any; otherwise the store of a compact core, which
        holds more than synapses.
        """
        if config.memory is Memory.SINGLE_PORT:
            return 0 if self.single_port_bytes else self._store_blocks(Extent(config))
        bits = config.weight_bits + config.plasticity
        side_by_side = -(-bits // self.ram_width)
        deep = -(-config.synapses // config.lanes // self.ram_depth)
        return config.lanes * side_by_side * max(deep, 1)

    def _store_blocks(self, extent: Extent) -> int:
        """Block RAMs of a store: one memory for each nibble of its lines, as each can be written alone."""
        entries = 1 << (extent.entries - 1).bit_length()
        deep = self.ram_depth * (self.ram_width // _NIBBLE)
        return _BYTE // _NIBBLE * ENTRY_BYTES * -(-entries // deep)

    def holds(self, config: Config) -> bool:
        """Whether the synapses of a build alone find room; the rest of the core needs block RAM, too."""
        if config.memory is Memory.SINGLE_PORT and self.single_port_bytes:
            return Extent(config).size <= self.single_port_bytes
        return self.synapse_blocks(config) < self.block_rams


def _ecp5(part: str, luts: int, block_rams: int, dsps: int) -> Chip:
    return Chip(
        part=part,
        family=Family.ECP5,
        luts=luts,
        block_rams=block_rams,
        ram_depth=2048,
        ram_width=9,
        dsps=dsps,
    )


UP5K = Chip(
    part="iCE40UP5K-SG48", family=Family.ICE40, luts=5280, block_rams=30, ram_depth=512, ram_width=8, dsps=8,
    single_port_bytes=1 << 17, synth_options=("-dsp",),
)  # fmt: skip
HX8K = Chip(
    part="iCE40HX8K-CT256", family=Family.ICE40, luts=7680, block_rams=32, ram_depth=512, ram_width=8, dsps=0
)
ECP5_12F = _ecp5("LFE5U-12F", 24288, 56, 28)
"""The same die as the 25F, and the open tools use all of it."""
ECP5_25F = _ecp5("LFE5U-25F", 24288, 56, 28)
ECP5_45F = _ecp5("LFE5U-45F", 43848, 108, 72)
ECP5_85F = _ecp5("LFE5U-85F", 83640, 208, 156)
ECP5_5G_85F = _ecp5("LFE5UM5G-85F", 83640, 208, 156)
GW1NR_9C = Chip(
    part="GW1NR-LV9QN88PC6/I5", family=Family.GOWIN, luts=8640, block_rams=26, ram_depth=2048, ram_width=9,
    dsps=20,
)  # fmt: skip
GW2A_18C = Chip(
    part="GW2A-LV18PG256C8/I7", family=Family.GOWIN, luts=20736, block_rams=46, ram_depth=2048, ram_width=9,
    dsps=48,
)  # fmt: skip
XC7A35T = Chip(
    part="xc7a35t", family=Family.XILINX7, luts=20800, block_rams=100, ram_depth=2048, ram_width=9, dsps=90
)
