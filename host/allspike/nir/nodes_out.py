"""A population as a node of NIR, and what NIR cannot say of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiler.lif.physics import Physics
from ..describe.lif import LIF
from ..describe.neuron import parameter_table
from ..describe.population import Neurons

OWN = "allspike"
"""The key of what is ours in the metadata of nodes and of the graph."""
_LEAST, _MOST = 1e-3, 1 - 1e-9
"""What is kept in a step is written as no less and no more: time constants of NIR are longer than a step, and
finite."""


def node(population: Neurons, physics: Physics) -> Mapping[str, Any]:
    """The type and the fields of its node, as snnTorch and SpikingJelly write and read them.

    They take NIR's equations by Euler's method, so the time constants are those that keep in a step what is
    kept here, which are longer by half a step; and r = tau / dt, w_in = tau_syn / dt, so that a spike adds
    its weight to V. That is the weight here times the charge, in volts.
    """
    dt = physics.dt
    fields = {"v_threshold": physics["v_thresh"], "v_reset": physics["v_reset"]}
    current = physics["tau_syn"].any()
    if np.isinf(physics["tau_m"]).all() and not current and not physics["v_rest"].any():
        return {"type": "IF", "r": np.full(population.size, 1 / dt), **fields}
    tau, tau_syn = (dt / (1 - np.clip(kept, _LEAST, _MOST)) for kept in (physics.beta, physics.alpha))
    fields |= {"r": tau / dt, "v_leak": physics["v_rest"]}
    if not current:
        return {"type": "LIF", "tau": tau, **fields}
    return {"type": "CubaLIF", "tau_mem": tau, "tau_syn": tau_syn, "w_in": tau_syn / dt, **fields}


def bias(physics: Physics) -> NDArray[np.float64]:
    """What must come to the node in each step for V to be driven as it is here, [neurons]."""
    return physics.drift * (1 - physics.alpha)


def said(model: LIF) -> dict[str, Any]:
    """The parameters of a model as metadata."""
    found: dict[str, Any] = {}
    for parameter in parameter_table(LIF):
        value = getattr(model, parameter.name)
        if value is not None:
            found[parameter.name] = value if isinstance(value, str) else _held(np.asarray(value, np.float64))
    return found


def _held(value: NDArray[np.float64]) -> NDArray[np.float64] | float:
    """What `nir.write` takes: it has no arrays of no axes."""
    return value if value.ndim else float(value)


def read(metadata: Mapping[str, Any]) -> LIF:
    """The model of such metadata; of parameters that it does not name the defaults."""
    known = {parameter.name for parameter in parameter_table(LIF)}
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
