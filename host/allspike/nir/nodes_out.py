"""A population as a node of NIR, and what NIR cannot say of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiler.scaling import Physics
from ..neuron import LIF, parameter_table
from ..population import Neurons

OWN = "allspike"
"""The key of what is ours in the metadata of nodes and of the graph."""
_SHORTEST, _LONGEST = 1e-2, 1e9
"""Time constants, in steps, that stand for 0 and for infinity where NIR's kind of node needs a number."""


def node(population: Neurons, physics: Physics) -> Mapping[str, Any]:
    """The type and the fields of its node, in NIR's equations.

    A spike is a current that lasts for a step, which the node integrates exactly: r and w_in are what makes a
    weight act as here, be it in volts (delta synapses) or in amperes.
    """
    dt, own = physics.dt, {name: physics[name] for name in ("v_rest", "v_thresh", "v_reset")}
    fields = {"v_threshold": own["v_thresh"], "v_reset": own["v_reset"]}
    if np.isinf(physics["tau_m"]).all() and not physics["tau_syn"].any() and not own["v_rest"].any():
        return {"type": "IF", "r": np.full(population.size, 1 / dt), **fields}
    tau_mem, tau_syn = (
        np.clip(physics[name], _SHORTEST * dt, _LONGEST * dt) for name in ("tau_m", "tau_syn")
    )
    fields["r"] = physics.charge / -np.expm1(-dt / tau_mem)
    fields["v_leak"] = own["v_rest"]
    if not physics["tau_syn"].any():
        return {"type": "LIF", "tau": tau_mem, **fields}
    w_in = 1 / -np.expm1(-dt / tau_syn)
    return {"type": "CubaLIF", "tau_mem": tau_mem, "tau_syn": tau_syn, "w_in": w_in, **fields}


def bias(physics: Physics) -> NDArray[np.float64]:
    """What must come to the node in each step for V to be driven as it is here, [neurons]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        per_step = physics.drift / physics.charge * (1 - physics.alpha)
    return np.where(physics.drift == 0, 0.0, per_step)


def said(model: LIF) -> dict[str, Any]:
    """The parameters of a model as metadata."""
    found: dict[str, Any] = {}
    for parameter in parameter_table():
        value = getattr(model, parameter.name)
        if value is not None:
            found[parameter.name] = value if isinstance(value, str) else _held(np.asarray(value, np.float64))
    return found


def _held(value: NDArray[np.float64]) -> NDArray[np.float64] | float:
    """What `nir.write` takes: it has no arrays of no axes."""
    return value if value.ndim else float(value)


def read(metadata: Mapping[str, Any]) -> LIF:
    """The model of such metadata; of parameters that it does not name the defaults."""
    known = {parameter.name for parameter in parameter_table()}
    given: dict[str, Any] = {}
    for name in known & metadata.keys():
        value = metadata[name]
        if isinstance(value, bytes):
            value = value.decode()
        given[name] = value if isinstance(value, str) else np.asarray(value, np.float64)
    parameters: dict[str, Any] = {
        name: value if isinstance(value, str) or value.ndim else float(value) for name, value in given.items()
    }
    return LIF(**parameters)


def not_in_nir(model: LIF) -> list[str]:
    """What such neurons do that NIR has no field for; readers other than this one leave it out."""
    found = []
    if model.reset == "subtract":
        found.append("that they subtract at a spike")
    if np.any(model.t_ref):
        found.append("their refractory period")
    if np.any(model.theta_plus):
        found.append("their adaptive threshold")
    if np.any(model.leak):
        found.append("their linear leak")
    return found
