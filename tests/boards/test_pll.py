"""The dividers give the clock that was asked for, within what each PLL can do."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from allspike.errors import ParameterError
from allspike_boards import BOARDS
from allspike_boards.chips import Family
from allspike_boards.pll import LIMITS, MAX_ERROR, Pll, solve

DIVIDED = (Family.ICE40, Family.XILINX7)


def parts(family: Family, pll: Pll, in_hz: int) -> tuple[Fraction, Fraction, Fraction]:
    """Phase detector, oscillator and output in Hz, by the vendors' formulas."""
    phase = Fraction(in_hz, pll.refer)
    if family in DIVIDED:
        return phase, phase * pll.feed, phase * pll.feed / pll.post
    return phase, phase * pll.feed * pll.post, phase * pll.feed


@pytest.mark.parametrize("family", Family)
@settings(suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([12_000_000, 25_000_000, 27_000_000, 48_000_000, 100_000_000]),
    st.integers(16_000_000, 200_000_000),
)
def test_all_ranges_are_kept(family: Family, in_hz: int, out_hz: int) -> None:
    try:
        pll = solve(family, in_hz, out_hz)
    except ParameterError:
        reject()  # if all are refused, that is an error
    if pll is None:
        assert in_hz == out_hz
        return
    limits = LIMITS[family]
    for hz, (low, high) in zip(
        parts(family, pll, in_hz), (limits.phase, limits.vco, limits.out), strict=True
    ):
        assert low <= hz <= high
    assert parts(family, pll, in_hz)[2] == pll.exact_hz
    assert abs(pll.exact_hz / out_hz - 1) <= MAX_ERROR


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
