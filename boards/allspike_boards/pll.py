"""The dividers of each family's PLL: whole numbers that come nearest to a clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from allspike.errors import ParameterError

from .chips import Family

MAX_ERROR = Fraction(1, 100)
"""Largest relative error of a clock against the one asked for."""
_MHZ = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Ranges of a PLL. Its oscillator runs at out * post."""

    refer: range
    feed: range
    post: tuple[int, ...]
    phase: tuple[int, int]
    """Hz at the phase detector: in / refer."""
    vco: tuple[int, int]
    """Hz of the oscillator."""
    out: tuple[int, int]
    """Hz that come out."""


LIMITS = {
    Family.ICE40: Limits(
        range(1, 17), range(1, 129), tuple(1 << q for q in range(1, 7)),
        (10 * _MHZ, 133 * _MHZ), (533 * _MHZ, 1066 * _MHZ), (16 * _MHZ, 275 * _MHZ),
    ),
    Family.ECP5: Limits(
        range(1, 129), range(1, 129), tuple(range(1, 129)),
        (10 * _MHZ, 400 * _MHZ), (400 * _MHZ, 800 * _MHZ), (10 * _MHZ, 400 * _MHZ),
    ),
    Family.GOWIN: Limits(
        range(1, 65), range(1, 65), (2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128),
        (3 * _MHZ, 400 * _MHZ), (500 * _MHZ, 1200 * _MHZ), (4 * _MHZ, 500 * _MHZ),
    ),
    Family.XILINX7: Limits(
        range(1, 57), range(2, 65), tuple(range(1, 129)),
        (10 * _MHZ, 450 * _MHZ), (600 * _MHZ, 1200 * _MHZ), (5 * _MHZ, 464 * _MHZ),
    ),
}  # fmt: skip
"""Of the slowest grade that a board here has; the narrower of two chips' where they differ."""
_POST_OUTSIDE = (Family.ICE40, Family.ECP5, Family.XILINX7)
"""Here out = in / refer * feed / post, as what is fed back does not pass `post`; elsewhere what comes out is
fed back, and out = in / refer * feed."""


@dataclass(frozen=True)
class Pll:
    """Dividers, and the clock that they give."""

    refer: int
    feed: int
    post: int
    exact_hz: Fraction

    @property
    def hz(self) -> int:
        """The clock, to the next whole hertz."""
        return round(self.exact_hz)


def solve(family: Family, in_hz: int, out_hz: int) -> Pll | None:
    """Dividers for a clock; None where it is the oscillator itself.

    Raises
    ------
    ParameterError
        If no dividers come within `MAX_ERROR`, naming the nearest clock there is.
    """
    if out_hz == in_hz:
        return None
    best = min(
        _solutions(LIMITS[family], family, in_hz, out_hz),
        key=lambda found: (abs(found.exact_hz - out_hz), found.refer, found.post),
        default=None,
    )
    if best is None or abs(best.exact_hz / out_hz - 1) > MAX_ERROR:
        low, high = LIMITS[family].out
        nearest = "" if best is None else f"; the nearest is {best.hz / _MHZ:g} MHz"
        raise ParameterError(
            f"clock = {out_hz / _MHZ:g} MHz cannot be made from {in_hz / _MHZ:g} MHz by the PLL of {family}, "
            f"which gives {low / _MHZ:g} to {high / _MHZ:g} MHz{nearest}: choose another --clock."
        )
    return best


def _solutions(limits: Limits, family: Family, in_hz: int, out_hz: int) -> Iterator[Pll]:
    """For each reference and output divider the feedback that comes nearest."""
    divided = family in _POST_OUTSIDE
    for refer in limits.refer:
        phase = Fraction(in_hz, refer)
        if not limits.phase[0] <= phase <= limits.phase[1]:
            continue
        for post in limits.post:
            step = phase / post if divided else phase
            feed = min(max(round(out_hz / step), limits.feed.start), limits.feed.stop - 1)
            found = Pll(refer, feed, post, feed * step)
            within_vco = limits.vco[0] <= found.exact_hz * post <= limits.vco[1]
            if within_vco and limits.out[0] <= found.exact_hz <= limits.out[1]:
                yield found
