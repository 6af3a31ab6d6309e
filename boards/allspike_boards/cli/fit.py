"""`allspike fit`: which boards a network fits."""

from typing import TYPE_CHECKING, Annotated

import typer

from allspike.cli import talk
from allspike.cli.app import Json
from allspike.cli.compiling import Exact, NetworkFile
from allspike.cli.nir_options import Fires, Integration, NirOptions, Origin, Reset, SpikeWords, Step

from . import completion

if TYPE_CHECKING:
    from ..fit import Fit


def fit(
    network: NetworkFile,
    board: Annotated[
        str | None, typer.Option(metavar="BOARD", help="Only this board.", autocompletion=completion.boards)
    ] = None,
    activity: Annotated[
        float,
        typer.Option(
            metavar="SHARE", help="Share of inputs and neurons that spike in a step.", min=0.0, max=1.0
        ),
    ] = 0.02,
    exact: Exact = False,
    origin: Origin = None,
    dt: Step = None,
    reset: Reset = None,
    integration: Integration = None,
    spikes: SpikeWords = None,
    fires: Fires = None,
    as_json: Json = False,
) -> None:
    """Say on which boards a network fits, how fast it would run there, and what to change elsewhere."""
    from allspike.cli.nir_facts import resetting
    from allspike.cli.outputs import check_input
    from allspike.cli.sources import load_network

    from ..catalog import BOARDS
    from ..catalog import board as board_of
    from ..fit import best
    from ..fit import fit as fit_of

    chosen = list(BOARDS.values()) if board is None else [board_of(board)]
    check_input(network)
    options = NirOptions(origin, dt, reset, integration, spikes, fires)
    enough = resetting(network, options)
    loaded = load_network(network, None, exact, enough)
    if enough is not options:
        talk.note(f"{network} does not say how its neurons reset, and where it fits does not depend on that.")
    found = best([fit_of(loaded, one, activity) for one in chosen])
    told = "Speeds at an activity of {:.1%} a step; x real time counts all spikes sent over the line."
    talk.answer(
        [one.to_dict() for one in found],
        f"{_table(found)}\n{talk.filled(told.format(activity), talk.columns())}",
    )


def _table(found: list["Fit"]) -> str:
    titles = ["board", "fits", "bits", "steps/s", "x real time", "remarks"]
    rows = []
    for one in found:
        speed = (f"{one.steps_per_second:,.0f}", f"{one.real_time:.3g}") if one.build else ("", "")
        word = "yes" if one.fits else "build" if one.build else "no"
        rows.append([one.board, word, str(one.weight_bits), *speed, _remark(one)])
    return talk.table(titles, rows, right=titles[2:5])


def _remark(one: "Fit") -> str:
    if one.fits:
        return one.warnings[0] if one.warnings else ""
    if one.build:
        return f"needs {one.change}; may fit as: {one.build}"
    return f"needs {one.change}"
