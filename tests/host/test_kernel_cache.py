"""A cache of compiled code that cannot hurt: what is damaged or foreign is compiled again, and what cannot be
kept is compiled in every process."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit

from allspike import cache
from allspike.device.device import Device
from allspike.emulator import kernel_cache
from allspike.emulator.bus import EmulatorBus
from allspike.emulator.kernel import kernels_of
from allspike.emulator.kernel_cache import KernelCache
from allspike.errors import DeviceWarning
from allspike.map import device_map as dm
from allspike.map.config import Config


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    cache.warn_unkept.cache_clear()


def tripled(value: int) -> int:
    """In a process of its own, as far as Numba is concerned: compiled, or found."""

    @njit
    def function(value):
        return 3 * value

    kept = function._cache = KernelCache("function", "compiling")
    result = function(value)
    kept.warn_of_trouble()
    return result


def kept_file() -> Path:
    (file,) = cache.root("emulator").iterdir()
    return file


def test_what_was_compiled_is_found_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert tripled(5) == 15
    assert capsys.readouterr().err == "compiling\n"
    assert tripled(6) == 18
    assert capsys.readouterr().err == ""


def test_a_folder_of_numbas_user_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "other"))
    tripled(5)
    assert len(list((tmp_path / "other").rglob("function-*"))) == 1
    assert not cache.root("emulator").exists()


def flipped(place: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]


DAMAGE = {
    "cut to nothing": lambda data: b"",
    "cut to 10 bytes": lambda data: data[:10],
    "cut to 100 bytes": lambda data: data[:100],
    "cut by a byte": lambda data: data[:-1],
    "longer": lambda data: data + b"\0",
    "its digest changed": flipped(3),
    "its contents changed": flipped(2000),
    "zeros": lambda data: bytes(len(data)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_compiled_again(damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    tripled(5)
    whole = kept_file().read_bytes()
    kept_file().write_bytes(DAMAGE[damage](whole))
    capsys.readouterr()
    assert tripled(5) == 15
    assert capsys.readouterr().err == "compiling\n"
    tripled(5)
    assert capsys.readouterr().err == "", "and kept again"


@pytest.mark.parametrize(
    ("what", "value"), [("numba.__version__", "0.1"), ("sys.version", "4.0"), ("sources", lambda: b"other")]
)
def test_what_another_numba_python_or_source_made_is_left_alone(
    what: str, value: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tripled(5)
    monkeypatch.setattr(f"allspike.emulator.kernel_cache.{what}", value)
    capsys.readouterr()
    assert tripled(5) == 15
    assert capsys.readouterr().err == "compiling\n"
    assert len(list(cache.root("emulator").iterdir())) == 2


def test_another_processor_compiles_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    class Codegen:
        def __init__(self, features: str) -> None:
            self.features = features

        def magic_tuple(self) -> tuple[str, str, str]:
            return "x86_64-unknown-linux-gnu", "znver3", self.features

    kept = KernelCache("function", "")
    assert kept._path((), Codegen("+avx2")) != kept._path((), Codegen("+avx512f"))


@pytest.mark.parametrize("place", ["a file", "no folder", "below a file"])
def test_what_cannot_be_kept_is_said_once(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    (tmp_path / "file").write_text("in the way")
    places = {
        "a file": tmp_path / "file",
        "no folder": Path("/proc/none"),
        "below a file": tmp_path / "file/x",
    }
    monkeypatch.setenv("XDG_CACHE_HOME", str(places[place]))
    assert [tripled(k) for k in (5, 6, 7)] == [15, 18, 21]
    (warning,) = recwarn.list
    assert warning.category is DeviceWarning
    assert "set XDG_CACHE_HOME to a folder" in str(warning.message)


def test_a_folder_that_is_in_the_way_does_not_hurt(capsys: pytest.CaptureFixture[str]) -> None:
    tripled(5)
    place = kept_file()
    place.unlink()
    (place / "inside").mkdir(parents=True)
    with pytest.warns(DeviceWarning, match="compiled again in every process"):
        assert tripled(5) == 15
    assert list(place.parent.iterdir()) == [place], "and nothing half-written is left"


def run(program: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


FUNCTION = """
    from numba import njit
    from allspike.emulator.kernel_cache import KernelCache

    @njit
    def function(value):
        return 3 * value

    kept = function._cache = KernelCache("function", "compiling")
    print(function(5))
    kept.warn_of_trouble()
"""


def test_a_full_disk_is_no_disaster() -> None:
    """Here: files may not grow beyond 100 bytes."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
    done = run(limit + textwrap.dedent(FUNCTION))
    assert (done.returncode, done.stdout) == (0, "15\n")
    assert done.stderr.count("DeviceWarning") == 1
    assert list(cache.root("emulator").iterdir()) == []


def test_processes_may_compile_at_once() -> None:
    program = [sys.executable, "-c", textwrap.dedent(FUNCTION)]
    asking = [subprocess.Popen(program, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[0] for process in asking] == ["15\n"] * 3
    assert kept_file().stat().st_size > 1000


def test_a_user_without_a_home_runs_a_network_and_is_told_once() -> None:
    """As in a container that is run with a user whom its system does not know."""
    environment = {key: value for key, value in os.environ.items() if key not in ("HOME", "XDG_CACHE_HOME")}
    program = """
        import pwd

        def unknown(user):
            raise KeyError(user)

        pwd.getpwuid = unknown
        import allspike as asp
        net = asp.Network()
        net.neurons(3, asp.LIF(i_offset=1e-9), "cells")
        for _ in range(2):
            print(asp.Simulation(net).run(0.1).counts("cells"))
    """
    done = run(program, env=environment)
    assert (done.returncode, done.stdout) == (0, "[3 3 3]\n[3 3 3]\n"), done.stderr
    assert done.stderr.count("DeviceWarning") == 1
    assert done.stderr.count("allspike: compiling") == 1
    assert done.stderr.index("allspike: compiling") < done.stderr.index("DeviceWarning")


def test_a_network_that_becomes_plastic_changes_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a static run needs is all that it compiles."""
    used: list[str] = []
    kernels = kernels_of(Config().model)
    for name in ("static", "plastic"):
        original = getattr(kernels, name)

        def noted(core: Any, settings: Any, name: str = name, original: Any = original) -> None:
            used.append(name)
            original(core, settings)

        monkeypatch.setattr(kernels, name, noted)
    device = Device(EmulatorBus(Config(neurons=8, inputs=1)))
    device.write("threshold", 1)
    device.write("delay", 1)
    device.write("weights", 5)
    device.write("plastic", np.full(dm.PLASTIC.shape(device.config), 255))
    device.write("neuron_params.flags", int(dm.NeuronFlag.PLASTIC_IN))
    device.run(10, ([0], [0]))
    assert set(used) == {"static"}
    used.clear()
    device.write("w_max", 100)
    device.write("x_increment", 1 << 12)
    device.write("gain", 64)
    device.run(10, ([0], [0]))
    assert set(used) == {"plastic"}
    assert (device.read("weights") != 5).any()


def test_the_cache_knows_all_sources_of_the_kernel() -> None:
    read: list[str] = []
    folder = Path(kernel_cache.__file__).parent
    original = Path.read_bytes

    def noted(path: Path) -> bytes:
        read.append(path.name)
        return original(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", noted)
        kernel_cache.sources()
    assert set(read) == {path.name for path in folder.glob("*.py")} | {"constants.py", "flags.py"}
