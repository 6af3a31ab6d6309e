"""The neuron a user describes: leaky integrate-and-fire with current-based synapses, in SI units."""

from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .checks import checked_array, plain_array
from .errors import ParameterError

Reset = Literal["to", "subtract"]
Refractory = Literal["hold", "integrate"]

_RANGES: dict[str, tuple[float, float, str]] = {
    "tau_m": (0.0, np.inf, "seconds, 0 (no memory) to infinity (no leak)"),
    "tau_syn": (0.0, np.inf, "seconds, 0 (delta synapses) or more"),
    "c_m": (1e-18, np.inf, "farads, above 0"),
    "v_rest": (-np.inf, np.inf, "volts"),
    "v_reset": (-np.inf, np.inf, "volts"),
    "v_thresh": (-np.inf, np.inf, "volts"),
    "t_ref": (0.0, np.inf, "seconds, 0 or more"),
    "i_offset": (-np.inf, np.inf, "amperes"),
    "v_drift": (-np.inf, np.inf, "volts a second"),
    "leak": (0.0, np.inf, "volts a second, 0 or more"),
    "theta_plus": (0.0, np.inf, "volts, 0 or more"),
    "tau_theta": (0.0, np.inf, "seconds, 0 or more"),
    "delay": (0.0, np.inf, "seconds; 0 means one step"),
}
_MAY_BE_INFINITE = ("tau_m", "tau_theta")


@dataclass(frozen=True, kw_only=True, eq=False)
class LIF:
    r"""Leaky integrate-and-fire with exponential (or delta) current-based synapses: `IF_curr_exp` and more.

    .. math::
        dV/dt = -(V - v_{rest}) / \tau_m - leak\,sgn(V - v_{rest}) + (I + i_{offset}) / c_m + v_{drift},
        \quad dI/dt = -I / \tau_{syn}

    A spike through a synapse of weight w adds w to I (amperes); with `tau_syn = 0` it adds w to V (volts).
    Every value is a number or an array [neurons].

    Raises
    ------
    ParameterError
        If a value is not a number or out of its range.
    """

    tau_m: ArrayLike = 20e-3
    """Membrane time constant, s; infinity: no exponential leak; 0: no memory."""
    tau_syn: ArrayLike = 5e-3
    """Synaptic time constant, s; 0: delta synapses, whose weights are volts."""
    c_m: ArrayLike = 1e-9
    """Membrane capacitance, F."""
    v_rest: ArrayLike = -65e-3
    """Resting potential, V."""
    v_reset: ArrayLike = -65e-3
    """Potential after a spike, V, if `reset` is "to"."""
    v_thresh: ArrayLike = -50e-3
    """Firing threshold, V: a neuron fires when V is at or above it."""
    t_ref: ArrayLike = 0.0
    """Refractory period, s."""
    i_offset: ArrayLike = 0.0
    """Constant current, A."""
    v_drift: ArrayLike = 0.0
    """Constant drift of V, V/s: the natural bias of networks whose weights are volts."""
    leak: ArrayLike = 0.0
    """Linear leak towards rest, V/s."""
    theta_plus: ArrayLike = 0.0
    """What a spike adds to the adaptive part of the threshold, V."""
    tau_theta: ArrayLike = np.inf
    """Time constant of that part's decay, s."""
    delay: ArrayLike = 0.0
    """Axonal delay, s; 0: one step, the shortest there is."""
    reset: Reset = "to"
    """After a spike: V goes "to" v_reset, or the threshold is "subtract"ed (measured from rest)."""
    refractory: Refractory = "hold"
    """A refractory neuron "hold"s its V, or goes on to "integrate"."""

    def __post_init__(self) -> None:
        for name, (low, high, meaning) in _RANGES.items():
            value = getattr(self, name)
            array = plain_array(name, value)
            checked_array(name, array, array.shape)
            outside = (array < low) | (array > high)
            if name not in _MAY_BE_INFINITE:
                outside |= np.isinf(array)
            if outside.any():
                bad = array[outside].ravel()[0]
                raise ParameterError(f"{name} = {bad:g} is out of range: it takes {meaning}.")
        for name, choices in (("reset", ("to", "subtract")), ("refractory", ("hold", "integrate"))):
            if getattr(self, name) not in choices:
                raise ParameterError(f"{name} = {getattr(self, name)!r}: it is one of {choices}.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LIF):
            return NotImplemented
        return all(np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))

    __hash__ = None  # type: ignore[assignment]  # its arrays can be changed

    def array(self, name: str, size: int) -> NDArray[np.float64]:
        """The parameter `name` for each of `size` neurons, shape [size].

        Raises
        ------
        ParameterError
            If it is an array of another length.
        """
        return checked_array(name, getattr(self, name), (size,))

    def non_default(self) -> dict[str, object]:
        """The parameters that differ from the defaults."""
        default = _DEFAULT_VALUES
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if not np.array_equal(getattr(self, field.name), default[field.name])
        }

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={value!r}" if np.ndim(value) == 0 else f"{name}=[{np.size(value)} values]"  # type: ignore[arg-type]
            for name, value in self.non_default().items()
        )
        return f"LIF({shown})"


_DEFAULT_VALUES: dict[str, Any] = {field.name: field.default for field in fields(LIF)}


def delta_lif(**parameters: ArrayLike) -> LIF:
    """A LIF with delta synapses around rest 0 V and threshold 1 V: the neuron of most machine-learning work.

    Weights and potentials are in volts, or in whatever unit the threshold is.
    """
    base = {"tau_syn": 0.0, "v_rest": 0.0, "v_reset": 0.0, "v_thresh": 1.0}
    return LIF(**(base | parameters))  # type: ignore[arg-type]
