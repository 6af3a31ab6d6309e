"""The command: `python -m tests.bench_core [--json] [--write FILE] [--steps K]`."""

import argparse
import json
import sys
from pathlib import Path

from allspike.map.config import Memory
from allspike_hdl.clocks import clocks_of

from ..bench.document import check_section, table, write_section
from .measure import Figures, builds, measure

NEURONS = INPUTS = 256

_TEXT = """\
## The gateware, counted in clocks

The core of {neurons} neurons and {inputs} inputs, Verilated, by its own counters. The network is that of
the next section: all neurons on all neurons, each fires every 10 steps (an activity of 10 %), {steps} steps.
With dual-port memory a row should take N / lanes clocks, a column A / lanes, a sweep
N / neuron_lanes + {sweep}. The compact core, with single-port memory, learns a synapse a clock, N a row and A
a column, and computes one neuron in {neuron} clocks, or {fires} if it fires. The last column is how many
clocks a second were simulated, on one thread, with the host's part.

{table}

    python -m tests.bench_core --write docs/benchmarks.md
"""


def _row(f: Figures) -> tuple[object, ...]:
    column = "" if f.column is None else f"{f.column:.1f}"
    ideal = "" if f.column is None else f"{f.column_ideal:.0f}"
    return (
        f.build, f"{f.row:.1f}", f.row_ideal, f"{f.useful:.1%}", column, ideal, f"{f.sweep:.0f}",
        f"{f.step:,.0f}", f"{f.speed / 1e6:.2f} M",
    )  # fmt: skip


def _clocks() -> dict[str, int]:
    """What the text says of sweeps."""
    wide, compact = (
        clocks_of(next(build.config for build in builds(NEURONS, INPUTS) if build.config.memory is memory))
        for memory in Memory
    )
    neuron = compact.sweep(0) / NEURONS
    return {
        "sweep": round(wide.sweep(0) - NEURONS),
        "neuron": round(neuron),
        "fires": round(neuron + compact.sweep(1) - compact.sweep(0)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench_core", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print all figures as JSON, and nothing else")
    parser.add_argument("--write", type=Path, metavar="FILE", help="replace the section of results in FILE")
    parser.add_argument("--steps", type=int, default=2000)
    options = parser.parse_args()
    check_section(parser, options.write, "core")

    figures = [measure(build, options.steps) for build in builds(NEURONS, INPUTS)]
    head = (
        "core", "clocks a row", "at best", "useful slots", "clocks a column", "at best", "a sweep",
        "a step", "clocks simulated a second",
    )  # fmt: skip
    shown = table(head, map(_row, figures))
    if options.json:
        print(json.dumps([one.to_dict() for one in figures]))
    else:
        print(shown)
    if options.write:
        text = _TEXT.format(neurons=NEURONS, inputs=INPUTS, steps=options.steps, table=shown, **_clocks())
        write_section(options.write, "core", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
