"""What is written as NIR and compared as it was: what the tests of writing share."""

import numpy as np

import allspike as asp

DT = 1e-3


def same_images(one: asp.Network, other: asp.Network) -> None:
    """Fail unless two networks compile to the same bits."""
    build = asp.Config(neurons=32, inputs=8, lanes=2)
    first, second = asp.compile_network(one, build), asp.compile_network(other, build)
    assert first.config == second.config and first.weight_shift == second.weight_shift
    for name in ("weights", "neuron_params", "input_params", "weight_unit", "v_unit"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name), name)
    assert [(p.name, p.start, p.size) for p in first.populations] == [
        (p.name, p.start, p.size) for p in second.populations
    ]


def small() -> asp.Network:
    """Two inputs and two neurons."""
    net = asp.Network(DT)
    net.connect(net.inputs(2, "in"), net.neurons(2, asp.delta_lif(tau_m=5e-3), "cells"), np.eye(2) * 0.7)
    return net
