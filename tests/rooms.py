"""The order of the rooms: who may import whom.

A room may import the rooms that stand beside it here, and no other; all of them stand above it. What lies in
a package beside its rooms is named "". In the host that is what everybody may import, and imports no room; in
the other packages it is what is put together from the rooms, and imports all of them.
"""

HOST: dict[str, set[str]] = {
    "map": set(),
    "describe": {"map"},
    "results": {"describe"},
    "image": {"map", "describe"},
    "compiler": {"map", "describe", "image"},
    "stimulus": {"map", "describe", "image"},
    "device": {"map", "image"},
    "emulator": {"map", "device"},
    "link": {"map", "device"},
    "simulate": {
        "map", "describe", "results", "image", "compiler", "stimulus", "device", "emulator", "link",
    },
    "nir": {"map", "describe", "results", "compiler", "stimulus", "device", "simulate"},
    "modules": {"describe", "nir"},
    "superneuromat": {"map", "describe", "compiler", "stimulus", "simulate"},
    "doors": {"map", "describe", "nir", "modules", "superneuromat"},
    "plot": {"describe", "results", "simulate"},
    "training": {"map", "describe", "image", "compiler", "stimulus", "simulate", "doors"},
    "pynn": {"map", "describe", "results", "compiler", "stimulus", "device", "simulate"},
    "demos": {"map", "describe", "results", "stimulus", "device", "simulate", "doors", "plot"},
    "cli": {
        "map", "describe", "results", "image", "compiler", "stimulus", "device", "simulate", "nir", "doors",
        "plot", "demos",
    },
}  # fmt: skip

HDL: dict[str, set[str]] = {
    "fabric": set(),
    "map": {"fabric"},
    "machine": {"fabric", "map"},
    "neurons": {"fabric", "map"},
    "wide": {"fabric", "map", "machine", "neurons"},
    "compact": {"fabric", "map", "machine", "neurons"},
    "link": {"fabric", "map", "machine"},
}

ROOMS = {"host": HOST, "hdl": HDL}
"""Of the packages that have rooms."""

FRONTS = {"allspike", *(f"allspike.{room}.front" for room in ("nir", "modules", "superneuromat"))}
"""What names for users what others define; nothing in the house goes through it. That of a room knows the
doors, which stand above, for what users call a network has them; the room's `__init__` alone imports it."""

PACKAGES_MAY = {
    "host": {"allspike"},
    "hdl": {"allspike_hdl", "allspike.map", "allspike.errors"},
    "sim": {"allspike_sim", "allspike_hdl", "allspike"},
    "boards": {"allspike_boards", "allspike_hdl", "allspike"},
}
"""Modules of the project that a package may import, with all that is below them."""
