"""From a prepared design to a bitstream: which tools a family takes, and with which arguments."""

from pathlib import Path
from typing import Any

from .board import Board
from .chips import Family
from .tools import Step

NAME = "top"
"""Name of the design, and stem of its files."""
STATISTICS = "cells.json"
"""What synthesis made, cell by cell."""
REPORT = "timing.json"
"""What place and route found."""

BITSTREAM = {Family.ICE40: "bin", Family.ECP5: "bit", Family.GOWIN: "fs"}
"""Ending of a bitstream's file."""

_ICE40_DEVICES = {"iCE40UP5K": "--up5k", "iCE40HX8K": "--hx8k"}
_ECP5_PACKAGES = {"BG256": "CABGA256", "BG381": "CABGA381", "BG554": "CABGA554", "MG285": "CSFBGA285"}
_GOWIN_FAMILIES = {"GW1NR-9C": "GW1N-9C"}
"""Series that share the description of another."""

_RENAME = r"rename -hide w:*\[*"
"""Yosys's abc takes a wire named like a bit of a bus for that bit."""
MULTIPLIER = "multiplier.v"
"""How Yosys makes a product of logic, where the chip has nothing better."""
_TRY_MORE = "scratchpad -copy abc9.script.flow3 abc9.script"
"""For chips that are full of logic first: Yosys takes longer, and 2 or 3 % less of it."""
_XILINX_CHECK = f"""\
read_verilog {NAME}.v
{_RENAME}
synth_xilinx -family xc7 -flatten -top {NAME} {{options}}
tee -q -o {STATISTICS} stat -json
"""


def overrides(board: Board) -> dict[str, Any]:
    """What Amaranth's platform is told when it prepares a design."""
    return {
        "emit_src": False,  # where a line of source lies is no part of the design
        "debug_verilog": False,
        "synth_opts": " ".join(board.chip.synth_options),
        "script_after_read": "\n".join(_before_synthesis(board)),
        "script_after_synth": f"tee -q -o {STATISTICS} stat -json",
    }


def steps(board: Board, platform: Any, hz: int, seed: int) -> list[Step]:
    """The tools to run, one after another."""
    return [_synthesis(), *_ROUTES[board.chip.family](board, platform, hz, seed)]


def more_files(board: Board) -> dict[str, str]:
    """Files of a build beside those that Amaranth writes."""
    if not board.chip.target.multipliers:
        return {MULTIPLIER: (Path(__file__).parent / MULTIPLIER).read_text("utf-8")}
    if board.chip.family is Family.XILINX7:
        return {f"{NAME}.ys": _XILINX_CHECK.format(options=" ".join(board.chip.synth_options))}
    return {}


def _before_synthesis(board: Board) -> list[str]:
    """Commands of Yosys once the design is read."""
    commands = [_RENAME]
    if board.chip.family is Family.ICE40:
        commands.append(_TRY_MORE)
    if not board.chip.target.multipliers:
        commands.append(f"techmap -map {MULTIPLIER}")
    return commands


def _synthesis() -> Step:
    return Step("synthesis", "yosys", ("-q", "-l", f"{NAME}.rpt", f"{NAME}.ys"), f"{NAME}.rpt")


def _nextpnr(tool: str, hz: int, seed: int, *arguments: str) -> Step:
    """Place and route; a clock that is missed is judged later, with the report."""
    common = (
        "--quiet", "--seed", str(seed), "--freq", f"{hz / 1e6:g}", "--timing-allow-fail",
        "--report", REPORT, "--log", f"{NAME}.tim",
    )  # fmt: skip
    return Step("place and route", tool, (*common, *arguments), f"{NAME}.tim")


def _ice40(board: Board, platform: Any, hz: int, seed: int) -> list[Step]:
    files = ("--json", f"{NAME}.json", "--pcf", f"{NAME}.pcf", "--asc", f"{NAME}.asc")
    device = (_ICE40_DEVICES[platform.device], "--package", platform.package.lower())
    # Of five placements with all products of logic, the other router never ended on two: the same arcs were
    # routed again and again, as in github.com/YosysHQ/nextpnr/issues/1341.
    router = () if board.chip.target.multipliers else ("--router", "router2")
    return [
        _nextpnr("nextpnr-ice40", hz, seed, *device, *files, *router),
        Step("bitstream", "icepack", (*board.pack_options, f"{NAME}.asc", f"{NAME}.bin")),
    ]


def _ecp5(board: Board, platform: Any, hz: int, seed: int) -> list[Step]:
    family, _, size = platform.device.partition("-")
    kind = {"LFE5U": "", "LFE5UM": "um-", "LFE5UM5G": "um5g-"}[family]
    device = (
        f"--{kind}{size.removesuffix('F')}k", "--package", _ECP5_PACKAGES[platform.package],
        "--speed", platform.speed,
    )  # fmt: skip
    files = ("--json", f"{NAME}.json", "--lpf", f"{NAME}.lpf", "--textcfg", f"{NAME}.config")
    # The other router takes several times as long for walks of many lanes.
    return [
        _nextpnr("nextpnr-ecp5", hz, seed, *device, *files, "--router", "router2"),
        Step(
            "bitstream",
            "ecppack",
            ("--compress", *board.pack_options, "--input", f"{NAME}.config", "--bit", f"{NAME}.bit"),
        ),
    ]


def _gowin(board: Board, platform: Any, hz: int, seed: int) -> list[Step]:
    family = _GOWIN_FAMILIES.get(platform.family, platform.family)
    device = ("--device", platform.part, "--vopt", f"family={family}", "--vopt", f"cst={NAME}.cst")
    files = ("--json", f"{NAME}.syn.json", "--write", f"{NAME}.pnr.json")
    return [
        _nextpnr("nextpnr-himbaechel", hz, seed, *device, *files),
        Step(
            "bitstream",
            "gowin_pack",
            ("-d", family, "-o", f"{NAME}.fs", *board.pack_options, f"{NAME}.pnr.json"),
        ),
    ]


def _xilinx7(board: Board, platform: Any, hz: int, seed: int) -> list[Step]:
    """Nothing: the vendor's tool goes on from here."""
    return []


_ROUTES = {Family.ICE40: _ice40, Family.ECP5: _ecp5, Family.GOWIN: _gowin, Family.XILINX7: _xilinx7}
