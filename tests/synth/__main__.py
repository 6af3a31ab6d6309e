"""The command: `python -m tests.synth [--route] [--json FILE] [--write FILE] [--quick]`."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from . import clock, page
from .builds import BUILDS, ROUTED, SMALLEST, Build
from .cost import FAMILIES, Cost, Family, cells_of, cost_of
from .tools import NEXTPNR, YOSYS, statistics, version


def measure(builds: Sequence[Build], families: Sequence[Family], jobs: int) -> list[page.Row]:
    """Synthesise all builds for all families, `jobs` at a time."""

    def one(pair: tuple[Build, Family]) -> Cost:
        build, family = pair
        cost = cost_of(cells_of(statistics(build.config, family.synth)), family)
        print(f"{family.name}, {build}: {cost.luts:,} LUT", file=sys.stderr, flush=True)
        return cost

    pairs = [(build, family) for build in builds for family in families]
    with ThreadPoolExecutor(jobs) as pool:
        costs = dict(zip(pairs, pool.map(one, pairs), strict=True))
    return [page.Row(build, {family.name: costs[build, family] for family in families}) for build in builds]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.synth", description=page.TITLE)
    parser.add_argument("--route", action="store_true", help="place and route for the ECP5: the clock")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page of results to FILE")
    parser.add_argument("--quick", action="store_true", help="smallest core alone")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="synthesise so many at a time")
    options = parser.parse_args()

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
        rows = measure([SMALLEST] if options.quick else BUILDS, FAMILIES, options.jobs)
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
