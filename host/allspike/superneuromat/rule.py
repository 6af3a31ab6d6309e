"""SuperNeuroMAT's learning rule by the traces of a core.

There, a post spike changes a weight by A[k] for each pre spike k = 1..L steps before it, all pairs. A pre
spike arrives here one step after it was fired, so the trace must be worth A[1] in the step of its arrival,
A[2] in the next, and nothing after L, for any train of spikes. Three kinds of A are exact:

* one entry: a window of one step;
* equal entries, if no pre neuron fires twice within L steps: a window of L steps;
* entries that fall by a constant ratio b of 2 or more, to one weight unit for b = 2 and below b - 1 units
  otherwise: an exponential trace. Spikes are the digits of a number to the base b, which a decay by 1 / b
  shifts: no digit carries, for there is at most one spike a step. What remains of spikes older than L is
  less than a unit and is cut off by rounding to the nearest after half of it, as x_target, is taken away.

Theory proposes and a trial decides: `difference` puts every train of spikes through the trace that the
compiler makes of a rule, in the arithmetic of docs/model.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..compiler.rules import learning_record
from ..describe.learning import STDP
from ..map import device_map as dm
from ..map.config import Config

_ALL = 16
"""Trains of this length are tried without exception: any trace is gone by then, or the rule is not exact."""
_EXHAUSTIVE = 8
"""Longest rule for which that holds."""
_SAMPLES = 4096


@dataclass(frozen=True)
class Mapped:
    """A rule of a core, and by how much its changes of a weight differ from those asked for."""

    stdp: STDP
    text: str
    """What it is, in words."""
    largest: float
    """Largest difference at one post spike, over trains of pre spikes; 0: it is exact."""
    mean: float
    """Mean size of that difference."""


def mapped(amplitudes: NDArray[np.float64], gap: int, unit: float, dt: float, config: Config) -> Mapped:
    """The rule of a core that comes nearest to the amplitudes.

    Parameters
    ----------
    amplitudes : [L]
        Change of a weight by a pre spike 1..L steps before the post spike, 0 or more; the last is not 0.
    gap : int
        Fewest steps between two spikes of a pre neuron that learns.
    unit : float
        One weight unit.
    dt : float
        Seconds a step.
    config : Config
        A build with the widths to compile for.
    """
    bounds = {"w_min": config.weight_min * unit, "w_max": config.weight_max * unit}
    length = amplitudes.size
    common = {"a_minus": 0.0, "tau_minus": dt, "rounding": "nearest"} | bounds
    height = float(amplitudes.mean())
    tries = [
        (
            f"a window of {length} step{'s' if length > 1 else ''}",
            STDP(pairing="window", a_plus=height, tau_plus=length * dt, **common),  # type: ignore[arg-type]
        )
    ]
    for ratio in _ratios(amplitudes):
        # Halves are rounded upwards, so a decay by 2 must lie just below a half to cut them off.
        factor = 2**14 - 1 if ratio == 2 else 2**15 / ratio
        tail = float(amplitudes[-1]) / (ratio - 1)
        # The change is itself rounded to 1/256 of a unit, halves upwards: half of that goes too.
        target = min(tail, unit) / 2 + unit / 512
        tries.append(
            (
                f"an exponential trace that falls by {ratio:.4g} a step",
                STDP(
                    pairing="all-to-all", a_plus=float(amplitudes[0]), tau_plus=dt / np.log(2**15 / factor),
                    x_target=target / float(amplitudes[0]), **common,  # type: ignore[arg-type]
                ),
            )
        )  # fmt: skip
    results = []
    for text, stdp in tries:
        error = difference(stdp, amplitudes, gap, unit, dt, config)
        results.append(Mapped(stdp, text, float(np.abs(error).max()), float(np.abs(error).mean())))
    return min(results, key=lambda result: (result.mean, result.largest))


def _ratios(amplitudes: NDArray[np.float64]) -> set[float]:
    """By what the amplitudes may be said to fall a step: at their start, and on the whole."""
    if amplitudes.size < 2:
        return set()
    first, second, last = (float(amplitudes[k]) for k in (0, 1, -1))
    whole = (first / last) ** (1 / (amplitudes.size - 1))
    start = first / second if second > 0 else whole
    return {round(ratio, 9) for ratio in (start, whole) if ratio > 1}


def difference(
    stdp: STDP, amplitudes: NDArray[np.float64], gap: int, unit: float, dt: float, config: Config
) -> NDArray[np.float64]:
    """What a core does at a post spike less what the amplitudes ask, for many trains of pre spikes,
    [trains]."""
    trains = _trains(amplitudes.size, gap)
    record = learning_record(stdp, unit, dt, config)[0]
    made = _changes(trains, record, config.trace_max) * unit
    asked = trains[:, ::-1][:, : amplitudes.size] @ amplitudes
    error = made - asked
    # What is left of the sums' own rounding is no difference.
    return np.where(np.abs(error) < 1e-9 * max(unit, float(amplitudes.max())), 0.0, error)


def _trains(length: int, gap: int) -> NDArray[np.bool_]:
    """Trains of pre spikes, the latest step last, [trains, steps]; spikes lie at least `gap` steps apart."""
    if length <= _EXHAUSTIVE:
        trains = (np.arange(2**_ALL)[:, None] >> np.arange(_ALL) & 1).astype(bool)
        for apart in range(1, min(gap, _ALL)):
            trains = trains[~(trains[:, apart:] & trains[:, :-apart]).any(axis=1)]
        return trains
    rng = np.random.default_rng(0)
    drawn = rng.random((_SAMPLES, 2 * length)) < rng.random((_SAMPLES, 1))
    since = np.full(_SAMPLES, gap)
    for step in range(drawn.shape[1]):
        drawn[:, step] &= since >= gap
        since = np.where(drawn[:, step], 1, since + 1)
    return drawn


def _changes(trains: NDArray[np.bool_], record: np.ndarray, trace_max: int) -> NDArray[np.int64]:
    """Change of a weight in units at a post spike in the last step: docs/model.md, "Learning"."""
    rule = {name: int(record[name][0]) for name in record.dtype.names or ()}
    window = rule["x_kind"] == dm.TraceKind.WINDOW
    factor = min(rule["x_decay"], 2**dm.DECAY_BITS)
    trace = np.zeros(len(trains), np.int64)
    for step in range(trains.shape[1]):
        if step and window:
            trace = np.maximum(trace - 1, 0)
        elif step:
            kept = (trace * factor + 2 ** (dm.DECAY_BITS - 1)) >> dm.DECAY_BITS
            trace = np.where((kept == trace) & (trace > 0) & (factor < 2**dm.DECAY_BITS), kept - 1, kept)
        spikes = trains[:, step]
        after = rule["x_window"] if window else np.minimum(trace + rule["x_increment"], trace_max)
        trace = np.where(spikes, after, trace)
    worth = np.where(trace > 0, rule["x_increment"], 0) if window else trace
    shift = rule["plus_shift"]
    change = ((worth - rule["x_target"]) * rule["gain"] + ((1 << shift) >> 1)) >> shift
    return (np.clip(change, -dm.CHANGE_MAX, dm.CHANGE_MAX) + 2 ** (dm.DITHER_BITS - 1)) >> dm.DITHER_BITS
