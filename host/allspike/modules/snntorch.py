"""snnTorch's neurons (1.0): Leaky, Synaptic, RLeaky, RSynaptic, Lapicque.

Their step is I = alpha I + x, V = beta V + I, and a spike where V > threshold. What a spike does to V comes a
step later (`reset_delay=True`, the default) or at once, by the sources of that release:

==========  ============  =========================================================================
reset       delay         what it is here
==========  ============  =========================================================================
subtract    a step later  V loses threshold / beta at once, which the next step's decay makes the threshold
subtract    at once       V loses the threshold; snnTorch asks for twice the threshold while V stays above it
zero        a step later  Leaky: V is set to 0; others: and held there for a step, whose input is lost to V
zero        at once       V is set to 0
none                      V loses nothing
==========  ============  =========================================================================
"""

import numpy as np

from ..errors import ParameterError
from .layers import Layer, layer
from .neurons import Array, Dynamics, checked_decay
from .reading import per_neuron
from .walking import Stage, within

_TWICE = (
    "snnTorch without reset_delay asks for twice the threshold in the step after one that leaves V above it; "
    "here once is always enough."
)
_GRADED = ("SSO", "LSO")
"""Surrogates of snntorch.surrogate whose forward pass is no step function: noise, or a slope below 0."""


def dynamics(stage: Stage, shape: tuple[int, ...]) -> Dynamics:
    """What a step of a neuron of snnTorch does.

    Raises
    ------
    ParameterError
        If it does something that the core cannot.
    """
    _check(stage)

    def of(name: str) -> Array:
        return per_neuron(stage.where, name, stage.get(name), shape)

    if stage.kind.name == "Lapicque":
        gain, later = of("time_step") / of("C"), True
        beta = checked_decay(stage.where, "1 - time_step / (R C)", 1 - gain / of("R"))
    else:
        beta, later = np.clip(of("beta"), 0.0, 1.0), bool(stage.get("reset_delay"))
        gain = np.ones_like(beta)
    reset = _reset(stage, beta, of("threshold"), later)
    factor = per_neuron(stage.where, "graded_spikes_factor",
                        getattr(stage.module, "graded_spikes_factor", 1.0), shape)  # fmt: skip
    return Dynamics(
        shape=shape, beta=beta, gain=gain,
        alpha=np.clip(of("alpha"), 0.0, 1.0) if stage.kind.name in ("Synaptic", "RSynaptic") else None,
        rest=np.zeros_like(beta), threshold=of("threshold"), reset=reset,
        spike=None if (factor == 1).all() else factor,
        differs=(_TWICE,) if reset == "subtract" else (),
    )  # fmt: skip


def recurrence(stage: Stage, shape: tuple[int, ...]) -> Layer | None:
    """The layer through which its spikes come back to it in the next step.

    Raises
    ------
    ParameterError
        If it does not fit the neurons.
    """
    if stage.kind.name not in ("RLeaky", "RSynaptic"):
        return None
    inner = stage.get("recurrent")
    if type(inner).__name__ == "RecurrentOneToOne":
        weights = per_neuron(stage.where, "V", stage.get("V"), shape)
        return Layer(({"type": "Scale", "scale": weights.reshape(shape)},), shape)
    found = layer(within(stage, "recurrent", inner), shape)
    if found.shape != shape:
        raise ParameterError(
            f"{stage.where}: recurrent gives shape {found.shape} for neurons of shape {shape}: "
            "linear_features, or the channels and kernel_size, do not fit them."
        )
    return found


def _check(stage: Stage) -> None:
    if getattr(stage.module, "inhibition", False):
        raise ParameterError(
            f"{stage.where}: inhibition=True lets only the neuron with the highest V fire, within the step, "
            "which no synapse does: use reset and negative recurrent weights (RLeaky)."
        )
    if getattr(stage.module, "state_quant", False):
        raise ParameterError(
            f"{stage.where}: state_quant rounds V in each step otherwise than the core, which has 24 bits: "
            "take the quantisation off before the translation."
        )
    surrogate = getattr(stage.module, "spike_grad", None)
    made_by = str(getattr(surrogate, "__qualname__", "")).partition(".")[0]
    if made_by in _GRADED:
        raise ParameterError(
            f"{stage.where}: its surrogate {made_by} makes spikes at random or in part: set spike_grad to "
            "one whose forward pass is a step, such as surrogate.fast_sigmoid()."
        )


def _reset(stage: Stage, beta: Array, threshold: Array, later: bool) -> str:
    """The word of `RESETS` for its reset."""
    mechanism, name = stage.get("reset_mechanism"), stage.kind.name
    if mechanism not in ("subtract", "zero", "none"):
        raise ParameterError(
            f'{stage.where}: reset_mechanism = {mechanism!r} is not "subtract", "zero" or "none".'
        )
    if mechanism == "none":
        return "none"
    if (threshold < 0).any():
        raise ParameterError(
            f"{stage.where}: a threshold of {threshold.min():g} lies below 0, where V is reset to, so the "
            "neuron would be reset in every step: give a threshold of 0 or more."
        )
    if name == "RSynaptic" and not later:
        raise ParameterError(
            f"{stage.where}: RSynaptic with reset_delay=False fails in snnTorch 1.0, or never resets (its "
            "forward changes a copy of V): set reset_delay=True."
        )
    if mechanism == "zero":
        return "to late" if later and name != "Leaky" else "to"
    if later and (beta == 0).any():
        raise ParameterError(
            f"{stage.where}: with beta = 0 V has no memory, so that a threshold taken away a step later "
            'cannot be kept: set reset_delay=False, or reset_mechanism="zero".'
        )
    return "subtract late" if later else "subtract"
