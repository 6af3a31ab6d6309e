"""A neuron's description takes numbers and arrays of its range, and names what it refuses."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allspike import LIF, delta_lif
from allspike.errors import ParameterError

# Numbers here have no units, and need not be fine.
pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")

NOT_NEGATIVE = ("tau_m", "tau_syn", "c_m", "t_ref", "leak", "theta_plus", "tau_theta", "delay")
ANY_SIGN = ("v_rest", "v_reset", "v_subtract", "v_thresh", "i_offset", "v_drift")
MAY_BE_INFINITE = ("tau_m", "tau_theta")
NUMBERS = NOT_NEGATIVE + ANY_SIGN


@pytest.mark.parametrize("name", NUMBERS)
def test_nan_is_refused_by_name(name: str) -> None:
    for value in (np.nan, [0.5, np.nan]):
        with pytest.raises(ParameterError, match=f"^{name} holds NaN: give numbers\\.$"):
            LIF(**{name: value})


@pytest.mark.parametrize("value", ["0.02", "fast", {}, [[1], [2, 3]], 1j, np.array([1j])], ids=repr)
@pytest.mark.filterwarnings("error")
def test_what_is_no_number_is_refused_by_name(value: object) -> None:
    for name in NUMBERS:
        with pytest.raises(ParameterError, match=rf"^{name} must be a number or an array of numbers.*\.$"):
            LIF(**{name: value})


@pytest.mark.parametrize("name", NOT_NEGATIVE)
def test_negative_values_are_refused_with_value_and_range(name: str) -> None:
    for value in (-0.25, [1.0, -0.25, 2.0]):
        with pytest.raises(ParameterError, match=rf"^{name} = -0\.25 is out of range: it takes .+\.$"):
            LIF(**{name: value})


@pytest.mark.parametrize("name", NUMBERS)
def test_infinity_is_taken_where_it_has_a_meaning_alone(name: str) -> None:
    if name in MAY_BE_INFINITE:
        assert np.isposinf(LIF(**{name: np.inf}).array(name, 3)).all()
        return
    for value in (np.inf, [1.0, np.inf]):
        with pytest.raises(ParameterError, match=rf"^{name} = inf is out of range: it takes .+\.$"):
            LIF(**{name: value})


@pytest.mark.parametrize("name", ANY_SIGN)
def test_minus_infinity_is_the_value_that_is_named(name: str) -> None:
    for value in (-np.inf, [0.0, -np.inf]):
        with pytest.raises(ParameterError, match=rf"^{name} = -inf is out of range: it takes .+\.$"):
            LIF(**{name: value})


@pytest.mark.parametrize(("name", "first"), [("reset", "to"), ("refractory", "hold")])
def test_a_mode_is_one_of_its_words(name: str, first: str) -> None:
    assert getattr(LIF(), name) == first
    for value in ("", "To", None, 1):
        with pytest.raises(
            ParameterError, match=rf"^{name} = {re.escape(repr(value))}: it is one of .*{first}"
        ):
            LIF(**{name: value})


@given(values=st.lists(st.floats(0, 1e3), min_size=1, max_size=8), name=st.sampled_from(NUMBERS))
def test_arrays_give_each_neuron_its_own_value(values: list[float], name: str) -> None:
    values = [value + 1 for value in values]  # above the least capacitance
    model = LIF(**{name: values})
    assert model.array(name, len(values)).tolist() == values
    assert LIF(**{name: values[0]}).array(name, 5).tolist() == values[:1] * 5
    wrong = len(values) + 1
    expected = f"{name} has shape ({len(values)},); it must be one number or have shape ({wrong},)."
    with pytest.raises(ParameterError, match=f"^{re.escape(expected)}$"):
        model.array(name, wrong)


def test_repr_shows_what_differs_from_the_defaults() -> None:
    assert repr(LIF()) == "LIF()"
    model = LIF(tau_m=0.01, v_thresh=[-0.05, -0.04], reset="subtract")
    assert repr(model) == "LIF(tau_m=0.01, v_thresh=[2 values], reset='subtract')"
    assert set(model.non_default()) == {"tau_m", "v_thresh", "reset"}


def test_what_is_subtracted_is_the_threshold_unless_it_is_given() -> None:
    model = LIF(v_rest=[-0.07, -0.06], v_thresh=-0.05, reset="subtract")
    assert model.v_subtract is None
    assert model.array("v_subtract", 2) == pytest.approx([0.02, 0.01])
    given = LIF(reset="subtract", v_subtract=[0.0, -0.5])
    assert given.array("v_subtract", 2).tolist() == [0.0, -0.5]
    assert given != LIF(reset="subtract") != LIF(reset="subtract", v_subtract=0.015)
    assert given == LIF(reset="subtract", v_subtract=(0.0, -0.5))
    with pytest.raises(
        ParameterError, match=r"^v_subtract has shape \(2,\); it must be one number or .*\(3,\)"
    ):
        given.array("v_subtract", 3)


def test_repr_of_numbers_can_be_typed_again() -> None:
    model = LIF(tau_m=0.012, t_ref=2e-3, theta_plus=1e-3, refractory="integrate")
    assert eval(repr(model), {"LIF": LIF}) == model


def test_models_with_arrays_can_be_compared() -> None:
    some, other = LIF(tau_m=np.array([0.01, 0.02])), LIF(tau_m=np.array([0.01, 0.03]))
    assert some == LIF(tau_m=np.array([0.01, 0.02]))  # must not stumble over the truth of an array
    assert some != other
    assert some != LIF()


def test_delta_lif_is_a_unit_threshold_around_zero() -> None:
    model = delta_lif(tau_m=np.inf, v_thresh=2.0)
    assert (model.tau_syn, model.v_rest, model.v_reset, model.v_thresh) == (0.0, 0.0, 0.0, 2.0)
    assert np.isinf(model.tau_m)
