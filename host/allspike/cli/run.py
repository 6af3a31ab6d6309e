"""`allspike run`."""

from pathlib import Path
from typing import Annotated

import typer

from . import completion, talk
from .app import ConfigName, DeviceName, Json
from .compiling import SEED_MOST, Exact
from .nir_options import Fires, Integration, NirOptions, Origin, Reset, Step, split_spikes
from .outputs import Writer, check_archive, check_picture, check_text
from .replaced import check_apart, same_file


def run(
    network: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A network, SuperNeuroMAT's JSON, NIR, an image, or a checkpoint to go on from.",
        ),
    ],
    duration: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Emulated time, or give --steps.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(metavar="N", help="Steps, instead of a duration.", min=0)
    ] = None,
    poisson: Annotated[
        list[str] | None,
        typer.Option(
            metavar="INPUTS=HZ",
            help="Poisson spikes; may be repeated.",
            autocompletion=completion.populations("poisson"),
        ),
    ] = None,
    spikes: Annotated[
        list[str] | None,
        typer.Option(
            metavar="INPUTS=FILE",
            help="Spikes from a file; may be repeated. .csv: lines of step,input; after a first line "
            "time,input, seconds and input. .npy or .npz: 0 and 1, [steps, inputs]; .npz also two arrays, "
            "steps (or times) and inputs. Of a NIR file also WORD or KIND=WORD, what a spike is there: "
            "pulse, jump, plain or decayed.",
            autocompletion=completion.populations("spikes"),
        ),
    ] = None,
    current: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=AMPERES",
            help="A constant current into the neurons of a population; may be repeated.",
            autocompletion=completion.populations("current"),
        ),
    ] = None,
    record_v: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=0,3,5-9",
            help="Record membrane potentials; NAME=all of all its neurons, all of all populations.",
            autocompletion=completion.populations("record_v"),
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE.npz", help="Where to write the result.")
    ] = None,
    spikes_out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Where to write the spikes as text: population,neuron,step."),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(metavar="FILE.npz", help="Where to write a checkpoint, from which a run can go on."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to draw the raster: .png, .pdf, .svg.")
    ] = None,
    device: DeviceName = "emulator",
    waves: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where a simulated device (rtl) writes its waveform."),
    ] = None,
    config: ConfigName = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Start of the device's random generators; by default the image's, or 0.",
            min=0,
            max=SEED_MOST,
        ),
    ] = None,
    exact: Exact = False,
    origin: Origin = None,
    dt: Step = None,
    reset: Reset = None,
    integration: Integration = None,
    fires: Fires = None,
    as_json: Json = False,
) -> None:
    """Run a network on a device; print rates, and write spikes, potentials and weights.

    Ctrl-C ends a run early: what came until then is printed and written.
    """
    if (duration is None) == (steps is None):
        raise typer.BadParameter("give either --duration or --steps.")
    check_archive(
        out,
        "a result",
        "; --spikes-out FILE.csv writes spikes as text, and allspike convert makes .nix and .nwb of a result",
    )
    check_text(spikes_out, ".csv")
    check_archive(checkpoint, "a checkpoint")
    check_picture(plot)
    check_text(waves)
    from . import sources
    from .running import Job, perform

    device = sources.checked_device(device, waves)
    words, spikes = split_spikes(network, spikes)
    options = NirOptions(origin, dt, reset, integration, words, fires)
    resumed = sources.checkpoint_at(network, config, exact, seed, options)
    written = {"--out": out, "--spikes-out": spikes_out, "--plot": plot, "--waves": waves}
    check_apart(
        # A checkpoint takes the place of the one that the run goes on from.
        written | ({} if resumed and same_file(checkpoint, network) else {"--checkpoint": checkpoint}),
        [network, *(Path(text.partition("=")[2]) for text in spikes)],
    )
    loaded = resumed.image if resumed else sources.load(network, config, exact, options)
    sources.check_nir(loaded, checkpoint=checkpoint is not None, current=bool(current))
    for sentence in sources.lost_in(loaded):
        talk.warning(sentence)
    kinds = sources.kinds_of(loaded)
    job = Job(
        loaded, device, sources.checked_config(config), seed, duration, steps,
        stimuli=sources.stimuli_of(kinds, loaded.dt, poisson, spikes, current),
        recorded=sources.recorded_of(kinds, record_v),
        exact=exact, writes=any((out, spikes_out, checkpoint, plot)),
        resumed=resumed, keeps=checkpoint is not None,
    )  # fmt: skip
    outcome = perform(job, quiet=as_json)
    writer = Writer()
    if outcome.ended is not None:
        names = [str(path) for path in (out, spikes_out, checkpoint, plot) if path is not None]
        writing = f"; writing {', '.join(names)}" if names else ""
        talk.note(f"stopped at step {outcome.result.start + outcome.result.steps:,}{writing}.")
    writer.write(out, outcome.result.save)
    writer.write(spikes_out, outcome.save_spikes)
    if outcome.kept is not None:
        writer.write(checkpoint, outcome.kept.save)
    writer.write(plot, outcome.draw)
    talk.answer(outcome.facts() | {"wrote": writer.wrote}, "\n".join([outcome.text(), *writer.text()]))
    writer.finish()
    if outcome.ended is not None:
        raise outcome.ended
