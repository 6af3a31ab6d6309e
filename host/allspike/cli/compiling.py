"""`allspike compile`."""

from pathlib import Path
from typing import Annotated

import typer

from . import talk
from .app import ConfigName, Json
from .outputs import Writer, check_archive
from .replaced import check_apart

NetworkFile = Annotated[
    Path, typer.Argument(metavar="NETWORK", help="A file of Network.save, or SuperNeuroMAT's JSON.")
]
Exact = Annotated[
    bool, typer.Option("--exact", help="Refuse a SuperNeuroMAT network that would not behave the same here.")
]
SEED_MOST = 2**32 - 1


def compile_command(
    network: NetworkFile,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE.npz", help="Where to write the image.")
    ] = None,
    config: ConfigName = None,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Start of the device's random generators.", min=0, max=SEED_MOST)
    ] = 0,
    exact: Exact = False,
    as_json: Json = False,
) -> None:
    """Compile a network and report what quantisation did to it."""
    check_archive(out, "an image")
    check_apart({"--out": out}, [network])
    from ..compiler import compile_network, format_report
    from ..presets import config_of
    from .sources import load_network

    chosen = None if config is None else config_of(config)
    image = compile_network(load_network(network, config, exact), config if chosen else None, seed=seed)
    writer = Writer()
    writer.write(out, image.save)
    for sentence in image.report["warnings"]:
        talk.warning(sentence)
    report = format_report(image.report | {"warnings": []}, talk.report_columns())
    talk.answer(
        image.report | {"wrote": writer.wrote},
        "\n".join([report, *writer.text()]),
    )
    writer.finish()
