"""`allspike hdl`: the gateware as files."""

from pathlib import Path
from typing import Annotated

import typer

from allspike.config import DEFAULT_PRESET, PRESETS, preset

app = typer.Typer(help="The gateware: Verilog of a configured core.", no_args_is_help=True)


@app.callback()
def _commands() -> None:
    """The gateware: Verilog of a configured core."""


@app.command("generate")
def generate_command(
    config: Annotated[str, typer.Option(help=f"One of {', '.join(PRESETS)}.")] = DEFAULT_PRESET,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write; stdout by default.")] = None,
    build: Annotated[str, typer.Option(help="What `identity.build` says, up to 32 characters.")] = "rtl",
    device: Annotated[
        str | None,
        typer.Option(help="iCE40UP5K: use its memory blocks by name. Without, plain Verilog for any device."),
    ] = None,
) -> None:
    """Write Verilog of a core, its ports documented at the top."""
    from .core.single_port_memory import ICE40_UP5K  # noqa: PLC0415  (only where Amaranth is)
    from .generate import generate  # noqa: PLC0415

    if device not in (None, ICE40_UP5K):
        raise typer.BadParameter(f"{device!r} is no device whose blocks the core knows: {ICE40_UP5K}.")
    text = generate(preset(config), build, device=device)
    if out is None:
        print(text)
        return
    try:
        out.write_text(text)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {out}: {error.strerror}; choose another place.") from None
    print(f"wrote {out}")
