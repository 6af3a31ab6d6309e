"""`allspike boards`: what there is."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from allspike.cli import talk
from allspike.cli.app import Json

from . import completion

if TYPE_CHECKING:
    from ..board import Board


def boards(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="BOARD", help="A board, of which all is told.", autocompletion=completion.boards
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the boards: chip, size of the default build, clock, price, how far each is tried."""
    from ..catalog import BOARDS
    from ..catalog import board as board_of

    if name is not None:
        chosen = board_of(name)
        talk.answer(_facts(chosen), talk.filled(_about(chosen), talk.columns()))
        return
    every = list(BOARDS.values())
    talk.answer([_facts(board) for board in every], _table(every))


def _facts(board: "Board") -> dict[str, Any]:
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
        "line": _line(board),
        "price": board.price.value,
        "support": board.support.value,
        "notes": list(board.notes),
    }


def _table(chosen: list["Board"]) -> str:
    titles = ["board", "part", "neurons", "inputs", "MHz", "euro", "state"]
    rows = [
        [
            board.name, board.chip.part, str(board.config.neurons), str(board.config.inputs),
            f"{board.config.clock_hz / 1e6:g}", _short(board.price.value), board.support.value,
        ]
        for board in chosen
    ]  # fmt: skip
    return talk.table(titles, rows, right=titles[2:5])


def _short(price: str) -> str:
    """A range of prices as a column of 80 has room for."""
    return price.replace("under ", "<").replace("over ", ">").replace(" to ", "-")


def _line(board: "Board") -> str:
    """Where the serial line is."""
    from ..board import Header

    if isinstance(board.uart, Header):
        return f"on {board.uart.where}"
    return "on the board's USB" if board.usb else "on pins of the board, for a serial adapter"


def _about(board: "Board") -> str:
    config = board.config
    lines = [
        f"{board.title} ({board.chip.part}), {board.price} euro, {board.support}",
        f"default build: {config.neurons} neurons, {config.inputs} inputs, {config.synapses:,} synapses of "
        f"{config.weight_bits} bits, {config.lanes} lanes, {config.clock_hz / 1e6:g} MHz",
        f"line: {board.baud:,} baud, {_line(board)}",
        *board.notes,
        f"without the board: allspike run FILE --config {board.name}",
    ]
    return "\n".join(lines)
