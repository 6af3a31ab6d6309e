"""The boards: every module of this package is one, or several that differ in their chip, in `BOARDS`."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from allspike.errors import ParameterError
from allspike.names import nearest

from ..board import Board


def _found() -> dict[str, Board]:
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    return {board.name: board for module in modules for board in module.BOARDS}


BOARDS: Mapping[str, Board] = _found()
"""All boards by name."""


def board(name: str) -> Board:
    """The board called `name`.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    try:
        return BOARDS[name]
    except KeyError:
        likely = nearest(name, BOARDS)
        hint = f"; did you mean {likely!r}?" if likely else "."
        raise ParameterError(
            f"there is no board named {name!r}; there are {', '.join(BOARDS)}{hint}"
        ) from None
