"""Leaky integrate-and-fire with current-based synapses and an adaptive threshold: docs/model.md."""

from .gateware import NeuronGateware, NeuronTiming
from .lif_program import PROGRAM

TIMING = NeuronTiming(
    params={
        "alpha": 0,
        "beta": 0,
        "leak": 1,
        "bias": 2,
        "adapt_decay": 4,
        "adapt_period": 4,
        "refractory": 4,
        "threshold": 5,
        "reset": 5,
        "adapt_increment": 6,
    },
    state={"v": 0, "i": 0, "a": 4, "refractory": 5},
    next={"i": 4, "v": 8, "a": 8, "refractory": 8},
    fired=8,
    keep=("v",),
)

LIF = NeuronGateware(TIMING, "allspike_hdl.neurons.lif_pipeline:LifPipeline", PROGRAM)
