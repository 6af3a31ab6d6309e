"""What quantisation did to a network: built while it is compiled, printed for people, kept as plain data."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .. import device_map as dm
from ..config import Config
from ..network import Network
from ..projection import Projection
from .placement import Placement
from .rules import realised_tau
from .scaling import Physics, Units

_FELT = 0.02
"""A relative error from which on a parameter's rounding is warned of."""
_LOST = 0.05
"""The share of weights rounded to zero from which on it is warned of."""
_DRIFT = 0.005
"""The share of a threshold from which on the rounding of V is warned of."""
_SLOWEST = 2.0**-dm.DECAY_BITS
"""The slowest decay there is; without leak V is taken to remember as long as that."""
_FEW_UNITS = 32
"""A threshold of fewer units than this is coarse."""


class Builder:
    """Collects the report of one compilation."""

    def __init__(self, name: str, config: Config, placement: Placement, scale: Units) -> None:
        self._scale = scale
        self._warnings: list[str] = []
        self._rounding: dict[str, tuple[NDArray, NDArray]] = {}
        self._plain: dict = {
            "preset": name,
            "neurons": [placement.neurons, config.neurons],
            "inputs": [placement.inputs, config.inputs],
            "synapses": [0, config.synapses],
            "weight_bits": config.weight_bits,
            "weight_shift": scale.shift,
            "projections": {},
            "populations": {},
            "learning": {},
        }

    def projection(
        self, projection: Projection, whole: NDArray, held: NDArray, unit: NDArray[np.float64]
    ) -> None:
        """A projection's weights: wanted in whole units, and as the device holds them."""
        asked = projection.weights
        error = np.abs(held * unit - asked)
        largest = float(np.abs(asked).max(initial=0.0))
        zeros = int(np.count_nonzero((held == 0) & (asked != 0)))
        saturated = int(np.count_nonzero(held != whole))
        count = len(projection)
        self._plain["synapses"][0] += count
        self._plain["projections"][projection.name] = {
            "synapses": count,
            "plastic": projection.stdp is not None,
            "largest_weight": largest,
            "largest_error": float(error.max(initial=0.0)),
            "mean_error": float(error.mean()) if count else 0.0,
            "rounded_to_zero": zeros,
            "saturated": saturated,
        }
        if zeros > _LOST * count:
            self._warnings.append(
                f"{projection.name}: {zeros} of {count} weights round to zero; they are below half a "
                f"unit ({float(unit.min()) / 2:.3g}): weights onto a neuron that span decades lose the small."
            )
        if saturated:
            self._warnings.append(
                f"{projection.name}: {saturated} of {count} weights saturate; give a larger weight_unit or "
                "leave it out."
            )

    def rounded(self, field: str, asked: NDArray[np.float64], made: NDArray[np.float64]) -> None:
        """A voltage parameter of all neurons, asked and realised, volts."""
        self._rounding[field] = (asked, made)

    def neurons(self, network: Network, params: np.ndarray, cell: Physics) -> None:
        """The populations' parameters as they came out."""
        start = 0
        self._delays = np.concatenate([p.model.array("delay", p.size) for p in network.neuron_populations])
        for population in network.neuron_populations:
            part = slice(start, start + population.size)
            start += population.size
            self._population(population.name, network.dt, params[part], cell, part)

    def _population(self, name: str, dt: float, params: np.ndarray, cell: Physics, part: slice) -> None:
        rounding = _v_rounding(cell, part) * self._scale.volts[part]
        swing = cell["v_thresh"][part] - cell["v_rest"][part]
        entry: dict = {
            "size": params.size,
            "volts_per_unit": _span(self._scale.volts[part]),
            "threshold_units": _span(params["threshold"]),
            "v_rounding": float(rounding.max()),
        }
        if (rounding > _DRIFT * np.abs(swing)).any():
            worst = int(np.argmax(rounding / np.maximum(np.abs(swing), 1e-30)))
            self._warnings.append(
                f"{name}: rounding can move V by {rounding[worst]:.2g} V, and the threshold is "
                f"{swing[worst]:.3g} V above rest; a longer dt, or more state_bits, makes it finer."
            )
        period = 2.0 ** params["adapt_period"]
        delays = params["delay"] * dt
        realised = {
            "delay": delays,
            "tau_m": np.array([realised_tau(f, dt) for f in params["beta"]]),
            "tau_syn": np.array([realised_tau(f, dt) for f in params["alpha"]]),
            "tau_theta": period * np.array([realised_tau(f, dt) for f in params["adapt_decay"]]),
            "t_ref": params["refractory"] * dt,
        }
        for key, made in realised.items():
            asked = np.maximum(self._delays[part], dt) if key == "delay" else cell[key][part]
            if key == "delay":
                self._warn_time(name, key, asked, made, dt)
                continue
            if key == "tau_theta" and not cell["theta_plus"][part].any():
                continue
            entry[key] = {"asked": _span(asked), "realised": _span(made)}
            self._warn_time(name, key, asked, made, dt)
        self._plain["populations"][name] = entry
        for field, (asked, made) in self._rounding.items():
            lost = (made[part] == 0) & (asked[part] != 0)
            if lost.any():
                self._warnings.append(
                    f"{name}: {field} of {np.count_nonzero(lost)} neurons rounds to zero; one unit of V is "
                    f"{self._scale.volts[part].min():.3g} V."
                )
            elif field in ("bias", "leak", "adapt_increment"):
                self._warn_voltage(name, field, asked[part], made[part])
        if params["threshold"].min() < _FEW_UNITS and self._rounding["threshold"][0][part].min() > 0:
            asked, made = (values[part] for values in self._rounding["threshold"])
            if not np.allclose(asked, made, rtol=_FELT / 4, atol=0):
                self._warnings.append(
                    f"{name}: a threshold is only {params['threshold'].min()} units of V; a smaller "
                    "weight_unit or a larger weight_shift makes it finer."
                )

    def _warn_time(self, name: str, key: str, asked: NDArray, made: NDArray, dt: float) -> None:
        with np.errstate(invalid="ignore", divide="ignore"):
            off = np.abs(made - asked) / np.where(asked == 0, dt, asked)
        off = np.where((asked == made) | (asked < dt / 10), 0.0, off)
        if off.max(initial=0.0) > _FELT:
            worst = int(np.argmax(off))
            self._warnings.append(
                f"{name}: {key} = {asked[worst]:g} s becomes {made[worst]:g} s at dt = {dt:g} s; "
                "another dt represents it better."
            )

    def _warn_voltage(self, name: str, field: str, asked: NDArray, made: NDArray) -> None:
        off = np.abs(made - asked)
        if (off > _FELT * np.abs(asked)).any():
            worst = int(np.argmax(off))
            self._warnings.append(
                f"{name}: {field} = {asked[worst]:g} V a step becomes {made[worst]:g} V; a smaller "
                "weight_unit or a larger weight_shift makes it finer."
            )

    def learning(self, entries: dict) -> None:
        """The learning rule's amplitudes and time constants, asked and realised."""
        self._plain["learning"] = {
            key: {name: _finite(value) for name, value in entry.items()} for key, entry in entries.items()
        }
        span = entries["w_max"]["asked"] - entries["w_min"]["asked"]
        for key, entry in entries.items():
            asked, made = entry["asked"], entry["realised"]
            size = span if key in ("w_min", "w_max") else abs(asked)
            if asked and abs(made - asked) > _FELT * size:
                self._warnings.append(f"learning: {key} = {asked:g} becomes {made:g}.")
        smallest = 2.0**-dm.DITHER_BITS
        for key in ("a_plus", "a_minus"):
            size = abs(entries[key]["units"])
            if 0 < size < 4 * smallest:
                self._warnings.append(
                    f"learning: {key} is {size:.2g} weight units a pair; changes below {smallest / 2:.2g} "
                    "units are lost, so the far end of the window is: narrow w_min to w_max or raise it."
                )

    def translation(self, facts: Sequence[str], differences: Sequence[str]) -> None:
        """How a network of another tool was translated, and what is not exact in it."""
        self._plain["translation"] = {"facts": list(facts), "differences": list(differences)}

    def finish(self) -> dict:
        """The report as plain data."""
        return self._plain | {"warnings": self._warnings}


def _v_rounding(cell: Physics, part: slice) -> NDArray[np.float64]:
    """Bound, in units, of what the rounding of each step's two decays can add up to in V over its memory."""
    beta, alpha = cell.beta[part], cell.alpha[part]
    # Factors of 0 and 1 round nothing.
    of_v = np.where((beta > 0) & (beta < 1), 0.5, 0.0)
    of_i = np.where((alpha > 0) & (alpha < 1), 0.5 / np.maximum(1 - alpha, _SLOWEST), 0.0)
    return (of_v + of_i) / np.maximum(1 - beta, _SLOWEST)


Span = list[float | None]


def _finite(value: float) -> float | None:
    """The value, or None for infinity, which JSON has not."""
    return float(value) if np.isfinite(value) else None


def _span(values: NDArray) -> Span:
    """Smallest and largest, or the one value."""
    low, high = _finite(np.min(values)), _finite(np.max(values))
    return [low] if low == high else [low, high]


def _text(span: Span) -> str:
    return " to ".join("inf" if value is None else f"{value:.4g}" for value in span)


def format_report(report: dict) -> str:
    """The report of an image as text: what was asked, what became of it, warnings last."""
    used = {key: "{:,} of {:,}".format(*report[key]) for key in ("neurons", "inputs", "synapses")}
    lines = [
        f"compiled for {report['preset']}: {used['neurons']} neurons, {used['inputs']} inputs, "
        f"{used['synapses']} synapses of {report['weight_bits']} bits, weight_shift {report['weight_shift']}"
    ]
    for name, entry in report["projections"].items():
        kind = "plastic" if entry["plastic"] else "static"
        lines.append(
            f"  projection {name}: {entry['synapses']:,} {kind} synapses, weights up to "
            f"{entry['largest_weight']:.4g}, error at most {entry['largest_error']:.2g}, mean "
            f"{entry['mean_error']:.2g}; {entry['rounded_to_zero']} rounded to zero, "
            f"{entry['saturated']} saturated"
        )
    for name, entry in report["populations"].items():
        lines.append(
            f"  population {name}: {entry['size']:,} neurons, {_text(entry['volts_per_unit'])} V a unit, "
            f"threshold {_text(entry['threshold_units'])} units, V rounded within {entry['v_rounding']:.2g} V"
        )
        for key in ("tau_m", "tau_syn", "tau_theta", "t_ref"):
            if key in entry:
                asked, made = _text(entry[key]["asked"]), _text(entry[key]["realised"])
                lines.append(f"    {key} {asked} s, realised {made} s")
    for key, entry in report["learning"].items():
        lines.append(f"  learning: {key} {_text([entry['asked']])}, realised {_text([entry['realised']])}")
    translation = report.get("translation", {})
    lines += [f"  translated: {fact}" for fact in translation.get("facts", [])]
    lines += [f"  not exact: {difference}" for difference in translation.get("differences", [])]
    lines += [f"  warning: {warning}" for warning in report["warnings"]]
    return "\n".join(lines)
