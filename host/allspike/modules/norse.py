"""Norse's neurons (1.1): LIFCell, LIFBoxCell, IAFCell, LIFRecurrentCell, and its leaky integrators.

LIFCell adds its input to I, lets V follow I, and lets I decay: with alpha = 1 - dt tau_syn_inv and beta = 1 -
dt tau_mem_inv, I = alpha I + x and V = beta V + (1 - beta) (v_leak + I). LIFBoxCell has no I; IAFCell adds x
to V. There is a spike where V > v_th; then V is set to v_reset.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import ParameterError
from .layers import Layer, Node, affine
from .neurons import Array, Dynamics, checked_decay
from .reading import attribute, numbers, per_neuron
from .walking import Stage


def dynamics(stage: Stage, shape: tuple[int, ...]) -> Dynamics:
    """What a step of a neuron of Norse does.

    Raises
    ------
    ParameterError
        If it does something that the core cannot.
    """
    name = stage.kind.name.removesuffix("Cell")
    parameters, dt = stage.get("p"), step_of(stage)

    def of(parameter: str) -> Array:
        value = attribute(f"{stage.where}: p", parameters, parameter)
        return per_neuron(stage.where, f"p.{parameter}", value, shape)

    if name == "IAF":
        ones = np.ones(int(np.prod(shape, dtype=int)))
        return Dynamics(
            shape=shape, beta=ones, gain=ones, rest=of("v_reset"), threshold=of("v_th"), reset="to",
            v_reset=of("v_reset"),
        )  # fmt: skip
    beta = checked_decay(stage.where, "1 - dt tau_mem_inv", 1 - dt * of("tau_mem_inv"))
    alpha = None
    if not name.endswith("Box"):
        alpha = checked_decay(stage.where, "1 - dt tau_syn_inv", 1 - dt * of("tau_syn_inv"))
    plain = Dynamics(shape=shape, beta=beta, gain=1 - beta, alpha=alpha, rest=of("v_leak"))
    if name in ("LI", "LIBox"):
        return plain
    reset = _reset(stage, parameters)
    return replace(plain, threshold=of("v_th"), reset=reset,
                   v_reset=of("v_reset") if reset == "to" else None)  # fmt: skip


def step_of(stage: Stage) -> float:
    """Seconds a step of a module of Norse."""
    return float(numbers(stage.where, "dt", stage.get("dt")))


def _reset(stage: Stage, parameters: Any) -> str:
    """The word of `RESETS` for its reset."""
    method = getattr(getattr(parameters, "reset_method", None), "__name__", "reset_value")
    words = {"reset_value": "to", "reset_subtract": "subtract"}
    if method not in words:
        raise ParameterError(
            f"{stage.where}: its reset_method {method!r} is unknown here: norse's reset_value and "
            "reset_subtract are supported."
        )
    return words[method]


def size_of(stage: Stage, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of its neurons: a recurrent cell has weights of its own for its input."""
    if "Recurrent" not in stage.kind.name:
        return shape
    weights = numbers(stage.where, "input_weights", stage.get("input_weights"))
    if len(shape) != 1 or shape[0] != weights.shape[1]:
        raise ParameterError(
            f"{stage.where}: it takes one axis of {weights.shape[1]}, and what comes to it has shape {shape}."
        )
    return (len(weights),)


def input_layer(stage: Stage) -> Node | None:
    """The weights by which a recurrent cell takes its input."""
    if "Recurrent" not in stage.kind.name:
        return None
    weights = numbers(stage.where, "input_weights", stage.get("input_weights"))
    return affine(weights, np.zeros(len(weights)))


def recurrence(stage: Stage, shape: tuple[int, ...]) -> Layer | None:
    """The layer through which its spikes come back to it in the next step."""
    if "Recurrent" not in stage.kind.name:
        return None
    weights = numbers(stage.where, "recurrent_weights", stage.get("recurrent_weights"))
    if weights.shape != 2 * shape:
        raise ParameterError(f"{stage.where}: recurrent_weights has shape {weights.shape}, not {2 * shape}.")
    return Layer((affine(weights, np.zeros(len(weights))),), shape)
