"""The learning rule a user describes: pair-based STDP, in the units of the weights and in seconds."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import plain_array
from ..errors import ParameterError
from ..names import WithNearest, checked_arguments
from ..showing import ShownAsCall, brief
from . import plausible

Pairing = Literal["all-to-all", "nearest", "window"]
Rounding = Literal["stochastic", "nearest"]


@checked_arguments
@dataclass(frozen=True, kw_only=True, repr=False)
class STDP(ShownAsCall, WithNearest):
    r"""Spike-timing-dependent plasticity by pre and post traces (Morrison, Diesmann, Gerstner 2008).

    With :math:`\Delta t` = firing minus arrival of the pre spike at the synapse, a pair changes a weight by

    .. math::
        +a_{plus}\, e^{-\Delta t / \tau_{plus}} \;(\Delta t \ge 0), \qquad
        -a_{minus}\, e^{\Delta t / \tau_{minus}} \;(\Delta t < 0).

    An arrival and a firing in the same step count as causal. A core has one rule: all plastic projections of
    a network share it.

    Raises
    ------
    ParameterError
        If a value is out of its range.

    Examples
    --------
    >>> rule = STDP(a_plus=0.01, a_minus=0.012, w_max=1.0)
    >>> rule.window([-20e-3, 0.0, 20e-3]).round(4)
    array([-0.0044,  0.01  ,  0.0037])
    """

    a_plus: float
    """Change of a causal pair at zero lag, in weight units; positive potentiates."""
    a_minus: float
    """Change of an anti-causal pair at zero lag, in weight units; positive depresses."""
    w_max: float
    """Upper bound of the plastic weights."""
    w_min: float = 0.0
    """Lower bound of the plastic weights."""
    tau_plus: float = 20e-3
    """Time constant of the pre trace, s; with pairing "window", the length of the window."""
    tau_minus: float = 20e-3
    """Time constant of the post trace, s; with pairing "window", the length of the window."""
    pairing: Pairing = "all-to-all"
    """Which pairs count: "all-to-all", the "nearest" alone, or those within a "window" of constant effect."""
    x_target: float = 0.0
    """Subtracted from the pre trace at a firing, in units of one spike's trace: above 0, inputs that were
    silent lose weight when the neuron fires (Diehl and Cook 2015, Querlioz et al. 2013)."""
    rounding: Rounding = "stochastic"
    """How a change smaller than a weight unit is realised: "stochastic" is unbiased, "nearest" repeatable."""

    def __post_init__(self) -> None:
        for name in ("a_plus", "a_minus", "w_max", "w_min", "tau_plus", "tau_minus", "x_target"):
            value = getattr(self, name)
            real = isinstance(value, int | float | np.integer | np.floating)
            if not real or isinstance(value, bool) or not abs(value) <= np.finfo(float).max:
                raise ParameterError(f"{name} = {brief(value)} is not a finite number.")
            object.__setattr__(self, name, float(value))
        for name in ("tau_plus", "tau_minus"):
            if getattr(self, name) <= 0:
                raise ParameterError(f"{name} = {getattr(self, name):g} s must be above 0.")
        if self.w_min >= self.w_max:
            raise ParameterError(f"w_min = {self.w_min:g} must lie below w_max = {self.w_max:g}.")
        if self.x_target < 0:
            raise ParameterError(f"x_target = {self.x_target:g} must be 0 or more.")
        if not isinstance(self.pairing, str) or self.pairing not in ("all-to-all", "nearest", "window"):
            raise ParameterError(
                f'pairing = {brief(self.pairing)}: it is "all-to-all", "nearest" or "window".'
            )
        if not isinstance(self.rounding, str) or self.rounding not in ("stochastic", "nearest"):
            raise ParameterError(f'rounding = {brief(self.rounding)}: it is "stochastic" or "nearest".')
        plausible.say(plausible.of_rule(self))

    def window(self, lags: ArrayLike) -> NDArray[np.float64]:
        """Weight change of one isolated pair, in weight units, for lags (firing minus arrival) in seconds."""
        lag = plain_array("lags", lags)
        if self.pairing == "window":
            plus = np.where(lag < self.tau_plus, 1.0, 0.0)
            minus = np.where(-lag < self.tau_minus, 1.0, 0.0)
        else:
            plus, minus = np.exp(-np.abs(lag) / self.tau_plus), np.exp(-np.abs(lag) / self.tau_minus)
        return np.where(lag >= 0, self.a_plus * (plus - self.x_target), -self.a_minus * minus)
