"""NIR's neurons as this core's: factors of a step, the gain of a spike, rest, threshold, reset.

V and I stay in the graph's units. A spike of weight W adds g W to I in the step of its arrival, and I to V in
the same step; g is the gain.

| node | beta | alpha | g of a pulse | of a jump |
| --- | --- | --- | --- | --- |
| LIF, LI | 1 - dt / tau, or e^(-dt / tau) | 0 | r (1 - beta) | r |
| IF, I | 1 | 0 | r dt | r |
| CubaLIF, CubaLI | as LIF | likewise, of tau_syn | r (1 - beta) w_in (1 - alpha) | r (1 - beta) w_in |
| Threshold | 0 | 0 | 1 | 1 |

A plain spike has g = 1, a decayed one alpha, or beta where there is no alpha. A jump into a CubaLIF that is
integrated exponentially moves V as the exact solution does by the end of the step (Rotter and Diesmann 1999).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from .choosing import FIRING
from .flat import Cells
from .settings import Settings

_SAID = {"tau": "beta", "tau_mem": "beta", "tau_syn": "alpha"}
"""By time constant the parameter of cells that are not NIR's own: what is kept in a step, 0 to 1."""
_NEAR = 1e-6
"""Relative difference of two time constants from which on they are one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Neuron:
    """The neurons of one node, [size] each."""

    cells: Cells
    settings: Settings
    beta: NDArray[np.float64]
    """What V keeps in a step."""
    alpha: NDArray[np.float64]
    """What I keeps in a step; 0: it has no memory."""
    gain: NDArray[np.float64]
    """What a spike of weight 1 adds to I in the step of its arrival."""
    rest: NDArray[np.float64]
    threshold: NDArray[np.float64]
    """Infinite for neurons that do not fire."""
    reset: NDArray[np.float64]
    """Where V goes, if it goes to a value."""
    amount: NDArray[np.float64] | None
    """What V loses at a spike; None: it goes to `reset`."""
    start: NDArray[np.float64]
    """V at first."""

    @property
    def name(self) -> str:
        """The node's name."""
        return self.cells.name

    @property
    def fires(self) -> bool:
        """Whether it spikes."""
        return self.cells.kind in FIRING

    @property
    def held(self) -> int:
        """Steps after a spike in which V is held."""
        return int(self.settings.reset == "to late")


def neuron(cells: Cells, settings: Settings, dt: float) -> Neuron:
    """The neurons of a node.

    Parameters
    ----------
    cells : Cells
    settings : Settings
    dt : float
        A step, in the graph's unit of time.

    Raises
    ------
    ParameterError
        If a step is too long for a time constant, or a parameter cannot be meant.
    """
    own, zero, one = cells.parameters, np.zeros(cells.size), np.ones(cells.size)
    for name, values in own.items():
        if not np.isfinite(values).all() and not (name.endswith("threshold") and not np.isnan(values).any()):
            raise ParameterError(f"{name} of {cells.name!r} holds {_odd(values):g}: give finite numbers.")
    beta, alpha = one, zero
    if cells.kind in ("LIF", "LI"):
        beta = _factor(cells, "tau", settings, dt)
    elif cells.kind in ("CubaLIF", "CubaLI"):
        beta, alpha = _factor(cells, "tau_mem", settings, dt), _factor(cells, "tau_syn", settings, dt)
        _check_decays(cells, alpha)
    elif cells.kind == "Threshold":
        beta = zero
    rest = own.get("v_leak", own.get("v_reset", zero))
    threshold = own.get("v_threshold", own.get("threshold", np.full(cells.size, np.inf)))
    reset = own.get("v_reset", rest)
    fires = cells.kind in FIRING
    amount = None
    if not fires or settings.reset == "none":
        amount = zero
    elif settings.reset == "subtract":
        amount = threshold
    elif settings.reset == "subtract late":
        amount = threshold / beta
    starts = reset if fires and settings.starts == "v_reset" else rest
    return Neuron(
        cells=cells, settings=settings, beta=beta, alpha=alpha,
        gain=_gain(cells, settings, dt, beta, alpha),
        rest=rest, threshold=threshold, reset=reset, amount=amount, start=starts,
    )  # fmt: skip


def _factor(cells: Cells, name: str, settings: Settings, dt: float) -> NDArray[np.float64]:
    """What is kept in a step with a time constant, or as cells say it that have none."""
    if (said := _SAID[name]) in cells.parameters:
        return cells.parameters[said]
    tau = cells.parameters[name]
    if (tau <= 0).any():
        raise ParameterError(f"{name} of {cells.name!r} is {tau.min():g}: a time constant is above 0.")
    if settings.integration == "exponential":
        return np.exp(-dt / tau)
    short = tau[tau <= dt * (1 + _NEAR)]
    if short.size:
        raise ParameterError(
            f"{name} of {cells.name!r} is {short.min():g}, no longer than a step of {dt:g}, so that Euler's "
            "method keeps nothing or turns the sign: give the dt of the program that wrote it."
        )
    return 1 - dt / tau


def _check_decays(cells: Cells, alpha: NDArray[np.float64]) -> None:
    if (alpha >= 1).any():
        name = _SAID["tau_syn"] if _SAID["tau_syn"] in cells.parameters else "tau_syn"
        raise ParameterError(
            f"{name} of {cells.name!r} is {cells.parameters[name][alpha >= 1][0]:g}, so that its current "
            "never decays: make it smaller, or take neurons without a current."
        )


def _gain(
    cells: Cells, settings: Settings, dt: float, beta: NDArray[np.float64], alpha: NDArray[np.float64]
) -> NDArray[np.float64]:
    own, kind = cells.parameters, cells.kind
    current = kind in ("CubaLIF", "CubaLI")
    if kind == "Threshold" or settings.spikes == "plain":
        return np.ones(cells.size)
    if settings.spikes == "decayed":
        return alpha if current else beta
    if kind in ("IF", "I"):
        return own["r"] * (dt if settings.spikes == "pulse" else 1.0)
    if not current:
        return own["r"] * (1 - beta if settings.spikes == "pulse" else 1.0)
    w_in = own.get("w_in", np.ones(cells.size))
    if settings.spikes == "pulse":
        return own["r"] * (1 - beta) * w_in * (1 - alpha)
    if settings.integration == "exponential":
        return own["r"] * w_in * _propagated(own["tau_mem"], own["tau_syn"], dt)
    return own["r"] * (1 - beta) * w_in


def _propagated(tau_mem: NDArray[np.float64], tau_syn: NDArray[np.float64], dt: float) -> NDArray[np.float64]:
    """What V gains in a step from a current that was 1 at its beginning and decays with tau_syn."""
    apart = tau_mem - tau_syn
    equal = np.abs(apart) < _NEAR * tau_mem
    safe = np.where(equal, 1.0, apart)
    far = tau_syn / safe * (np.exp(-dt / tau_mem) - np.exp(-dt / tau_syn))
    return np.where(equal, dt / tau_mem * np.exp(-dt / tau_mem), far)


def _odd(values: NDArray[np.float64]) -> float:
    return float(values[~np.isfinite(values)][0])
