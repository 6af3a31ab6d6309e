"""The pins of a board as its file in the catalog names them."""

from dataclasses import dataclass
from typing import Any

from allspike_boards import Board
from allspike_boards.board import Header, resource_of


@dataclass(frozen=True)
class Pin:
    """A pin of a chip."""

    name: str
    direction: str
    """As seen from the chip: i, o."""
    inverted: bool = False


def pins_of(board: Board) -> dict[str, Pin]:
    """The pins of a board by what they do: oscillator, rx, tx, and of alive, activity, error what it has."""
    platform = board.make_platform()
    found = {"oscillator": _pin(platform, board.oscillator)}
    if isinstance(board.uart, Header):
        found |= {"rx": Pin(board.uart.rx, "i"), "tx": Pin(board.uart.tx, "o")}
    else:
        found |= {part: _pin(platform, f"{board.uart}.{part}") for part in ("rx", "tx")}
    lamps = {role: place for role in ("alive", "activity", "error") if (place := getattr(board, role))}
    return found | {role: _pin(platform, place) for role, place in lamps.items()}


def _pin(platform: Any, place: str) -> Pin:
    """The pin of a resource written as `name:number` or `name:number.part`."""
    name, number, part = resource_of(place)
    (io,) = (io for io in _leaves(platform.lookup(name, number)) if not part or io[0] == part)
    pins = io[1]
    (name,) = pins.names
    return Pin(name, pins.dir, pins.invert)


def _leaves(resource: Any) -> list[tuple[str, Any]]:
    """Of a resource or a part of it: each name with its pins."""
    first, *_ = resource.ios
    if hasattr(first, "names"):
        return [(resource.name, first)]
    return [leaf for part in resource.ios for leaf in _leaves(part)]
