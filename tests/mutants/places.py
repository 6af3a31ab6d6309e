"""Places where nobody looks, broken by hand one after another: the tests that are named have to fail.

python -m tests.mutants.places [NUMBER ...] [--write FILE]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
_LIST = Path(__file__).with_name("places.toml")
_ROOMS = ("host", "hdl", "sim", "boards")
_LIMIT = 1800.0
"""Seconds in which all these tests have passed many times over: what is stuck is noticed, too."""
_FAILED = 1
"""What pytest returns if a test fails; more if something else is wrong."""


@dataclass(frozen=True)
class Place:
    """A break, and who has to notice."""

    what: str
    file: str
    right: str
    wrong: str
    tests: list[str]


def places() -> list[Place]:
    """All of them."""
    return [Place(**one) for one in tomllib.loads(_LIST.read_text("utf-8"))["place"]]


def noticed(place: Place) -> bool:
    """Whether the tests fail where the sources are broken so; they pass where they are not.

    Raises
    ------
    RuntimeError
        If the tests do not run.
    """
    with TemporaryDirectory() as folder:
        copies = [Path(folder) / room for room in _ROOMS]
        for copy in copies:
            shutil.copytree(
                ROOT / copy.name, copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
        file = Path(folder) / place.file
        file.write_text(file.read_text("utf-8").replace(place.right, place.wrong), "utf-8")
        path = os.pathsep.join([*map(str, copies), str(ROOT)])
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *place.tests]
        environment = os.environ | {"PYTHONPATH": path}
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                timeout=_LIMIT,
                capture_output=True,
                text=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return True
    if done.returncode not in (0, _FAILED):
        raise RuntimeError(
            f"{place.what}: {' '.join(command)} ends with {done.returncode}:\n{done.stdout[-2000:]}"
        )
    return done.returncode == _FAILED


def main() -> int:
    """Break places; 1 if one was not noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("numbers", nargs="*", type=int, help="all by default")
    parser.add_argument("--write", type=Path, metavar="FILE", help="JSON of what came of them")
    given = parser.parse_args()
    told = []
    for number, place in enumerate(places()):
        if given.numbers and number not in given.numbers:
            continue
        found = noticed(place)
        told.append({"what": place.what, "tests": place.tests, "noticed": found})
        print(f"{number:3} {'noticed' if found else 'NOT NOTICED'}: {place.what}", flush=True)
    if given.write:
        date = datetime.now(UTC).date().isoformat()
        given.write.write_text(json.dumps({"date": date, "places": told}, indent=1) + "\n", "utf-8")
    return int(not all(one["noticed"] for one in told))


if __name__ == "__main__":
    sys.exit(main())
