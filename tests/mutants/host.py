"""The host's compiler, link and emulator: their mutants drawn, and tried one after the other.

python -m tests.mutants.host COUNT SEED FOLDER [quick]

Nothing of the project is imported here: each mutant's process imports it, changed, from a copy.
"""

import compileall
import hashlib
import importlib
import os
import py_compile
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from .forked import PROFILE, forked, make_profile
from .ledger import Fate, Ledger, Result
from .noticing import Choice, Record, Recorder, function_at
from .sources import Mutant, drawn

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "host" / "allspike"
ROOMS = ("compiler", "link", "emulator")
_COMMON = (
    "numpy",
    "numba",
    "serial",
    "typer",
    "rich",
    "scipy.stats",
    "cobs",
    "networkx",
    "hypothesis.strategies",
)
"""Loaded once for all mutants: no part of the project."""
_LIMIT = 1800.0
"""Seconds; a test that is stuck is ended long before."""
_LEAST, _COMPILING = 5.0, 30.0
"""Seconds of the processor that a test may take; of the emulator, whose kernels may have to be compiled."""
_UNCOMPILED = ("bus", "storage", "kept", "kernel_cache", "__init__")
"""Files of the emulator that are no part of the kernels."""
TESTS: dict[str, tuple[str, ...]] = {
    "compiler": (
        "whole", "rules", "placement", "scaling", "lowering", "quantise", "report", "compiler",
        "image_uses", "neuron", "learning", "given", "values", "slips", "warned", "simulation", "formatting",
    ),
    "link": (
        "frames", "window", "packing", "discovery", "bus", "values", "opening", "failing", "faults", "device",
        "shared_device",
    ),
    "emulator": (
        "emulator_bus", "kernel_cache", "poisson", "observing", "model", "device", "held", "views",
        "currents", "checkpoint", "lowering", "shared_device", "values", "simulation",
    ),
}  # fmt: skip
"""How the names of files begin, in `tests/host` and `tests/link`."""
MORE = ("tests/host", "tests/link")
"""What those that survive are tried with."""


def tests_of(room: str) -> list[str]:
    """Files of tests that may notice a change in a room."""
    folders = ("tests/host", "tests/link") if room == "link" else ("tests/host",)
    found = {
        path for name in TESTS[room] for folder in folders for path in ROOT.glob(f"{folder}/test_{name}*.py")
    }
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


class Copy:
    """A copy of the package, in which one file at a time is changed.

    Parameters
    ----------
    folder : Path
        Where it is to lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(PACKAGE, folder / "allspike", ignore=shutil.ignore_patterns("__pycache__"))
        # By content: a time of one second is too coarse to tell a mutant from the original.
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(str(folder), quiet=2, invalidation_mode=mode)

    def tried(self, file: str, text: str, arguments: Sequence[str], *plugins: object) -> str | None:
        """The test that fails when a file has this text; `plugins` are of pytest."""
        path = self.folder / "allspike" / file
        before = path.read_text("utf-8")
        path.write_text(text, "utf-8")
        room, _, name = file.partition("/")
        compiled = room == "emulator" and name.removesuffix(".py") not in _UNCOMPILED
        try:
            return forked(lambda: self._failure(arguments, plugins, compiled), _LIMIT)
        finally:
            path.write_text(before, "utf-8")

    def _failure(self, arguments: Sequence[str], plugins: Iterable[object], compiled: bool) -> str | None:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        os.chdir(ROOT)
        folders = [str(self.folder), *(str(ROOT / name) for name in ("hdl", "sim", "boards"))]
        sys.path[:0] = folders
        sys.dont_write_bytecode = True
        os.environ |= {
            "PYTHONPATH": os.pathsep.join(folders),
            "PYTHONDONTWRITEBYTECODE": "1",
            "NUMBA_CACHE_DIR": str(self.folder.with_name("kernels")),
        }
        if not compiled:  # kernels are found by the sources beside this file, which are the original's
            kept = importlib.import_module("allspike.emulator.kernel_cache")
            kept.__file__ = str(PACKAGE / "emulator" / "kernel_cache.py")
        make_profile()
        watch = _Watch()
        options = ["-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore", PROFILE]
        code = pytest.main([*options, *arguments], plugins=[watch, *plugins])
        return watch.failed or (None if code == pytest.ExitCode.OK else f"pytest ends with {code!s}")


class _Watch:
    """Remembers what failed first."""

    failed: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = f"{report.nodeid}, as it is imported"


def files() -> list[str]:
    """What mutants are drawn in."""
    return [
        path.relative_to(PACKAGE).as_posix()
        for room in ROOMS
        for path in sorted((PACKAGE / room).rglob("*.py"))
    ]


class Mutants:
    """The mutants that are drawn in the host, and what became of them."""

    def __init__(self, count: int, seed: int, folder: Path) -> None:
        named = files()
        self.drawn = drawn(PACKAGE, named, count, seed)
        digest = hashlib.sha256(b"".join((PACKAGE / file).read_bytes() for file in named)).hexdigest()
        self.ledger = Ledger(folder / "host.jsonl", digest)
        self._copy = folder / "host"
        self._record = folder / f"called-{digest[:16]}.json"

    def undecided(self, more: bool) -> list[Mutant]:
        """Those without a fate; or those that survived, so far, the tests of their rooms."""
        found = [(mutant, self.ledger[mutant.name]) for mutant in self.drawn]
        if not more:
            return [mutant for mutant, result in found if result is None]
        return [mutant for mutant, it in found if it and it.fate is Fate.SURVIVED and not it.soak]

    def try_all(self, said: Callable[[str], None], quick: bool = False) -> None:
        """Run the tests against those without a fate: of their room first, then all that might notice."""
        for more in (False,) if quick else (False, True):
            pending = self.undecided(more)
            if not pending:
                continue
            copy = Copy(self._copy)
            for name in _COMMON:
                importlib.import_module(name)
            record = self._recorded(copy, MORE if more else sorted({f for r in ROOMS for f in tests_of(r)}))
            for number, mutant in enumerate(pending, 1):
                failed = self._tried(copy, mutant, record, more)
                fate = Fate.KILLED if failed else Fate.SURVIVED
                self.ledger.add(Result(mutant.name, fate, failed or "", more))
                said(f"host {number}/{len(pending)}: {fate}, {mutant.name} {failed or ''}")

    def _recorded(self, copy: Copy, tests: Sequence[str]) -> Record:
        """Who calls what; the original passes them all."""
        record = Record.load(self._record)
        left = [test for test in tests if test not in record.digests]
        recorder = Recorder(copy.folder / "allspike", record, self._record)
        file = "compiler/__init__.py"
        if left and (failed := copy.tried(file, (PACKAGE / file).read_text("utf-8"), left, recorder)):
            raise SystemExit(f"the original fails, by {failed}")
        return Record.load(self._record)

    def _tried(self, copy: Copy, mutant: Mutant, record: Record, more: bool) -> str | None:
        function = function_at(mutant.file, (PACKAGE / mutant.file).read_text("utf-8"), mutant.line)
        if more or not record.known(function):
            function = None
        room = mutant.file.partition("/")[0]
        tests = MORE if more else record.files(tests_of(room), function)
        choice = Choice(record, function, _COMPILING if room == "emulator" else _LEAST)
        return copy.tried(mutant.file, mutant.text, tests, choice)


if __name__ == "__main__":
    count, seed, where, *quick = sys.argv[1:]
    Mutants(int(count), int(seed), Path(where)).try_all(lambda text: print(text, flush=True), bool(quick))
