"""Help, the version and TAB come without what commands work with, and know what there is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import allspike as asp

HEAVY = {"numpy", "numba", "amaranth", "matplotlib", "scipy", "sklearn", "rich"}
COMMANDS = [
    (), ("info",), ("compile",), ("run",), ("plot",), ("demo",), ("demo", "digits"), ("demo", "microseer"),
    ("selftest",), ("boards",), ("build",), ("fit",), ("flash",), ("hdl",), ("hdl", "generate"),
    ("simulate",),
]  # fmt: skip
REPORTING = (
    "import atexit, sys\n"
    "from allspike.cli import main\n"
    "atexit.register(lambda: print('MODULES', *sorted({name.partition('.')[0] for name in sys.modules})))\n"
    "main(sys.argv[1:])\n"
)


def start(*arguments: str, **environment: str) -> tuple[str, set[str]]:
    """What a command line prints, and the packages that it imports."""
    done = subprocess.run(
        [sys.executable, "-c", REPORTING, *arguments], env=os.environ | environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said, _, modules = done.stdout.rpartition("MODULES")
    return said, set(modules.split())


def complete(words: str) -> list[str]:
    """What TAB offers after these words, asked as bash asks."""
    said, modules = start(
        _ALLSPIKE_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(words.count(" "))
    )
    assert not modules & HEAVY
    return said.split()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_imports_nothing_heavy(command: tuple[str, ...]) -> None:
    said, modules = start(*command, "--help", COLUMNS="80")
    assert said.startswith("Usage: allspike")
    assert not modules & HEAVY
    assert "..." not in said.partition("Commands:")[2], "nothing is cut off"
    assert max(map(len, said.splitlines())) <= 80


def test_short_options_say_the_same() -> None:
    assert start("-h")[0] == start("--help")[0]
    version, modules = start("-V")
    assert version == f"allspike {asp.__version__}\n" == start("--version")[0]
    assert not modules & HEAVY


def test_help_is_as_wide_as_the_terminal() -> None:
    said, _ = start("run", "--help", COLUMNS="40")
    assert max(map(len, said.splitlines())) <= 41, "but for words that are longer"
    assert "\x1b" not in said


def test_tab_completes_commands_boards_configurations_and_devices() -> None:
    assert complete("allspike bo") == ["boards"]
    assert complete("allspike demo d") == ["digits"]
    assert complete("allspike boards iceb") == ["icebreaker"]
    assert complete("allspike build upd") == ["upduino3"]
    assert complete("allspike compile net.npz --config up") == ["up5k", "up5k-static", "upduino3"]
    assert complete("allspike simulate --config colorl") == ["colorlight-5a-75b"]
    assert complete("allspike run net.npz --device em") == ["emulator"]
    assert complete("allspike run net.npz --device emulator:core9") == ["emulator:core96"]
    assert "icebreaker" in complete("allspike info --device i")
    assert complete("allspike plot r.npz --kind me") == ["membrane"]


def test_tab_completes_the_populations_of_the_file(tmp_path: Path) -> None:
    net = asp.Network()
    pixels, cells = net.inputs(8, "pixels"), net.neurons(5, asp.delta_lif(tau_m=0.1), "cells")
    net.connect(pixels, cells, weight=1.0)
    net.save(tmp_path / "net.npz")
    asp.compile_network(net).save(tmp_path / "image.npz")
    asp.Simulation(net).run_steps(1).save(tmp_path / "result.npz")
    for name in ("net", "image"):
        line = f"allspike run {tmp_path}/{name}.npz"
        assert complete(f"{line} --poisson ") == ["pixels="]
        assert complete(f"{line} --spikes pi") == ["pixels="]
        assert complete(f"{line} --record-v c") == ["cells="]
        assert complete(f"{line} --current ") == ["cells="]
    assert complete(f"allspike plot {tmp_path}/result.npz --name c") == ["cells"]


def test_tab_offers_nothing_where_the_shell_completes_files(tmp_path: Path) -> None:
    (tmp_path / "noise.npz").write_bytes(b"noise")
    assert complete("allspike run n") == []
    assert complete(f"allspike run {tmp_path}/noise.npz --poisson ") == []
    assert complete(f"allspike run {tmp_path}/absent.npz --poisson ") == []
