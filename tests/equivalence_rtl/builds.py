"""The builds that the gateware is tested in: few, since each is compiled, and unlike each other."""

from dataclasses import replace

from allspike.map.config import Config, Memory

_SHARED = Config(
    neurons=16, inputs=7, lanes=1, max_delay=16, event_ring=32, spike_ring=16,
)  # fmt: skip
"""23 axons: no number of lanes but 1 divides them."""

BY_LANES = {
    lanes: replace(_SHARED, lanes=lanes, neuron_lanes=neuron_lanes)
    for lanes, neuron_lanes in ((1, 1), (2, 1), (4, 2), (8, 4), (16, 1))
}
"""One network size in all numbers of lanes."""

BUILDS = {f"{lanes} lanes": config for lanes, config in BY_LANES.items()} | {
    "no inputs": Config(
        neurons=24, inputs=0, weight_bits=4, state_bits=12, trace_bits=8, max_delay=1, lanes=8,
        poisson=False, event_ring=16, spike_ring=64,
    ),
    "coarse weights, long delays": Config(
        neurons=12, inputs=5, weight_bits=2, state_bits=17, trace_bits=11, max_delay=128, lanes=4,
        neuron_lanes=4, event_ring=16, spike_ring=16,
    ),
    "static": Config(
        neurons=10, inputs=3, state_bits=20, max_delay=4, lanes=2, neuron_lanes=2, plasticity=False,
        event_ring=16, spike_ring=32,
    ),
    "bare": Config(
        neurons=16, inputs=4, weight_bits=3, state_bits=16, max_delay=2, lanes=4, plasticity=False,
        poisson=False, event_ring=16, spike_ring=16,
    ),
    "one neuron": Config(
        neurons=1, inputs=0, weight_bits=7, state_bits=13, trace_bits=13, max_delay=8, lanes=1,
        event_ring=16, spike_ring=16,
    ),
    "many inputs": Config(
        neurons=32, inputs=40, weight_bits=5, state_bits=20, trace_bits=9, max_delay=2, lanes=16,
        neuron_lanes=4, event_ring=128, spike_ring=32,
    ),
    "single port": Config(
        neurons=16, inputs=7, weight_bits=7, lanes=4, memory=Memory.SINGLE_PORT, event_ring=32, spike_ring=16,
    ),
    "single port, few neurons": Config(
        neurons=8, inputs=5, weight_bits=5, state_bits=16, trace_bits=12, max_delay=2, lanes=4,
        memory=Memory.SINGLE_PORT, event_ring=16, spike_ring=32,
    ),
    "single port, many inputs": Config(
        neurons=32, inputs=70, weight_bits=7, state_bits=19, trace_bits=9, max_delay=32, lanes=4,
        poisson=False, memory=Memory.SINGLE_PORT, event_ring=256, spike_ring=32,
    ),
    "single port, no inputs": Config(
        neurons=16, inputs=0, weight_bits=3, state_bits=13, trace_bits=15, max_delay=1, lanes=4,
        memory=Memory.SINGLE_PORT, event_ring=16, spike_ring=16,
    ),
    "single port, static": Config(
        neurons=16, inputs=8, state_bits=18, lanes=8, memory=Memory.SINGLE_PORT, plasticity=False,
        event_ring=32, spike_ring=32,
    ),
    "single port, one block": Config(
        neurons=8, inputs=3, max_delay=4, lanes=8, memory=Memory.SINGLE_PORT, plasticity=False,
        event_ring=16, spike_ring=16,
    ),
}  # fmt: skip
"""By what is special about them."""
