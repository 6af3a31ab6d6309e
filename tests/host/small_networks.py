"""Small networks that many tests describe, and a build that holds them."""

from allspike import LIF, STDP, Config, Network, delta_lif

SMALL = Config(neurons=16, inputs=8)
RULE = STDP(a_plus=0.05, a_minus=0.05, w_max=1.0)


def one(model: LIF, weight: float | None = 1.0, dt: float = 1e-3) -> Network:
    """One neuron, reached by one input."""
    net = Network(dt)
    cell = net.neurons(1, model, "cell")
    if weight is not None:
        net.connect(net.inputs(1, "pre"), cell, weight=weight)
    return net


def three_to_two() -> Network:
    net = Network()
    net.inputs(3, "pixels")
    net.neurons(2, delta_lif(), "cells")
    return net
