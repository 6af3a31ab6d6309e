"""Whether a mutant of a netlist does what the original does, proved by Yosys."""

import re

from .netlist import Mutant, YosysError, yosys

_SCRIPT = """\
read_rtlil plain.il
copy {module} mutant
{command}
expose -evert {module} mutant
equiv_make {module} mutant miter
delete {module} mutant
cd miter
opt_clean
equiv_simple -undef
equiv_induct -undef -seq 3
tee -o status.txt equiv_status
"""
_LEFT = re.compile(r"(\d+) are unproven")
PROOF, NO_PROOF = "proved, by induction over what its module is given", "no proof"
"""How: nothing is supposed of the module's inputs, and what is in it has the same names in both."""


def equal(netlist: str, mutant: Mutant) -> bool:
    """Whether Yosys proves that a module answers all inputs as before; False says nothing."""
    found = re.search(r"-module (\S+)", mutant.command)
    assert found
    command = mutant.command.replace(found[0], "-module mutant", 1)
    script = _SCRIPT.format(module=found[1], command=command)
    try:
        (status,) = yosys(script, {"plain.il": netlist}, "status.txt")
    except YosysError:  # a memory in the way, of which its solver has no model
        return False
    left = _LEFT.search(status)
    assert left, status
    return int(left[1]) == 0
