"""SpikingJelly's neurons (2.0): LIFNode, ParametricLIFNode, IFNode, CUBALIFNode and those that do not spike.

A spike where V >= v_threshold; then V is set to v_reset, or loses v_threshold where `v_reset=None`. V starts,
and rests, at v_reset, or 0 without one; that of CUBALIFNode rests at 0.
"""

import numpy as np

from ..errors import ParameterError
from .layers import Node, affine
from .neurons import Array, Dynamics, checked_decay
from .reading import numbers, per_neuron
from .walking import Stage, within


def dynamics(stage: Stage, shape: tuple[int, ...]) -> Dynamics:
    """What a step of a neuron of SpikingJelly does.

    Raises
    ------
    ParameterError
        If it does something that the core cannot.
    """
    name = stage.kind.name

    def of(attribute: str) -> Array:
        return per_neuron(stage.where, attribute, stage.get(attribute), shape)

    ones = np.ones(int(np.prod(shape, dtype=int)))
    alpha = None
    if name == "CUBALIFNode":
        alpha = checked_decay(stage.where, "c_decay", of("c_decay"))
        beta, gain = checked_decay(stage.where, "v_decay", of("v_decay")), ones
    elif name in ("IFNode", "SimpleIFNode", "NonSpikingIFNode"):
        beta, gain = ones, ones
    else:
        leak = _sigmoid(of("w")) if name == "ParametricLIFNode" else 1 / of("tau")
        beta = checked_decay(stage.where, "1 - 1 / tau", 1 - leak)
        gain = leak if getattr(stage.module, "decay_input", True) else ones
    if name.startswith("NonSpiking"):
        return Dynamics(shape=shape, beta=beta, gain=gain, rest=0 * ones, differs=_decoded(stage))
    _check_surrogate(stage)
    soft = stage.get("v_reset") is None
    v_reset = 0 * ones if soft else of("v_reset")
    rest = 0 * ones if name == "CUBALIFNode" else v_reset
    if name.startswith("Simple") and v_reset.any():
        raise ParameterError(
            f"{stage.where}: V starts at 0 and rests at {v_reset[0]:g}, which is not supported: take "
            f"{name.removeprefix('Simple')}, which starts at its v_reset."
        )
    return Dynamics(
        shape=shape, beta=beta, gain=gain, alpha=alpha, rest=rest, threshold=of("v_threshold"), fires=">=",
        reset="subtract" if soft else "to", v_reset=v_reset, starts="v_reset",
    )  # fmt: skip


def _sigmoid(value: Array) -> Array:
    return 1 / (1 + np.exp(-value))


def _check_surrogate(stage: Stage) -> None:
    if getattr(getattr(stage.module, "surrogate_function", None), "spiking", True) is False:
        raise ParameterError(
            f"{stage.where}: its surrogate_function gives numbers and no spikes (spiking=False): call "
            "set_spiking_mode(True) of it."
        )


def _decoded(stage: Stage) -> tuple[str, ...]:
    decode = getattr(stage.module, "decode", None)
    return () if decode is None else (
        f"decode = {decode!r} is left to you: here V of every step is read.",
    )  # fmt: skip


def delay(stage: Stage, shape: tuple[int, ...], dt: float) -> Node:
    """What a layer.Delay is in NIR."""
    steps = int(numbers(stage.where, "delay_steps", stage.get("delay_steps")))
    return {"type": "Delay", "delay": np.full(shape, steps * dt)}


def loop(stage: Stage, shape: tuple[int, ...]) -> tuple[Node, Node, Stage]:
    """What a LinearRecurrentContainer is: the layer of its input, that of its spikes, and its neurons.

    Raises
    ------
    ParameterError
        If something else than neurons is in it, or the shape does not fit.
    """
    inner = within(stage, "sub_module", stage.get("sub_module"))
    if inner.kind.sort != "neuron":
        raise ParameterError(f"{stage.where}: its sub_module is a {inner.kind}; neurons alone are supported.")
    linear = stage.get("rc")
    weight, bias = numbers(stage.where, "rc.weight", linear.weight), getattr(linear, "bias", None)
    size = len(weight)
    if shape != (weight.shape[1] - size,):
        raise ParameterError(
            f"{stage.where}: it takes one axis of {weight.shape[1] - size} and gives {size}, and what "
            f"comes to it has shape {shape}."
        )
    added = np.zeros(size) if bias is None else numbers(stage.where, "rc.bias", bias)
    return affine(weight[:, :-size], added), affine(weight[:, -size:], np.zeros(size)), inner
