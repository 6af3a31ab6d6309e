"""What a build took and reached: read from the tools' reports, kept as plain data."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from allspike.map.config import Config
from allspike.writing import write

from .chips import Chip, Family
from .critical_path import CriticalPath, worst_path
from .flow import REPORT, STATISTICS

_CELLS: dict[Family, dict[str, tuple[str, ...]]] = {
    Family.ICE40: {
        "lut": ("ICESTORM_LC",), "block_ram": ("ICESTORM_RAM",), "dsp": ("ICESTORM_DSP",),
        "single_port_ram": ("ICESTORM_SPRAM",),
    },
    Family.ECP5: {
        "lut": ("TRELLIS_COMB",), "ff": ("TRELLIS_FF",), "block_ram": ("DP16KD",), "dsp": ("MULT18X18D",),
    },
    Family.GOWIN: {
        "lut": ("LUT4",), "ff": ("DFF",), "block_ram": ("BSRAM",),
        "dsp": ("MULT18X18", "MULT9X9", "MULT36X36", "MULTALU18X18", "MULTALU36X18", "MULTADDALU18X18"),
    },
}  # fmt: skip
"""Names in the reports of place and route. iCE40: a logic cell is a look-up table and a flip-flop.
Gowin: the look-up tables are counted with those of adders and memories."""
_XILINX_LUTS = ("LUT1", "LUT2", "LUT3", "LUT4", "LUT5", "LUT6")
_XILINX_MEMORY = {
    "RAM32M": 4,
    "RAM64M": 4,
    "RAM32X1D": 2,
    "RAM64X1D": 2,
    "RAM64X1S": 1,
    "SRL16E": 1,
    "SRLC32E": 1,
}
"""Look-up tables that are memories, and how many each takes."""


@dataclass(frozen=True)
class Used:
    """How much of a resource a build takes."""

    used: int
    available: int


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The report of a build: sizes, what it takes of the chip, its clock, how it was made."""

    board: str
    part: str
    build: str
    neurons: int
    inputs: int
    synapses: int
    weight_bits: int
    plasticity: bool
    lanes: int
    neuron_lanes: int
    uses: dict[str, Used]
    """By lut, ff, block_ram, dsp, single_port_ram."""
    clock_mhz: float
    """Asked for."""
    achieved_mhz: float | None
    """What place and route reached; None without it."""
    critical_path: CriticalPath | None
    tools: dict[str, str]
    command: str

    @property
    def met(self) -> bool:
        """The clock asked for was reached, or not measured."""
        return self.achieved_mhz is None or self.achieved_mhz >= self.clock_mhz

    @property
    def margin(self) -> float:
        """By how much of the clock asked for the one reached is above it; 0 if that was not measured."""
        return 0.0 if self.achieved_mhz is None else self.achieved_mhz / self.clock_mhz - 1

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as in the files of `docs/reports`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Self:
        """Inverse of `to_dict`."""
        path = plain["critical_path"]
        changed = {
            "uses": {name: Used(**one) for name, one in plain["uses"].items()},
            "critical_path": path and CriticalPath(**path),
        }
        return cls(**plain | changed)

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        write(path, json.dumps(self.to_dict(), indent=2) + "\n")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Inverse of `save`."""
        return cls.from_dict(json.loads(path.read_text("utf-8")))


def read_uses(chip: Chip, folder: Path) -> dict[str, Used]:
    """What a build takes of its chip, from the reports in its folder."""
    cells = json.loads((folder / STATISTICS).read_text("utf-8"))["design"]["num_cells_by_type"]
    if chip.family is Family.XILINX7:
        return _xilinx(chip, cells)
    report = json.loads((folder / REPORT).read_text("utf-8"))["utilization"]
    uses: dict[str, Used] = {}
    for name, kinds in _CELLS[chip.family].items():
        there = [report[kind] for kind in kinds if kind in report]
        if there:
            uses[name] = Used(sum(one["used"] for one in there), there[0]["available"])
    if chip.family is Family.ICE40:
        flops = sum(count for kind, count in cells.items() if kind.startswith("SB_DFF"))
        uses["ff"] = Used(flops, uses["lut"].available)
    return uses


def _xilinx(chip: Chip, cells: dict[str, int]) -> dict[str, Used]:
    luts = sum(cells.get(kind, 0) for kind in _XILINX_LUTS)
    luts += sum(cells.get(kind, 0) * size for kind, size in _XILINX_MEMORY.items())
    flops = sum(count for kind, count in cells.items() if kind.startswith("FD"))
    return {
        "lut": Used(luts, chip.luts),
        "ff": Used(flops, 2 * chip.luts),
        "block_ram": Used(cells.get("RAMB18E1", 0) + 2 * cells.get("RAMB36E1", 0), chip.block_rams),
        "dsp": Used(cells.get("DSP48E1", 0), chip.dsps),
    }


def read_clock(folder: Path) -> tuple[float | None, CriticalPath | None]:
    """The clock that place and route reached, MHz, and the path that limits it."""
    if not (folder / REPORT).is_file():
        return None, None
    report = json.loads((folder / REPORT).read_text("utf-8"))
    clocks: dict[str, dict[str, float]] = report["fmax"]
    if not clocks:
        return None, None
    slowest = min(clocks, key=lambda name: clocks[name]["achieved"] / clocks[name]["constraint"])
    return round(clocks[slowest]["achieved"], 2), worst_path(report["critical_paths"], slowest)


def sizes_of(config: Config) -> dict[str, Any]:
    """The part of the figures that a configuration gives."""
    names = ("neurons", "inputs", "synapses", "weight_bits", "plasticity", "lanes", "neuron_lanes")
    return {name: getattr(config, name) for name in names} | {"clock_mhz": config.clock_hz / 1e6}
