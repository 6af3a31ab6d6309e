"""Populations lie one after another, and a network goes to the smallest build that has room for it."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allspike import LIF, PRESETS, STDP, Config, Network, compile_network, delta_lif
from allspike.compiler import choose_config, required
from allspike.compiler.placement import place
from allspike.errors import CapacityError, ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::allspike.AllspikeWarning")

RULE = STDP(a_plus=0.1, a_minus=0.1, w_max=1.0)


def network(neurons: int, inputs: int = 1, delay: float = 0.0, plastic: bool = False) -> Network:
    net = Network()
    pre = net.inputs(inputs) if inputs else None
    cells = net.neurons(neurons, delta_lif(delay=delay))
    if plastic:
        net.connect(pre or cells, cells, weight=0.5, stdp=RULE)
    return net


@given(kinds=st.lists(st.tuples(st.booleans(), st.integers(1, 9)), max_size=8))
def test_every_axon_belongs_to_one_population(kinds: list[tuple[bool, int]]) -> None:
    """Inputs from axon 0 on, neurons from axon M on, both in the order in which they were added."""
    net = Network()
    for is_input, size in kinds:
        (net.inputs if is_input else net.neurons)(size)
    config = Config(neurons=80, inputs=80)
    placement = place(net)
    for populations, first in ((net.input_populations, 0), (net.neuron_populations, config.inputs)):
        axon = first
        for population in populations:
            assert placement.axons(population, config) == slice(axon, axon + population.size)
            axon += population.size
    assert placement.inputs == sum(size for is_input, size in kinds if is_input)
    assert placement.neurons == sum(size for is_input, size in kinds if not is_input)


@given(
    neurons=st.integers(1, 1100), inputs=st.integers(0, 1100), delay=st.sampled_from([1, 16, 17]),
    plastic=st.booleans(),
)  # fmt: skip
@settings(deadline=None)
def test_the_smallest_preset_that_fits_is_chosen(
    neurons: int, inputs: int, delay: int, plastic: bool
) -> None:
    """Of those with the widest weights."""
    net = Network()
    if inputs:
        net.inputs(inputs)
    net.neurons(neurons, delta_lif(delay=delay * net.dt))
    if plastic:
        two = net.neurons(1) if neurons < 1100 else net.neuron_populations[0]
        net.connect(two, two, np.eye(two.size), stdp=RULE)
        neurons += two is not net.neuron_populations[0]
    fits = [
        (-config.weight_bits, config.synapses, name)
        for name, config in PRESETS.items()
        if neurons <= config.neurons
        and inputs <= config.inputs
        and delay <= config.max_delay
        and (config.plasticity or not plastic)
    ]
    if fits:
        assert choose_config(net, None) == (PRESETS[min(fits)[2]], min(fits)[2])
    else:
        with pytest.raises(
            CapacityError, match=r"^the network needs .*; the largest preset, core1024, has .*\.$"
        ):
            choose_config(net, None)


def test_plasticity_takes_a_larger_build_where_the_small_one_has_eight_bits_for_static_synapses() -> None:
    assert compile_network(network(200, 100)).report["preset"] == "up5k-static"
    assert compile_network(network(200, 100, plastic=True)).report["preset"] == "core256"


@pytest.mark.parametrize(
    ("net", "config", "words"),
    [
        (network(300), "core256", "300 neurons; core256 has 256: 44 too many; it fits ecp5-85f"),
        (network(90, 100), "core96", "100 inputs; core96 has 96: 4 too many; it fits up5k-static"),
        (
            network(97, 99),
            "core96",
            "97 neurons and 99 inputs; core96 has 96 and 96: 1 neuron and 3 inputs too many; it "
            "fits up5k-static",
        ),
        (
            network(9, delay=0.02),
            "core96",
            "delays of 20 steps; core96 has up to 16; it fits no preset: use shorter delays, a longer dt, or "
            "a Config with a larger max_delay",
        ),
        (network(9, 9, plastic=True), "up5k-static", "plasticity; up5k-static has none; it fits core96"),
        (
            network(9),
            Config(neurons=8, inputs=4),
            "9 neurons; its configuration has 8: 1 too many; it fits core96",
        ),
        (
            network(300),
            PRESETS["core256"],
            "300 neurons; core256 has 256: 44 too many; it fits ecp5-85f",
        ),
        (
            network(2000),
            "core1024",
            "2,000 neurons; core1024 has 1,024: 976 too many; make it smaller, or pass a Config of "
            "your own to the emulator",
        ),
        (
            network(1030, 1025),
            None,
            "1,030 neurons and 1,025 inputs; the largest preset, core1024, has 1,024 and 1,024: "
            "6 neurons and 1 input too many: make it smaller, or pass a Config of your own to the emulator",
        ),
    ],
)
def test_what_does_not_fit_says_by_how_much_and_where_it_would(
    net: Network, config: Config | str | None, words: str
) -> None:
    with pytest.raises(CapacityError, match=f"^the network needs {re.escape(words)}\\.$"):
        compile_network(net, config)


def test_a_network_without_neurons_and_an_unknown_preset_are_refused() -> None:
    net = Network()
    net.inputs(3)
    with pytest.raises(CapacityError, match=r"^the network has no neurons: .*\.$"):
        compile_network(net)
    with pytest.raises(ParameterError, match=r"^.*'core97'.*\.$"):
        compile_network(network(3), "core97")


@pytest.mark.parametrize(
    ("seconds", "steps"), [(0.0, 1), (4e-4, 1), (1e-3, 1), (2e-3, 2), (2.9e-3, 3), (16e-3, 16)]
)
def test_delays_become_whole_steps_of_at_least_one(seconds: float, steps: int) -> None:
    net = network(3, delay=seconds)
    assert required(net).max_delay == steps
    assert compile_network(net).neuron_params["delay"][:3].tolist() == [steps] * 3


def test_the_longest_of_many_delays_counts() -> None:
    net = Network(dt=1e-4)
    net.neurons(3, LIF(delay=[1e-4, 9e-4, 3e-4]))
    net.neurons(2, LIF(delay=5e-4))
    needs = required(net)
    assert (needs.neurons, needs.inputs, needs.max_delay, needs.plasticity) == (5, 0, 9, False)
    assert compile_network(net).neuron_params["delay"][:5].tolist() == [1, 9, 3, 5, 5]
