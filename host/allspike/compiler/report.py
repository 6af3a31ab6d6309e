"""What quantisation did to a network: built while it is compiled, and kept as plain data."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..describe.network import Network
from ..describe.projection import Projection
from ..image.measures import unit_of_learning
from ..map import device_map as dm
from ..map.config import MAX_STATE_BITS, MAX_WEIGHT_BITS, Config
from ..quantities import FELT, lost_weights, quantity, share
from ..showing import some
from .lowering import Lowering
from .placement import Placement
from .quantised import warnings_of
from .scale import Units

_DRIFT = 0.005
"""The share of a threshold from which on the rounding of V is warned of."""
_FEW_LEVELS = 32
"""A plastic weight of fewer levels than this learns in coarse steps."""


class Builder:
    """Collects the report of one compilation."""

    def __init__(
        self, network: Network, name: str, config: Config, placement: Placement, scale: Units
    ) -> None:
        self._network, self._config, self._placement, self._scale = network, config, placement, scale
        self.warnings: list[str] = []
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
        zeros = int(np.count_nonzero((held == 0) & (asked != 0)))
        saturated = held != whole
        count = len(projection)
        self._plain["synapses"][0] += count
        self._plain["projections"][projection.name] = {
            "synapses": count,
            "plastic": projection.stdp is not None,
            "unit": projection.post.model.unit_of_weights,
            "weight_unit": _span(unit) if count else [],
            "largest_weight": float(np.abs(asked).max(initial=0.0)),
            "largest_error": float(error.max(initial=0.0)),
            "mean_error": float(error.mean()) if count else 0.0,
            "rounded_to_zero": zeros,
            "saturated": int(saturated.sum()),
            "saturated_by": float(error[saturated].max(initial=0.0)),
        }
        if count:
            self._warn_weights(projection, held * unit, unit, saturated)

    def _warn_weights(
        self,
        projection: Projection,
        made: NDArray[np.float64],
        unit: NDArray[np.float64],
        saturated: NDArray[np.bool_],
    ) -> None:
        name, asked, count = projection.name, projection.weights, len(projection)
        measured = projection.post.model.unit_of_weights
        if saturated.any():
            worst = int(np.argmax(np.where(saturated, np.abs(made - asked), -1)))
            becomes = f"{quantity(asked[worst], measured)} becomes {quantity(made[worst], measured)}"
            self.warnings.append(
                f"{name}: {saturated.sum():,} of {count:,} weights saturate, at worst {becomes}: use a "
                "larger weight_unit, or leave it out."
            )
        right = ~saturated
        said = lost_weights(asked[right], made[right], unit[right], measured, self._closer(projection))
        self.warnings += [f"{name}: {sentence}" for sentence in said]

    def _closer(self, projection: Projection) -> str:
        """What sets the unit of a projection's weights, and what makes them finer."""
        if self._scale.given:
            return "use a smaller weight_unit, or leave it out"
        bits = self._config.weight_bits
        more = f", or compile for a build with more than {bits} weight bits" if bits < MAX_WEIGHT_BITS else ""
        post = self._placement.targets(projection)
        if (self._scale.threshold[post]).any():
            return f"the threshold lies so far above all weights that it sets their unit: raise them{more}"
        if self._scale.plastic[post].any():
            return (
                "neurons that learn share one unit, which the largest weight onto any of them sets, so bring "
                f"weights closer{more}"
            )
        return f"the largest weight onto a neuron sets the unit of all onto it, so bring them closer{more}"

    def neurons(self, neurons: Lowering, params: np.ndarray) -> None:
        """The populations' parameters as they came out; of the neurons that the network uses."""
        table = neurons.quantities(self._config, params, self._scale)
        fires, rounding = neurons.fires_at(params), neurons.rounding * self._scale.volts
        for population in self._network.neuron_populations:
            part = self._placement.of(population)
            volts = population.model.unit_of_volts
            entry: dict = {
                "size": population.size,
                "unit": volts,
                "volts_per_unit": _span(self._scale.volts[part]),
                "threshold_units": _span(fires[part]),
                "v_rounding": float(rounding[part].max()),
            }
            for one in table:
                asked = np.where(one.applies, one.asked, 0.0)[part]
                if asked.any() or one.always:
                    entry[one.name] = {"asked": _span(one.asked[part]), "realised": _span(one.made[part])}
            self._plain["populations"][population.name] = entry
            self._warn_rounding(population.name, rounding[part], neurons.threshold[part], volts)
            self.warnings += warnings_of(table, population.name, part, volts)

    def _warn_rounding(self, name: str, rounding: NDArray, swing: NDArray, volts: str) -> None:
        if not (rounding > _DRIFT * np.abs(swing)).any():
            return
        worst = int(np.argmax(rounding / np.maximum(np.abs(swing), 1e-30)))
        bits = " or more state_bits" if self._config.state_bits < MAX_STATE_BITS else ""
        self.warnings.append(
            f"{name}: rounding can move V by {quantity(rounding[worst], volts, 2)}, and the threshold is "
            f"{quantity(swing[worst], volts, 3)} from rest: a longer dt{bits} makes it finer."
        )

    def learning(self, entries: dict, unit: float) -> None:
        """The learning rule's amplitudes, time constants and bounds, asked and realised; and the weight unit
        of what learns."""
        self._plain["learning"] = {
            key: {name: _finite(value) for name, value in entry.items()} for key, entry in entries.items()
        }
        plastic = [p for p in self._network.projections.values() if p.stdp is not None]
        measured = plastic[0].post.model.unit_of_weights
        for key, entry in entries.items():
            asked, made = entry["asked"], entry["realised"]
            if asked and abs(made - asked) > FELT * abs(asked):
                its = unit_of_learning(key, measured)
                off = abs(made / asked - 1)
                note = f" ({share(off)} off)" if np.isfinite(off) else ""
                self.warnings.append(
                    f"learning: {key} = {quantity(asked, its)} becomes {quantity(made, its)}{note}: "
                    f"{self._remedy(key, made / asked, quantity(unit, measured, 3))}."
                )
        smallest = 2.0**-dm.DITHER_BITS
        for key in ("a_plus", "a_minus"):
            size = abs(entries[key]["units"])
            if 0 < size < 4 * smallest:
                self.warnings.append(
                    f"learning: {key} is {size:.2g} weight units a pair; changes below {smallest / 2:.2g} "
                    "units are lost, so the far end of the window is: narrow w_min to w_max or raise it."
                )
        self._levels(plastic, entries, unit, measured)

    def _remedy(self, key: str, ratio: float, unit: str) -> str:
        """What realises an entry of the learning rule better."""
        if key.startswith("tau"):
            return "a longer dt represents it better" if ratio > 1 else "another dt represents it better"
        if key.startswith("w_"):
            config = self._config
            bounds = f"a bound is {config.weight_min} to {config.weight_max} whole units of {unit}"
            if self._scale.given:
                return f"{bounds}; leave weight_unit out"
            return f"{bounds}; make other weights onto these neurons smaller"
        if key == "x_target":
            return "a trace holds no more spikes; use a smaller target"
        return "a larger one is beyond a trace" if ratio < 1 else "changes come in whole parts of a trace"

    def _levels(self, plastic: list[Projection], entries: dict, unit: float, measured: str) -> None:
        """How finely the bounds leave the plastic weights, and why if that is coarse."""
        low, high = (round(entries[key]["realised"] / unit) for key in ("w_min", "w_max"))
        levels = high - low + 1
        for projection in plastic:
            self._plain["projections"][projection.name]["levels"] = levels
        if levels >= _FEW_LEVELS:
            return
        asked = [quantity(entries[key]["asked"], measured) for key in ("w_min", "w_max")]
        names = " and ".join([p.name for p in plastic[:3]] + ["others"] * (len(plastic) > 3))
        self.warnings.append(
            f"{names}: {some(levels, 'level')}, {quantity(unit, measured, 3)} apart, "
            f"{'is' if levels == 1 else 'are'} left to plastic weights from {asked[0]} to {asked[1]}, "
            f"because {self._why_coarse(plastic, unit, measured)}."
        )

    def _why_coarse(self, plastic: list[Projection], unit: float, measured: str) -> str:
        """What takes the range of plastic weights, and what gives it back."""
        if self._scale.given:
            return "weight_unit says so: use a smaller one, or leave it out"
        bits = self._config.weight_bits
        more = ", or compile for a build with more weight bits" if bits < MAX_WEIGHT_BITS else ""
        if self._scale.threshold[self._scale.plastic].any():
            return f"the threshold lies far above all weights: raise them{more}"
        rule = plastic[0].stdp
        assert rule is not None
        largest, by = max(abs(rule.w_min), abs(rule.w_max)), ""
        for projection in self._network.projections.values():
            if projection.stdp is None:
                learning = self._scale.plastic[self._placement.targets(projection)]
                found = float(np.abs(projection.weights[learning]).max(initial=0.0))
                largest, by = (found, projection.name) if found > largest else (largest, by)
        if by:
            return (
                f"the static weights of {by} reach {quantity(largest, measured)} on the same neurons: make "
                f"those smaller, or let several synapses share them{more}"
            )
        return f"a weight has {bits} bits: compile for a build with more of them"

    def translation(self, facts: Sequence[str], differences: Sequence[str]) -> None:
        """How a network of another tool was translated, and what is not exact in it."""
        self._plain["translation"] = {"facts": list(facts), "differences": list(differences)}

    def finish(self) -> dict:
        """The report as plain data."""
        return self._plain | {"warnings": self.warnings}


def _finite(value: float) -> float | None:
    """The value, or None for infinity, which JSON has not."""
    return float(value) if np.isfinite(value) else None


def _span(values: NDArray) -> list[float | None]:
    """Smallest and largest, or the one value."""
    low, high = _finite(np.min(values)), _finite(np.max(values))
    return [low] if low == high else [low, high]
