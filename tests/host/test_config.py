"""A configuration refuses what no build can have, says so in one sentence, and survives a file."""

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allspike.errors import ParameterError
from allspike.map.config import (
    MAX_SYNAPSES,
    SINGLE_PORT_INPUTS,
    SINGLE_PORT_LANES,
    Config,
    Memory,
)

LIMITS = {
    "neurons": (1, 32767), "inputs": (0, 32767), "weight_bits": (2, 8), "state_bits": (12, 24),
    "trace_bits": (8, 16), "clock_hz": (0, 2**32 - 1), "max_delay": (1, 128), "lanes": (1, 64),
    "neuron_lanes": (1, 8), "spike_ring": (16, 1 << 24), "event_ring": (16, 1 << 24),
}  # fmt: skip
"""Smallest and largest value of each field of a build with 8 lanes."""
POWERS_OF_TWO = ("max_delay", "lanes", "neuron_lanes", "spike_ring", "event_ring")


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Any configuration that a build may have."""
    memory, plasticity = draw(st.sampled_from(Memory)), draw(st.booleans())
    single_port = memory is Memory.SINGLE_PORT
    byte = single_port and plasticity
    lanes = SINGLE_PORT_LANES[plasticity] if single_port else 1 << draw(st.integers(0, 6))
    neurons = 1 << draw(st.integers(3, 8)) if single_port else lanes * draw(st.integers(1, 32))
    inputs = draw(st.integers(0, min(3000, SINGLE_PORT_INPUTS * neurons) if single_port else 3000))
    ring = max(16, 1 << (2 * (inputs + 2) - 1).bit_length())
    return Config(
        neurons=neurons,
        inputs=inputs,
        weight_bits=draw(st.integers(2, 7 if byte else 8)),
        state_bits=draw(st.integers(12, 24)),
        trace_bits=draw(st.integers(8, 16)),
        max_delay=1 << draw(st.integers(0, 7)),
        lanes=lanes,
        neuron_lanes=draw(st.sampled_from([1 << k for k in range(1 if single_port else lanes.bit_length())])),
        memory=memory,
        plasticity=plasticity,
        poisson=draw(st.booleans()),
        event_ring=ring << draw(st.integers(0, 3)),
        spike_ring=1 << draw(st.integers(4, 24)),
        clock_hz=draw(st.integers(0, 2**32 - 1)),
    )


@pytest.mark.parametrize("name", LIMITS)
def test_a_value_beyond_a_limit_is_named_with_both_limits(name: str) -> None:
    low, high = LIMITS[name]
    for value in (low - 1, high + 1, low + 0.5, float("nan"), str(low), None):
        expected = f"{name} = {value!r} is not a whole number from {low} to {high}."
        with pytest.raises(ParameterError, match=f"^{re.escape(expected)}$"):
            Config(**{name: value})


@pytest.mark.parametrize("name", [name for name in LIMITS if name not in ("neurons", "inputs")])
def test_the_limits_themselves_are_allowed(name: str) -> None:
    for value in LIMITS[name]:
        config = Config(neurons=64, inputs=4, **{name: value})
        assert getattr(config, name) == value


@pytest.mark.parametrize(
    ("name", "value"), [("inputs", True), ("plasticity", "no"), ("poisson", 2), ("memory", "dual-port")]
)
def test_values_of_another_type_are_refused(name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=f"^{name} = {value!r} .*\\.$"):
        Config(**{name: value})


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    config = Config(neurons=np.int64(64), inputs=np.uint8(3))
    assert config == Config(neurons=64, inputs=3)
    assert json.loads(json.dumps(config.to_dict()))["neurons"] == 64


@pytest.mark.parametrize("name", POWERS_OF_TWO)
def test_what_must_be_a_power_of_two_is(name: str) -> None:
    value = 3 if LIMITS[name][0] < 3 else 48
    with pytest.raises(ParameterError, match=f"^{name} = {value} is not a power of two\\.$"):
        Config(**{name: value})


@given(neurons=st.integers(1, 4000), lanes=st.sampled_from([2, 4, 8, 16, 32, 64]))
def test_neurons_that_do_not_fill_the_lanes_are_told_how_many_would(neurons: int, lanes: int) -> None:
    if neurons % lanes == 0:
        assert Config(neurons=neurons, inputs=0, lanes=lanes).neurons == neurons
        return
    with pytest.raises(ParameterError, match=rf"^neurons = {neurons} .* lanes = {lanes}: .*\.$") as error:
        Config(neurons=neurons, inputs=0, lanes=lanes)
    advised = int(re.findall(r"use (\d+) neurons", str(error.value))[0])
    assert 0 < advised - neurons < lanes
    assert Config(neurons=advised, inputs=0, lanes=lanes).neurons == advised


def test_a_weight_and_its_plastic_bit_fit_into_a_byte_of_single_port_memory() -> None:
    assert Config(memory=Memory.SINGLE_PORT, weight_bits=7, lanes=4).plasticity
    assert Config(memory=Memory.SINGLE_PORT, weight_bits=8, plasticity=False).weight_bits == 8
    with pytest.raises(ParameterError, match=r"^weight_bits = 8 and .* 7 bits, or plasticity = False\.$"):
        Config(memory=Memory.SINGLE_PORT, lanes=4)


@pytest.mark.parametrize(
    "values, told",
    [
        ({"lanes": 8}, r"lanes = 8, but .* gives 4 .* to a build that learns: use lanes = 4\."),
        ({"plasticity": False}, r"lanes = 4, but .* gives 8 .* that does not learn: use lanes = 8\."),
        ({"neuron_lanes": 2}, r"neuron_lanes = 2, but .*: use neuron_lanes = 1\."),
        ({"neurons": 96}, r"neurons = 96, but .* holds a power of two of them, 8 or more: use 128\."),
        ({"neurons": 4}, r"neurons = 4, but .*: use 8\."),
        (
            {"neurons": 8, "inputs": 129},
            r"inputs = 129, but .* at most 16 inputs a neuron, 128 with 8 neur.*",
        ),
    ],
)
def test_single_port_memory_has_a_core_of_its_own_with_limits_of_its_own(values, told) -> None:
    with pytest.raises(ParameterError, match=f"^{told}$"):
        Config(**{"memory": Memory.SINGLE_PORT, "weight_bits": 7, "lanes": 4} | values)


def test_a_build_whose_synapses_overflow_the_map_is_refused() -> None:
    assert Config(neurons=4096, inputs=0).synapses == MAX_SYNAPSES
    with pytest.raises(
        ParameterError, match=r"^4096 neurons and 1 inputs make 16,781,312 .* 16,777,216: .*\.$"
    ):
        Config(neurons=4096, inputs=1)


@given(inputs=st.integers(6, 1500), bits=st.integers(4, 12))
def test_the_event_ring_holds_a_step_in_which_every_input_fires(inputs: int, bits: int) -> None:
    """A marker, every input, and a waypoint: two bytes each."""
    needed = 2 * (inputs + 2)
    if 1 << bits >= needed:
        assert Config(inputs=inputs, event_ring=1 << bits).event_ring == 1 << bits
        return
    with pytest.raises(
        ParameterError, match=rf"^event_ring = {1 << bits} .* {inputs} inputs: .* {needed}\.$"
    ):
        Config(inputs=inputs, event_ring=1 << bits)


@given(config=configs())
def test_a_configuration_survives_json(config: Config) -> None:
    assert Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@given(config=configs())
def test_derived_sizes(config: Config) -> None:
    assert (
        config.synapses == config.axons * config.neurons == (config.inputs + config.neurons) * config.neurons
    )
    weights = range(config.weight_min, config.weight_max + 1)
    assert len(weights) == 2**config.weight_bits
    assert sum(weights) == config.weight_min
    assert config.state_max == 2 ** (config.state_bits - 1) - 1
    assert config.trace_max == 2**config.trace_bits - 1


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"cores": 4}, "a configuration has no field named 'cores'."),
        ({"memory": "core rope"}, "memory = 'core rope' is not a memory style."),
        ({"memory": ["dual-port"]}, "memory = ['dual-port'] is not a memory style."),
        ({"neurons": "many"}, "neurons = 'many' is not a whole number from 1 to 32767."),
    ],
)
def test_a_foreign_dictionary_is_refused(plain: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        Config.from_dict(plain)
