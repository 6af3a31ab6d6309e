"""The neuron a user describes: leaky integrate-and-fire with current-based synapses, in SI units."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np

from ..aliases import ArrayLike, NDArray
from ..checks import checked_array, numbers
from ..errors import ParameterError
from ..names import WithNearest, checked_arguments
from ..showing import ShownAsCall, brief
from . import plausible

Reset = Literal["to", "subtract"]
Refractory = Literal["hold", "integrate"]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a neuron: what it means, and what others call it."""

    name: str
    meaning: str
    unit: str
    """Of SI; empty for a choice of words."""
    default: Any
    low: float = -np.inf
    """Least value; infinity is excluded unless `infinite`."""
    high: float = np.inf
    infinite: bool = False
    """Whether it may be infinite."""
    takes: str = ""
    """The range, in words."""
    choices: tuple[str, ...] = ()
    pynn: str = ""
    """What `IF_curr_exp` of PyNN calls it, with PyNN's unit; empty where there is none."""
    brian2: str = ""
    """How one says it in Brian2, where a model is written as equations."""
    nir: str = ""
    """What the nodes `LIF` and `CubaLIF` of NIR call it."""


def _about(meaning: str, unit: str = "", **others: Any) -> Mapping[str, Any]:
    """What `parameter_table` says of a field."""
    return {"meaning": meaning, "unit": unit} | others


@checked_arguments
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LIF(ShownAsCall, WithNearest):
    r"""Leaky integrate-and-fire with exponential (or delta) current-based synapses: `IF_curr_exp` and more.

    .. math::
        dV/dt = -(V - v_{rest}) / \tau_m - leak\,sgn(V - v_{rest}) + (I + i_{offset}) / c_m + v_{drift},
        \quad dI/dt = -I / \tau_{syn}

    A spike through a synapse of weight w adds w to I (amperes); with `tau_syn = 0` it adds w to V (volts).
    Every value is a number or an array [neurons].
    """

    tau_m: ArrayLike = field(
        default=20e-3,
        metadata=_about(
            "Membrane time constant; infinity: no exponential leak; 0: no memory.", "s",
            low=0.0, infinite=True, takes="seconds, 0 (no memory) to infinity (no leak)",
            pynn="tau_m (ms)", brian2="tau in dv/dt = (v_rest - v) / tau", nir="tau; tau_mem",
        ),
    )  # fmt: skip
    tau_syn: ArrayLike = field(
        default=5e-3,
        metadata=_about(
            "Synaptic time constant; 0: delta synapses, whose weights are volts.", "s", low=0.0,
            takes="seconds, 0 (delta synapses) or more",
            pynn="tau_syn_E, tau_syn_I (ms)", brian2="tau_syn in dI/dt = -I / tau_syn", nir="tau_syn",
        ),
    )  # fmt: skip
    c_m: ArrayLike = field(
        default=1e-9,
        metadata=_about(
            "Membrane capacitance.", "F", low=1e-18, takes="farads, above 0",
            pynn="cm (nF)", brian2="C in I / C", nir="tau / r",
        ),
    )  # fmt: skip
    v_rest: ArrayLike = field(
        default=-65e-3,
        metadata=_about(
            "Resting potential.", "V", takes="volts", pynn="v_rest (mV)", brian2="v_rest in the equation",
            nir="v_leak",
        ),
    )  # fmt: skip
    v_reset: ArrayLike = field(
        default=-65e-3,
        metadata=_about(
            'Potential after a spike, if `reset` is "to".', "V", takes="volts", pynn="v_reset (mV)",
            brian2='reset="v = v_reset"', nir="v_reset",
        ),
    )  # fmt: skip
    v_subtract: ArrayLike | None = field(
        default=None,
        metadata=_about(
            'What V loses at a spike, if `reset` is "subtract"; None: the distance of the threshold from '
            "rest; 0: no reset.",
            "V", takes="volts", brian2='reset="v -= v_subtract"',
        ),
    )  # fmt: skip
    v_thresh: ArrayLike = field(
        default=-50e-3,
        metadata=_about(
            "Firing threshold: a neuron fires when V is at or above it.", "V", takes="volts",
            pynn="v_thresh (mV)", brian2='threshold="v >= v_thresh"', nir="v_threshold",
        ),
    )  # fmt: skip
    t_ref: ArrayLike = field(
        default=0.0,
        metadata=_about(
            "Refractory period.", "s", low=0.0, takes="seconds, 0 or more", pynn="tau_refrac (ms)",
            brian2="refractory=t_ref + dt",
        ),
    )  # fmt: skip
    i_offset: ArrayLike = field(
        default=0.0,
        metadata=_about(
            "Constant current.", "A", takes="amperes", pynn="i_offset (nA)", brian2="I_0 in (I + I_0) / C",
        ),
    )  # fmt: skip
    v_drift: ArrayLike = field(
        default=0.0,
        metadata=_about(
            "Constant drift of V: the natural bias of networks whose weights are volts.", "V/s",
            takes="volts a second", brian2="a term of dv/dt", nir="bias of a layer before it",
        ),
    )  # fmt: skip
    leak: ArrayLike = field(
        default=0.0,
        metadata=_about(
            "Linear leak towards rest.", "V/s", low=0.0, takes="volts a second, 0 or more",
            brian2="- leak * sign(v - v_rest) in dv/dt",
        ),
    )  # fmt: skip
    theta_plus: ArrayLike = field(
        default=0.0,
        metadata=_about(
            "What a spike adds to the adaptive part of the threshold.", "V",
            low=0.0, takes="volts, 0 or more", brian2='reset="theta += theta_plus"',
        ),
    )  # fmt: skip
    tau_theta: ArrayLike = field(
        default=np.inf,
        metadata=_about(
            "Time constant of that part's decay.", "s", low=0.0, infinite=True,
            takes="seconds, 0 or more", brian2="dtheta/dt = -theta / tau_theta",
        ),
    )  # fmt: skip
    delay: ArrayLike = field(
        default=0.0,
        metadata=_about(
            "Axonal delay; 0: one step, the shortest there is.", "s",
            low=0.0, takes="seconds; 0 means one step",
            pynn="delay of the synapse (ms)", brian2="delay of the Synapses", nir="Delay, a node of its own",
        ),
    )  # fmt: skip
    reset: Reset = field(
        default="to",
        metadata=_about(
            'After a spike: V goes "to" v_reset, or has v_subtract "subtract"ed.',
            choices=("to", "subtract"), brian2='reset="v = v_reset" or "v -= v_subtract"',
        ),
    )  # fmt: skip
    refractory: Refractory = field(
        default="hold",
        metadata=_about(
            'A refractory neuron "hold"s its V, or goes on to "integrate".',
            choices=("hold", "integrate"), brian2='"(unless refractory)" after dv/dt, or not',
        ),
    )  # fmt: skip

    def __post_init__(self) -> None:
        for parameter in parameter_table():
            value = getattr(self, parameter.name)
            if parameter.choices:
                if not isinstance(value, str) or value not in parameter.choices:
                    raise ParameterError(
                        f"{parameter.name} = {brief(value)}: it is one of {parameter.choices}."
                    )
                continue
            if value is None and parameter.default is None:
                continue
            array = numbers(parameter.name, value)
            checked_array(parameter.name, array, array.shape)
            outside = (array < parameter.low) | (array > parameter.high)
            if not parameter.infinite:
                outside |= np.isinf(array)
            if outside.any():
                bad = array[outside].ravel()[0]
                raise ParameterError(
                    f"{parameter.name} = {bad:g} is out of range: it takes {parameter.takes}."
                )
            if array.ndim > 1:
                raise ParameterError(
                    f"{parameter.name} has shape {array.shape}: give one number, or one a neuron, [neurons]."
                )
        plausible.say(plausible.of_neurons(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LIF):
            return NotImplemented
        return all(np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))

    __hash__ = None  # type: ignore[assignment]  # its arrays can be changed

    def array(self, name: str, size: int) -> NDArray[np.float64]:
        """The parameter `name` for each of `size` neurons, shape [size]; in place of None what it means.

        Raises
        ------
        ParameterError
            If it is an array of another length.
        """
        value = getattr(self, name)
        if name == "v_subtract" and value is None:
            return self.array("v_thresh", size) - self.array("v_rest", size)
        return checked_array(name, value, (size,))

    def non_default(self) -> dict[str, object]:
        """The parameters that differ from the defaults."""
        return {
            parameter.name: getattr(self, parameter.name)
            for parameter in parameter_table()
            if not np.array_equal(getattr(self, parameter.name), parameter.default)
        }


_TABLE = tuple(Parameter(name=field.name, default=field.default, **field.metadata) for field in fields(LIF))


def parameter_table() -> tuple[Parameter, ...]:
    """Every parameter of `LIF`, in order: meaning, unit, default, range, and what others call it."""
    return _TABLE


def _documented(parameters: tuple[Parameter, ...]) -> str:
    """The section of a docstring that lists them."""
    lines = ["", "    Parameters", "    ----------"]
    for parameter in parameters:
        kind = " or ".join(f'"{word}"' for word in parameter.choices)
        unit = kind or f"number or array [neurons], {parameter.unit}"
        lines.append(f"    {parameter.name} : {unit}, default {parameter.default!r}")
        lines.append(f"        {parameter.meaning}")
    return "\n".join(lines)


LIF.__doc__ = f"""{LIF.__doc__}{_documented(_TABLE)}

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
