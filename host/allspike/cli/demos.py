"""`allspike demo ...`: the demonstrations."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from . import talk
from .app import DeviceName, Json, progress_bars
from .compiling import SEED_MOST
from .groups import Commands
from .outputs import check_folder, check_picture

demo = typer.Typer(
    cls=Commands, help="Demonstrations on real data.", no_args_is_help=True, rich_markup_mode=None,
    add_completion=False,
)  # fmt: skip


class Learn(StrEnum):
    """How digits are learned on the chip."""

    UNSUPERVISED = "unsupervised"
    SUPERVISED = "supervised"


@demo.command()
def digits(
    images: Annotated[
        int | None, typer.Option(metavar="K", help="Take the first K test images; all 594 by default.", min=1)
    ] = None,
    learn: Annotated[
        Learn | None, typer.Option(help="Learn on the chip by STDP, instead of training off chip.")
    ] = None,
    train: Annotated[
        int | None,
        typer.Option(
            metavar="K", help="With --learn: the first K training images; all 1,203 by default.", min=1
        ),
    ] = None,
    device: DeviceName = "emulator",
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the training.", min=0, max=SEED_MOST)] = 0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="For the pictures; by default `out`, or none with --json."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Recognise handwritten digits: train off chip, quantise, run on the device, 32 steps an image; or learn
    them on the device."""
    if train is not None and learn is None:
        raise typer.BadParameter("--train is for --learn: off chip all training images are used.")
    folder = Path("out") if out is None and not as_json else out
    _check_pictures(folder)
    from ..compiler import format_report
    from ..demos import digits as demonstration
    from ..demos import digits_learning
    from .sources import opened_device

    paths: list[Path] = []
    with opened_device(device) as opened, progress_bars(as_json) as bar:
        if learn is None:
            simulation, outcome = demonstration.run(opened, images, seed, bar("training"), bar("recognising"))
        else:
            learned = digits_learning.run(learn.value, opened, images, train, seed, bar("learning"))
            simulation, outcome = learned.network.simulation, learned.outcome
        if folder is not None and learn is None:
            paths = demonstration.draw(simulation, outcome, folder)
        elif folder is not None:
            paths = digits_learning.draw(learned, folder)
    summary = outcome.summary()
    text = [
        format_report(simulation.image.report | {"warnings": []}, talk.report_columns()),
        f"\nconfusion (rows: digit, columns: answer)\n{_table(outcome.confusion)}\n",
        f"{summary['correct']} of {summary['images']} test images right: {summary['accuracy']:.1%}",
        f"{summary['steps_per_second']:,.0f} steps and {summary['synaptic_operations_per_second']:,.0f} "
        "synaptic operations a second, host included",
        *(f"wrote {path}" for path in paths),
    ]
    talk.answer(summary | {"wrote": [str(path) for path in paths]}, "\n".join(text))


@demo.command()
def mnist(
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder with MNIST's test images, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, .gz or "
            "not; by default a fifth of the 5,000 training images is kept for the test.",
        ),
    ] = None,
    images: Annotated[
        int | None, typer.Option(metavar="K", help="Take the first K test images; all by default.", min=1)
    ] = None,
    device: DeviceName = "emulator",
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the training.", min=0, max=SEED_MOST)] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="For pictures and the trained network; by default `out`, or none with --json.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Recognise MNIST's digits at 14 x 14 pixels: train off chip, which takes a minute and is kept; quantise;
    run on the device, 16 steps an image."""
    folder = Path("out") if out is None and not as_json else out
    _check_pictures(folder)
    from ..compiler import format_report
    from ..demos import mnist as demonstration
    from .sources import opened_device

    with opened_device(device) as opened, progress_bars(as_json) as bar:
        recognised = demonstration.run(data, opened, images, seed, bar("training"), bar("recognising"))
        paths = [] if folder is None else demonstration.draw(recognised, folder)
    outcome, summary = recognised.outcome, recognised.summary()
    text = [
        format_report(recognised.simulation.image.report | {"warnings": []}, talk.report_columns()),
        f"\nconfusion (rows: digit, columns: answer)\n{_table(outcome.confusion)}\n",
        f"trained on {summary['training_images']:,} images",
        f"{summary['correct']:,} of {summary['images']:,} test images right: {summary['accuracy']:.2%}; in "
        f"floating point the spiking network {summary['float_spiking_accuracy']:.2%}, clipped ReLUs "
        f"{summary['float_rate_accuracy']:.2%}",
        f"{summary['images_per_second']:,.0f} images and {summary['steps_per_second']:,.0f} steps a second, "
        "host included",
        *(f"wrote {path}" for path in paths),
    ]
    talk.answer(summary | {"wrote": [str(path) for path in paths]}, "\n".join(text))


@demo.command()
def microseer(
    data: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder with *.content, *.cites and *.indices.")
    ],
    device: DeviceName = "emulator",
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="For a picture.")] = None,
    as_json: Json = False,
) -> None:
    """Find the topics of papers by STDP along citations: SuperNeuroMAT's network, and one whose topics
    count."""
    _check_pictures(out)
    from ..demos import microseer as citations
    from .sources import opened_device

    papers = citations.load(data)
    outcomes = {}
    with opened_device(device) as opened:
        for design in (citations.REFERENCE, citations.COUNTING):
            with progress_bars(as_json) as bar:
                outcomes[design.name] = citations.run(papers, design, opened, bar(design.name))
    paths = [citations.draw(outcomes, out / "microseer.png")] if out is not None else []
    summaries = {name: outcome.summary() for name, outcome in outcomes.items()}
    text = []
    for name, outcome in outcomes.items():
        facts = summaries[name]
        text.append(
            f"{name} network: {facts['correct']} of {facts['papers']} papers right: {facts['accuracy']:.1%}, "
            f"{facts['ties']} ties\nconfusion (rows: topic, columns: answer; {' '.join(papers.topics)})\n"
            f"{_table(outcome.confusion)}\n"
        )
    plain: dict[str, Any] = summaries["reference"] | {"counting": summaries["counting"]}
    plain |= {"wrote": [str(path) for path in paths]}
    talk.answer(plain, "\n".join([*text, *(f"wrote {path}" for path in paths)]))


def _check_pictures(folder: Path | None) -> None:
    """Refuse a folder in which no picture can be drawn."""
    if folder is not None:
        check_folder(folder)
        check_picture(folder / "picture.png")


def _table(matrix: Any) -> str:
    """A matrix of counts, zeros as dots."""
    return "\n".join(" ".join(f"{count or '.':>4}" for count in row) for row in matrix.tolist())
