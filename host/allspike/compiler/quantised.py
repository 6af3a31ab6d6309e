"""What neurons were asked to be, and what they are in whole numbers: one table for all quantities."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..describe.network import Network
from ..describe.neuron import parameter_named
from ..image.measures import unit_of_potential
from ..map.config import MAX_STATE_BITS, Config
from ..quantities import FELT, quantity, share
from .rules import realised_tau
from .scale import Units

STEPS = "choose a dt of which it is a multiple"
LONGER = "a longer dt represents it better"
"""Remedies."""


@dataclass(frozen=True)
class Quantity:
    """One quantity of all neurons, [neurons] each, asked and realised."""

    name: str
    """As in the description; after a blank more may be said."""
    asked: NDArray[np.float64]
    made: NDArray[np.float64]
    remedy: str
    """Half a sentence: what represents it better."""
    applies: NDArray[np.bool_] = field(default_factory=lambda: np.ones(1, bool))
    """Whether it has an effect, of each neuron or of all."""
    always: bool = False
    """Whether it is reported even where it is 0."""

    def off(self) -> NDArray[np.float64]:
        """Relative error of each neuron; 0 where nothing was asked, or it has no effect."""
        error, asked = np.zeros(self.asked.size), self.asked
        counts = (asked != 0) & (asked != self.made) & np.broadcast_to(self.applies, asked.shape)
        error[counts] = np.abs(self.made[counts] / asked[counts] - 1)
        return error


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
        parameter = parameter_named(one.name)
        unit = unit_of_potential(parameter.unit, volts)
        asked, made = quantity(one.asked[part][worst], unit), quantity(one.made[part][worst], unit)
        notes = [f"{share(off[worst])} off"] if np.isfinite(off[worst]) else []
        notes += [f"the worst of {count:,} neurons"] if count > 1 else []
        name = one.name + (" from rest" if parameter.from_rest and volts else "")
        yield f"{population}: {name} = {asked} becomes {made}{_in_brackets(notes)}: {one.remedy}."


def _in_brackets(notes: list[str]) -> str:
    return f" ({', '.join(notes)})" if notes else ""


def of_delays(network: Network, params: np.ndarray) -> Quantity:
    """The axonal delays, which neurons of all models have."""
    asked = np.concatenate([p.model.array("delay", p.size) for p in network.neuron_populations])
    return Quantity(
        "delay", np.where(asked > 0, asked, network.dt), params["delay"] * network.dt, STEPS, always=True
    )


def taus(factors: NDArray, dt: float) -> NDArray[np.float64]:
    """The time constants of decay factors, seconds."""
    return np.array([realised_tau(factor, dt) for factor in factors])


def finer(config: Config, scale: Units) -> str:
    """What makes V finer."""
    if scale.given:
        return "a smaller weight_unit or a larger weight_shift makes it finer"
    if config.state_bits < MAX_STATE_BITS:
        return "a build with more state_bits makes it finer"
    return "smaller weights, or fewer synapses onto a neuron, make it finer"
