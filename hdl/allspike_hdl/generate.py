"""Verilog of a configured core or of a whole device, for people who build it into something else."""

from amaranth.lib import wiring
from amaranth.lib.wiring import In

from allspike.map.config import Config
from allspike.map.device_map import MAP_VERSION
from allspike.map.link_map import LINK_VERSION

from .cores import core_of
from .fabric.target import ANY, Target
from .link.link import DEFAULT_BUFFER
from .ports import BOARD_PORTS, BUS_PORTS, CLOCK_PORTS, BoardPorts, PlainPorts
from .top import Top
from .verilog import converted

MODULE = "allspike_core"
"""Name of the Verilog module of a core."""
BOARD_MODULE = "allspike_board"
"""Name of the Verilog module of a core with its link."""


def generate(config: Config, build: str = "verilog", reset: bool = True, target: Target = ANY) -> str:
    """Verilog of a core.

    Parameters
    ----------
    config : Config
        What to build.
    build : str
        What `identity.build` says: up to 32 ASCII characters.
    reset : bool
        See `PlainPorts`.
    target : Target
        Whose blocks to name; by default it is plain Verilog for any chip.

    Returns
    -------
    str
        One file; the module is `MODULE`, its ports are described on top.
    """
    title = f"{MODULE}: Allspike core, build {build!r}, memory map version {MAP_VERSION}"
    about = [
        "Ports. One request at a time; every request, a write too, has one reply. What the words mean is",
        "docs/memory_map.md; what a command writes to the control record acts after its last word.",
    ]
    head = _header(title, config.to_dict() | _blocks(target), about, BUS_PORTS, reset)
    return head + to_verilog(core_of(config, build), reset, target)


def to_verilog(inner: wiring.Component, reset: bool = True, target: Target = ANY) -> str:
    """Verilog of a component with a bus, as a module `MODULE` with `PlainPorts`, made for `target`."""
    return converted(PlainPorts(inner, reset), MODULE, target)


def generate_board(
    config: Config,
    baud: int,
    buffer: int = DEFAULT_BUFFER,
    build: str = "verilog",
    reset: bool = True,
    target: Target = ANY,
    clock_argument: bool = False,
) -> str:
    """Verilog of a core with its link.

    Parameters
    ----------
    config, baud, buffer, build
        See `Top`.
    reset : bool
        See `PlainPorts`.
    target : Target
        Whose blocks to name; by default it is plain Verilog for any chip.
    clock_argument : bool
        In a simulation the clock that the identity tells is the argument `+clock_hz=HZ`, where there is one.

    Returns
    -------
    str
        One file; the module is `BOARD_MODULE`, its ports are described on top.
    """
    versions = f"memory map version {MAP_VERSION}, link version {LINK_VERSION}"
    title = f"{BOARD_MODULE}: Allspike device, build {build!r}, {versions}"
    settings = config.to_dict() | {"baud": baud, "buffer": buffer} | _blocks(target)
    about = [
        "Ports. What goes over the serial line is docs/protocol.md. A reset leaves the counts of the region",
        "`link` as they are.",
    ]
    head = _header(title, settings, about, BOARD_PORTS, reset)
    top = Top(config, baud=baud, build=build, buffer=buffer)
    plusargs = {"clock_hz": config.clock_hz} if clock_argument else None
    return head + converted(BoardPorts(top, reset), BOARD_MODULE, target, plusargs)


def _blocks(target: Target) -> dict[str, object]:
    return {"blocks of": target.device} if target.device else {}


def _header(title: str, settings: dict[str, object], about: list[str], ports: dict, reset: bool) -> str:
    """What stands above the module: how it was configured, and what its ports mean."""
    lines = [
        title,
        "",
        "Generated: change the configuration and generate again instead of editing.",
        "",
        "Configuration:",
        *(f"  {name:<13} {value}" for name, value in settings.items()),
        "",
        *about,
        *(
            f"  {'input':<14}{name:<17}{meaning}"
            for name, meaning in CLOCK_PORTS.items()
            if reset or name != "rst"
        ),
        *(_port_line(name, *port) for name, port in ports.items()),
    ]
    return "".join(f"// {line}".rstrip() + "\n" for line in lines) + "\n"


def _port_line(name: str, member: wiring.Member, meaning: str) -> str:
    width = f"[{member.shape - 1}:0]" if member.shape > 1 else ""
    return f"  {'input' if member.flow == In else 'output':<7}{width:<7}{name:<17}{meaning}"
