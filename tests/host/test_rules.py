"""The learning rule in integers: what a record realises, by the equations of docs/model.md."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allspike import STDP, Config
from allspike.compiler.rules import decay_factor, learning_record, realised_tau
from allspike.errors import ParameterError
from allspike.map import device_map as dm

DT = 1e-3
KINDS = {"all-to-all": "ACCUMULATE", "nearest": "NEAREST", "window": "WINDOW"}


def record(rule: STDP, unit: float = 1.0, config: Config | None = None) -> tuple[np.void, dict]:
    made, entries = learning_record(rule, unit, DT, config or Config())
    assert (made.shape, made.dtype) == ((1,), dm.LEARNING.record.dtype)
    return made[0], entries


def peak(increment: int, shift: int) -> float:
    """Weight units of one spike's trace at full gain, before the rounding to 1/256 of a unit."""
    return increment * 2.0 ** (-int(shift) - 2)


def change(trace: int, gain: int, shift: int) -> int:
    """`change` of docs/model.md, in 1/256 of a weight unit."""
    half = 1 << (shift - 1) if shift else 0
    return min(max((trace * gain + half) >> shift, -32512), 32512)


@given(
    exponent=st.floats(-6, 3), unit=st.floats(1e-12, 1e3), pairing=st.sampled_from(sorted(KINDS)),
    bits=st.integers(8, 16), signs=st.tuples(st.sampled_from([-1, 1]), st.sampled_from([-1, 1])),
)  # fmt: skip
def test_amplitudes_are_realised_over_nine_decades(
    exponent: float, unit: float, pairing: str, bits: int, signs: tuple[int, int]
) -> None:
    """Within one part of the range that a spike's trace may take: all of it, or an eighth where traces add
    up; the smallest within half of what the largest shift leaves of one. The largest need a wide trace."""
    config = Config(trace_bits=bits)
    room = config.trace_max // 8 if pairing == "all-to-all" else config.trace_max
    units = min(10.0**exponent, room / 4)
    rule = STDP(
        a_plus=signs[0] * units * unit, a_minus=signs[1] * units * unit / 3, w_max=unit, pairing=pairing
    )
    made, entries = record(rule, unit, config)
    for name, asked, trace, negative in (
        ("plus", rule.a_plus, "x", dm.LearnFlag.PLUS_NEGATIVE),
        ("minus", rule.a_minus, "y", dm.LearnFlag.MINUS_NEGATIVE),
    ):
        increment, shift = int(made[f"{trace}_increment"]), int(made[f"{name}_shift"])
        assert increment <= room
        close = {"rel": 1.01 / room, "abs": peak(1, 31) / 2 * unit}
        assert peak(increment, shift) * unit == pytest.approx(abs(asked), **close)
        assert bool(made["flags"] & int(negative)) == (asked < 0)
        entry = entries[f"a_{name}"]
        assert entry["asked"] == asked
        assert entry["realised"] == pytest.approx(asked, **close)
        assert entry["units"] * unit == pytest.approx(asked, **close)
        whole = change(increment, dm.GAIN_ONE, shift) / 256
        assert abs(whole - min(abs(asked) / unit, 127)) <= 1 / 512 + 1.01 / room * abs(asked) / unit


@pytest.mark.parametrize("a_plus", [0.0, -0.0])
def test_no_amplitude_is_no_change(a_plus: float) -> None:
    made, entries = record(STDP(a_plus=a_plus, a_minus=1.0, w_max=10.0))
    assert int(made["x_increment"]) == 0
    assert entries["a_plus"]["realised"] == 0


def test_an_accumulating_trace_has_room_for_a_burst() -> None:
    """Eight spikes at once add up; a trace that holds the last alone may use its range."""
    for pairing, burst in (("all-to-all", 8), ("nearest", 1), ("window", 1)):
        made, _ = record(STDP(a_plus=1.7, a_minus=0.9, w_max=10.0, pairing=pairing))
        for name in ("x_increment", "y_increment"):
            assert int(made[name]) * burst <= 65535 < int(made[name]) * 2 * burst + 2 * burst


@given(exponent=st.floats(0, 3))
def test_time_constants_are_those_of_the_nearest_factor(exponent: float) -> None:
    """Half a unit of a factor of 15 bits: the relative error grows with the time constant."""
    steps = 10.0**exponent
    factor = decay_factor(steps * DT, DT)
    assert abs(factor - 2**15 * np.exp(-1 / steps)) <= 0.5
    assert realised_tau(factor, DT) == pytest.approx(steps * DT, rel=0.51 * steps * np.exp(1 / steps) / 2**15)
    made, entries = record(STDP(a_plus=1, a_minus=1, w_max=9, tau_plus=steps * DT, tau_minus=2 * steps * DT))
    assert int(made["x_decay"]) == factor
    assert int(made["y_decay"]) == decay_factor(2 * steps * DT, DT)
    assert entries["tau_plus"] == {"asked": steps * DT, "realised": realised_tau(factor, DT)}


def test_the_ends_of_a_decay_factor() -> None:
    assert realised_tau(0, DT) == 0
    assert realised_tau(2**15, DT) == realised_tau(65535, DT) == np.inf
    assert realised_tau(2**15 / np.e, DT) == pytest.approx(DT)


@given(plus=st.integers(1, 127), minus=st.integers(1, 127))
def test_a_window_is_counted_in_steps(plus: int, minus: int) -> None:
    rule = STDP(a_plus=1, a_minus=1, w_max=9, pairing="window", tau_plus=plus * DT, tau_minus=minus * DT)
    made, entries = record(rule)
    assert (int(made["x_window"]), int(made["y_window"])) == (plus, minus)
    assert entries["tau_plus"]["realised"] == pytest.approx(plus * DT)


@pytest.mark.parametrize(("seconds", "steps"), [(0.128, 128), (0.0004, 0)])
def test_a_window_that_does_not_fit_is_refused(seconds: float, steps: int) -> None:
    for name in ("tau_plus", "tau_minus"):
        rule = STDP(a_plus=1, a_minus=1, w_max=9, pairing="window", **{name: seconds})
        with pytest.raises(
            ParameterError, match=rf"^{name} = {re.escape(f'{seconds:g}')} .* {steps} .*127.*\.$"
        ):
            record(rule)


@pytest.mark.parametrize("pairing", KINDS)
@pytest.mark.parametrize("rounding", ["stochastic", "nearest"])
def test_words_become_kinds_and_flags(pairing: str, rounding: str) -> None:
    made, _ = record(STDP(a_plus=1, a_minus=1, w_max=9, pairing=pairing, rounding=rounding))
    assert int(made["x_kind"]) == int(made["y_kind"]) == dm.TraceKind[KINDS[pairing]]
    assert bool(made["flags"] & int(dm.LearnFlag.NEAREST_ROUNDING)) == (rounding == "nearest")
    assert int(made["gain"]) == dm.GAIN_ONE


@given(low=st.floats(-1, 0.4), width=st.floats(0.1, 0.6), bits=st.integers(2, 8))
def test_bounds_are_the_nearest_whole_weights(low: float, width: float, bits: int) -> None:
    config = Config(weight_bits=bits)
    unit = 1.0 / config.weight_max
    made, _ = record(STDP(a_plus=0, a_minus=0, w_min=low, w_max=low + width), unit, config)
    assert abs(int(made["w_min"]) * unit - low) <= unit / 2 * 1.0001
    assert abs(int(made["w_max"]) * unit - low - width) <= unit / 2 * 1.0001


@pytest.mark.parametrize("pairing", KINDS)
def test_the_target_of_the_trace_is_a_share_of_a_spike(pairing: str) -> None:
    made, _ = record(STDP(a_plus=1.3, a_minus=1, w_max=9, x_target=0.4, pairing=pairing))
    assert int(made["x_target"]) == pytest.approx(0.4 * int(made["x_increment"]), abs=0.5)
