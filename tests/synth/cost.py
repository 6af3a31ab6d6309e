"""From the cells that Yosys counts to what a core costs."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """A family of devices: how Yosys is asked for it, and what its cells are worth.

    Each of the mappings is from cells, as a regular expression of their names, to how many of the resource
    one of them takes.
    """

    name: str
    synth: str
    """The command of Yosys."""
    lut: Mapping[str, float]
    lut_memory: Mapping[str, float]
    """Lookup tables that serve as memory or shift register."""
    ff: Mapping[str, float]
    ram: Mapping[str, float]
    dsp: Mapping[str, float]
    apart: tuple[str, ...]
    """Cells that come with lookup tables and are not counted, but named."""
    ram_name: str


XILINX_7 = Family(
    name="Xilinx 7",
    synth="synth_xilinx -family xc7 -noiopad -flatten",
    lut={"LUT[1-6]": 1, "INV": 1},
    lut_memory={"SRL16E|SRLC32E": 1, "RAM(32|64)X1S": 1, "RAM(32|64)X1D": 2, "RAM(32|64)M": 4},
    ff={"FD[RSCP]E(_1)?": 1},
    ram={"RAMB36E1": 1, "RAMB18E1": 0.5},
    dsp={"DSP48E1": 1},
    apart=("CARRY4", "MUXF7", "MUXF8"),
    ram_name="RAMB36",
)
ECP5 = Family(
    name="ECP5",
    synth="synth_ecp5",
    lut={"LUT4": 1, "CCU2C": 2},
    # Four tables hold the bits; the write port takes the inputs of two more.
    lut_memory={"TRELLIS_DPR16X4": 6},
    ff={"TRELLIS_FF": 1},
    ram={"DP16KD": 1, "PDPW16KD": 1},
    dsp={"MULT18X18D": 1},
    apart=("CCU2C", "PFUMX", "L6MUX21"),
    ram_name="DP16KD",
)
ICE40 = Family(
    name="iCE40",
    synth="synth_ice40 -dsp",
    lut={"SB_LUT4": 1},
    lut_memory={},
    ff={"SB_DFF.*": 1},
    ram={"SB_RAM40_4K.*": 1},
    dsp={"SB_MAC16": 1},
    apart=("SB_CARRY",),
    ram_name="SB_RAM40_4K",
)
FAMILIES = (XILINX_7, ECP5, ICE40)


@dataclass(frozen=True)
class Cost:
    """What a design takes of a family's resources."""

    lut: int
    """Lookup tables of logic."""
    lut_memory: int
    """Lookup tables that are memory or shift registers."""
    ff: int
    ram: float
    dsp: int
    apart: Mapping[str, int]

    @property
    def luts(self) -> int:
        """All lookup tables."""
        return self.lut + self.lut_memory


def cells_of(stat: str) -> dict[str, int]:
    """How many cells there are of each type, from what `stat -json` of Yosys writes."""
    return json.loads(stat)["design"]["num_cells_by_type"]


def cost_of(cells: Mapping[str, int], family: Family) -> Cost:
    """What these cells cost.

    Raises
    ------
    ValueError
        If a cell looks like a lookup table or a memory but is not known: it would go uncounted.
    """

    def total(worth: Mapping[str, float]) -> float:
        return sum(
            count * each
            for name, count in cells.items()
            for pattern, each in worth.items()
            if re.fullmatch(pattern, name)
        )

    known = [*family.lut, *family.lut_memory, *family.ff, *family.ram, *family.dsp]
    for name in cells:
        if re.search("LUT|RAM|SRL|DPR|FF|^FD|DSP|MULT|MAC|INV", name) and not any(
            re.fullmatch(pattern, name) for pattern in known
        ):
            raise ValueError(f"{family.name}: cells {name} are not counted anywhere")
    return Cost(
        lut=int(total(family.lut)),
        lut_memory=int(total(family.lut_memory)),
        ff=int(total(family.ff)),
        ram=total(family.ram),
        dsp=int(total(family.dsp)),
        apart={name: cells[name] for name in family.apart if name in cells},
    )
