"""The units of a compiled network: what one unit of a weight, of V and of I stands for.

A neuron's voltage unit is free, so that the largest weight onto each neuron can take the whole range of a
weight. Plastic synapses share one unit, because a core has one learning rule in weight units.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..describe.network import Network
from ..map.config import Config
from .given import shared
from .placement import Placement

_HEADROOM = 4
"""V has room for this many times its largest parameter: it saturates only far outside its working range."""
_VOLLEYS = 8
"""And for this many steps in a row in which every synapse of one sign is hit: neurons without leak add up."""
MOST_SHIFT = 15
"""Fractional bits of a weight unit that V can have: those of the device's `weight_shift`."""


@dataclass(frozen=True)
class Physics:
    """Parameters of every placed neuron, [neurons], in volts, seconds and steps."""

    dt: float
    values: dict[str, NDArray[np.float64]]
    subtract: NDArray[np.bool_]
    integrate: NDArray[np.bool_]

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        return self.values[name]

    @property
    def beta(self) -> NDArray[np.float64]:
        """Decay of V a step."""
        return decay(self["tau_m"], self.dt)

    @property
    def alpha(self) -> NDArray[np.float64]:
        """Decay of I a step."""
        return decay(self["tau_syn"], self.dt)

    @property
    def charge(self) -> NDArray[np.float64]:
        """Volts that V gains in the step in which a unit of weight arrives.

        The exact propagator of `IF_curr_exp` from I to V over one step (Rotter and Diesmann 1999); 1 for
        delta synapses, whose weights are volts.
        """
        tau_m, tau_s, dt = self["tau_m"], self["tau_syn"], self.dt
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            rate = 1 / tau_s - 1 / tau_m
            far = (np.exp(-dt / tau_m) - np.exp(-dt / tau_s)) / rate
            near = dt * np.exp(-dt / tau_m)
            gained = np.where(np.abs(rate) * dt > 1e-6, far, near)
        gained = np.where(tau_m == 0, 0.0, gained)
        return np.where(tau_s == 0, 1.0, gained / self["c_m"])

    @property
    def drift(self) -> NDArray[np.float64]:
        """Volts that the constant current and the drift add a step."""
        return self.span * (self["i_offset"] / self["c_m"] + self["v_drift"])

    @property
    def span(self) -> NDArray[np.float64]:
        """Seconds for which a constant rate of V counts in a step, less what the leak takes of it."""
        tau_m, dt = self["tau_m"], self.dt
        with np.errstate(divide="ignore", invalid="ignore"):
            span = np.where(np.isinf(tau_m), dt, tau_m * -np.expm1(-dt / tau_m))
        return np.where(tau_m == 0, dt, span)


def decay(tau: NDArray[np.float64], dt: float) -> NDArray[np.float64]:
    """exp(-dt / tau); 0 for tau = 0."""
    with np.errstate(divide="ignore"):
        return np.exp(-dt / tau)


def physics(network: Network) -> Physics:
    """Parameters of all neurons, in the order of their placement."""
    populations = network.neuron_populations
    names = (
        "tau_m", "tau_syn", "c_m", "v_rest", "v_reset", "v_subtract", "v_thresh", "t_ref", "i_offset",
        "v_drift", "leak", "theta_plus", "tau_theta",
    )  # fmt: skip
    return Physics(
        network.dt,
        {name: np.concatenate([p.model.array(name, p.size) for p in populations]) for name in names},
        np.concatenate([np.full(p.size, p.model.reset == "subtract") for p in populations]),
        np.concatenate([np.full(p.size, p.model.refractory == "integrate") for p in populations]),
    )


@dataclass(frozen=True)
class Units:
    """What a unit stands for, [neurons] each."""

    weight: NDArray[np.float64]
    """User's weight (A, or V for delta synapses) of one weight unit."""
    volts: NDArray[np.float64]
    """Volts of one unit of V."""
    shift: int
    """`weight_shift`: one weight unit is 2**shift units of V in the step in which it arrives."""
    plastic: NDArray[np.bool_]
    """Which neurons have plastic synapses: they share one unit."""
    threshold: NDArray[np.bool_]
    """Where the threshold, far above all weights, makes the unit coarser than the weights would."""
    given: bool = False
    """Whether the user chose a unit or the shift."""


def _incoming(network: Network, placement: Placement) -> tuple[NDArray, NDArray, NDArray, float]:
    """Largest |weight| onto each neuron, the sum of all of one sign, whichever is larger, which have plastic
    synapses, and the largest |weight| of a plastic neuron, its bounds included."""
    largest, sums = np.zeros(placement.neurons), np.zeros((2, placement.neurons))
    plastic = np.zeros(placement.neurons, bool)
    for projection in network.projections.values():
        post = placement.start[projection.post.name] + projection.pairs[1]
        low = high = projection.weights
        if projection.stdp is not None:
            plastic[post] = True
            low, high = (np.full(high.size, edge) for edge in (projection.stdp.w_min, projection.stdp.w_max))
        np.maximum.at(largest, post, np.maximum(np.abs(low), np.abs(high)))
        np.add.at(sums[0], post, np.maximum(high, 0))
        np.add.at(sums[1], post, np.maximum(-low, 0))
    return largest, sums.max(axis=0), plastic, float(largest[plastic].max(initial=0.0))


def units(
    network: Network,
    placement: Placement,
    config: Config,
    weight_unit: NDArray[np.float64] | None,
    weight_shift: int | None,
    whole: NDArray[np.float64] | None = None,
) -> Units:
    """Choose the units of a network for a configuration.

    Parameters
    ----------
    network : Network
    placement : Placement
    config : Config
    weight_unit : float [neurons], optional
        The user's weight of one weight unit; where it is NaN, and by default, the largest weight onto each
        neuron takes the whole range.
    weight_shift : int, optional
        The shift; by default the largest that leaves V and I room.
    whole : float [neurons], optional
        A unit to take instead of the default, where it is not NaN and leaves V room.
    """
    cell = physics(network)
    largest, total, plastic, shared_largest = _incoming(network, placement)
    top = config.weight_max
    swing = np.maximum.reduce(
        [np.abs(cell[name] - cell["v_rest"]) for name in ("v_thresh", "v_reset")]
        + [np.where(cell.subtract, np.abs(cell["v_subtract"]), 0.0), cell["theta_plus"], np.abs(cell.drift)]
    )
    swing = np.where(swing > 0, swing, 1.0)
    charge = np.where(cell.charge > 0, cell.charge, 1.0)
    room = config.state_max
    weight = np.where(plastic, shared_largest, largest) / top
    if whole is not None:
        weight = np.where(np.isnan(whole) | plastic, weight, whole)
    # Without synapses any unit will do: one that gives the threshold a quarter of the range at any shift.
    free = weight == 0
    weight = np.where(free, _HEADROOM * swing / charge / (room >> _LEAST_SHIFT), weight)
    # A threshold far above all weights takes a coarser unit, so that V still holds it.
    least = _HEADROOM * swing / charge / (room >> (_LEAST_SHIFT if room >> 16 else 0))
    least = np.where(plastic, least[plastic].max(initial=0.0), least)
    coarser = (least > weight) & (largest > 0)
    weight = np.maximum(weight, least)
    if weight_unit is not None:
        asked = shared(weight_unit, plastic)
        weight = np.where(np.isnan(asked), weight, asked)
        coarser &= np.isnan(asked)
        free &= np.isnan(asked)
    volts = weight * charge
    if weight_shift is None:
        need = np.maximum(_HEADROOM * swing / volts, _VOLLEYS * total / weight)
        binding = need if free.all() else need[~free]
        weight_shift = int(np.clip(np.floor(np.log2(room / binding.max())), 0, MOST_SHIFT))
        weight = np.where(free, _HEADROOM * swing / charge / (room >> weight_shift), weight)
        volts = weight * charge
    return Units(weight, volts / 2**weight_shift, weight_shift, plastic, coarser)


_LEAST_SHIFT = 4
"""Fractional bits of a weight unit that V keeps even where thresholds are far above the weights."""
