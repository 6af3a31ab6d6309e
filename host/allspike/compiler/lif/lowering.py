"""LIF in whole numbers: docs/model.md has the map's fields, `physics` what they are made from."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from ...describe.network import Network
from ...errors import CapacityError, ParameterError
from ...map import device_map as dm
from ...map.config import Config
from ...map.lif import LIF
from ...quantities import quantity
from ..lowering import Lowering
from ..placement import Placement, named_neuron
from ..quantised import LONGER, STEPS, Quantity, finer, of_delays, taus
from ..scale import Units
from .physics import most_refractory, physics
from .thresholds import check_thresholds, least_thresholds

_ADAPT_SPAN = 256
"""An adaptive threshold decays every 2**p steps, p such that its time constant is at most this many periods:
short enough for the decay factor to be exact, long enough for the staircase to be fine."""
_SHORT = 1 / 9
"""Below this many steps a time constant is not compared: a step leaves one part in 8,000, and that is right
to one in 65,536."""
_SLOWEST = 2.0**-dm.DECAY_BITS
"""The slowest decay there is; without leak V is taken to remember as long as that."""


class LIFLowering(Lowering, neuron="lif"):
    """The neurons of `LIF`."""

    def __init__(self, network: Network, placement: Placement) -> None:
        super().__init__(network, placement)
        self.cell = physics(network)

    @property
    @override
    def v_rest(self) -> NDArray[np.float64]:
        return self.cell["v_rest"]

    @property
    @override
    def charge(self) -> NDArray[np.float64]:
        return self.cell.charge

    @override
    def currents(self, volts: NDArray[np.float64]) -> NDArray[np.float64]:
        return volts / self.cell.span * self.cell["c_m"]

    @property
    @override
    def swing(self) -> NDArray[np.float64]:
        cell = self.cell
        return np.maximum.reduce(
            [np.abs(cell[name] - cell["v_rest"]) for name in ("v_thresh", "v_reset")]
            + [
                np.where(cell.subtract, np.abs(cell["v_subtract"]), 0.0),
                cell["theta_plus"],
                np.abs(cell.drift),
            ]
        )

    @property
    @override
    def threshold(self) -> NDArray[np.float64]:
        return self.cell["v_thresh"] - self.cell["v_rest"]

    @property
    @override
    def rounding(self) -> NDArray[np.float64]:
        beta, alpha = self.cell.beta, self.cell.alpha
        # Factors of 0 and 1 round nothing.
        of_v = np.where((beta > 0) & (beta < 1), 0.5, 0.0)
        of_i = np.where((alpha > 0) & (alpha < 1), 0.5 / np.maximum(1 - alpha, _SLOWEST), 0.0)
        return (of_v + of_i) / np.maximum(1 - beta, _SLOWEST)

    @override
    def idle(self, config: Config) -> Mapping[str, int]:
        return {"threshold": config.state_max}

    @override
    def fires_at(self, params: np.ndarray) -> NDArray[np.int64]:
        return params["threshold"]

    @override
    def params(self, config: Config, scale: Units) -> Mapping[str, NDArray[np.float64]]:
        cell, dt, one = self.cell, self.network.dt, 2**dm.DECAY_BITS
        made = {
            field: self._potential(field, volts, config, scale)
            for field, volts in (
                ("threshold", self.threshold),
                ("reset", np.where(cell.subtract, cell["v_subtract"], cell["v_reset"] - cell["v_rest"])),
                ("bias", cell.drift),
                ("leak", cell["leak"] * dt),
                ("adapt_increment", cell["theta_plus"]),
            )
        }
        check_thresholds(self.network, self.placement, cell, scale, made["threshold"])
        refractory = np.rint(cell["t_ref"] / dt)
        if refractory.max() > (most := most_refractory(config)):
            raise ParameterError(
                f"t_ref = {cell['t_ref'].max():g} s is {refractory.max():.0f} steps; at most "
                f"{most} steps fit: use a longer dt."
            )
        period, decay = _adaptation(cell["tau_theta"] / dt, config)
        flags = np.where(cell.subtract, int(dm.NeuronFlag.RESET_SUBTRACT), 0)
        flags |= np.where(cell.integrate, int(dm.NeuronFlag.REFRACTORY_INTEGRATE), 0)
        return made | {
            "beta": np.rint(cell.beta * one),
            "alpha": np.rint(cell.alpha * one),
            "refractory": refractory,
            "adapt_period": period,
            "adapt_decay": decay,
            "flags": flags,
        }

    def _potential(
        self, field: str, volts: NDArray[np.float64], config: Config, scale: Units
    ) -> NDArray[np.float64]:
        """A field that is measured in units of V, of these volts.

        Raises
        ------
        CapacityError
            If V does not go so far.
        """
        network, placement = self.network, self.placement
        if field == "threshold":
            whole = least_thresholds(network, placement, volts / scale.volts)
        else:
            whole = np.rint(volts / scale.volts)
        over = np.flatnonzero(np.abs(whole) > config.state_max)
        if over.size:
            place = int(over[0])
            neuron, model = named_neuron(network, placement, place)
            name = "v_subtract" if field == "reset" and self.cell.subtract[place] else field
            raise CapacityError(
                f"{name} of {neuron} is {quantity(volts[place], model.unit_of_volts)}, "
                f"{whole[place]:.0f} units of V; V holds {config.state_max}: use a larger weight_unit or a "
                "smaller weight_shift, or leave both out."
            )
        return whole

    @override
    def quantities(self, config: Config, params: np.ndarray, scale: Units) -> list[Quantity]:
        cell = self.cell
        dt, unit, rest = self.network.dt, scale.volts, cell["v_rest"]
        better = finer(config, scale)
        rates = f"{better}; so does a longer dt"
        current, moves = cell["i_offset"] != 0, params["bias"] * unit / cell.span
        period = 2.0 ** params["adapt_period"]
        tau_m, tau_syn = cell["tau_m"], cell["tau_syn"]
        total = cell["i_offset"] + cell["v_drift"] * cell["c_m"]
        # An amount that is the threshold is said with it.
        own_amount = cell.subtract & (cell["v_subtract"] != cell["v_thresh"] - rest)
        both = "" if not (current & (cell["v_drift"] != 0)).any() else " with v_drift"
        return [
            Quantity("v_thresh", cell["v_thresh"] - rest, params["threshold"] * unit, better),
            Quantity("v_reset", cell["v_reset"] - rest, params["reset"] * unit, better, ~cell.subtract),
            Quantity("v_subtract", cell["v_subtract"], params["reset"] * unit, better, own_amount),
            Quantity("tau_m", tau_m, taus(params["beta"], dt), LONGER, tau_m >= _SHORT * dt, always=True),
            Quantity(
                "tau_syn", tau_syn, taus(params["alpha"], dt), LONGER, tau_syn >= _SHORT * dt, always=True
            ),
            Quantity("t_ref", cell["t_ref"], params["refractory"] * dt, STEPS, always=True),
            of_delays(self.network, params),
            Quantity(f"i_offset{both}", total, moves * cell["c_m"], rates, current),
            Quantity("v_drift", cell["v_drift"], moves, rates, ~current),
            Quantity("leak", cell["leak"], params["leak"] * unit / dt, rates),
            Quantity("theta_plus", cell["theta_plus"], params["adapt_increment"] * unit, better),
            Quantity(
                "tau_theta", cell["tau_theta"], period * taus(params["adapt_decay"], dt), LONGER,
                cell["theta_plus"] > 0,
            ),
        ]  # fmt: skip


def _adaptation(
    tau_steps: NDArray[np.float64], config: Config
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Period exponent and decay factor of an adaptive threshold with these time constants in steps."""
    _, most = LIF.params_record["adapt_period"].limits(config)
    with np.errstate(divide="ignore"):
        finite = np.where(np.isfinite(tau_steps), tau_steps, 1.0)
        period = np.clip(np.ceil(np.log2(np.maximum(finite, 1) / _ADAPT_SPAN)), 0, most)
        factor = np.rint(np.exp(-(2.0**period) / tau_steps) * 2**dm.DECAY_BITS)
    return period.astype(np.int64), np.where(np.isfinite(tau_steps), factor, 2.0**dm.DECAY_BITS)
