"""A unit of a few registers: what the machinery's own tests try mutants of.

python -m tests.mutants.small FOLDER
"""

import sys
from pathlib import Path

from allspike.map import device_map as dm
from allspike_hdl.generate import to_verilog
from allspike_hdl.ports import PlainPorts
from allspike_sim import rtl, verilate
from allspike_sim.rtl import RtlBus
from tests.equivalence_rtl.builds import BUILDS
from tests.sim.standin import Memoryful

from . import gateware
from .units import Unit

CONFIG = BUILDS["one neuron"]
UNIT = Unit(
    "small", "a memory behind a bus", component=lambda: PlainPorts(Memoryful(), reset=False),
    top=verilate.MODULE, verilog=lambda: to_verilog(Memoryful(), reset=False), asks=rtl,
    driver=verilate.DRIVER, tests=("tests/mutants/small.py",),
)  # fmt: skip
SEED, COUNT = 3, 12


def test_a_word_is_read_as_it_was_written(monkeypatch) -> None:
    """One word, whose low byte alone is written again: mutants of the other bytes and addresses survive."""
    monkeypatch.setattr(rtl, "core_verilog", lambda config: UNIT.verilog())
    bus = RtlBus(CONFIG)
    address = dm.WEIGHTS.base
    for value in (b"\x5a\xff\x00\x3c", b"\xa5\x00\xff\xc3"):
        bus.write(address, value[: dm.WEIGHTS.size(CONFIG)])
        assert bus.read(address, 1) == value[:1]


if __name__ == "__main__":
    gateware.Mutants(UNIT, COUNT, SEED, Path(sys.argv[1])).try_all(soak=False)
