"""A network description holds what it was given, and refuses what is none."""

import re
from itertools import product

import numpy as np
import pytest

from allspike import LIF, STDP, AllToAll, Network, OneToOne, Pairs, layers
from allspike.errors import ParameterError

from .small_networks import three_to_two

# Numbers here have no units, and need not be fine.
pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")


def test_a_synapse_made_twice_is_refused_naming_both_projections() -> None:
    net = three_to_two()
    pixels, cells = net["pixels"], net["cells"]
    net.connect(pixels, cells, Pairs([0, 2], [1, 0]), weight=1.0, name="first")
    net.connect(pixels, cells, Pairs([0], [0]), weight=1.0, name="apart")
    with pytest.raises(ParameterError, match=r"^second and first .*pixels\[2\] to cells\[0\].*\.$"):
        net.connect(pixels, cells, Pairs([1, 2], [1, 0]), weight=1.0, name="second")
    with pytest.raises(ParameterError, match=r"^itself lists a synapse twice.*\.$"):
        net.connect(pixels, cells, Pairs([1, 1], [1, 1]), weight=1.0, name="itself")
    assert list(net.projections) == ["first", "apart"]


def test_equal_places_of_other_populations_are_no_overlap() -> None:
    net = three_to_two()
    cells = net["cells"]
    more = net.neurons(2, name="more")
    for pre, post in product((cells, more), repeat=2):
        net.connect(pre, post, OneToOne(), weight=1.0)
    assert list(net.projections) == ["cells-cells", "cells-more", "more-cells", "more-more"]


def test_foreign_populations_are_refused() -> None:
    net, other = three_to_two(), three_to_two()
    for pre, post in (
        (other["pixels"], net["cells"]),
        (net["pixels"], other["cells"]),
        (other["pixels"][:1], net["cells"]),
    ):
        with pytest.raises(ParameterError, match=r"^.*(pixels|cells).* is no population of this network\.$"):
            net.connect(pre, post, weight=1.0)
    with pytest.raises(ParameterError, match=r"^.*'pixels'.* cannot receive synapses.*\.$"):
        net.connect(net["cells"], net["pixels"], weight=1.0)


def test_names_are_unique_and_made_up_where_missing() -> None:
    net = Network()
    assert [net.inputs(1).name for _ in range(3)] == ["inputs", "inputs1", "inputs2"]
    assert [net.neurons(1).name for _ in range(2)] == ["neurons", "neurons1"]
    net.connect(net["inputs"], net["neurons"], weight=1.0, name="drive")
    for taken in ("inputs", "neurons1", "drive"):
        for add in (net.inputs, lambda size, name: net.neurons(size, None, name)):
            with pytest.raises(ParameterError, match=rf"^.* named '{taken}': choose another name\.$"):
                add(1, taken)
    for bad in ("", 5):
        with pytest.raises(ParameterError, match=rf"^name = {bad!r} must be a word\.$"):
            net.inputs(1, bad)
    assert net["drive"] is net.projections["drive"]
    with pytest.raises(ParameterError, match=r"^.* nothing named 'nobody'; it has: inputs, .*, drive\.$"):
        net["nobody"]
    assert net._ipython_key_completions_() == [*net.populations, *net.projections]


@pytest.mark.parametrize("size", [0, -1, 2.0, "3", True, None])
def test_a_population_has_a_whole_number_of_neurons(size: object) -> None:
    net = Network()
    for add in (net.inputs, net.neurons):
        with pytest.raises(
            ParameterError, match=f"^size = {size!r} must be a whole number of at least 1\\.$"
        ):
            add(size)
    assert not net.populations


def test_a_parameter_array_of_another_length_is_refused() -> None:
    net = Network()
    with pytest.raises(ParameterError, match=r"^tau_m has shape \(2,\).*shape \(3,\)\.$"):
        net.neurons(3, LIF(tau_m=[0.01, 0.02]))
    assert not net.populations


@pytest.mark.parametrize("dt", [0, -1e-3, np.nan, np.inf, "1 ms", None])
def test_dt_is_a_time(dt: object) -> None:
    with pytest.raises(ParameterError, match=f"^dt = {re.escape(repr(dt))} must be .* above 0\\.$"):
        Network(dt)


def test_a_network_has_one_rule() -> None:
    net = three_to_two()
    rule = STDP(a_plus=0.1, a_minus=0.1, w_max=1.0)
    net.connect(net["pixels"], net["cells"], weight=0.5, stdp=rule)
    same = STDP(a_plus=0.1, a_minus=0.1, w_max=1.0)
    net.connect(net["cells"], net["cells"], AllToAll(self_connections=False), weight=0.5, stdp=same)
    assert net.stdp == rule
    more = net.neurons(2, name="more")
    with pytest.raises(ParameterError, match=r"^a core has one learning rule: .*\.$"):
        net.connect(net["cells"], more, weight=0.5, stdp=STDP(a_plus=0.2, a_minus=0.1, w_max=1.0))


@pytest.mark.parametrize("weight", [-0.25, 1.25])
def test_plastic_weights_start_within_their_bounds(weight: float) -> None:
    net = three_to_two()
    with pytest.raises(ParameterError, match=rf"^the initial weight {weight} .* w_min = 0 to w_max = 1\.$"):
        net.connect(net["pixels"], net["cells"], weight=weight, stdp=STDP(a_plus=0, a_minus=0, w_max=1.0))


def test_repr_tells_what_there_is() -> None:
    net = three_to_two()
    net.connect(net["pixels"], net["cells"], weight=1.0)
    net.connect(
        net["cells"],
        net["cells"],
        OneToOne(),
        weight=0.5,
        stdp=STDP(a_plus=0, a_minus=0, w_max=1),
        name="loop",
    )
    assert repr(net).splitlines() == [
        "<Network dt=0.001 s>",
        "  <Inputs 'pixels': 3>",
        "  <Neurons 'cells': 2 LIF(tau_syn=0.0, v_rest=0.0, v_reset=0.0, v_thresh=1.0)>",
        "  <Projection 'pixels-cells': 6 static synapses>",
        "  <Projection 'loop': 2 plastic synapses>",
    ]
    assert (len(net["pixels"]), len(net["cells"]), len(net["loop"])) == (3, 2, 2)


def test_layers_are_populations_joined_all_to_all() -> None:
    net = Network()
    made = layers(net, (3, 2, 4), weight=0.5)
    assert [(p.name, p.size) for p in made] == [("layer0", 3), ("layer1", 2), ("layer2", 4)]
    assert {name: len(p) for name, p in net.projections.items()} == {"layer0-layer1": 6, "layer1-layer2": 8}
