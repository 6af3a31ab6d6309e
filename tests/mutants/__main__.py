"""Mutation scores of gateware and host.

python -m tests.mutants [UNIT ...] [--count N] [--seed S] [--folder FOLDER] [--write FILE] [--quick]
"""

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from . import gateware, host, report
from .units import UNITS

HOST = "host"
_HOST_ABOUT = "compiler, link and emulator of the host"
_EACH = {one.name: 100 for one in UNITS} | {HOST: 300}
"""How many are drawn by default."""


def _session(module: str, *arguments: object, soak: bool = False) -> None:
    """A process of its own: each has its tests, collected once."""
    environment = os.environ | ({"ALLSPIKE_SOAK": "1"} if soak else {})
    subprocess.run([sys.executable, "-m", module, *map(str, arguments)], env=environment, check=True)


def main() -> None:
    """Draw, try, prove, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("units", nargs="*", choices=[*_EACH, []], help="all by default")
    parser.add_argument("--count", type=int, help="mutants of each unit")
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--folder", type=Path, default=Path("build/mutants"), help="where results are kept")
    parser.add_argument("--write", type=Path, help="file of figures")
    parser.add_argument("--quick", action="store_true", help="no second round, of more tests, for survivors")
    given = parser.parse_args()
    told = {}
    for name in given.units or _EACH:
        count = given.count or _EACH[name]
        arguments = count, given.seed, given.folder
        if name == HOST:
            _session("tests.mutants.host", *arguments, *(("quick",) if given.quick else ()))
            of_host = host.Mutants(*arguments)
            names, ledger, about = [one.name for one in of_host.drawn], of_host.ledger, _HOST_ABOUT
        else:
            _session("tests.mutants.gateware", name, *arguments)
            if not given.quick:
                _session("tests.mutants.gateware", name, *arguments, soak=True)
            unit = next(one for one in UNITS if one.name == name)
            of_unit = gateware.Mutants(unit, *arguments)
            names, ledger, about = [one.name for one in of_unit.drawn], of_unit.ledger, unit.about
        told[name] = figures = report.figures(name, about, names, ledger, report.reasons())
        equal, survived = len(figures["equal"]), len(figures["survived"])  # type: ignore[arg-type]
        print(
            f"{name}: {figures['drawn']} drawn by seed {given.seed}, {figures['killed']} killed, "
            f"{equal} equal, {survived} survive; score {figures['score']}",
            flush=True,
        )
        if given.write:  # after each, as the next may be interrupted
            report.write(given.write, given.seed, datetime.now(UTC).date().isoformat(), told)


if __name__ == "__main__":
    main()
