"""The table of costs: cells to figures, and the smallest core through Yosys."""

import json

import pytest

from .builds import BUILDS, ROUTED, SMALLEST
from .clock import parse, render
from .cost import ECP5, FAMILIES, ICE40, XILINX_7, Cost, cells_of, cost_of
from .page import Row, density
from .page import render as render_page
from .tools import statistics

STAT = json.dumps(
    {
        "creator": "Yosys 0.70",
        "modules": {"\\core": {"num_cells_by_type": {"LUT2": 1}}},
        "design": {
            "num_cells_by_type": {
                "LUT2": 10, "LUT6": 5, "INV": 2, "SRL16E": 3, "RAM64X1S": 4, "RAM32M": 1,
                "FDRE": 7, "FDSE": 1, "RAMB36E1": 3, "RAMB18E1": 1, "DSP48E1": 2, "CARRY4": 6,
                "MUXF7": 1, "BUFG": 1,
            }
        },
    }
)  # fmt: skip


def test_every_table_of_xilinx_counts_once() -> None:
    cost = cost_of(cells_of(STAT), XILINX_7)
    assert cost == Cost(lut=17, lut_memory=3 + 4 + 4, ff=8, ram=3.5, dsp=2, apart={"CARRY4": 6, "MUXF7": 1})
    assert cost.luts == 28


def test_an_adder_of_the_ecp5_takes_two_tables_and_its_memory_six() -> None:
    cells = {"LUT4": 10, "CCU2C": 3, "TRELLIS_DPR16X4": 2, "TRELLIS_FF": 4, "PFUMX": 1, "MULT18X18D": 1}
    cost = cost_of(cells, ECP5)
    assert (cost.lut, cost.lut_memory, cost.ff, cost.dsp) == (16, 12, 4, 1)
    assert cost.apart == {"CCU2C": 3, "PFUMX": 1}


def test_flip_flops_and_memories_of_the_ice40_have_many_names() -> None:
    cost = cost_of({"SB_DFF": 1, "SB_DFFESR": 2, "SB_RAM40_4K": 3, "SB_LUT4": 4, "SB_CARRY": 5}, ICE40)
    assert (cost.luts, cost.ff, cost.ram, cost.apart) == (4, 3, 3, {"SB_CARRY": 5})


def test_no_cell_goes_uncounted() -> None:
    with pytest.raises(ValueError, match="RAM512X1S"):
        cost_of({"RAM512X1S": 1}, XILINX_7)


def test_page_has_every_build_and_every_peer() -> None:
    cost = cost_of(cells_of(STAT), XILINX_7)
    rows = [Row(build, {family.name: cost for family in FAMILIES}) for build in BUILDS]
    page = render_page(rows, {"Yosys": "0.70"})
    for build in BUILDS:
        assert page.count(f"| {build} |") == len(FAMILIES)
        assert build.peer in page
    assert density(BUILDS[1], cost) == 256 * 256 / 28


def test_clock_page_names_the_slowest_path() -> None:
    hops = [
        {"type": "clk-to-q", "delay": 0.5, "from": {"cell": "a"}, "to": {"cell": "a"}},
        {"type": "routing", "delay": 9.5, "from": {"cell": "a"}, "to": {"cell": "b"}},
        {"type": "setup", "delay": 0.0, "from": {"cell": "b"}, "to": {}},
    ]
    paths = [
        {"from": "<async>", "to": "posedge clk", "path": []},
        {"from": "posedge clk", "to": "posedge clk", "path": hops},
    ]
    routes = [
        parse(json.dumps({"fmax": {"clk": {"achieved": mhz}}, "critical_paths": paths}), seed)
        for seed, mhz in ((1, 100.0), (2, 90.0), (3, 95.0))
    ]
    page = render(ROUTED, routes, {"nextpnr": "0.11"})
    assert "least is 90.0 MHz, the median 95.0 MHz" in page
    assert "10.0 ns from `a` to `b`, 9.5 ns of them in wires" in page


def test_smallest_core_synthesises() -> None:
    cost = cost_of(cells_of(statistics(SMALLEST.config, ICE40.synth)), ICE40)
    assert 500 < cost.luts < 5000
    assert cost.ram > 0
