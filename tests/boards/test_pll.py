"""The dividers give the clock that was asked for, within what each PLL can do."""

from fractions import Fraction

import pytest
from amaranth.hdl import Fragment, Signal
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from allspike.errors import ParameterError
from allspike_boards import BOARDS, pll_cells
from allspike_boards.chips import Family
from allspike_boards.pll import MAX_ERROR, Pll, solve

from .chip import instances
from .makers import CELLS, FILTER_BELOW, Words


def words_of(family: Family, pll: Pll, in_hz: int) -> tuple[str, Words]:
    """The cell that is made of dividers, and its parameters."""
    source, clock, locked = Signal(), Signal(), Signal()
    match family:
        case Family.ICE40:
            cell = pll_cells.ice40(pll, clock, locked, i_REFERENCECLK=source)
        case Family.ECP5:
            cell = pll_cells.ecp5(pll, source, clock, locked)
        case Family.GOWIN:
            cell = pll_cells.gowin(pll, source, clock, locked, in_hz, "GW1NR-9C")
        case Family.XILINX7:
            made = Fragment.get(pll_cells.xilinx7(pll, source, clock, locked, in_hz), None)
            cell = next(cell for cell in instances(made) if cell.type in CELLS)
    return cell.type, cell.parameters


@pytest.mark.parametrize("family", Family)
@settings(suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([12_000_000, 25_000_000, 27_000_000, 48_000_000, 50_000_000, 100_000_000]),
    st.integers(16_000_000, 200_000_000),
)
def test_the_makers_formulas_make_the_clock_of_the_words(family: Family, in_hz: int, out_hz: int) -> None:
    """Within the makers' ranges of words, phase detector, oscillator and output."""
    try:
        pll = solve(family, in_hz, out_hz)
    except ParameterError:
        reject()  # if all are refused, that is an error
    if pll is None:
        assert in_hz == out_hz
        return
    kind, words = words_of(family, pll, in_hz)
    made = CELLS[kind].clocks(words, Fraction(in_hz))
    assert made.out == pll.exact_hz
    assert abs(made.out / out_hz - 1) <= MAX_ERROR
    if family is Family.ICE40:
        below = [made.phase < limit * 1_000_000 for limit in FILTER_BELOW]
        assert words["FILTER_RANGE"] == ([*below, True].index(True) + 1)


@pytest.mark.parametrize("name", BOARDS)
def test_the_listed_clocks_are_exact(name: str) -> None:
    board = BOARDS[name]
    pll = solve(board.chip.family, board.oscillator_hz, board.config.clock_hz)
    assert (board.oscillator_hz if pll is None else pll.exact_hz) == board.config.clock_hz


def test_a_known_solution() -> None:
    """As the vendor's calculator gives it for 12 to 24 MHz."""
    assert solve(Family.ICE40, 12_000_000, 24_000_000) == Pll(1, 64, 32, Fraction(24_000_000))


def test_a_clock_out_of_reach_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"clock = 15 MHz .* gives 16 to 275 MHz: choose"):
        solve(Family.ICE40, 12_000_000, 15_000_000)
    with pytest.raises(ParameterError, match=r"clock = 40 MHz .* the nearest is 40\.5 MHz: choose"):
        solve(Family.GOWIN, 27_000_000, 40_000_000)
