"""Numbers are written as people write them, and read back as they were."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allspike.quantities import quantity, share, span

FACTORS = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2.5e-10, "A", "250 pA"), (1e-9, "A", "1 nA"), (-0.065, "V", "-65 mV"), (0.0, "V", "0 V"),
        (1e-3, "s", "1 ms"), (20e-3, "s", "20 ms"), (100.0, "s", "100 s"), (4e5, "s", "400 ks"),
        (0.99999, "V", "1 V"), (999.96e-3, "V", "1 V"), (0.9994, "V", "999.4 mV"), (1e-20, "A", "1e-05 fA"),
        (None, "s", "infinite"), (np.inf, "s", "infinite"), (-np.inf, "V", "-infinite"),
        (0.25, "", "0.25"), (12345.6, "", "12,346"), (1e12, "", "1e+12"), (3e13, "V", "30,000 GV"),
    ],
)  # fmt: skip
def test_the_prefix_goes_by_the_size(value: float | None, unit: str, text: str) -> None:
    assert quantity(value, unit) == text


@given(st.floats(1e-14, 1e11) | st.floats(-1e11, -1e-14))
def test_a_quantity_reads_back_within_its_digits(value: float) -> None:
    number, unit = quantity(value, "A").split()
    assert float(number.replace(",", "")) * FACTORS[unit[:-1]] == pytest.approx(value, rel=5e-4)
    assert re.fullmatch(r"-?[\d,]{1,4}(\.\d+)?|-?\d,\d{3}|-?[\d,]+", number)


def test_a_span_has_one_unit_that_of_the_largest() -> None:
    assert span([0.01, 0.04], "s") == "10 to 40 ms"
    assert span([2e-4, 2.0], "s") == "0.0002 to 2 s"
    assert span([0.02, None], "s") == "20 ms to infinite"
    assert span([0.0], "s") == "0 s"
    assert span([0.015, 0.0150000001], "V") == "15 mV"
    assert span([1.0, 2.5]) == "1 to 2.5"


def test_shares_are_in_percent() -> None:
    assert [share(part) for part in (0.5, 0.0312, 0.0004)] == ["50 %", "3.1 %", "0.04 %"]
    assert [share(part) for part in (123.4, 1e300)] == ["12340 %", "1e+302 %"]
