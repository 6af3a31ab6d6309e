"""The measured STDP window is the theory's, on every kind of trace."""

import numpy as np
import pytest

import allspike as asp
from allspike.errors import CapacityError, ParameterError

RULE = asp.STDP(a_plus=0.05, a_minus=0.06, w_max=1.0, tau_plus=10e-3, tau_minus=15e-3)


@pytest.mark.parametrize("pairing", ["all-to-all", "nearest", "window"])
def test_the_window_is_the_theory_within_its_error(pairing: str) -> None:
    """Changes of 6 units and less, rounded stochastically; what is left is noise, and half a unit of time."""
    rule = asp.STDP(a_plus=0.05, a_minus=0.06, w_max=1.0, tau_plus=10e-3, tau_minus=15e-3, pairing=pairing)  # type: ignore[arg-type]
    window = asp.measure_window(rule, repeats=32)
    assert window.lags.size == 41
    assert window.lags[0] == pytest.approx(-45e-3)
    assert window.lags[-1] == pytest.approx(30e-3)
    np.testing.assert_array_equal(window.theory, rule.window(window.lags))
    np.testing.assert_allclose(window.measured, window.theory, atol=0.4 * window.unit)
    assert window.error.max() <= 0.5 * window.unit / np.sqrt(32) + 1e-12


def test_lags_are_taken_to_steps_and_sorted() -> None:
    window = asp.measure_window(RULE, lags=[4.2e-3, -2e-3, 0.0, 3.8e-3], repeats=2)
    np.testing.assert_allclose(window.lags, [-2e-3, 0.0, 4e-3])


def test_negative_and_signed_weights_are_measured_too() -> None:
    rule = asp.STDP(a_plus=-0.1, a_minus=-0.2, w_min=-2.0, w_max=-1.0, rounding="nearest")
    window = asp.measure_window(rule, lags=np.arange(-5, 6) * 1e-3, repeats=1)
    np.testing.assert_allclose(window.measured, window.theory, atol=0.51 * window.unit)


@pytest.mark.parametrize("lags", [[], [np.nan]])
def test_lags_that_are_none_are_refused(lags: list[float]) -> None:
    with pytest.raises(ParameterError, match="lags must be one or more finite numbers"):
        asp.measure_window(RULE, lags=lags)


def test_a_build_with_too_few_inputs_says_so() -> None:
    with pytest.raises(CapacityError):
        asp.measure_window(RULE, config=asp.Config(neurons=8, inputs=8))
