"""What can hardly be meant in a description, and what cannot: mistaken units, neurons that fire for ever.

All of it compares a description with itself. Networks whose quantities have no units (a rest of 0, a
threshold of 1 or 100, delta synapses) are as good as those in volts, and nothing is said of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..aliases import NDArray
from ..errors import DescriptionWarning, ParameterError
from ..notices import warn

if TYPE_CHECKING:
    from .learning import STDP
    from .lif import LIF

LONGEST = {"tau_m": 2.0, "tau_syn": 1.0, "t_ref": 1.0, "delay": 1.0, "tau_plus": 5.0, "tau_minus": 5.0}
"""Seconds from which on milliseconds are more likely to be meant."""
_STEPS = (1e-6, 0.1)
_DECADES = 100.0
"""Potentials of one neuron that differ by more than this are not in one unit."""
_VOLT = 1.0
"""Beyond this no membrane's potential lies."""
_MEMBRANE = 0.2
"""Below this it is likely in volts."""
_MILLIVOLTS = (-120.0, -10.0), (-100.0, 100.0)
"""Where rest and threshold of a neuron lie, in millivolts."""
_FARAD = 0.1
_PICOFARADS = 10.0
"""A membrane's capacitance from here on is in picofarads, as in NEST; below, as in PyNN, in nanofarads."""
_DRIVE = 1e3
_JUMP = 1e4
"""Times its threshold that a constant current, or one spike, drives a neuron."""
_CHANGE = 1000.0
"""Times the range of the weights that one pair of spikes changes a weight."""

_taken_as_given: ContextVar[bool] = ContextVar("taken_as_given", default=False)


class Finding(NamedTuple):
    """What is odd, in a sentence, and whether it cannot be meant at all."""

    sentence: str
    impossible: bool = False


@contextmanager
def taken_as_given() -> Iterator[None]:
    """A block in which nothing is judged: what another program describes means what it says."""
    token = _taken_as_given.set(True)
    try:
        yield
    finally:
        _taken_as_given.reset(token)


def say(findings: Iterator[Finding]) -> None:
    """Warn of what is found."""
    if not _taken_as_given.get():
        for finding in findings:
            warn(finding.sentence, DescriptionWarning)


def refuse(findings: Iterator[Finding]) -> None:
    """Refuse what cannot be meant."""
    if not _taken_as_given.get():
        for finding in findings:
            if finding.impossible:
                raise ParameterError(finding.sentence)


def of_step(dt: float) -> Iterator[Finding]:
    """What is odd about a step of `dt` seconds."""
    if dt >= _STEPS[1]:
        yield Finding(f"dt = {dt:g} makes a step of {dt:g} s: did you mean {dt:g} * ms?")
    elif dt < _STEPS[0]:
        yield Finding(f"dt = {dt:g} makes a step of {dt:g} s, below a microsecond: dt is in seconds.")


def of_rule(rule: "STDP") -> Iterator[Finding]:
    """What is odd about a learning rule."""
    yield from _long_times(rule, ("tau_plus", "tau_minus"))
    span = rule.w_max - rule.w_min
    for name in ("a_plus", "a_minus"):
        change = abs(getattr(rule, name))
        if change > _CHANGE * span:
            yield Finding(
                f"{name} = {getattr(rule, name):g} changes a weight by {change / span:.3g} times its whole "
                f"range of {rule.w_min:g} to {rule.w_max:g}: give it in the unit of the weights."
            )


def of_neurons(model: "LIF") -> Iterator[Finding]:
    """What is odd about a model of neurons."""
    yield from _long_times(model, ("tau_m", "tau_syn", "t_ref", "delay"))
    names = _NEURON if model.v_subtract is None else (*_NEURON, "v_subtract")
    try:
        values = np.broadcast_arrays(*(np.atleast_1d(getattr(model, name)) for name in names))
    except ValueError:  # arrays of different lengths, which a population refuses
        return
    given = {name: value.astype(np.float64) for name, value in zip(names, values, strict=True)}
    mixed = list(_potentials(given))
    yield from mixed or _firing_for_ever(given, model.reset)
    yield from _currents(given)
    if model.v_subtract is not None and given["v_subtract"].size:
        yield from _amounts(given, model.reset)


_NEURON = ("tau_m", "tau_syn", "c_m", "v_rest", "v_reset", "v_thresh", "i_offset", "v_drift", "leak")
_Values = dict[str, NDArray[np.float64]]


def _long_times(described: object, names: tuple[str, ...]) -> Iterator[Finding]:
    for name in names:
        value = np.atleast_1d(getattr(described, name))
        long = value[np.isfinite(value) & (value >= LONGEST[name])]
        if long.size:
            yield Finding(
                f"{name} = {long[0]:g} s is long: times are in seconds; did you mean {long[0]:g} * ms?"
            )


def _potentials(given: _Values) -> Iterator[Finding]:
    """Potentials in volts beside others in millivolts; all in millivolts where currents are in amperes.

    Around a rest of 0 any unit will do.
    """
    rest, thresh = given["v_rest"], given["v_thresh"]
    with_unit = (rest != 0) & (thresh != 0)

    def of_other_unit(value: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
        large, small = np.abs(value), np.abs(other)
        return with_unit & (large > _VOLT) & (small < _MEMBRANE) & (large > _DECADES * small)

    far = of_other_unit(thresh, rest)
    for name, beside, which, impossible in (
        ("v_rest", "v_thresh", of_other_unit(rest, thresh), True),
        ("v_reset", "v_thresh", of_other_unit(given["v_reset"], thresh), True),
        ("v_thresh", "v_rest", far & (thresh < 0), True),
        # So high a threshold may say that a neuron shall not fire.
        ("v_thresh", "v_rest", far & (thresh > 0), False),
    ):
        if which.any():
            value, other = given[name][which][0], given[beside][which][0]
            yield Finding(
                f"{name} = {value:g} V where {beside} = {other:g} V: potentials are in volts; did you mean "
                f"{value:g} * mV?",
                impossible,
            )
            return
    (low, high), (least, most) = _MILLIVOLTS
    which = (rest >= low) & (rest <= high) & (thresh >= least) & (thresh <= most) & (np.abs(thresh) > _VOLT)
    which &= (given["tau_syn"] > 0) & (given["c_m"] < _FARAD)
    if which.any():
        yield Finding(
            f"v_rest = {rest[which][0]:g} V and v_thresh = {thresh[which][0]:g} V: potentials are in volts; "
            f"did you mean {rest[which][0]:g} * mV and {thresh[which][0]:g} * mV?",
            True,
        )


def _firing_for_ever(given: _Values, reset: str) -> Iterator[Finding]:
    rest, thresh = given["v_rest"], given["v_thresh"]
    above = given["v_reset"] >= thresh if reset == "to" else np.zeros(thresh.shape, bool)
    returns = np.isfinite(given["tau_m"]) | (given["leak"] > 0) | above
    which = (rest >= thresh) & (given["i_offset"] == 0) & (given["v_drift"] == 0) & returns
    if which.any():
        yield Finding(
            f"v_rest = {rest[which][0]:g} V is not below v_thresh = {thresh[which][0]:g} V: without any "
            "input the neuron fires for ever; raise the threshold, or lower the rest.",
            # Among numbers without units such a neuron is a clock that somebody may want.
            bool((which & (given["tau_syn"] > 0)).any()),
        )
    which = above & (rest < thresh)
    if which.any():
        yield Finding(
            f"v_reset = {given['v_reset'][which][0]:g} V is not below v_thresh = {thresh[which][0]:g} V: a "
            "neuron that has fired fires again and again."
        )


def _amounts(given: _Values, reset: str) -> Iterator[Finding]:
    """What V is to lose at a spike: in vain, in millivolts beside volts, or as a gain."""
    amount = given["v_subtract"]
    if reset != "subtract":
        yield Finding(
            f'v_subtract = {amount[0]:g} V has no effect where reset = "{reset}": did you mean '
            'reset="subtract"?'
        )
        return
    distance = np.abs(given["v_thresh"] - given["v_rest"])
    far = (given["v_rest"] != 0) & (np.abs(amount) > np.maximum(_VOLT, _DECADES * distance))
    far &= distance < _MEMBRANE
    if far.any():
        value = amount[far][0]
        yield Finding(
            f"v_subtract = {value:g} V where the threshold is {distance[far][0]:g} V from rest: potentials "
            f"are in volts; did you mean {value:g} * mV?"
        )
    elif (amount < 0).any():
        yield Finding(
            f"v_subtract = {amount[amount < 0][0]:g} V is below 0: each spike raises V, so that a neuron "
            "that has fired fires again and again."
        )


def _currents(given: _Values) -> Iterator[Finding]:
    distance = np.abs(given["v_thresh"] - given["v_rest"])
    matters = (given["tau_syn"] > 0) | (given["i_offset"] != 0)
    large = matters & (given["c_m"] >= _FARAD) & (given["v_rest"] != 0)
    if large.any():
        value = given["c_m"][large][0]
        unit = "pF" if value >= _PICOFARADS else "nF"
        yield Finding(
            f"c_m = {value:g} F is large: capacitances are in farads; did you mean {value:g} * {unit}?"
        )
    drive = np.abs(given["i_offset"]) * np.clip(given["tau_m"], 1e-3, 1.0) / given["c_m"]
    which = (drive > _DRIVE * distance) & (distance > 0)
    if which.any():
        value = given["i_offset"][which][0]
        yield Finding(
            f"i_offset = {value:g} A drives a neuron {(drive / distance)[which][0]:.2g} times as far as to "
            f"its threshold: currents are in amperes; did you mean {value:g} * nA? Or v_drift, in V/s?"
        )


def of_weights(model: "LIF", weights: NDArray[np.float64], targets: NDArray[np.int64]) -> Iterator[Finding]:
    """What is odd about the weights [synapses] of synapses onto these neurons of a population."""

    def of(name: str) -> NDArray[np.float64]:
        value = np.asarray(getattr(model, name), np.float64)
        return value[targets] if value.ndim else np.full(targets.shape, value)

    distance = np.abs(of("v_thresh") - of("v_rest"))
    reach = np.abs(weights) * of("tau_syn") / of("c_m")
    which = (reach > _JUMP * distance) & (distance > 0)
    if which.any():
        value = weights[which][0]
        yield Finding(
            f"a weight of {value:g} A drives its neuron {(reach[which] / distance[which])[0]:.2g} times as "
            f"far as to its threshold: weights are in amperes; did you mean {value:g} * nA, or tau_syn = 0?"
        )
