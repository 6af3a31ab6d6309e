"""The command: `python -m tests.bench [--json FILE] [--write FILE] [--quick]`."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from allspike.writing import write

from . import floor, machine, page, table
from .cell import Cell
from .document import check_place, check_section, write_section

SIZES = (96, 256, 1024)
PERIODS = (10, 100)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=page.TITLE)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE")
    parser.add_argument("--write", type=Path, metavar="FILE", help="replace the section of results in FILE")
    parser.add_argument("--quick", action="store_true", help="smallest network, short runs")
    options = parser.parse_args()
    check_section(parser, options.write, "emulator")
    check_place(parser, options.json)

    began = time.monotonic()
    sizes = SIZES[:1] if options.quick else SIZES
    seconds, rounds = (0.1, 1) if options.quick else (0.5, 5)
    # Rates in the inner loop: a compiled simulator serves both with one binary.
    cells = [Cell(n, period, learning) for n in sizes for learning in (False, True) for period in PERIODS]
    results = table.run(cells, seconds, rounds)
    floors = [floor.measure(n, period, seconds / 4) for n in sizes for period in PERIODS]
    text = page.render(results, floors, seconds, rounds)
    print(f"\n{text}\nTook {(time.monotonic() - began) / 60:.1f} minutes.")
    if options.write:
        write_section(options.write, "emulator", text)
    if options.json:
        figures = {
            "machine": machine.describe(),
            "cells": [asdict(result) for result in results],
            "floors": [asdict(one) for one in floors],
        }
        write(options.json, json.dumps(figures, indent=2) + "\n")
    faults = [fault for result in results for fault in result.faults]
    for fault in faults:
        print(f"FAULT {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
