"""What gateware is named by: every file of its own, and all that they import from the host."""

from allspike_hdl.sources import sources

from ..imports import HINT, Module, imports, modules, target

HOST = {module.name: module for module in modules("host")}
OF_MESSAGES = ("allspike", "allspike.names", "allspike.showing")
"""How errors and configurations are worded; nothing of that is in gateware."""


def reached(start: list[Module], known: dict[str, Module]) -> set[str]:
    """Modules of `known` that some others import, directly or by way of each other."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        for one in imports(waiting.pop()):
            module = None if one.kind == HINT else target(one.name, known)
            if module is not None and module.name not in found:
                found.add(module.name)
                waiting.append(module)
    return found


def test_no_file_is_left_out() -> None:
    gateware = [module for module in modules("hdl") if module.name != "allspike_hdl.cli"]
    files = {module.path for module in gateware}
    files |= {HOST[name].path for name in reached(gateware, HOST) - set(OF_MESSAGES)}
    assert files - set(sources()) == set()
    assert len(files) > 80
