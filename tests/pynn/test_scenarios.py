"""PyNN's own scenarios on this back end: each passes, or fails as the table says."""

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyNN.utility import script_tools

import allspike.pynn as sim

from .failures import FAILURES
from .page import PAGE, page
from .scenarios import FOLDER, scenarios

SCENARIOS = scenarios()
with_sources = pytest.mark.skipif(
    not SCENARIOS,
    reason=f"PyNN's 66 scenarios are NOT tested, for {FOLDER} is absent: `make {Path(sys.prefix).name}/.all` "
    "fetches PyNN's source distribution, or set ALLSPIKE_PYNN_SOURCE to where it is unpacked",
)


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for what a scenario writes; no log of PyNN's on the terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(script_tools, "init_logging", lambda *_, **__: None)
    for module in [m for name, m in sys.modules.items() if name.startswith("pynn_scenarios.")]:
        if hasattr(module, "init_logging"):
            monkeypatch.setattr(module, "init_logging", lambda *_, **__: None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of NumPy's, Neo's and PyNN's own
        yield
    sim.end()


@with_sources
@pytest.mark.parametrize("name", SCENARIOS or ["none"])
def test_scenario(name: str, quiet: None) -> None:
    expected = FAILURES.get(name)
    if expected is None:
        SCENARIOS[name](sim)
        return
    with pytest.raises(expected.error) as raised:
        SCENARIOS[name](sim)
    assert expected.says in str(raised.value)


@with_sources
def test_the_table_names_scenarios() -> None:
    assert set(FAILURES) <= set(SCENARIOS)
    assert len(SCENARIOS) - len(FAILURES) >= 53


@with_sources
def test_the_page_is_true() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it again: python -m tests.pynn"
