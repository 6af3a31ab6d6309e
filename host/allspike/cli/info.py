"""`allspike info`."""

from pathlib import Path
from typing import Annotated

import typer

from . import completion, talk
from .app import Json


def info(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A network, an image or a result.")
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            metavar="DEVICE", help="A device, whose identity is shown.", autocompletion=completion.devices
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what a file or a device is; without either, the version and the configurations."""
    if file is not None and device is not None:
        raise typer.BadParameter("give either a file or --device.")
    from . import facts

    if file is not None:
        told = facts.about_file(file)
    elif device is not None:
        told = facts.about_device(device)
    else:
        told = facts.about_software()
    talk.answer(told.plain, told.text)
