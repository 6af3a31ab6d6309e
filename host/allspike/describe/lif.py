"""The leaky integrate-and-fire neuron, in SI units: the parts that it is made of, and the whole.

A part is a term of the neuron's equations, with the parameters of that term and no others; with its defaults
it does nothing, but for `CurrentBased`, which is the plain neuron. `LIF` has the parameters of all parts side
by side, so that a script says `LIF(tau_m=..., leak=...)` and `model.tau_m`: which parts a neuron uses follows
from its numbers alone, an array may turn one on for some neurons of a population and off for others, and a
core computes all of them for every neuron.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from typing_extensions import override

from ..aliases import ArrayLike, NDArray
from ..names import checked_arguments
from . import plausible
from .neuron import NeuronDescription, about, documented

Reset = Literal["to", "subtract"]
Refractory = Literal["hold", "integrate"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CurrentBased:
    r"""The plain neuron, `IF_curr_exp` of PyNN: a membrane with leak and a current that decays.

    .. math::
        dV/dt = -(V - v_{rest}) / \tau_m + (I + i_{offset}) / c_m, \quad dI/dt = -I / \tau_{syn}

    A spike through a synapse of weight w adds w to I. At V >= `v_thresh` it fires, V goes to `v_reset`, and
    for `t_ref` it does not fire again. Delta synapses are the limit `tau_syn = 0`: a spike adds w, in volts,
    to V.
    """

    tau_m: ArrayLike = field(
        default=20e-3,
        metadata=about(
            "Membrane time constant; infinity: no exponential leak; 0: no memory.", "s",
            low=0.0, infinite=True, takes="seconds, 0 (no memory) to infinity (no leak)",
            pynn="tau_m (ms)", brian2="tau in dv/dt = (v_rest - v) / tau", nir="tau; tau_mem",
        ),
    )  # fmt: skip
    tau_syn: ArrayLike = field(
        default=5e-3,
        metadata=about(
            "Synaptic time constant; 0: delta synapses, whose weights are volts.", "s", low=0.0,
            takes="seconds, 0 (delta synapses) or more",
            pynn="tau_syn_E, tau_syn_I (ms)", brian2="tau_syn in dI/dt = -I / tau_syn", nir="tau_syn",
        ),
    )  # fmt: skip
    c_m: ArrayLike = field(
        default=1e-9,
        metadata=about(
            "Membrane capacitance.", "F", low=1e-18, takes="farads, above 0",
            pynn="cm (nF)", brian2="C in I / C", nir="tau / r",
        ),
    )  # fmt: skip
    v_rest: ArrayLike = field(
        default=-65e-3,
        metadata=about(
            "Resting potential.", "V", takes="volts", pynn="v_rest (mV)", brian2="v_rest in the equation",
            nir="v_leak",
        ),
    )  # fmt: skip
    v_reset: ArrayLike = field(
        default=-65e-3,
        metadata=about(
            'Potential after a spike, if `reset` is "to".', "V", takes="volts", from_rest=True,
            pynn="v_reset (mV)",
            brian2='reset="v = v_reset"', nir="v_reset",
        ),
    )  # fmt: skip
    v_thresh: ArrayLike = field(
        default=-50e-3,
        metadata=about(
            "Firing threshold: a neuron fires when V is at or above it.", "V", takes="volts", from_rest=True,
            pynn="v_thresh (mV)", brian2='threshold="v >= v_thresh"', nir="v_threshold",
        ),
    )  # fmt: skip
    t_ref: ArrayLike = field(
        default=0.0,
        metadata=about(
            "Refractory period.", "s", low=0.0, takes="seconds, 0 or more", pynn="tau_refrac (ms)",
            brian2="refractory=t_ref + dt",
        ),
    )  # fmt: skip
    i_offset: ArrayLike = field(
        default=0.0,
        metadata=about(
            "Constant current.", "A", takes="amperes", pynn="i_offset (nA)", brian2="I_0 in (I + I_0) / C",
        ),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Drift:
    """A constant drift of V, `dV/dt = ... + v_drift`: a bias where weights are volts, and no current is."""

    v_drift: ArrayLike = field(
        default=0.0,
        metadata=about(
            "Constant drift of V: the natural bias of networks whose weights are volts.", "V/s",
            takes="volts a second", brian2="a term of dv/dt", nir="bias of a layer before it",
        ),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LinearLeak:
    r"""A leak of one size at any distance, which ends at rest: `dV/dt = ... - leak * sgn(V - v_rest)`."""

    leak: ArrayLike = field(
        default=0.0,
        metadata=about(
            "Linear leak towards rest.", "V/s", low=0.0, takes="volts a second, 0 or more",
            brian2="- leak * sign(v - v_rest) in dv/dt",
        ),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AdaptiveThreshold:
    r"""A threshold that rises with each spike and comes back: fires at V >= v_thresh + theta.

    .. math::
        d\theta/dt = -\theta / \tau_\theta, \quad \theta := \theta + \theta_+ \text{ at a spike}
    """

    theta_plus: ArrayLike = field(
        default=0.0,
        metadata=about(
            "What a spike adds to the adaptive part of the threshold.", "V",
            low=0.0, takes="volts, 0 or more", brian2='reset="theta += theta_plus"',
        ),
    )  # fmt: skip
    tau_theta: ArrayLike = field(
        default=np.inf,
        metadata=about(
            "Time constant of that part's decay.", "s", low=0.0, infinite=True,
            takes="seconds, 0 or more", brian2="dtheta/dt = -theta / tau_theta",
        ),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Axon:
    """A spike of time t arrives at t + `delay` at all synapses of its neuron, at the soonest a step later."""

    delay: ArrayLike = field(
        default=0.0,
        metadata=about(
            "Axonal delay; 0: one step, the shortest there is.", "s",
            low=0.0, takes="seconds; 0 means one step",
            pynn="delay of the synapse (ms)", brian2="delay of the Synapses", nir="Delay, a node of its own",
        ),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Subtraction:
    """A reset that keeps what is above the threshold: at a spike V loses `v_subtract`, not `V := v_reset`."""

    reset: Reset = field(
        default="to",
        metadata=about(
            'After a spike: V goes "to" v_reset, or has v_subtract "subtract"ed.',
            choices=("to", "subtract"), brian2='reset="v = v_reset" or "v -= v_subtract"',
        ),
    )  # fmt: skip
    v_subtract: ArrayLike | None = field(
        default=None,
        metadata=about(
            'What V loses at a spike, if `reset` is "subtract"; None: the distance of the threshold from '
            "rest; 0: no reset.",
            "V", takes="volts", brian2='reset="v -= v_subtract"',
        ),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Refractoriness:
    """What V does during `t_ref`: stays, or goes on by its equation. It fires in neither case."""

    refractory: Refractory = field(
        default="hold",
        metadata=about(
            'A refractory neuron "hold"s its V, or goes on to "integrate".',
            choices=("hold", "integrate"), brian2='"(unless refractory)" after dv/dt, or not',
        ),
    )  # fmt: skip


# A dataclass takes the fields of its last base first: so the parts are read upwards.
@checked_arguments
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LIF(
    Refractoriness, Subtraction, Axon, AdaptiveThreshold, LinearLeak, Drift, CurrentBased,
    NeuronDescription, neuron="lif",
):  # fmt: skip
    r"""Leaky integrate-and-fire with exponential (or delta) current-based synapses: `IF_curr_exp` and more.

    .. math::
        dV/dt = -(V - v_{rest}) / \tau_m - leak\,sgn(V - v_{rest}) + (I + i_{offset}) / c_m + v_{drift},
        \quad dI/dt = -I / \tau_{syn}

    A spike through a synapse of weight w adds w to I (amperes); with `tau_syn = 0` it adds w to V (volts).
    Every value is a number or an array [neurons].
    """

    @override
    def array(self, name: str, size: int) -> NDArray[np.float64]:
        if name == "v_subtract" and self.v_subtract is None:
            return self.array("v_thresh", size) - self.array("v_rest", size)
        return super().array(name, size)

    @override
    def findings(self) -> Iterator[plausible.Finding]:
        return plausible.of_neurons(self)

    @override
    def findings_of_weights(
        self, weights: NDArray[np.float64], targets: NDArray[np.int64]
    ) -> Iterator[plausible.Finding]:
        return plausible.of_weights(self, weights, targets)

    @override
    def fires_at(self, size: int) -> NDArray[np.float64]:
        return np.where(self.array("theta_plus", size) > 0, np.nan, self.array("v_thresh", size))

    @property
    @override
    def unit_of_volts(self) -> str:
        return "V" if np.any(self.tau_syn) or np.any(self.v_rest) else ""

    @property
    @override
    def unit_of_weights(self) -> str:
        return "A" if np.any(self.tau_syn) else self.unit_of_volts


LIF.__doc__ = f"""{LIF.__doc__}{documented(LIF)}

    Raises
    ------
    ParameterError
        If a value is not a number or out of its range.

    Warns
    -----
    DescriptionWarning
        If a value can hardly be meant, such as seconds for milliseconds.

    Examples
    --------
    >>> LIF(tau_m=10e-3, v_thresh=[-50e-3, -48e-3])
    LIF(tau_m=0.01, v_thresh=[2 values])
    """


def delta_lif(**parameters: ArrayLike) -> LIF:
    """A LIF with delta synapses around rest 0 V and threshold 1 V: the neuron of most machine-learning work.

    Weights and potentials are in volts, or in whatever unit the threshold is.

    Parameters
    ----------
    **parameters
        As of `LIF`; `tau_syn`, `v_rest` and `v_reset` are 0 and `v_thresh` is 1 unless given.

    Examples
    --------
    >>> delta_lif(tau_m=10e-3)
    LIF(tau_m=0.01, tau_syn=0.0, v_rest=0.0, v_reset=0.0, v_thresh=1.0)
    """
    base = {"tau_syn": 0.0, "v_rest": 0.0, "v_reset": 0.0, "v_thresh": 1.0}
    return LIF(**(base | parameters))  # type: ignore[arg-type]
