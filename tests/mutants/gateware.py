"""A unit of the gateware: its mutants drawn, compiled into one library, and tried.

python -m tests.mutants.gateware UNIT COUNT SEED FOLDER
"""

import ctypes
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from allspike_sim.cache import key_of
from allspike_sim.verilate import Toolchain, library

from . import netlist
from .ledger import Fate, Ledger, Result
from .proof import NO_PROOF, PROOF, equal
from .trials import Trials, run
from .units import UNITS, Unit

_SELECTED = Path(__file__).with_name("selected.cpp")


class _Mutating(Toolchain):
    """Compiles `selected.cpp` around a driver."""

    def __init__(self, driver: Path) -> None:
        super().__init__()
        object.__setattr__(self, "driver", driver)

    @property
    def cxx_flags(self) -> tuple[str, ...]:
        return (*super().cxx_flags, f'-DDRIVER="{self.driver}"')  # type: ignore[attr-defined]


class Mutants:
    """The mutants that are drawn in a unit, and what became of them."""

    def __init__(self, unit: Unit, count: int, seed: int, folder: Path) -> None:
        self.unit = unit
        self.netlist = netlist.plain(unit.design())
        self.drawn = netlist.drawn(self.netlist, count, seed, unit.modules)
        self.ledger = Ledger(folder / f"{unit.name}.jsonl", key_of(self.netlist))

    def library(self) -> Path:
        """All of them in one shared library, which exports `allspike_select`."""
        verilog = netlist.mutated(self.netlist, self.drawn)
        what = f"{len(self.drawn)} mutants of {self.unit.about},"
        return library(verilog, _Mutating(self.unit.driver), self.unit.top, what, _SELECTED)

    def undecided(self, soak: bool) -> list[tuple[str, int]]:
        """Those without a fate, and their numbers; in a soak, those that have survived without."""
        found = [
            (mutant.name, number, self.ledger[mutant.name]) for number, mutant in enumerate(self.drawn, 1)
        ]
        if not soak:
            return [(name, number) for name, number, result in found if result is None]
        return [
            (name, number) for name, number, it in found if it and it.fate is Fate.SURVIVED and not it.soak
        ]

    def prove(self) -> None:
        """Ask Yosys of those that have survived whether they are what they were."""
        for mutant in self.drawn:
            result = self.ledger[mutant.name]
            if result and result.fate is Fate.SURVIVED and not result.by:
                proved = equal(self.netlist, mutant)
                fate, by = (Fate.EQUAL, PROOF) if proved else (Fate.SURVIVED, NO_PROOF)
                self.ledger.add(Result(mutant.name, fate, by, result.soak))
                print(f"{self.unit.name}: {fate}, {by}, {mutant.name}", flush=True)

    def try_all(self, soak: bool) -> None:
        """Run the tests against those without a fate."""
        pending = self.undecided(soak)
        if not pending:
            return
        compiled, original = self.library(), self.unit.verilog()
        done = 0

        def told(name: str, failed: str | None) -> None:
            nonlocal done
            done += 1
            fate = Fate.KILLED if failed else Fate.SURVIVED
            before = self.ledger[name]
            by = failed or (before.by if before else "")
            self.ledger.add(Result(name, fate, by, soak))
            print(f"{self.unit.name} {done}/{len(pending)}: {fate}, {name} {failed or ''}", flush=True)

        with pytest.MonkeyPatch.context() as patch:
            instead = partial(_library, self.unit.asks.library, original, compiled)
            patch.setattr(self.unit.asks, "library", instead)
            choose = ctypes.CDLL(str(compiled)).allspike_select
            run(self.unit.tests, Trials(pending, choose, told))


def _library(
    real: Callable[..., Path], original: str, compiled: Path, verilog: str, *arguments: Any, **options: Any
) -> Path:
    """What is compiled for the tests: mutants, where they ask for what those are of."""
    return compiled if verilog == original else real(verilog, *arguments, **options)


if __name__ == "__main__":
    name, count, seed, folder = sys.argv[1:]
    chosen = next(one for one in UNITS if one.name == name)
    mutants = Mutants(chosen, int(count), int(seed), Path(folder))
    mutants.try_all(bool(os.environ.get("ALLSPIKE_SOAK")))
    mutants.prove()
