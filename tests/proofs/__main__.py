"""`python -m tests.proofs`: run proofs, or what breaks them, and write down what came of it.

The document lists all proofs that were run: name, claim, when it holds, solver, outcome, seconds of a
processor, and how many ways of breaking the gateware it noticed: all, and those (`shown`) for which it found
how the claim fails, not only that an induction fails.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .proof import Break, Proof, broken, run
from .proofs import PROOFS

_ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proofs", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="proofs; all, if none is named")
    parser.add_argument("--quick", action="store_true", help="only those of `make test`")
    parser.add_argument("--break", dest="breaks", action="store_true", help="also see each of them fail")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="JSON of what came of it, and of earlier calls"
    )
    args = parser.parse_args()
    proofs = [proof for proof in PROOFS if not args.names or proof.name in args.names]
    proofs = [proof for proof in proofs if not (args.quick and proof.long)]
    results = []
    for proof in proofs:
        results.append(result := _result(proof, args.breaks))
        noticed = f", breaks {result['breaks']}, shown {result['shown']}" if args.breaks else ""
        print(f"{result['status']:8}{result['seconds']:7.1f} s  {proof.name}{noticed}", flush=True)
        for line in result.get("unnoticed", ()):
            print(f"        not noticed: {line}", flush=True)
        if args.write:
            _write(args.write, results)
    good = all(result["status"] == "PASS" and not result.get("unnoticed") for result in results)
    return 0 if good and results else 1


def _write(file: Path, results: list[dict[str, Any]]) -> None:
    """After each proof, for all of them take long; what the file has of others stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(file.read_text()) if file.exists() else []
    found = {each["name"]: each for each in (*known, *results)}
    kept = [found[proof.name] for proof in PROOFS if proof.name in found]
    file.write_text(json.dumps(kept, indent=1) + "\n")


def _result(proof: Proof, breaks: bool) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        outcome = run(proof, Path(folder))
    if outcome.status != "PASS":
        print(outcome, file=sys.stderr)
    result: dict[str, Any] = {
        "name": proof.name,
        "claim": proof.claim,
        "reach": proof.reach,
        "cases": 1 + len(proof.cases),
        "clocks": proof.depth,
        "solver": proof.solver,
        "long": proof.long,
        "status": outcome.status,
        "seconds": round(outcome.seconds, 1),
        "date": datetime.now(UTC).date().isoformat(),
    }
    if breaks:
        became = {found: status_of_broken(proof, found) for found in proof.breaks}
        missed = [found for found, status in became.items() if status not in {"FAIL", "UNKNOWN"}]
        result["breaks"] = len(proof.breaks)
        result["shown"] = sum(status == "FAIL" for status in became.values())
        result["unnoticed"] = [f"{found.file}: {found.wrong}" for found in missed]
    return result


def status_of_broken(proof: Proof, found: Break) -> str:
    """What becomes of a proof where the gateware is broken so: in a Python that has no other gateware."""
    with TemporaryDirectory() as folder:
        path = f"{broken(found, Path(folder))}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        file = Path(folder) / "result.json"
        command = [sys.executable, "-m", "tests.proofs", proof.name, "--write", str(file)]
        done = subprocess.run(
            command,
            cwd=_ROOT,
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        if not file.exists():
            raise AssertionError(f"{proof.name} with {found.wrong!r}:\n{done.stderr}")
        return json.loads(file.read_text())[0]["status"]


if __name__ == "__main__":
    sys.exit(main())
