"""The command: `python -m tests.synth [--route] [--json FILE] [--write FILE] [--quick]`."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from ..bench.document import check_place
from . import clock, page
from .builds import BUILDS, FEWER_LANES, ROUTED, SMALLEST, Build
from .cost import FAMILIES, XILINX_7, Cost, Family, cells_of, cost_of
from .tools import NEXTPNR, YOSYS, statistics, version


def measure(builds: Sequence[Build], fewer_lanes: Sequence[Build], jobs: int) -> list[page.Row]:
    """Synthesise builds for all families, and others for Xilinx 7 alone, `jobs` at a time."""

    def one(pair: tuple[Build, Family]) -> Cost:
        build, family = pair
        cost = cost_of(cells_of(statistics(build.config, family.synth)), family)
        print(f"{family.name}, {build}: {cost.luts:,} LUT", file=sys.stderr, flush=True)
        return cost

    pairs = [(build, family) for build in builds for family in FAMILIES]
    pairs += [(build, XILINX_7) for build in fewer_lanes]
    with ThreadPoolExecutor(jobs) as pool:
        costs = list(pool.map(one, pairs))
    rows: dict[Build, dict[str, Cost]] = {}
    for (build, family), cost in zip(pairs, costs, strict=True):
        rows.setdefault(build, {})[family.name] = cost
    return [page.Row(build, by_family) for build, by_family in rows.items()]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.synth", description=page.TITLE)
    parser.add_argument("--route", action="store_true", help="place and route for the ECP5: the clock")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page of results to FILE")
    parser.add_argument("--quick", action="store_true", help="smallest core alone")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="synthesise so many at a time")
    options = parser.parse_args()
    check_place(parser, options.write)
    check_place(parser, options.json)

    began = time.monotonic()
    versions = {"Yosys": version(YOSYS)}
    figures: object
    if options.route:
        versions["nextpnr"] = version(NEXTPNR)
        build = SMALLEST if options.quick else ROUTED
        routes = clock.measure(build, clock.SEEDS[:1] if options.quick else clock.SEEDS)
        text = clock.render(build, routes, versions)
        figures = [asdict(route) for route in routes]
    else:
        builds, fewer = ([SMALLEST], []) if options.quick else (BUILDS, FEWER_LANES)
        rows = measure(builds, fewer, options.jobs)
        text = page.render(rows, versions)
        figures = [
            {"build": str(row.build), "config": row.build.config.to_dict()}
            | {name: asdict(cost) for name, cost in row.costs.items()}
            for row in rows
        ]
    print(f"\n{text}\nTook {(time.monotonic() - began) / 60:.1f} minutes.")
    if options.write:
        options.write.write_text(text)
    if options.json:
        options.json.write_text(json.dumps({"versions": versions, "figures": figures}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
