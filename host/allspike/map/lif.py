"""Leaky integrate-and-fire with current-based synapses and an adaptive threshold, as data: docs/model.md."""

from typing import TYPE_CHECKING, Final

from .neuron_model import NeuronModel
from .record import Field

if TYPE_CHECKING:
    from .config import Config


def _state(config: "Config") -> int:
    return config.state_bits


def _magnitude(config: "Config") -> int:
    return config.state_bits - 1


LIF: Final = NeuronModel(
        name="lif",
        number=0,
        params=(
            Field("threshold", "i4", "theta: fires at V >= theta + a", _state),
            Field("reset", "i4", "V after firing; under RESET_SUBTRACT what V loses", _state),
            Field("bias", "i4", "added to V at every step", _state),
            Field("leak", "u4", "ell: linear leak, units of V a step", _magnitude),
            Field("adapt_increment", "u4", "what a firing adds to the adaptive threshold", _magnitude),
            Field("beta", "u2", "decay factor of V"),
            Field("alpha", "u2", "decay factor of I"),
            Field("adapt_decay", "u2", "decay factor of a"),
            Field(
                "adapt_period", "u1", "a decays at steps that are multiples of 2**adapt_period, 0 to 31", 5
            ),
            Field("refractory", "u1", "steps without firing after a spike"),
        ),
        state=(
            Field("v", "i4", "membrane potential V", _state),
            Field("i", "i4", "synaptic current I", _state),
            Field("a", "u4", "adaptive part of the threshold", _magnitude),
            Field("refractory", "u1", "steps of refractoriness left"),
        ),
        potential="v",
        drive="bias",
        sweep="allspike.emulator.lif:SWEEP",
        gateware="allspike_hdl.neurons.lif:LIF",
    )  # fmt: skip
