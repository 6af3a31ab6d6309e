"""The page docs/evidence.md: what was counted, proved, read back and killed, as runs left it beside it."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .claims import CLAIMS

COUNTED, PROVED, READ_BACK, MUTANTS = "tests.json", "proofs.json", "bitstreams.json", "mutants.json"
PLACES = "places.json"
"""Files of a folder of evidence."""
TITLE = "# Evidence"
_HEAD = f"""\
{TITLE}

What is claimed, what shows it, and how much of it there was when it was last run. This page is written by
the command below from the files in `docs/evidence`, which the other commands leave there; a number is of one
run, on the date beside it. No board was at hand: nothing here was seen on one.

    python -m tests.evidence --write docs/evidence.md
"""


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _counted(found: Mapping[str, Any]) -> str:
    rows = []
    for name, claim in CLAIMS.items():
        entry = found.get(name)
        shown = f"{entry['count']:,} {claim.of}" if entry else "none yet"
        whence = (f"`{entry['command']}`", entry["date"]) if entry else ("", "")
        rows.append((claim.says, shown, *whence))
    return "## Compared\n\n" + _table(("claim", "evidence", "command", "date"), rows)


def _proved(found: list[dict[str, Any]]) -> str:
    rows = []
    for one in found:
        held = {"PASS": "holds"}.get(one["status"], "**not shown**")
        noticed = f"{one['breaks'] - len(one['unnoticed'])} of {one['breaks']}" if "breaks" in one else ""
        rows.append((one["claim"], f"{held} {one['reach']}", one["solver"], noticed, one.get("date", "")))
    head = ("claim", "SymbiYosys finds that it", "solver", "ways of breaking it that it noticed", "date")
    return "## Proved: `make proofs`\n\n" + _table(head, rows)


def _read_back(found: list[dict[str, Any]]) -> str:
    rows = []
    for one in found:
        said = one["wrong"] or "pins, clock, identity and divisor are as asked"
        ran = ""
        if run := one.get("run"):
            ran = f"{run['steps']:,} steps, {run['spikes']:,} spikes: {run['wrong'] or 'as the emulator'}"
        rows.append((f"`{one['board']}`", said, ran, f"`{one['command']}`", one["date"]))
    head = ("board", "its bitstream, read back", "and run, at its pins", "command", "date")
    return "## Bitstreams: `make bitstreams`\n\n" + _table(head, rows)


def _mutants(units: Mapping[str, dict[str, Any]]) -> str:
    rows = []
    for name, one in units.items():
        score = "" if one["score"] is None else f"{one['score']:.1%}"
        counts = (one["drawn"], one["killed"], len(one["equal"]), len(one["survived"]))
        rows.append((name, one["about"], *counts, score, one["seed"], one["date"]))
    head = ("unit", "what", "drawn", "killed", "equal", "survived", "score", "seed", "date")
    text = "## Mutants: `make mutants`\n\n" + _table(head, rows)
    left = [(name, each) for name, one in units.items() for each in one["survived"]]
    if left:
        text += "\n\nThose that no test kills:\n\n"
        text += "\n".join(f"- {name}, `{each['mutant']}`: {each['why']}" for name, each in left)
    return text


def _places(found: Mapping[str, Any]) -> str:
    head = ("broken by hand", "noticed", "by")
    rows = [
        (one["what"], "yes" if one["noticed"] else "**no**", ", ".join(f"`{test}`" for test in one["tests"]))
        for one in found["places"]
    ]
    when = f" ({found['date']})" if found["date"] else ""
    return f"## Places where nobody looks: `python -m tests.mutants.places`{when}\n\n" + _table(head, rows)


def render(folder: Path) -> str:
    """The page, of the files that are in a folder of evidence."""
    parts = [_HEAD]
    for name, part in ((COUNTED, _counted), (PROVED, _proved), (READ_BACK, _read_back)):
        parts.append(part(_read(folder / name, {} if name == COUNTED else [])))
    parts.append(_mutants(_read(folder / MUTANTS, {"units": {}})["units"]))
    parts.append(_places(_read(folder / PLACES, {"date": "", "places": []})))
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _read(path: Path, otherwise: Any) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else otherwise
