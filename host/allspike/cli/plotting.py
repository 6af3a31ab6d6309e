"""`allspike plot`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from . import completion, talk
from .app import Json
from .outputs import Writer, check_input, check_picture


class Kind(StrEnum):
    """What is drawn of a result."""

    RASTER = "raster"
    MEMBRANE = "membrane"
    RATES = "rates"
    WEIGHTS = "weights"
    HISTORY = "history"


_HOW = {
    Kind.HISTORY: "weights are recorded in Python, by run(record_weights=STEPS)",
    Kind.MEMBRANE: "potentials are kept by allspike run --record-v POPULATION=all",
    Kind.WEIGHTS: "weights are kept of projections that learn",
}


def plot(
    result: Annotated[
        Path, typer.Argument(metavar="RESULT", help="A file of `allspike run --out` or Result.save.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="The picture to write: .png, .pdf, .svg.")
    ],
    kind: Annotated[Kind, typer.Option(help="What to draw.")] = Kind.RASTER,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Population, or projection of weights; all, or the first, by default.",
            autocompletion=completion.results,
        ),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(
            metavar="START:STOP",
            help="The part of the run to draw, in seconds, such as 0.1:0.3; an end left out is the run's.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw a result."""
    shown = None if window is None else _window(window)
    if shown is not None and kind is Kind.WEIGHTS:
        raise typer.BadParameter("--window is a part of a run, and weights are those at its end.")
    check_input(result)
    check_picture(out)
    from .. import plot as drawing
    from ..errors import ParameterError
    from ..names import known_names
    from ..results.result import Result

    loaded = Result.load(result)
    there = {
        Kind.RASTER: loaded.sizes,
        Kind.RATES: loaded.sizes,
        Kind.MEMBRANE: loaded.v,
        Kind.WEIGHTS: loaded.weights,
        Kind.HISTORY: loaded.weight_history,
    }[kind]
    if not there:
        raise ParameterError(f"{result} holds no {kind}: {_HOW.get(kind, 'it has no populations')}.")
    if name is not None and name not in there:
        raise ParameterError(f"{result} holds no {kind} of {name!r}; {known_names(name, there)}.")
    chosen = next(iter(there)) if name is None else name
    if kind is Kind.RASTER:
        axes = drawing.raster(loaded, name, window=shown)
    elif kind is Kind.RATES:
        axes = drawing.rates(loaded, name, window=shown)
    elif kind is Kind.MEMBRANE:
        axes = drawing.membrane(loaded, chosen, window=shown)
    elif kind is Kind.HISTORY:
        axes = drawing.weight_history(loaded, chosen, window=shown)
    else:
        axes = drawing.weights(loaded.weights[chosen])
    writer = Writer()
    writer.write(out, lambda path: drawing.save(axes.figure, path))
    talk.answer({"kind": str(kind), "wrote": writer.wrote}, "\n".join(writer.text()))
    writer.finish()


def _window(text: str) -> tuple[float | None, float | None]:
    """Start and stop, s."""
    start, colon, stop = text.partition(":")
    try:
        if not colon:
            raise ValueError
        return float(start) if start.strip() else None, float(stop) if stop.strip() else None
    except ValueError:
        raise typer.BadParameter(f"--window {text}: it is START:STOP in seconds, such as 0.1:0.3.") from None
