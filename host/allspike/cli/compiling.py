"""`allspike compile`."""

from pathlib import Path
from typing import Annotated

import typer

from . import talk
from .app import ConfigName, Json
from .nir_options import Fires, Integration, NirOptions, Origin, Reset, SpikeWords, Step
from .outputs import Writer, check_archive
from .replaced import check_apart

NetworkFile = Annotated[
    Path, typer.Argument(metavar="NETWORK", help="A file of Network.save, SuperNeuroMAT's JSON, or NIR.")
]
Exact = Annotated[
    bool,
    typer.Option("--exact", help="Refuse a network of SuperNeuroMAT or NIR that would not be the same here."),
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
    origin: Origin = None,
    dt: Step = None,
    reset: Reset = None,
    integration: Integration = None,
    spikes: SpikeWords = None,
    fires: Fires = None,
    as_json: Json = False,
) -> None:
    """Compile a network and report what quantisation did to it."""
    check_archive(out, "an image")
    check_apart({"--out": out}, [network])
    from ..compiler import compile_network, format_report
    from ..map.presets import config_of
    from ..nir.translation import NirTranslation
    from .nir_runs import LOST, lost
    from .sources import load_network

    chosen = None if config is None else config_of(config)
    options = NirOptions(origin, dt, reset, integration, spikes, fires)
    loaded = load_network(network, config, exact, options)
    image = compile_network(loaded, config if chosen else None, seed=seed)
    if isinstance(loaded.translation, NirTranslation):
        image.report[LOST] = lost(loaded.translation)
        image.report["warnings"] += image.report[LOST]
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
