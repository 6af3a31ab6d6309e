"""The learning rule in the device's integers."""

import numpy as np

from ..describe.learning import STDP
from ..errors import ParameterError
from ..map import device_map as dm
from ..map.config import Config
from .scale import in_range

_KINDS = {
    "all-to-all": dm.TraceKind.ACCUMULATE,
    "nearest": dm.TraceKind.NEAREST,
    "window": dm.TraceKind.WINDOW,
}
_BURST = 8
"""An accumulating trace has room for this many spikes at once before it saturates."""


def decay_factor(tau: float, dt: float) -> int:
    """Decay factor of the time constant `tau`, in 2**-DECAY_BITS."""
    return int(np.rint(np.exp(-dt / tau) * 2**dm.DECAY_BITS))


def realised_tau(factor: float, dt: float) -> float:
    """Time constant of a decay factor, seconds."""
    ratio = min(factor, 2**dm.DECAY_BITS) / 2**dm.DECAY_BITS
    if ratio >= 1:
        return float("inf")
    return 0.0 if ratio <= 0 else -dt / float(np.log(ratio))


def _amplitude(units: float, room: int, most: int) -> tuple[int, int]:
    """The increment and the shift that make one spike's trace change a weight by `units` weight units.

    With gain GAIN_ONE an increment e changes a weight by e * GAIN_ONE / 2**shift / 2**DITHER_BITS units. The
    largest shift, up to `most`, that keeps the increment within `room` gives the finest trace.
    """
    if units == 0:
        return 0, 0
    per_unit = 2**dm.DITHER_BITS / dm.GAIN_ONE
    shift = int(np.clip(np.floor(np.log2(room / (units * per_unit))), 0, most))
    return int(np.clip(np.rint(units * per_unit * 2**shift), 0, room)), shift


def _window(name: str, seconds: float, dt: float, most: int) -> int:
    steps = round(seconds / dt)
    if not 1 <= steps <= most:
        raise ParameterError(
            f"{name} = {seconds:g} s makes a window of {steps} steps; it must be 1 to {most} steps of "
            f"{dt:g} s."
        )
    return steps


def learning_record(rule: STDP, weight_unit: float, dt: float, config: Config) -> tuple[np.ndarray, dict]:
    """The learning record of a rule, and what was asked and realised.

    Raises
    ------
    ParameterError
        If a window does not fit the trace.
    """
    record = np.zeros(1, dm.LEARNING.record.dtype)
    most = {field.name: field.limits(config)[1] for field in dm.LEARNING.record.fields}
    kind = _KINDS[rule.pairing]
    room = config.trace_max // _BURST if kind is dm.TraceKind.ACCUMULATE else config.trace_max
    flags = dm.LearnFlag(0)
    if rule.rounding == "nearest":
        flags |= dm.LearnFlag.NEAREST_ROUNDING
    if rule.a_plus < 0:
        flags |= dm.LearnFlag.PLUS_NEGATIVE
    if rule.a_minus < 0:
        flags |= dm.LearnFlag.MINUS_NEGATIVE
    entries = {}
    for sign, trace, amplitude, tau in (
        ("plus", "x", rule.a_plus, rule.tau_plus),
        ("minus", "y", rule.a_minus, rule.tau_minus),
    ):
        # A target must fit the trace that it is compared with.
        fits = room if sign == "minus" else max(1, int(min(room, config.trace_max / max(rule.x_target, 1))))
        increment, shift = _amplitude(abs(amplitude) / weight_unit, fits, most[f"{sign}_shift"])
        record[f"{trace}_kind"] = kind
        record[f"{trace}_increment"], record[f"{sign}_shift"] = increment, shift
        per_unit = 2**dm.DITHER_BITS / dm.GAIN_ONE
        made = float(np.copysign(increment / per_unit / 2**shift * weight_unit, amplitude))
        entries[f"a_{sign}"] = {"asked": amplitude, "realised": made, "units": made / weight_unit}
        if kind is dm.TraceKind.WINDOW:
            record[f"{trace}_window"] = _window(f"tau_{sign}", tau, dt, most[f"{trace}_window"])
            made_tau = float(record[f"{trace}_window"][0]) * dt
        else:
            record[f"{trace}_decay"] = decay_factor(tau, dt)
            made_tau = realised_tau(float(record[f"{trace}_decay"][0]), dt)
        entries[f"tau_{sign}"] = {"asked": tau, "realised": made_tau}
    target = rule.x_target * float(record["x_increment"][0])
    record["x_target"] = min(round(target), config.trace_max)
    one = max(float(record["x_increment"][0]), 1.0)
    entries["x_target"] = {"asked": rule.x_target, "realised": float(record["x_target"][0]) / one}
    record["gain"], record["flags"] = dm.GAIN_ONE, flags
    for name in ("w_min", "w_max"):
        bound = round(getattr(rule, name) / weight_unit)
        record[name] = in_range(bound, config)
        entries[name] = {"asked": getattr(rule, name), "realised": float(record[name][0]) * weight_unit}
    return record, entries
