"""`allspike demo ...`: the demonstrations."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..compiler import format_report
from ..demos import digits as demonstration
from ..demos import digits_learning
from ..demos import microseer as citations
from ..errors import FileError
from .app import DeviceName, Json, demo, progress_bars


class Learn(StrEnum):
    """How digits are learned on the chip."""

    UNSUPERVISED = "unsupervised"
    SUPERVISED = "supervised"


@demo.command()
def digits(
    images: Annotated[
        int | None, typer.Option(help="Take the first K test images; all 594 by default.")
    ] = None,
    learn: Annotated[
        Learn | None, typer.Option(help="Learn on the chip by STDP, instead of training off chip.")
    ] = None,
    train: Annotated[
        int | None, typer.Option(help="With --learn: the first K training images; all 1,203 by default.")
    ] = None,
    device: DeviceName = "emulator",
    seed: Annotated[int, typer.Option(help="Seed of the training.", min=0, max=2**32 - 1)] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the pictures; by default `out`, or none with --json.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Recognise handwritten digits: train off chip, quantise, run on the device, 32 steps an image; or learn
    them on the device."""
    if train is not None and learn is None:
        raise typer.BadParameter("--train is for --learn: off chip all training images are used.")
    folder = Path("out") if out is None and not as_json else out
    if folder is not None:
        _make(folder)
    with progress_bars(as_json) as bar:
        if learn is None:
            simulation, outcome = demonstration.run(device, images, seed, bar("training"), bar("recognising"))
        else:
            learned = digits_learning.run(learn.value, device, images, train, seed, bar("learning"))
            simulation, outcome = learned.network.simulation, learned.outcome
    summary = outcome.summary()
    paths: list[Path] = []
    if folder is not None and learn is None:
        paths = demonstration.draw(simulation, outcome, folder)
    elif folder is not None:
        paths = digits_learning.draw(learned, folder)
    if as_json:
        print(json.dumps(summary))
        return
    print(format_report(simulation.image.report))
    print(f"\nconfusion (rows: digit, columns: answer)\n{_table(outcome.confusion)}\n")
    print(
        f"{summary['correct']} of {summary['images']} test images right: {summary['accuracy']:.1%}\n"
        f"{summary['steps_per_second']:,.0f} steps and {summary['synaptic_operations_per_second']:,.0f} "
        "synaptic operations a second, host included"
    )
    for path in paths:
        print(f"wrote {path}")


@demo.command()
def microseer(
    data: Annotated[Path, typer.Option(help="Folder with *.content, *.cites and *.indices.")],
    device: DeviceName = "emulator",
    out: Annotated[Path | None, typer.Option(help="Folder for a picture.")] = None,
    as_json: Json = False,
) -> None:
    """Find the topics of papers by STDP along citations: SuperNeuroMAT's network, and one whose topics
    count."""
    papers = citations.load(data)
    if out is not None:
        _make(out)
    outcomes = {}
    for design in (citations.REFERENCE, citations.COUNTING):
        with progress_bars(as_json) as bar:
            outcomes[design.name] = citations.run(papers, design, device, bar(design.name))
    paths = [citations.draw(outcomes, out / "microseer.png")] if out is not None else []
    summaries = {name: outcome.summary() for name, outcome in outcomes.items()}
    if as_json:
        print(json.dumps(summaries["reference"] | {"counting": summaries["counting"]}))
        return
    for name, outcome in outcomes.items():
        facts = summaries[name]
        print(
            f"{name} network: {facts['correct']} of {facts['papers']} papers right: {facts['accuracy']:.1%}, "
            f"{facts['ties']} ties\nconfusion (rows: topic, columns: answer; {' '.join(papers.topics)})\n"
            f"{_table(outcome.confusion)}\n"
        )
    for path in paths:
        print(f"wrote {path}")


def _make(folder: Path) -> None:
    """Make a folder, unless it is there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"cannot make the folder {folder}: {error.strerror}; choose another.") from None


def _table(matrix: object) -> str:
    """A matrix of counts, zeros as dots."""
    rows = matrix.tolist()  # type: ignore[attr-defined]
    return "\n".join(" ".join(f"{count or '.':>4}" for count in row) for row in rows)
