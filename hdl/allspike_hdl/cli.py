"""`allspike hdl`: the gateware as files."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from allspike.cli import completion, talk
from allspike.cli.groups import Commands
from allspike.cli.outputs import Writer, check_text
from allspike.errors import ParameterError
from allspike.map.config import Memory
from allspike.map.presets import DEFAULT_PRESET, preset

app = typer.Typer(
    cls=Commands, help="The gateware: Verilog of a configured core or device.", no_args_is_help=True,
    rich_markup_mode=None, add_completion=False,
)  # fmt: skip
_BUILD_LENGTH = 32


@app.callback()
def _commands() -> None:
    """The gateware: Verilog of a configured core or device."""


@app.command("generate")
def generate_command(
    config: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Preset or board whose core is written.",
            autocompletion=completion.configurations,
        ),
    ] = DEFAULT_PRESET,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE.v", help="File to write; stdout by default.")
    ] = None,
    build: Annotated[
        str,
        typer.Option(metavar="TEXT", help=f"What `identity.build` says, up to {_BUILD_LENGTH} characters."),
    ] = "rtl",
    device: Annotated[
        str | None,
        typer.Option(
            metavar="CHIP",
            help="iCE40UP5K: use its memory blocks by name. Without, plain Verilog for any device.",
        ),
    ] = None,
    link: Annotated[
        bool, typer.Option("--link", help="With its link: a device behind a serial line.")
    ] = False,
    clock: Annotated[
        int | None,
        typer.Option(metavar="HZ", help="Clock; by default that of the configuration.", min=1, max=2**32 - 1),
    ] = None,
    baud: Annotated[
        int | None,
        typer.Option(metavar="BAUD", help="With --link: rate of the serial line at power-on."),
    ] = None,
) -> None:
    """Write Verilog of a core, or with --link of a whole device, its ports documented at the top."""
    check_text(out, ".v", ".sv")
    built = preset(config)
    if clock is not None:
        built = replace(built, clock_hz=clock)
    if link and not built.clock_hz:
        raise typer.BadParameter(f"{config} has no clock of its own: add --clock, in Hz.")
    if baud is not None and not link:
        raise typer.BadParameter("--baud is for --link: a core alone has no serial line.")
    if len(build) > _BUILD_LENGTH or not build.isascii():
        raise ParameterError(
            f"--build {build!r} has {len(build)} characters: it takes up to {_BUILD_LENGTH} of ASCII."
        )
    from allspike.map.link_map import DEFAULT_BAUD

    from .fabric.target import ANY, BLOCKS, Target
    from .generate import generate, generate_board

    if device not in (None, *BLOCKS):
        raise typer.BadParameter(f"{device!r} is no device whose blocks the core knows: {', '.join(BLOCKS)}.")
    if device is not None and built.memory is not Memory.SINGLE_PORT:
        raise typer.BadParameter(
            f"--device {device} is for cores in single-port memory, such as --config up5k; {config} has none."
        )
    target = Target.named(device) if device else ANY
    if link:
        text = generate_board(built, baud or DEFAULT_BAUD, build=build, target=target)
    else:
        text = generate(built, build, target=target)
    if out is None:
        print(text)
        return
    writer = Writer()
    writer.write(out, lambda path: _write(path, text))
    talk.answer({"wrote": writer.wrote}, "\n".join(writer.text()))
    writer.finish()


def _write(path: Path, text: str) -> None:
    from allspike.writing import write

    write(path, text)
