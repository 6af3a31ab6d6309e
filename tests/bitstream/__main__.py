"""Boards' bitstreams, made as `allspike build` makes them, read back and compared with what was asked for.

python -m tests.bitstream [BOARD ...] --run --write FILE
"""

import argparse
import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from allspike.map.link_map import divisor_of
from allspike_boards import BOARDS
from allspike_boards.board import Support
from allspike_boards.build import make, plan

from .families import read
from .read import disagreement, forgotten
from .run.families import can_run
from .run.trial import run

ROUTED = [name for name, board in BOARDS.items() if board.support is Support.ROUTED]


def checked(name: str, runs: bool) -> dict[str, Any]:
    """What the bitstream of a board's default build says; `wrong` is None if it says what it should.

    One that can be run is, where that is asked for: what came of it is `run`.
    """
    planned = plan(BOARDS[name])
    make(planned)
    assert planned.bitstream is not None
    found = read(planned)
    runs = runs and can_run(planned.board)
    entry = {
        "board": name,
        "build": planned.build,
        "sha256": hashlib.sha256(planned.bitstream.read_bytes()).hexdigest(),
        "driven": sorted(found.driven),
        "clock_hz": float(found.clock_hz),
        "divisor": divisor_of(planned.config.clock_hz, planned.baud),
        "wrong": disagreement(planned, found) or forgotten(planned, found),
        "command": f"python -m tests.bitstream {name}{' --run' * runs}",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    return entry | {"run": run(planned)} if runs else entry


def main() -> int:
    """Check boards; 1 if a bitstream says something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("boards", nargs="*", metavar="BOARD", help="by default all that are routed")
    parser.add_argument("--run", action="store_true", help="simulate those that can be at their pins, too")
    parser.add_argument("--write", type=Path, metavar="FILE", help="JSON; entries of other boards stay")
    given = parser.parse_args()
    wrong = 0
    for name in given.boards or ROUTED:
        entry = checked(name, given.run)
        ran = entry.get("run", {"wrong": None})
        wrong += any(one is not None for one in (entry["wrong"], ran["wrong"]))
        told = entry["wrong"] or "pins, clock, identity and divisor are as asked"
        if "run" in entry:
            told += f"; run for {ran['steps']} steps: {ran['wrong'] or 'as the emulator'}"
        print(f"{entry['build']}: {told}", flush=True)
        if given.write:
            old = json.loads(given.write.read_text("utf-8")) if given.write.exists() else []
            others = [one for one in old if one["board"] != name]
            entries = sorted([*others, entry], key=lambda one: one["board"])
            given.write.parent.mkdir(parents=True, exist_ok=True)
            given.write.write_text(json.dumps(entries, indent=1) + "\n", "utf-8")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
