"""`allspike boards`: what there is."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from allspike.cli.app import Json

from ..board import Board, Header
from ..catalog import BOARDS
from ..catalog import board as board_of


def boards(
    name: Annotated[str | None, typer.Argument(help="A board, of which all is told.")] = None,
    as_json: Json = False,
) -> None:
    """List the boards: chip, size of the default build, clock, price, how far each is tried."""
    chosen = list(BOARDS.values()) if name is None else [board_of(name)]
    if as_json:
        print(json.dumps([_facts(board) for board in chosen]))
    elif name is None:
        Console().print(_table(chosen))
    else:
        print(_about(chosen[0]))


def _facts(board: Board) -> dict[str, Any]:
    config = board.config
    return {
        "name": board.name,
        "title": board.title,
        "part": board.chip.part,
        "neurons": config.neurons,
        "inputs": config.inputs,
        "synapses": config.synapses,
        "weight_bits": config.weight_bits,
        "plasticity": config.plasticity,
        "lanes": config.lanes,
        "clock_mhz": config.clock_hz / 1e6,
        "baud": board.baud,
        "price": board.price.value,
        "support": board.support.value,
        "notes": list(board.notes),
    }


def _table(chosen: list[Board]) -> Table:
    table = Table(box=None, header_style="bold")
    table.add_column("board", no_wrap=True)
    table.add_column("part", no_wrap=True)
    for title in ("neurons", "inputs", "synapses", "MHz"):
        table.add_column(title, justify="right")
    table.add_column("euro")
    table.add_column("state")
    for board in chosen:
        config = board.config
        table.add_row(
            board.name, board.chip.part, str(config.neurons), str(config.inputs), f"{config.synapses:,}",
            f"{config.clock_hz / 1e6:g}", board.price.value, board.support.value,
        )  # fmt: skip
    return table


def _about(board: Board) -> str:
    config = board.config
    line = "on the board's USB adapter"
    if isinstance(board.uart, Header):
        line = f"on {board.uart.where}"
    lines = [
        f"{board.title} ({board.chip.part}), {board.price} euro, {board.support}",
        f"default build: {config.neurons} neurons, {config.inputs} inputs, {config.synapses:,} synapses of "
        f"{config.weight_bits} bits, {config.lanes} lanes, {config.clock_hz / 1e6:g} MHz",
        f"line: {board.baud:,} baud, {line}",
        *board.notes,
    ]
    return "\n".join(lines)
