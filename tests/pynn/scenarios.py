"""PyNN's own scenarios, unmodified, from its source distribution, on this back end.

They are no part of this project and never copied into it: the Makefile unpacks them beside the installed
packages. Each of their modules asks its sibling `fixtures` for `run_with_simulators`; the one that it gets
here notes the scenario, and whoever runs it gives it the simulator.
"""

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

SOURCE = Path(os.environ.get("ALLSPIKE_PYNN_SOURCE", Path(sys.prefix) / "pynn-source"))
FOLDER = SOURCE / "test" / "system" / "scenarios"
_PACKAGE = "pynn_scenarios"


def scenarios() -> dict[str, Callable[[Any], Any]]:
    """The scenarios by the names of their module and function; empty if PyNN's sources are not there."""
    if not FOLDER.is_dir():
        return {}
    found: dict[str, Callable[[Any], Any]] = {}
    package = ModuleType(_PACKAGE)
    package.__path__ = [str(FOLDER)]
    fixtures = ModuleType(f"{_PACKAGE}.fixtures")
    module = ""

    def run_with_simulators(*_names: str) -> Callable:
        def noted(scenario: Callable) -> Callable:
            # As pytest collects them: one there has no name of a test.
            if scenario.__name__.startswith("test_"):
                found[f"{module}::{scenario.__name__}"] = scenario
            return scenario

        return noted

    fixtures.run_with_simulators = run_with_simulators  # type: ignore[attr-defined]
    sys.modules |= {_PACKAGE: package, fixtures.__name__: fixtures}
    for path in sorted(FOLDER.glob("test_*.py")):
        module = path.stem
        spec = importlib.util.spec_from_file_location(f"{_PACKAGE}.{module}", path)
        assert spec is not None and spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
    return found
