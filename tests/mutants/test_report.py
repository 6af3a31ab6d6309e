"""Figures: what counts as killed, as equal and as a survivor."""

import json
from pathlib import Path

import pytest

from .ledger import Fate, Ledger, Result
from .report import Reason, figures, reasons, write


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    found = Ledger(tmp_path / "kept.jsonl", "now")
    for result in (
        Result("a", Fate.KILLED, "a test"),
        Result("b", Fate.KILLED, "a test", soak=True),
        Result("c", Fate.EQUAL, "a proof"),
        Result("d", Fate.SURVIVED),
        Result("e", Fate.SURVIVED),
        Result("f", Fate.SURVIVED),
        Result("of another draw", Fate.KILLED, "a test"),
    ):
        found.add(result)
    return found


def test_equal_ones_do_not_count_and_survivors_do(ledger: Ledger) -> None:
    why = {
        ("unit", "d"): Reason("unit", "d", "it is the same number", equal=True),
        ("unit", "e"): Reason("unit", "e", "a lamp that nobody looks at"),
        ("other", "f"): Reason("other", "f", "of another unit", equal=True),
    }
    told = figures("unit", "what it is", [*"abcdef", "not tried yet"], ledger, why)
    assert told == {
        "about": "what it is", "drawn": 6, "killed": 2, "killed_in_soak_only": 1,
        "equal": [{"mutant": "c", "why": "a proof"}, {"mutant": "d", "why": "it is the same number"}],
        "survived": [
            {"mutant": "e", "why": "a lamp that nobody looks at"},
            {"mutant": "f", "why": "not looked into yet"},
        ],
        "score": 0.5,
    }  # fmt: skip


def test_the_file_keeps_units_that_are_not_told(tmp_path: Path) -> None:
    path = tmp_path / "new" / "figures.json"
    write(path, 15, "2026-01-01", {"a": {"drawn": 1}, "b": {"drawn": 2}})
    write(path, 16, "2026-01-02", {"b": {"drawn": 3}})
    assert json.loads(path.read_text("utf-8")) == {
        "units": {
            "a": {"drawn": 1, "seed": 15, "date": "2026-01-01"},
            "b": {"drawn": 3, "seed": 16, "date": "2026-01-02"},
        }
    }


def test_every_reason_is_a_sentence() -> None:
    for reason in reasons().values():
        assert reason.why.endswith(".")
        assert len(reason.why.split()) > 3
