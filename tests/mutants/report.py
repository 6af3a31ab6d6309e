"""What came of the mutants, as a file for the page of evidence."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .ledger import Fate, Ledger, Result

REASONS = Path(__file__).with_name("reasons.toml")


@dataclass(frozen=True)
class Reason:
    """Why no test kills a mutant."""

    unit: str
    mutant: str
    why: str
    equal: bool = False
    """It does what the original does."""


def reasons() -> dict[tuple[str, str], Reason]:
    """Of mutants by unit and name."""
    told = tomllib.loads(REASONS.read_text("utf-8")).get("reason", [])
    found = [Reason(**one) for one in told]
    return {(one.unit, one.mutant): one for one in found}


def figures(
    unit: str, about: str, names: Iterable[str], ledger: Ledger, why: dict[tuple[str, str], Reason]
) -> dict[str, object]:
    """Counts of a unit, those that no test kills, and the share killed of those that are not equal."""
    results = [found for name in names if (found := ledger[name])]
    killed = [one for one in results if one.fate is Fate.KILLED]
    given = {one.mutant: why.get((unit, one.mutant)) for one in results if one.fate is not Fate.KILLED}
    equal = [one for one in results if _is_equal(one, given.get(one.mutant))]
    left = [one for one in results if one not in killed and one not in equal]
    counted = len(killed) + len(left)
    return {
        "about": about,
        "drawn": len(results),
        "killed": len(killed),
        "killed_in_soak_only": sum(one.soak for one in killed),
        "equal": [{"mutant": one.mutant, "why": _why(one, given)} for one in equal],
        "survived": [{"mutant": one.mutant, "why": _why(one, given)} for one in left],
        "score": round(len(killed) / counted, 4) if counted else None,
    }


def _is_equal(result: Result, reason: Reason | None) -> bool:
    return result.fate is Fate.EQUAL or (result.fate is Fate.SURVIVED and reason is not None and reason.equal)


def _why(result: Result, given: dict[str, Reason | None]) -> str:
    if result.fate is Fate.EQUAL:
        return result.by
    reason = given[result.mutant]
    return reason.why if reason else "not looked into yet"


def write(path: Path, seed: int, date: str, units: dict[str, dict[str, object]]) -> None:
    """Write the file; units that are not told stay as they were in it."""
    before = json.loads(path.read_text("utf-8"))["units"] if path.exists() else {}
    told = {name: one | {"seed": seed, "date": date} for name, one in units.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"units": before | told}, indent=2) + "\n", "utf-8")
