"""The page of costs, docs/cost.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .builds import Build
from .cost import FAMILIES, XILINX_7, Cost, Family
from .tools import SANE

TITLE = "What the core costs"

_INTRODUCTION = """\
This page is written by the command below. The figures are those of Yosys alone, before placement, of the
core with its bus and without a link: the same figures come from anyone's machine with the same versions.

    python -m tests.synth --write docs/cost.md
"""

_HOW = """\
## How it is counted

For each family Yosys runs `read_verilog core.v; {sane}; COMMAND -top allspike_core; stat`, on
the Verilog that `allspike hdl generate` writes. (`rename`, because wires named `x[0]` would be taken for bits
of a bus.) All builds have 8-bit weights, 24-bit states, 16-bit traces, delays of up to 16 steps, rings of
4 KiB and one neuron a clock.

- LUT counts every lookup table of any size, an inverter as one, an adder of the ECP5 (`CCU2C`) as the two
  that it takes, and those that serve as memory or shift registers, which the next column names: on Xilinx 7
  an `SRL16E` or `RAM64X1S` is one, on the ECP5 a `TRELLIS_DPR16X4` six.
- Synapses a LUT are N (M + N) over that sum.
- RAM is in blocks of the family: 36 Kbit on Xilinx 7 (an 18-Kbit half counts 0.5), 18 Kbit on the ECP5,
  4 Kbit on the iCE40.
- The cells in the last column come with the lookup tables of a slice; they are not counted, other than
  `CCU2C`. The iCE40 builds may be larger than any iCE40; they show what the logic takes there.

A peer's figures are its authors' own for NeuroCoreX (Vivado, its reports), and for ODIN and tinyODIN
those of the same command of Yosys. A core has a lane for each synapse that it handles in a clock: fewer
lanes are smaller and slower, and one lane is still twice as fast as ODIN's half a synapse.
"""


@dataclass(frozen=True)
class Row:
    """What a build costs, by the families' names."""

    build: Build
    costs: Mapping[str, Cost]


def density(build: Build, cost: Cost) -> float:
    """Synapses a lookup table."""
    return build.config.synapses / cost.luts


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _table(family: Family, rows: Sequence[Row]) -> str:
    head = ["build", "LUT", "of them memory", "FF", family.ram_name, "DSP", "synapses a LUT", "beside them"]
    rule = ["---", *["---:"] * (len(head) - 2), "---"]
    lines = [head, rule]
    for row in rows:
        if family.name not in row.costs:
            continue
        cost = row.costs[family.name]
        apart = ", ".join(f"{count:,} {name}" for name, count in cost.apart.items())
        lines.append(
            [
                str(row.build),
                f"{cost.luts:,}",
                str(cost.lut_memory),
                f"{cost.ff:,}",
                f"{cost.ram:g}",
                str(cost.dsp),
                f"{density(row.build, cost):.1f}",
                apart,
            ]
        )
    return "\n".join(map(_line, lines))


def _peers(rows: Sequence[Row]) -> str:
    """Builds on Xilinx 7 under the peer of their size."""
    lines: list[str] = []
    for peer in dict.fromkeys(row.build.peer for row in rows if row.build.peer):
        lines.append(f"- {peer}")
        for row in rows:
            if row.build.peer == peer:
                cost = row.costs[XILINX_7.name]
                lines.append(
                    f"    - {row.build}: {cost.luts:,} LUT, {cost.ff:,} FF, {cost.ram:g} block RAM, "
                    f"{cost.dsp} DSP, {density(row.build, cost):.1f} synapses a LUT"
                )
    return "\n".join(lines)


def render(rows: Sequence[Row], versions: Mapping[str, str]) -> str:
    """The page."""
    parts = [
        f"# {TITLE}",
        _INTRODUCTION,
        "\n".join(f"- {tool}: {version}" for tool, version in versions.items()),
        f"## Beside its peers, on Xilinx 7\n\n{_peers(rows)}",
    ]
    parts += [f"## {family.name}\n\n`{family.synth}`\n\n{_table(family, rows)}" for family in FAMILIES]
    parts.append(_HOW.format(sane=SANE))
    return "\n\n".join(part.strip() for part in parts) + "\n"
