"""`allspike fit`: which boards a network fits."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from allspike.cli.app import Json
from allspike.network import Network

from ..catalog import BOARDS
from ..catalog import board as board_of
from ..fit import Fit, best
from ..fit import fit as fit_of


def fit(
    network: Annotated[Path, typer.Argument(help="A network saved by Network.save.")],
    board: Annotated[str | None, typer.Option(help="Only this board.")] = None,
    activity: Annotated[float, typer.Option(help="Share of inputs and neurons that spike in a step.")] = 0.02,
    as_json: Json = False,
) -> None:
    """Say on which boards a network fits, how fast it would run there, and what to change elsewhere."""
    loaded = Network.load(network)
    chosen = list(BOARDS.values()) if board is None else [board_of(board)]
    found = best([fit_of(loaded, one, activity) for one in chosen])
    if as_json:
        print(json.dumps([one.to_dict() for one in found]))
        return
    table = Table(box=None, header_style="bold")
    table.add_column("board", no_wrap=True)
    table.add_column("fits")
    for title in ("bits", "steps/s", "x real time"):
        table.add_column(title, justify="right")
    table.add_column("remarks", overflow="fold")
    for one in found:
        speed = (f"{one.steps_per_second:,.0f}", f"{one.real_time:.3g}") if one.build else ("", "")
        word = "yes" if one.fits else "build" if one.build else "no"
        table.add_row(one.board, word, str(one.weight_bits), *speed, _remark(one))
    Console().print(table)
    print(
        f"Speeds at an activity of {activity:.1%} a step; x real time counts all spikes sent over the line."
    )


def _remark(one: Fit) -> str:
    if one.fits:
        return one.warnings[0] if one.warnings else ""
    if one.build:
        return f"needs {one.change}; may fit as: {one.build}"
    return f"needs {one.change}"
