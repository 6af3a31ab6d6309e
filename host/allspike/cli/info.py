"""`allspike info`."""

from pathlib import Path
from typing import Annotated

import typer

from . import completion, talk
from .app import Json
from .compiling import Exact
from .nir_options import Fires, Integration, NirOptions, Origin, Reset, SpikeWords, Step


def info(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A network, NIR, an image or a result.")
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            metavar="DEVICE", help="A device, whose identity is shown.", autocompletion=completion.devices
        ),
    ] = None,
    exact: Exact = False,
    origin: Origin = None,
    dt: Step = None,
    reset: Reset = None,
    integration: Integration = None,
    spikes: SpikeWords = None,
    fires: Fires = None,
    as_json: Json = False,
) -> None:
    """Show what a file or a device is; without either, the version and the configurations."""
    if file is not None and device is not None:
        raise typer.BadParameter("give either a file or --device.")
    from . import facts

    options = NirOptions(origin, dt, reset, integration, spikes, fires)
    if file is None and (exact or options.given()):
        raise typer.BadParameter(f"{'--exact' if exact else options.given()[0]} is for a file: give one.")
    if file is not None:
        told = facts.about_file(file, exact, options)
    elif device is not None:
        told = facts.about_device(device)
    else:
        told = facts.about_software()
    talk.answer(told.plain, told.text)
