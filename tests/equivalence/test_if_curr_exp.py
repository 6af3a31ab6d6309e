"""Leaky integrate-and-fire neurons with exponential currents follow NEST's `iaf_psc_exp`, PyNN's IF_curr_exp.

NEST integrates exactly, in double precision; Allspike in whole numbers. So each network runs three times:
here, in NEST as it was asked for, and in NEST **as the device holds it**, with the weights, time constants
and voltages read back. The last comparison leaves one source of error, the rounding of V and I in each step,
and that one has a bound:

    |error of I| <= 1 / (1 - alpha) units,    |error of V| <= (1 / (1 - alpha) + 1) / (1 - beta) units,

because a decay rounds by less than a unit and what is left of an error fades by the same factor. alpha and
beta are the decays of I and V a step. The bound grows as 1 / dt**2: 0.1 ms is the hard case.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from .circuits import Circuit, Floats, Trains, draw, here, in_nest


def rounding_bound(circuit: Circuit) -> Floats:
    """The bound of V's error in units, [neurons], as the head of this file derives it."""
    alpha, beta = (np.exp(-circuit.dt / tau) for tau in (circuit.tau_syn, circuit.tau_m))
    return (1 / (1 - alpha) + 1) / (1 - beta)


def share(ours: Trains, theirs: Trains, within: int = 0) -> float:
    """The share of spikes that have a partner at most `within` steps away, each being a partner once."""
    paired = 0
    for a, b in zip(ours, theirs, strict=True):
        i = k = 0
        while i < a.size and k < b.size:
            paired += abs(int(a[i] - b[k])) <= within
            near = abs(int(a[i] - b[k])) <= within
            i, k = (i + 1, k + 1) if near else (i + (a[i] < b[k]), k + (b[k] < a[i]))
    return paired / max(total(ours), total(theirs))


def total(trains: Trains) -> int:
    """All spikes."""
    return sum(train.size for train in trains)


@dataclass(frozen=True)
class Potentials:
    """Errors of V, subthreshold, in volts but for `largest_units` and `of_bound`."""

    largest: float
    rms: float
    largest_units: float
    of_bound: float
    """The largest error as a share of its bound."""
    asked_largest: float
    asked_rms: float


def potentials(dt: float) -> Potentials:
    """V of neurons that a weak drive keeps below threshold."""
    circuit = draw(dt, seconds=2.0 if dt == 1e-3 else 0.3, drive=0.15)
    fired, ours, held, unit = here(circuit, record=True)
    trains, exact = in_nest(held, record=True)
    asked_trains, asked = in_nest(circuit, record=True)
    assert total(fired) == total(trains) == total(asked_trains) == 0
    assert np.ptp(exact, axis=0).min() > 0.3e-3, "V should move"
    error, off = np.abs(ours - exact), np.abs(ours - asked)
    return Potentials(
        largest=float(error.max()),
        rms=float(np.sqrt(np.mean(error**2))),
        largest_units=float((error / unit).max()),
        of_bound=float((error / unit / rounding_bound(held)).max()),
        asked_largest=float(off.max()),
        asked_rms=float(np.sqrt(np.mean(off**2))),
    )


@dataclass(frozen=True)
class Shares:
    """How many spikes agree with NEST."""

    spikes: int
    same_step: float
    within_ms: float
    asked_within_ms: float
    asked_total: float
    """Spikes here for one in NEST."""


def shares(dt: float, seconds: float, *, recurrent: bool) -> Shares:
    """Neurons that fire, with or without synapses among them."""
    circuit = draw(dt, seconds, drive=1.2, recurrent=recurrent)
    ours, _, held, _ = here(circuit)
    theirs, _ = in_nest(held)
    asked, _ = in_nest(circuit)
    ms = round(1e-3 / dt)
    return Shares(
        spikes=total(theirs),
        same_step=share(ours, theirs),
        within_ms=share(ours, theirs, ms),
        asked_within_ms=share(ours, asked, ms),
        asked_total=total(ours) / total(asked),
    )


@pytest.mark.parametrize(("dt", "largest", "asked"), [(1e-3, 1e-6, 50e-6), (1e-4, 10e-6, 100e-6)])
def test_v_follows_nest_within_the_bound_of_rounding(dt: float, largest: float, asked: float) -> None:
    found = potentials(dt)
    assert found.of_bound <= 1, found
    assert found.largest < largest, found
    assert found.asked_largest < asked, found


def test_at_1_ms_a_population_fires_in_the_same_steps() -> None:
    found = shares(1e-3, 10.0, recurrent=False)
    assert found.spikes > 5000
    assert found.same_step >= 0.999, found
    assert found.asked_within_ms > 0.9 and abs(found.asked_total - 1) < 0.01, found


def test_at_1_ms_a_recurrent_network_fires_in_the_same_steps_for_a_second() -> None:
    found = shares(1e-3, 1.0, recurrent=True)
    assert found.spikes > 500
    assert found.same_step >= 0.999, found


def test_at_a_tenth_of_a_ms_a_population_fires_within_a_ms() -> None:
    found = shares(1e-4, 5.0, recurrent=False)
    assert found.spikes > 2000
    assert found.same_step > 0.93 and found.within_ms > 0.998, found
    assert found.asked_within_ms > 0.85, found
    assert abs(found.asked_total - 1) < 0.03, found


def test_at_a_tenth_of_a_ms_a_recurrent_network_fires_within_a_ms_at_first() -> None:
    found = shares(1e-4, 0.2, recurrent=True)
    assert found.spikes > 100
    assert found.same_step > 0.95 and found.within_ms > 0.99, found
    assert abs(found.asked_total - 1) < 0.05, found
