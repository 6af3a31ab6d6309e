"""The arrows between the rooms: who may import whom, and that whoever goes against them is found."""

import re

import pytest

from .arrows import LIGHT, against_packages, against_rooms, heavy, needs, of, unexplained
from .imports import AT_ONCE, HINT, LATE, PACKAGES, Import, Module, circles, imports, target, within
from .rooms import ROOMS


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
