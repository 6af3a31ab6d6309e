"""Quantities as people write them: with engineering prefixes, and a unit."""

from collections.abc import Iterable

import numpy as np

from .aliases import NDArray

_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
FELT = 0.02
"""A quantity that is realised further off than this share of it is warned of."""
_LOST = 0.05
"""The share of weights rounded to zero from which on it is warned of."""
_DIGITS = 4
"""Digits that a quantity is written with."""


def quantity(value: float | None, unit: str = "", digits: int = _DIGITS) -> str:
    """A value with its unit, the prefix chosen by its size: 2.5e-10 A is "250 pA".

    Parameters
    ----------
    value : float or None
        None stands for infinity, which JSON has not.
    unit : str
        "A", "V", "s", "Hz", "F"; without one, or with "/s", the plain number.
    digits : int
        Significant ones, at most.

    Examples
    --------
    >>> quantity(2.5e-10, "A"), quantity(-0.065, "V"), quantity(None, "s"), quantity(12345.6)
    ('250 pA', '-65 mV', 'infinite', '12,346')
    """
    return span([value], unit, digits)


def span(values: Iterable[float | None], unit: str = "", digits: int = _DIGITS) -> str:
    """Values from the smallest to the largest, with one unit: "10 to 40 ms".

    Parameters
    ----------
    values : iterable of float or None
        None stands for infinity.
    unit, digits
        As in `quantity`.
    """
    given = [np.inf if value is None else float(value) for value in values]
    finite = [value for value in given if np.isfinite(value)]
    largest = max(map(abs, finite), default=0.0)
    power = 0
    if unit[:1].isalpha() and largest:
        # Rounded as it is written, so that 999.99 mV is 1 V.
        exponent = np.log10(float(f"{largest:.{digits - 1}e}"))
        power = int(np.clip(3 * np.floor(exponent / 3 + 1e-12), min(_PREFIXES), max(_PREFIXES)))
    # Values that are written alike are one.
    written = dict.fromkeys(_number(value / 10.0**power, digits) for value in finite)
    texts = [" to ".join(written)] if finite else []
    if finite and unit:
        texts[0] += f" {_PREFIXES[power]}{unit}"
    texts += ["infinite" if value > 0 else "-infinite" for value in given if np.isinf(value)]
    return " to ".join(texts)


def _number(scaled: float, digits: int) -> str:
    if abs(scaled) >= 10**digits and abs(scaled) < 1e9:
        return f"{scaled:,.0f}"
    return f"{scaled:.{digits}g}"


def share(part: float) -> str:
    """A share of 1 in percent: 0.0312 is "3.1 %"."""
    percent = 100 * part
    return f"{percent:.0f} %" if 10 <= percent < 1e6 else f"{percent:.2g} %"


def lost_weights(
    asked: NDArray[np.float64],
    made: NDArray[np.float64],
    unit: NDArray[np.float64],
    measured: str,
    remedy: str,
) -> list[str]:
    """What is to be said of weights that rounding made others: that some are zero, that all are off.

    Parameters
    ----------
    asked, made : float [synapses]
        What was given, and what is held instead.
    unit : float [synapses]
        What one step of each is.
    measured : str
        In what: "A" or "V", or nothing.
    remedy : str
        How to lose less.
    """
    said = []
    zeros = int(np.count_nonzero((made == 0) & (asked != 0)))
    if zeros > _LOST * asked.size:
        said.append(
            f"{zeros:,} of {asked.size:,} weights round to zero: they are below half a unit, "
            f"{quantity(float(unit.min()) / 2, measured)}; {remedy}."
        )
    error = np.abs(made - asked)
    wanted, lost = float(np.abs(asked).sum()), float(error.sum())
    if lost > FELT * wanted:
        worst = int(np.argmax(error))
        said.append(
            f"weights are {share(lost / wanted)} off on average, at worst {quantity(asked[worst], measured)} "
            f"becomes {quantity(made[worst], measured)}: {remedy}."
        )
    return said
