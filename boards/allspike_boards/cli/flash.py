"""`allspike flash`: a bitstream onto a board."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allspike.cli import talk
from allspike.cli.app import Json

from ..errors import FlashError
from . import completion

if TYPE_CHECKING:
    from ..board import Board
    from ..build import Plan


def flash(
    board: Annotated[
        str,
        typer.Argument(
            metavar="BOARD",
            help="One of those that `allspike boards` lists.",
            autocompletion=completion.boards,
        ),
    ],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The bitstream; the default build if left out."),
    ] = None,
    volatile: Annotated[
        bool, typer.Option("--volatile", help="Into the chip alone: gone after power-off, but quick.")
    ] = False,
    loader_option: Annotated[
        list[str] | None,
        typer.Option(metavar="OPTION", help="A further argument of openFPGALoader; may be repeated."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the command instead; nothing need be installed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Load a bitstream onto a board that is plugged in."""
    from ..build import check_clock, make
    from ..catalog import board as board_of
    from ..flash import load, way_for

    chosen = board_of(board)
    planned = None
    if file is None:
        planned = _planned(chosen)
        file = planned.bitstream
        assert file is not None
    elif not file.is_file():
        raise FlashError(f"there is no file {file}: build it with allspike build {board} --out {file}.")
    way = way_for(chosen, file, keep=not volatile, options=loader_option or (), installed=not dry_run)
    if planned is not None and not dry_run:
        check_clock(make(planned, lambda title: talk.note(f"building: {title}")))
    facts = {"board": board, "file": str(file), "command": list(way.command), "loaded": not dry_run}
    if dry_run:
        talk.answer(facts, shlex.join(way.command))
        return
    talk.note(shlex.join(way.command))
    load(way)
    talk.answer(facts, f"loaded; reach it with allspike info --device {board if chosen.usb else 'PORT'}")


def _planned(board: "Board") -> "Plan":
    """The default build, if this machine can make a bitstream of it."""
    from ..build import plan

    planned = plan(board)
    if planned.bitstream is None:
        raise FlashError(
            f"{board.title} needs the vendor's tool: run allspike build {board.name} --out FOLDER, build the "
            f"project there, then allspike flash {board.name} FILE."
        )
    return planned
