"""What neurons were asked to be, and what they are in whole numbers: one table for all quantities."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..describe.network import Network
from ..image.measures import unit_of_potential
from ..map.config import MAX_STATE_BITS, Config
from ..quantities import FELT, quantity, share
from .rules import realised_tau
from .scaling import Physics, Units

_SHORT = 1 / 9
"""Below this many steps a time constant is not compared: a step leaves one part in 8,000, and that is right
to one in 65,536."""

_STEPS = "choose a dt of which it is a multiple"
_LONGER = "a longer dt represents it better"


@dataclass(frozen=True)
class Quantity:
    """One quantity of all neurons, [neurons] each, asked and realised."""

    name: str
    """As in `LIF`."""
    unit: str
    """"s", "A", "V" or "V/s"."""
    asked: NDArray[np.float64]
    made: NDArray[np.float64]
    remedy: str
    """Half a sentence: what represents it better."""
    applies: NDArray[np.bool_] = field(default_factory=lambda: np.ones(1, bool))
    """Whether it has an effect, of each neuron or of all."""

    def off(self) -> NDArray[np.float64]:
        """Relative error of each neuron; 0 where nothing was asked, or it has no effect."""
        error, asked = np.zeros(self.asked.size), self.asked
        counts = (asked != 0) & (asked != self.made) & np.broadcast_to(self.applies, asked.shape)
        error[counts] = np.abs(self.made[counts] / asked[counts] - 1)
        return error


def of_neurons(
    network: Network, config: Config, params: np.ndarray, cell: Physics, scale: Units
) -> list[Quantity]:
    """The table: every parameter of `LIF` that is rounded.

    Parameters
    ----------
    network : Network
    config : Config
    params : NEURON_PARAMS [neurons]
        Of the neurons that the network uses.
    cell, scale
        What they were made from.
    """
    dt, unit, rest = network.dt, scale.volts, cell["v_rest"]
    finer = _finer(config, scale)
    rates = f"{finer}; so does a longer dt"
    current, moves = cell["i_offset"] != 0, params["bias"] * unit / cell.span
    delays = np.concatenate([p.model.array("delay", p.size) for p in network.neuron_populations])
    period = 2.0 ** params["adapt_period"]
    tau_m, tau_syn = cell["tau_m"], cell["tau_syn"]
    total = cell["i_offset"] + cell["v_drift"] * cell["c_m"]
    # An amount that is the threshold is said with it.
    own_amount = cell.subtract & (cell["v_subtract"] != cell["v_thresh"] - rest)
    both = "" if not (current & (cell["v_drift"] != 0)).any() else " with v_drift"
    return [
        Quantity("v_thresh", "V", cell["v_thresh"] - rest, params["threshold"] * unit, finer),
        Quantity("v_reset", "V", cell["v_reset"] - rest, params["reset"] * unit, finer, ~cell.subtract),
        Quantity("v_subtract", "V", cell["v_subtract"], params["reset"] * unit, finer, own_amount),
        Quantity("tau_m", "s", tau_m, _taus(params["beta"], dt), _LONGER, tau_m >= _SHORT * dt),
        Quantity("tau_syn", "s", tau_syn, _taus(params["alpha"], dt), _LONGER, tau_syn >= _SHORT * dt),
        Quantity("t_ref", "s", cell["t_ref"], params["refractory"] * dt, _STEPS),
        Quantity("delay", "s", np.where(delays > 0, delays, dt), params["delay"] * dt, _STEPS),
        Quantity(f"i_offset{both}", "A", total, moves * cell["c_m"], rates, current),
        Quantity("v_drift", "V/s", cell["v_drift"], moves, rates, ~current),
        Quantity("leak", "V/s", cell["leak"], params["leak"] * unit / dt, rates),
        Quantity("theta_plus", "V", cell["theta_plus"], params["adapt_increment"] * unit, finer),
        Quantity(
            "tau_theta", "s", cell["tau_theta"], period * _taus(params["adapt_decay"], dt), _LONGER,
            cell["theta_plus"] > 0,
        ),
    ]  # fmt: skip


def warnings_of(quantities: list[Quantity], population: str, part: slice, volts: str) -> Iterator[str]:
    """A sentence for each quantity of a population that is realised more than FELT off.

    Parameters
    ----------
    quantities : list of Quantity
    population : str
    part : slice
        Its neurons.
    volts : str
        Its unit of potentials: "V", or "" where they are plain numbers.
    """
    for one in quantities:
        off = one.off()[part]
        count = int(np.count_nonzero(off > FELT))
        if not count:
            continue
        worst = int(np.argmax(off))
        unit = unit_of_potential(one.unit, volts)
        asked, made = quantity(one.asked[part][worst], unit), quantity(one.made[part][worst], unit)
        notes = [f"{share(off[worst])} off"] if np.isfinite(off[worst]) else []
        notes += [f"the worst of {count:,} neurons"] if count > 1 else []
        name = one.name + (" from rest" if one.name in FROM_REST and volts else "")
        yield f"{population}: {name} = {asked} becomes {made}{_in_brackets(notes)}: {one.remedy}."


FROM_REST = ("v_thresh", "v_reset")
"""Potentials that are counted from rest."""


def _in_brackets(notes: list[str]) -> str:
    return f" ({', '.join(notes)})" if notes else ""


def _taus(factors: NDArray, dt: float) -> NDArray[np.float64]:
    return np.array([realised_tau(factor, dt) for factor in factors])


def _finer(config: Config, scale: Units) -> str:
    """What makes V finer."""
    if scale.given:
        return "a smaller weight_unit or a larger weight_shift makes it finer"
    if config.state_bits < MAX_STATE_BITS:
        return "a build with more state_bits makes it finer"
    return "smaller weights, or fewer synapses onto a neuron, make it finer"
