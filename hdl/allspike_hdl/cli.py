"""`allspike hdl`: the gateware as files."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from allspike.config import DEFAULT_PRESET, PRESETS, preset
from allspike.link_map import DEFAULT_BAUD
from allspike.places import check_writable, write

app = typer.Typer(help="The gateware: Verilog of a configured core or device.", no_args_is_help=True)


@app.callback()
def _commands() -> None:
    """The gateware: Verilog of a configured core or device."""


@app.command("generate")
def generate_command(
    config: Annotated[str, typer.Option(help=f"One of {', '.join(PRESETS)}.")] = DEFAULT_PRESET,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write; stdout by default.")] = None,
    build: Annotated[str, typer.Option(help="What `identity.build` says, up to 32 characters.")] = "rtl",
    device: Annotated[
        str | None,
        typer.Option(help="iCE40UP5K: use its memory blocks by name. Without, plain Verilog for any device."),
    ] = None,
    link: Annotated[
        bool, typer.Option("--link", help="With its link: a device behind a serial line.")
    ] = False,
    clock: Annotated[int, typer.Option(help="Clock in Hz; by default that of the configuration.")] = 0,
    baud: Annotated[int, typer.Option(help="Rate of the serial line at power-on.")] = DEFAULT_BAUD,
) -> None:
    """Write Verilog of a core, or with --link of a whole device, its ports documented at the top."""
    from .compact.single_port_memory import ICE40_UP5K  # noqa: PLC0415  (only where Amaranth is)
    from .generate import generate, generate_board  # noqa: PLC0415

    if device not in (None, ICE40_UP5K):
        raise typer.BadParameter(f"{device!r} is no device whose blocks the core knows: {ICE40_UP5K}.")
    if out is not None:
        check_writable(out)
    built = preset(config)
    if clock:
        built = replace(built, clock_hz=clock)
    if link and not built.clock_hz:
        raise typer.BadParameter(f"{config} has no clock of its own: add --clock, in Hz.")
    if link:
        text = generate_board(built, baud, build=build, device=device)
    else:
        text = generate(built, build, device=device)
    if out is None:
        print(text)
        return
    write(out, text)
    print(f"wrote {out}")
