"""The clock of the core alone, placed and routed for an ECP5."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from .builds import Build
from .cost import ECP5
from .tools import NETLIST, NEXTPNR, run, synthesize

TITLE = "The clock of the core"
DEVICE = ("--85k", "--package", "CABGA381")
SPEED_GRADE = 6
TARGET_MHZ = 75
GOAL_MHZ = 100
"""What nextpnr is asked for: its placer rests where the goal is met."""
SEEDS = (1, 2, 3)
_REPORT = "report.json"

_PAGE = """\
# {title}

This page is written by the command below, which places and routes the core alone for an LFE5U-85F of
speed grade {grade}, the slowest. The ports of its bus stay inside the chip (`--out-of-context`): what a board
adds is not in the figures.

    python -m tests.synth --route --write docs/clock.md

{facts}

| seed | clock, MHz |
| ---: | ---: |
{seeds}

The least is {least:.1f} MHz, the median {median:.1f} MHz; the target is {target} MHz. It was asked for
{goal} MHz.

## The critical path of the slowest

{nanoseconds:.1f} ns from `{source}` to `{sink}`, {routing:.1f} ns of them in wires. Names are those of Yosys.

| ns | | to |
| ---: | --- | --- |
{path}
"""


@dataclass(frozen=True)
class Hop:
    """A part of the critical path: through a cell or along a wire, to a cell."""

    kind: str
    nanoseconds: float
    cell: str


@dataclass(frozen=True)
class Route:
    """What came of one seed."""

    seed: int
    mhz: float
    path: tuple[Hop, ...]


def parse(report: str, seed: int) -> Route:
    """What nextpnr's report says of the one clock."""
    figures = json.loads(report)
    (clock,) = figures["fmax"].values()
    inside = [path for path in figures["critical_paths"] if path["from"] == path["to"]]
    hops = tuple(
        Hop(part["type"], part["delay"], part["to"].get("cell") or part["from"].get("cell", ""))
        for part in inside[0]["path"]
    )
    return Route(seed, clock["achieved"], hops)


def measure(build: Build, seeds: Sequence[int] = SEEDS) -> list[Route]:
    """Synthesise once; place and route with each of the seeds."""
    routes = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        synthesize(build.config, ECP5.synth, folder)
        for seed in seeds:
            options = ("--json", NETLIST, "--out-of-context", "--router", "router2", "--report", _REPORT)
            goal = ("--freq", str(GOAL_MHZ), "--timing-allow-fail", "--seed", str(seed))
            run(NEXTPNR, [*DEVICE, "--speed", str(SPEED_GRADE), *options, *goal], folder)
            routes.append(parse((folder / _REPORT).read_text(), seed))
            print(f"seed {seed}: {routes[-1].mhz:.1f} MHz", flush=True)
    return routes


def render(build: Build, routes: Sequence[Route], versions: Mapping[str, str]) -> str:
    """The page, docs/clock.md."""
    slowest = min(routes, key=lambda route: route.mhz)
    path = slowest.path
    facts = {"build": str(build)} | dict(versions)
    return _PAGE.format(
        title=TITLE,
        grade=SPEED_GRADE,
        facts="\n".join(f"- {key}: {value}" for key, value in facts.items()),
        seeds="\n".join(f"| {route.seed} | {route.mhz:.1f} |" for route in routes),
        least=slowest.mhz,
        median=median(route.mhz for route in routes),
        target=TARGET_MHZ,
        goal=GOAL_MHZ,
        nanoseconds=sum(hop.nanoseconds for hop in path),
        source=path[0].cell,
        sink=path[-1].cell,
        routing=sum(hop.nanoseconds for hop in path if hop.kind == "routing"),
        path="\n".join(f"| {hop.nanoseconds:.2f} | {hop.kind} | `{hop.cell}` |" for hop in path),
    )
