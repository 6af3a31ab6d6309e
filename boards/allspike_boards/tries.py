"""Where a placement starts is chance, and so is how fast it comes out: builds from several starts."""

from collections.abc import Callable
from dataclasses import replace

from allspike.errors import ParameterError

from . import flow
from .board import Board
from .build import Plan, Tell, make, plan
from .figures import Figures
from .options import Options


def fastest(
    board: Board,
    options: Options,
    tries: int,
    tell: Tell = lambda title: None,
    say: Callable[[str], None] = lambda text: None,
) -> tuple[Plan, Figures]:
    """Make a build from `tries` seeds, its own and those after it, and choose the fastest.

    Parameters
    ----------
    tell : function of str
        Called with the title of each stage as it begins.
    say : function of str
        Called with what each try came to, if there is more than one.

    Returns
    -------
    Plan, Figures
        Of the fastest; of equals, the first.

    Raises
    ------
    ParameterError
        If there are no tries, or more than one where the vendor's tool places.
    """
    if tries < 1:
        raise ParameterError(f"tries = {tries} is too few: at least 1.")
    if tries > 1 and board.chip.family not in flow.BITSTREAM:
        raise ParameterError(
            f"tries = {tries}: {board.title} is placed by the vendor's tool; leave --tries out."
        )
    first = plan(board, options)
    plans = [plan(board, replace(options, seed=first.seed + k)) for k in range(1, tries)]
    made = []
    for planned in [first, *plans]:
        figures = make(planned, tell)
        made.append((planned, figures))
        if tries > 1:
            say(f"seed {planned.seed}: {figures.achieved_mhz:g} MHz of {figures.clock_mhz:g} MHz")
    return max(made, key=lambda one: one[1].achieved_mhz or 0.0)
