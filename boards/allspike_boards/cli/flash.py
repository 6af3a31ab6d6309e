"""`allspike flash`: a bitstream onto a board."""

from pathlib import Path
from typing import Annotated

import typer

from ..build import check_clock, make, plan
from ..catalog import board as board_of
from ..errors import FlashError
from ..flash import load, way_for
from ..options import Options


def flash(
    board: Annotated[str, typer.Argument(help="One of those that `allspike boards` lists.")],
    file: Annotated[Path | None, typer.Argument(help="The bitstream; the default build if left out.")] = None,
    volatile: Annotated[
        bool, typer.Option("--volatile", help="Into the chip alone: gone after power-off, but quick.")
    ] = False,
    loader_option: Annotated[
        list[str] | None, typer.Option(help="A further argument of openFPGALoader; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the command instead.")] = False,
) -> None:
    """Load a bitstream onto a board that is plugged in."""
    chosen = board_of(board)
    if file is None:
        planned = plan(chosen, Options())
        if planned.bitstream is None:
            raise FlashError(
                f"{chosen.title} needs the vendor's tool: run allspike build {board} --out FOLDER, build the "
                f"project there, then allspike flash {board} FILE."
            )
        check_clock(make(planned, lambda title: print(f"building: {title}")), Options())
        file = planned.bitstream
    elif not file.is_file():
        raise FlashError(f"there is no file {file}: build it with allspike build {board} --out {file}.")
    way = way_for(chosen, file, keep=not volatile, options=loader_option or ())
    print(way.text())
    if not dry_run:
        load(way)
        print(f"loaded; reach it with allspike info --device {board if chosen.usb else 'PORT'}")
