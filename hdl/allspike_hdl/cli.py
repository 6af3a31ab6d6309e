"""`allspike hdl`: the gateware as files."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from allspike.config import DEFAULT_PRESET, PRESETS, preset

DEFAULT_BAUD = 115_200

app = typer.Typer(help="The gateware: Verilog of a configured core or device.", no_args_is_help=True)


@app.callback()
def _commands() -> None:
    """The gateware: Verilog of a configured core or device."""


@app.command("generate")
def generate_command(
    config: Annotated[str, typer.Option(help=f"One of {', '.join(PRESETS)}.")] = DEFAULT_PRESET,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write; stdout by default.")] = None,
    build: Annotated[str, typer.Option(help="What `identity.build` says, up to 32 characters.")] = "rtl",
    link: Annotated[
        bool, typer.Option("--link", help="With its link: a device behind a serial line.")
    ] = False,
    clock: Annotated[int, typer.Option(help="Clock in Hz; by default that of the configuration.")] = 0,
    baud: Annotated[int, typer.Option(help="Rate of the serial line at power-on.")] = DEFAULT_BAUD,
) -> None:
    """Write Verilog of a core, or with --link of a whole device, its ports documented at the top."""
    from .generate import generate, generate_board  # noqa: PLC0415  (only where Amaranth is)

    built = preset(config)
    if clock:
        built = replace(built, clock_hz=clock)
    if link and not built.clock_hz:
        raise typer.BadParameter(f"{config} has no clock of its own: add --clock, in Hz.")
    text = generate_board(built, baud, build=build) if link else generate(built, build)
    if out is None:
        print(text)
        return
    try:
        out.write_text(text)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {out}: {error.strerror}; choose another place.") from None
    print(f"wrote {out}")
