"""What tests count adds up, of those alone that pass; the page says what there is, and what is not."""

import json
from pathlib import Path

import pytest

from .claims import CLAIMS
from .page import COUNTED, MUTANTS, PLACES, PROVED, READ_BACK, render

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "evidence"

TESTS = """
import pytest
from tests.evidence.counted import evidence
@pytest.mark.parametrize("k", range(4))
def test_some(evidence, k):
    evidence("garbage", 10)
    evidence("stories")
    assert k != 2
def test_other(evidence):
    evidence("steps", 7)
def test_wrong(evidence):
    with pytest.raises(AssertionError, match="'tsories' is not among the claims"):
        evidence("tsories")
"""
CONFTEST = """
from tests.evidence.counted import register
def pytest_configure(config):
    register(config)
"""


@pytest.mark.parametrize("processes", [0, 2])
def test_what_passes_is_counted(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, processes: int
) -> None:
    file = tmp_path / "evidence" / "tests.json"
    monkeypatch.setenv("ALLSPIKE_EVIDENCE", str(file))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.delenv("ALLSPIKE_SOAK", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=":")
    file.parent.mkdir()
    file.write_text(json.dumps({"lanes": {"count": 3}, "garbage": {"count": 5}}))
    pytester.makepyfile(TESTS)
    pytester.makeconftest(CONFTEST)
    outcome = pytester.runpytest_subprocess("-n", str(processes), "-p", "no:cacheprovider")
    outcome.assert_outcomes(passed=5, failed=1)
    found = json.loads(file.read_text())
    assert {name: entry["count"] for name, entry in found.items()} == {
        "garbage": 30, "stories": 3, "steps": 7, "lanes": 3,
    }  # fmt: skip
    assert found["garbage"]["command"] == "make test"


def test_the_page_is_fresh() -> None:
    assert (ROOT / "docs" / "evidence.md").read_text("utf-8") == render(FOLDER), "run make evidence"


def test_the_page_tells_what_is_missing(tmp_path: Path) -> None:
    text = render(tmp_path)
    assert text.count("none yet") == len(CLAIMS)


def test_the_page_tells_what_is_wrong(tmp_path: Path) -> None:
    proof = {"claim": "It holds.", "reach": "in the first 9 clocks", "solver": "yices", "status": "FAIL"}
    board = {"board": "b", "wrong": "no memory holds the divisor", "command": "c", "date": "d"}
    unit = {
        "about": "a", "drawn": 4, "killed": 2, "equal": [{"mutant": "m", "why": "w"}],
        "survived": [{"mutant": "m7", "why": "not looked into yet"}], "score": 0.6667, "seed": 1, "date": "d",
    }  # fmt: skip
    (tmp_path / COUNTED).write_text(
        json.dumps({"garbage": {"count": 1234, "command": "make soak", "date": "d"}})
    )
    (tmp_path / PROVED).write_text(json.dumps([proof, proof | {"status": "PASS", "reach": "at any time"}]))
    (tmp_path / READ_BACK).write_text(json.dumps([board]))
    (tmp_path / MUTANTS).write_text(json.dumps({"units": {"link": unit}}))
    place = {"what": "a lamp is dark", "tests": ["tests/hdl"], "noticed": False}
    (tmp_path / PLACES).write_text(
        json.dumps({"date": "d", "places": [place, place | {"what": "p", "noticed": True}]})
    )
    text = render(tmp_path)
    assert "1,234 bytes | `make soak` | d |" in text
    assert "**not shown** in the first 9 clocks" in text
    assert "holds at any time" in text
    assert "| `b` | no memory holds the divisor |" in text
    assert "| link | a | 4 | 2 | 1 | 1 | 66.7% | 1 | d |" in text
    assert "- link, `m7`: not looked into yet" in text
    assert "| a lamp is dark | **no** | `tests/hdl` |" in text
    assert "| p | yes | `tests/hdl` |" in text
