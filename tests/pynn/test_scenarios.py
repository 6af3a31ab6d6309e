"""PyNN's own scenarios on this back end: each passes, or fails as the table says."""

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyNN.standardmodels import (
    StandardCellType,
    StandardCurrentSource,
    StandardSynapseType,
    STDPTimingDependence,
    STDPWeightDependence,
)
from pyNN.utility import script_tools

import allspike.pynn as sim
from allspike.pynn.support import BY_NAME
from tests.needs import needs_files

from .failures import FAILURES
from .page import PAGE, part, scenarios_page, support
from .page import SCENARIOS as SCENARIOS_PAGE
from .scenarios import FOLDER, scenarios

SCENARIOS = scenarios()
with_sources = needs_files(
    FOLDER,
    how=f"`make {Path(sys.prefix).name}/.all` fetches PyNN's sources, or set ALLSPIKE_PYNN_SOURCE to them",
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
def test_the_page_of_scenarios_is_true() -> None:
    assert SCENARIOS_PAGE.read_text("utf-8") == scenarios_page(), "write it again: python -m tests.pynn"
    text = PAGE.read_text("utf-8")
    assert (
        f"PyNN's own {len(SCENARIOS)} scenarios](pynn_scenarios.md) {len(SCENARIOS) - len(FAILURES)} pass"
        in text
    )


def test_the_table_of_what_runs_is_true() -> None:
    assert part(PAGE.read_text("utf-8"), "support") == support(), "write it again: python -m tests.pynn"


def test_the_table_of_what_runs_is_whole() -> None:
    """Every cell, source and synapse that this back end has is in it, and nothing else."""
    kinds = (
        StandardCellType,
        StandardCurrentSource,
        StandardSynapseType,
        STDPWeightDependence,
        STDPTimingDependence,
    )
    there = {name for name in sim.__all__ if isinstance(getattr(sim, name), type)}
    models = {name for name in there if issubclass(getattr(sim, name), kinds)}
    parts = {"SpikePairRule", "AdditiveWeightDependence"}  # of STDPMechanism, whose row names them
    assert models - parts == set(BY_NAME) - {"PointNeuron"}
