"""Of builds from several seeds the fastest is taken."""

from dataclasses import replace

import pytest

from allspike.errors import ParameterError
from allspike_boards import BOARDS, tries
from allspike_boards.build import Plan, Tell
from allspike_boards.figures import Figures
from allspike_boards.options import Options
from allspike_boards.tries import fastest

from .test_figures import FIGURES

BOARD = replace(BOARDS["icebreaker"], seed=3)
REACHED = {3: 24.5, 4: 26.0, 5: 25.0, 6: 26.0, 7: 27.0}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seeds that were built, without tools."""
    seeds: list[int] = []

    def make(planned: Plan, tell: Tell) -> Figures:
        tell("place and route")
        seeds.append(planned.seed)
        return replace(FIGURES, clock_mhz=24.0, achieved_mhz=REACHED[planned.seed])

    monkeypatch.setattr(tries, "make", make)
    return seeds


@pytest.mark.parametrize(("count", "seed", "best"), [(1, None, 3), (4, None, 4), (5, None, 7), (2, 5, 6)])
def test_the_fastest_is_taken(made: list[int], count: int, seed: int | None, best: int) -> None:
    told: list[str] = []
    planned, figures = fastest(BOARD, Options(seed=seed), count, told.append, told.append)
    first = seed or BOARD.seed
    assert made == [*range(first, first + count)]
    assert (planned.seed, figures.achieved_mhz) == (best, REACHED[best])
    assert f"--seed {best}" in planned.command or count == 1
    lines = [f"seed {k}: {REACHED[k]:g} MHz of 24 MHz" for k in made] if count > 1 else []
    assert [line for line in told if line != "place and route"] == lines


def test_what_cannot_be_tried_is_refused_before_anything_is_built(made: list[int]) -> None:
    with pytest.raises(ParameterError, match="tries = 0 is too few: at least 1"):
        fastest(BOARD, Options(), 0)
    with pytest.raises(
        ParameterError, match=r"tries = 2: .* is placed by the vendor's tool; leave --tries out"
    ):
        fastest(BOARDS["cmod-a7-35t"], Options(), 2)
    assert not made
